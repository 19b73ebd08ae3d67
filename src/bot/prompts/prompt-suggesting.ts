import { agentsAt } from "../../access/places.ts";
import type { Suggesting, Suggestion } from "../../chat.ts";
import type { Agent } from "../../config/schema/agent.ts";
import type { ListedPrompt } from "../../tools/mcp/prompts.ts";
import { within } from "../../tools/within.ts";
import { plainLine } from "../../words/plain-line.ts";
import type { PromptServer } from "../briefing/prompt-server.ts";
import type { Desk } from "../desk/desk.ts";
import type { People } from "../desk/people.ts";
import { byName } from "../questions/choose-agent.ts";
import type { PromptValues } from "./prompt-values.ts";
import { onlyGap, quoted } from "./use-text.ts";
import { readTyping, type Typing } from "./use-typing.ts";

const most = 25;
/** Platforms want an answer within three seconds; a server that is slower is not waited for. */
const patienceMs = 1500;
/** Whose roles are not known by then counts as somebody without any. */
const rolesPatienceMs = 500;
const longestAbout = 100;
const named = /^(?:(?:ask|問)\s+)?([\p{L}\p{N}][\p{L}\p{N}._-]{0,63})(?:\s*[:：]\s*|\s+)/iu;

/** Completes a question that uses a prompt of a server: which prompt, which gap, and, where the server knows, what fills it. */
export function createPromptSuggesting(
  desk: Pick<Desk, "config" | "access"> & { people: Pick<People, "who" | "known"> },
  parts: { servers(): readonly PromptServer[]; values: PromptValues },
): (query: Suggesting) => Promise<Suggestion[]> {
  const { config, access, people } = desk;
  /** Who types on wants what they typed before no more. */
  const asking = new Map<string, AbortController>();

  /** The agent that a text begins with, and the words that name it. */
  function agentIn(text: string): [head: string, agent: Agent | undefined] {
    const [head = "", name = ""] = named.exec(text) ?? [];
    const agent = byName(config(), name);
    return agent ? [head, agent] : ["", undefined];
  }

  /** The servers whose prompts somebody may use there, of one agent or of all. */
  async function serversFor({ person, address: at }: Suggesting, agent: Agent | undefined): Promise<PromptServer[]> {
    const here = agentsAt(config(), at).flatMap((name) => byName(config(), name) ?? []);
    const meant = agent ? here.filter(({ name }) => name === agent.name) : here;
    const connected = parts.servers().filter((one) => one.state().state === "connected");
    const having = meant.filter(({ mcp_servers }) =>
      connected.some((one) => mcp_servers.some(({ name }) => name === one.name)),
    );
    if (having.length === 0) return [];
    const asked = people.who(person, { roles: access.needsRoles(at) });
    const who = (await within(rolesPatienceMs, asked)) ?? people.known(person);
    const theirs = having.filter(({ name }) => access.authorize(who, "talk", { agent: name, at }).allowed);
    return connected.filter((one) =>
      theirs.some(({ mcp_servers }) => mcp_servers.some(({ name }) => name === one.name)),
    );
  }

  async function valuesFor(person: string, typing: Typing & { kind: "gap" | "value" }, name: string) {
    asking.get(person)?.abort(new Error("more was typed"));
    const mine = new AbortController();
    asking.set(person, mine);
    const signal = AbortSignal.any([mine.signal, AbortSignal.timeout(patienceMs)]);
    const values = await parts.values(typing, { name, value: typing.typed }, signal);
    if (asking.get(person) === mine) asking.delete(person);
    return values;
  }

  return async (query) => {
    const [head, agent] = query.agent === undefined ? agentIn(query.typed) : ["", byName(config(), query.agent)];
    if (query.agent !== undefined && !agent) return [];
    const asked = query.typed.slice(head.length);
    const servers = await serversFor(query, agent);
    const typing = readTyping(
      asked,
      servers.map(({ name, prompts }) => ({ name, prompts: prompts.list() })),
    );
    if (!typing) return [];
    const way = (value: string, about = ""): Suggestion => {
      const told = plainLine(about, longestAbout);
      return { text: head + value, value: head + value, ...(told ? { about: told } : {}) };
    };
    if (typing.kind === "prompt") {
      const all = servers.flatMap(({ name, prompts }) => prompts.list().map((prompt) => ({ server: name, prompt })));
      return fitting(all, ({ server, prompt }) => `${server}.${prompt.name}`, typing.typed.replace(/[:：]/u, ".")).map(
        ({ server, prompt }) => way(begunWith(typing.head, server, prompt), prompt.description || prompt.title),
      );
    }
    const gap = typing.kind === "value" ? typing.gap : onlyGap(typing.prompt, typing.given)?.name;
    const values = gap === undefined ? [] : await valuesFor(query.person, typing, gap);
    const filled = values
      .sort((one, other) => Number(other === typing.typed) - Number(one === typing.typed))
      .map((value) => way(`${typing.head}${gap}=${quoted(value)}`));
    if (typing.kind === "value") return filled.slice(0, most);
    const open = typing.prompt.arguments.filter(({ name }) => typing.given[name] === undefined);
    const gaps = [...open.filter(({ required }) => required), ...open.filter(({ required }) => !required)]
      .filter(({ name }) => name.toLowerCase().startsWith(typing.typed.toLowerCase()))
      .map(({ name, description }) => way(`${typing.head}${name}=`, description));
    return [...filled.slice(0, most - Math.min(gaps.length, 5)), ...gaps].slice(0, most);
  };
}

/** Those in whose name what is typed stands, first those that begin with it. */
function fitting<One>(all: readonly One[], nameOf: (one: One) => string, typed: string): One[] {
  const sought = typed.trim().toLowerCase();
  const at = (one: One) => nameOf(one).toLowerCase().indexOf(sought);
  return all
    .filter((one) => at(one) >= 0)
    .sort((one, other) => Number(at(one) > 0) - Number(at(other) > 0))
    .slice(0, most);
}

/** A prompt as it is typed, up to the first gap that must be filled. */
function begunWith(head: string, server: string, prompt: ListedPrompt): string {
  const first = prompt.arguments.find(({ required }) => required);
  return `${head}${server}.${prompt.name}${first ? ` ${first.name}=` : ""}`;
}
