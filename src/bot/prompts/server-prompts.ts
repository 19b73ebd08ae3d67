import type { Who } from "../../access/access.ts";
import { agentsAt } from "../../access/places.ts";
import { type Address, formRoom, type Language, type Post } from "../../chat.ts";
import { nearest } from "../../config/nearest.ts";
import type { Agent } from "../../config/schema/agent.ts";
import { type HeardPrompt, runIdFor } from "../../runs/run.ts";
import type { ListedPrompt } from "../../tools/mcp/prompts.ts";
import { within } from "../../tools/within.ts";
import { plainLine } from "../../words/plain-line.ts";
import { visible } from "../../words/visible.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import type { PromptServer } from "../briefing/prompt-server.ts";
import type { Question } from "../desk/ask.ts";
import type { Desk } from "../desk/desk.ts";
import { byName, type Choice, chooseAgent } from "../questions/choose-agent.ts";
import type { UsablePrompts } from "../questions/screening.ts";
import { mayUse, type PromptList, readUse, type Use, usageOf, useText } from "./use-text.ts";

/** A prompt with gaps, kept until they are filled in. */
export type Pending = {
  question: Question;
  agent: string;
  server: string;
  prompt: ListedPrompt;
  values: Record<string, string>;
};

/** What the words of a schedule come to: a prompt, or why there is none; `away`: the server that is not connected just now. */
export type ScheduledUse = { text: string; prompt: HeardPrompt } | { why: string; away?: string };

/** Prompts of servers, as people use them: `use server.prompt key=value …`. */
export type ServerPrompts = UsablePrompts & {
  /** An edited question, to the agent that answers there: with the prompt it uses now, where it uses one rightly. */
  inEdit(question: Question, agent: string | undefined): Promise<Question>;
  /** For a schedule, where nobody was named, the agent that has what is used, if the one chosen has not. */
  chooseInSchedule(choice: Choice, at: Address): Promise<Choice>;
  /** The prompt that the words of a schedule use, for its agent and where it posts; undefined when they use none. */
  inSchedule(asked: {
    text: string;
    agent: string;
    at: Address;
    language: Language;
  }): Promise<ScheduledUse | undefined>;
  /** What there is to be used at a place. */
  list(at: Address, who: Who, words: Words): Promise<string>;
  /** How much an agent has besides tools, of the servers that are connected. */
  besides(agent: Agent): { prompts: number; resources: number };
  /** What waits to be filled in; undefined when it is not known any more. */
  pending(id: string): Promise<Pending | undefined>;
};

const patienceMs = 5000;
const keptForMs = 24 * 3_600_000;
const mostListed = 40;
const longestAbout = 120;

