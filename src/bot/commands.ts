import type { Access, Who } from "../access/access.ts";
import { agentsAt } from "../access/places.ts";
import type { Address } from "../chat.ts";
import { nearest } from "../config/nearest.ts";
import type { Config } from "../config/schema.ts";
import type { Ledger } from "../runs/ledger.ts";
import type { Run } from "../runs/run.ts";
import type { Words } from "../words/words.ts";
import { type Conversation, conversationKey } from "./conversation.ts";

/** What `status` and `agents` look at besides the config. */
export type Health = {
  adapters: { name: string; state: string }[];
  runs: { workers: number; running: number; waiting: number };
  mcp: { name: string; state: string; tools: number }[];
  configProblems: string[];
};

/** How many conversations are looked through for the latest of a channel. */
const recentlyActive = 200;

/** The verbs, and the words that mean them when they stand alone after a mention. */
const verbs = {
  status: ["status", "狀態"],
  why: ["why", "為什麼"],
  help: ["help", "說明", "幫助", "?"],
  agents: ["agents", "代理"],
  stop: ["stop", "停", "停止"],
} as const;
export type Verb = keyof typeof verbs;

/** The verb that a whole text is, if it is one. */
export function verbOf(text: string): Verb | undefined {
  const whole = text.trim().toLowerCase();
  for (const [verb, spellings] of Object.entries(verbs)) {
    if ((spellings as readonly string[]).includes(whole)) return verb as Verb;
  }
  return undefined;
}

/** The verb that was probably meant. */
export function nearestVerb(text: string): string | undefined {
  return nearest(text, Object.keys(verbs));
}

/** Answers the questions about Bellhop itself, from what is known and never from a model. */
export function createCommands(parts: {
  config(): Config;
  health(): Health;
  ledger: Ledger;
  access: Access;
  botName: string;
}) {
  const { ledger, access } = parts;

  function agents(at: Address, words: Words): string {
    const config = parts.config();
    const { mcp } = parts.health();
    const lines = agentsAt(config, at).flatMap((name) => {
      const agent = config.agents.find((one) => one.name === name);
      if (!agent) return [];
      const servers = agent.mcp_servers.map((one) => one.name);
      const missing = servers.find((server) => !config.mcp_servers.some((one) => one.name === server));
      const down = servers.find((server) => mcp.some((one) => one.name === server && one.state !== "connected"));
      const model = config.models.find((one) => one.name === agent.llm_model);
      return words.agents.one({
        name,
        role: agent.role,
        model: model?.provider === "offline" ? words.offlineModel : (model?.display_name ?? agent.llm_model),
        tools: mcp.filter((one) => servers.includes(one.name)).reduce((sum, one) => sum + one.tools, 0),
        note: missing ? words.agents.missingServer(missing) : down ? words.agents.serverDown(down) : "",
      });
    });
    return lines.length > 0 ? lines.join("\n") : words.agents.none;
  }

  function status(words: Words): string {
    const { adapters, runs, mcp, configProblems } = parts.health();
    return words.status({
      adapters: adapters.map((one) => (one.state === "connected" ? one.name : `${one.name} (${one.state})`)),
      ...runs,
      servers: mcp.map((one) =>
        one.state === "connected" ? `${one.name} (${one.tools})` : `${one.name} (${one.state})`,
      ),
      problems: configProblems.length,
    });
  }

  /** The latest run of a conversation; asked in a channel itself, that of all its threads. */
  async function lastRun(at: Address): Promise<Run | undefined> {
    const [here] = await ledger.conversation(conversationKey(at), 1);
    if (here || at.thread) return here;
    return (await ledger.recent(at.adapter, recentlyActive)).find((run) => run.address.channel === at.channel);
  }

  async function why(at: Address, who: Who, conversation: Conversation | undefined, words: Words): Promise<string> {
    const last = await lastRun(at);
    const lines: string[] = [];
    if (last) {
      const told = words.whyAnswer;
      lines.push(told.agent(last.agent, last.rule), told.read(last.read));
      lines.push(
        told.tools(
          last.offered.length,
          last.used.map((one) => one.tool),
          last.refused,
        ),
      );
      const cost = access.authorize(who, "see-cost", { at }).allowed ? last.usage?.cost : undefined;
      if (last.usage) lines.push(told.tokens(last.usage.input, last.usage.output, cost, last.usage.estimated === true));
      if (last.recalled) lines.push(told.recalled(last.recalled));
      lines.push(endOf(last, words));
    }
    if (conversation?.silence) lines.push(words.whyAnswer.silent(conversation.silence));
    return lines.length > 0 ? lines.join(" ") : words.whyAnswer.nothing;
  }

  return { agents, status, why, help: (words: Words) => words.help(parts.botName) };
}

export type Commands = ReturnType<typeof createCommands>;

function endOf(run: Run, words: Words): string {
  const { ended } = words.whyAnswer;
  switch (run.outcome?.kind) {
    case "answered":
      return ended.answered;
    case "failed":
      return ended.failed(run.outcome.why);
    case "stopped":
      return ended.stopped(run.outcome.by ?? "");
    default:
      return ended.running;
  }
}