/** Prompts over the desk. */
export function createServerPrompts(desk: Desk, servers: () => readonly PromptServer[]): ServerPrompts {
  const { config, access } = desk;
  const forms = desk.store.kv("prompt-forms");

  const has = (agent: Agent | undefined, server: string) =>
    agent?.mcp_servers.some((one) => one.name === server) === true;
  const agentsHere = (at: Address) => agentsAt(config(), at).flatMap((name) => byName(config(), name) ?? []);
  const othersWith = (server: string, at: Address) => agentsHere(at).filter((agent) => has(agent, server));

  /** What a text uses of what the agents of a place have. */
  function useIn(text: string, at: Address, strictly = false): Use | undefined {
    return readUse(text, listsOf(agentsHere(at)), strictly);
  }

  /** The choice, or where nobody was named the agent that has what is used. */
  function chosen(choice: Choice, at: Address, strictly = false): Choice {
    if (choice.kind !== "agent" || choice.rule.by === "named") return choice;
    const server = useIn(choice.text, at, strictly)?.server;
    if (server === undefined || has(choice.agent, server)) return choice;
    const [other] = othersWith(server, at);
    return other ? { ...choice, agent: other, rule: { by: "prompt" } } : choice;
  }

  function listsOf(agents: readonly Agent[]): PromptList[] {
    const known = servers().filter((one) => agents.some((agent) => has(agent, one.name)));
    return known.map(({ name, prompts }) => ({ name, prompts: prompts.list() }));
  }

  /** Servers that are only just being connected are waited for, not for long. */
  async function arrival(): Promise<void> {
    const young = servers().filter(({ state, prompts }) => state().state === "connecting" || prompts.underway());
    if (young.length === 0) return;
    const known = young.map((one) => one.tried.then(() => one.prompts.underway()));
    await within(patienceMs, Promise.all(known));
  }

  function absence(name: string, words: Words): Complaint | undefined {
    const state = servers()
      .find((one) => one.name === name)
      ?.state();
    if (state?.state === "connected") return undefined;
    return { text: words.serverPrompts.away(name, state?.backIn), away: name };
  }

  /** What is wrong with it, in words for people. */
  function complaint(use: Use, agent: Agent, at: Address, words: Words): Complaint | undefined {
    const told = words.serverPrompts;
    const { server } = use;
    if (server !== undefined && !has(agent, server)) {
      const others = othersWith(server, at).map(({ name }) => name);
      return { text: told.notIts(agent.name, server, others) };
    }
    const away = server === undefined ? undefined : absence(server, words);
    if (use.kind === "unknown")
      return away ?? { text: told.unknown(plainLine(use.asked, 100), use.near && inCode(use.near)) };
    const { prompt, values, odd, free } = use;
    const name = `${use.server}.${prompt.name}`;
    const usage = inCode(usageOf(use.server, prompt, values));
    const [wrong] = odd;
    if (wrong !== undefined) {
      const near = nearest(
        wrong,
        prompt.arguments.map((one) => one.name),
      );
      return { text: told.noSuchArgument(plainLine(name, 200), inCode(wrong), near && inCode(near), usage) };
    }
    if (free !== "") return { text: told.unread(plainLine(free, 100), usage) };
    if (away) return away;
    const missing = prompt.arguments.filter((one) => one.required && !values[one.name]?.trim());
    if (missing.length === 0) return undefined;
    const text = told.missing(
      plainLine(name, 200),
      missing.map((one) => inCode(one.name)),
      usage,
    );
    return { text, gaps: { server: use.server, prompt, values, missing: missing.length } };
  }

  /** It is said to the one who asked; gaps can be filled in in a form, where there are forms. */
  async function answered({ text, gaps }: Complaint, question: Question, agent: Agent): Promise<Post> {
    const can = desk.adapter(question.address.adapter)?.can;
    if (!gaps || !can?.forms || !can.buttons || gaps.missing > formRoom.inputs) return { text };
    const { server, prompt, values } = gaps;
    const id = runIdFor(`prompt:${question.event}`);
    const pending: Pending = { question, agent: agent.name, server, prompt, values };
    await forms.set(id, pending, keptForMs);
    const fill = wordsOf(question.language).serverPrompts.fill;
    return {
      text,
      card: { buttons: [{ id: "prompt-fill", value: id, text: fill, style: "primary", opens: true }] },
    };
  }

  const prompts: ServerPrompts = {
    async learn(text) {
      if (mayUse(text)) await arrival();
    },
    choose: (choice, at) => chosen(choice, at),
    async chooseInSchedule(choice, at) {
      if (choice.kind === "agent" && mayUse(choice.text)) await arrival();
      return chosen(choice, at, true);
    },
    async meant(question, agent) {
      const use = useIn(question.text, question.address);
      if (!use) return undefined;
      const wrong = complaint(use, agent, question.address, wordsOf(question.language));
      if (wrong) return { said: await answered(wrong, question, agent) };
      return use.kind === "unknown" ? undefined : asHeard(use);
    },
    async inSchedule({ text, agent: name, at, language }) {
      const agent = byName(config(), name);
      if (!agent || !mayUse(text)) return undefined;
      await arrival();
      const use = readUse(text, listsOf([agent, ...agentsHere(at)]), true);
      if (!use) return undefined;
      const words = wordsOf(language);
      const wrong = complaint(use, agent, at, words);
      if (wrong?.away !== undefined)
        return { why: words.serverPrompts.why.away(wrong.away, undefined), away: wrong.away };
      if (wrong) return { why: wrong.text };
      return use.kind === "unknown" ? undefined : asHeard(use);
    },
    async list(at, who, words) {
      await arrival();
      const told = words.serverPrompts;
      const lines: string[] = [];
      const silent = new Set<string>();
      for (const agent of agentsHere(at)) {
        if (!access.authorize(who, "talk", { agent: agent.name, at }).allowed) continue;
        const having = servers().filter((one) => has(agent, one.name));
        for (const one of having) if (!isThere(one) || one.prompts.list().length === 0) silent.add(one.name);
        const theirs = having
          .filter(isThere)
          .flatMap(({ name, prompts }) => prompts.list().map((prompt) => lineOf(name, prompt)));
        if (theirs.length > 0) lines.push(`**${agent.name}**`, ...theirs);
      }
      const away = [...silent].flatMap((name) => absence(name, words)?.text ?? []);
      if (lines.length === 0) return [told.none, ...away].join("\n");
      const more = lines.slice(mostListed).filter((line) => line.startsWith("•")).length;
      const rest = more > 0 ? [told.more(more)] : [];
      return [told.head, ...lines.slice(0, mostListed), ...rest, ...away].join("\n");
    },
    besides(agent) {
      const count = { prompts: 0, resources: 0 };
      for (const one of servers().filter((one) => has(agent, one.name) && isThere(one))) {
        count.prompts += one.prompts.list().length;
        count.resources += one.resources?.list().length ?? 0;
      }
      return count;
    },
    async inEdit(question, threadAgent) {
      const choice = chooseAgent(config(), { text: question.text, at: question.address, threadAgent });
      if (choice.kind !== "agent" || !mayUse(choice.text)) return question;
      const used = await prompts.meant({ ...question, text: choice.text }, choice.agent);
      return used && "prompt" in used ? { ...question, ...used } : question;
    },
    pending: (id) => forms.get<Pending>(id),
  };
  return prompts;
}

/** What is wrong with a use of a prompt: its server is away, or what `gaps` it leaves. */
type Complaint = {
  text: string;
  away?: string;
  gaps?: Pick<Pending, "server" | "prompt" | "values"> & { missing: number };
};

function asHeard({ server, prompt: { name }, values }: Use & { kind: "prompt" }): {
  text: string;
  prompt: HeardPrompt;
} {
  return { text: useText(server, name, values), prompt: { server, name, values } };
}

/** What a server had before it was lost is known, but is not to be had. */
function isThere({ state }: PromptServer): boolean {
  return state().state === "connected";
}

function lineOf(server: string, prompt: ListedPrompt): string {
  const about = plainLine(prompt.description || prompt.title, longestAbout);
  return `• \`${inCode(usageOf(server, prompt))}\`${about ? ` — ${about}` : ""}`;
}

/** What can stand between backticks, every sign of it to be seen. */
function inCode(text: string): string {
  return visible(text.replace(/[`\p{Cc}]+/gu, "'"));
}
