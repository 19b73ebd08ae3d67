import type { Access, Who } from "../../access/access.ts";
import { agentsAt } from "../../access/places.ts";
import type { Address } from "../../chat.ts";
import type { Agent } from "../../config/schema/agent.ts";
import type { Config } from "../../config/schema.ts";
import type { Ledger, Used } from "../../runs/ledger.ts";
import type { Run } from "../../runs/run.ts";
import type { McpReport, McpServers } from "../../tools/mcp-servers.ts";
import { isMeant } from "../../tools/meant.ts";
import { openAmong } from "../../tools/pins.ts";
import type { Words } from "../../words/words.ts";
import { titlesOf } from "../answers/tool-titles.ts";
import { type Conversation, conversationKey } from "../desk/conversation.ts";
import { serverState } from "../servers/server-state.ts";

/** What `status` and `agents` look at besides the config. */
export type Health = {
  adapters: { name: string; state: string }[];
  runs: { workers: number; running: number; waiting: number };
  mcp: McpReport[];
  configProblems: string[];
};

/** How many conversations are looked through for the latest of a channel. */
const recentlyActive = 200;
const dayMs = 86_400_000;
const monthMs = 30 * dayMs;
const mostNamed = 5;

/** Answers the questions about Bellhop itself, from what is known and never from a model: as much as `who` may read. */
export function createCommands(parts: {
  config(): Config;
  health(): Health;
  ledger: Ledger;
  access: Access;
  /** What of each server's tools may be called, and what is held back. */
  trusted: McpServers["trusted"];
  /** How much an agent has besides tools. */
  besides(agent: Agent): { prompts: number; resources: number };
  botName: string;
  now(): number;
}) {
  const { ledger, access } = parts;

  const isAdmin = (who: Who) => access.authorize(who, "administer", {}).allowed;
  const seesCost = (who: Who, at: Address) => access.authorize(who, "see-cost", { at }).allowed;

  async function agents(at: Address, who: Who, words: Words): Promise<string> {
    const config = parts.config();
    const spent = seesCost(who, at) ? await ledger.spent(parts.now() - monthMs) : new Map<string, number>();
    const { mcp } = parts.health();
    const lines = agentsAt(config, at).flatMap((name) => {
      const agent = config.agents.find((one) => one.name === name);
      if (!agent) return [];
      const servers = agent.mcp_servers.map((one) => one.name);
      const missing = servers.filter((server) => !config.mcp_servers.some((one) => one.name === server));
      const down = mcp.filter((one) => servers.includes(one.name) && one.state !== "connected");
      const { tools, held } = toolsOf(agent, mcp);
      const notes = [
        ...missing.map((server) => words.agents.missingServer(server)),
        ...down.map((one) => words.agents.serverDown(one.name, serverState(one, words, isAdmin(who)))),
        ...(held > 0 ? [words.agents.held(held)] : []),
      ];
      const model = config.models.find((one) => one.name === agent.llm_model);
      const { prompts, resources } = parts.besides(agent);
      const besides = words.serverPrompts.besides(prompts, resources);
      const line = words.agents.one({
        name,
        role: agent.role,
        model: model?.provider === "offline" ? words.offlineModel : (model?.display_name ?? agent.llm_model),
        tools,
        cost: spent.get(name) ?? 0,
        note: notes.join(" · ⚠ "),
      });
      return besides ? `${line} · ${besides}` : line;
    });
    return lines.length > 0 ? lines.join("\n") : words.agents.none;
  }

  /** How many tools of servers an agent may have, by its own settings, and how many of them are held back. */
  function toolsOf(agent: Agent, mcp: McpReport[]): { tools: number; held: number } {
    const count = { tools: 0, held: 0 };
    const trusted = parts.trusted();
    for (const wanted of agent.mcp_servers) {
      const { free = [], held = [] } = trusted.find((one) => one.server === wanted.name) ?? {};
      const isThere = mcp.some((one) => one.name === wanted.name && one.state === "connected");
      count.tools += isThere ? free.filter((name) => isMeant(name, wanted)).length : 0;
      count.held += openAmong(held).filter(({ is }) => isMeant(is.name, wanted)).length;
    }
    return count;
  }

  function status(who: Who, words: Words): string {
    const { adapters, runs, mcp, configProblems } = parts.health();
    return words.status({
      adapters: adapters.map((one) => (one.state === "connected" ? one.name : `${one.name} (${one.state})`)),
      ...runs,
      servers: mcp.map((one) => {
        const held = one.held ? [words.tools.held(one.held)] : [];
        return words.tools.named(one.name, [serverState(one, words, isAdmin(who)), ...held]);
      }),
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
      const files = last.heard.flatMap((heard) => heard.files).filter((file) => file.text !== undefined || file.image);
      lines.push(told.agent(last.agent, words.rule(last.rule)), told.read(last.read, files.length));
      lines.push(told.tools(last.offered.length, titlesOf(calledIn(last)), titlesOf(last.refused)));
      if (last.held) lines.push(told.held(titlesOf(last.held)));
      const cost = seesCost(who, at) ? last.usage?.cost : undefined;
      if (last.usage) lines.push(told.tokens(last.usage.input, last.usage.output, cost, last.usage.estimated === true));
      if (last.recalled) lines.push(told.recalled(last.recalled));
      lines.push(endOf(last, words));
    }
    if (conversation?.silence) lines.push(words.whyAnswer.silent(words.silence[conversation.silence]));
    return lines.length > 0 ? lines.join(" ") : words.whyAnswer.nothing;
  }

  /** What was used in a channel, lately and over a month, and by whom. */
  async function usage(at: Address, who: Who, words: Words): Promise<string> {
    const costs = seesCost(who, at);
    const [day, month] = await Promise.all([dayMs, monthMs].map((ms) => ledger.used(at, parts.now() - ms)));
    if (!day || !month?.length) return words.usage.nothing;
    const told = (used: Used[]) => words.usage.sum(sumOf(used), costs);
    return [
      words.usage.day(told(day)),
      words.usage.month(told(month)),
      ...grouped(month, (one) => one.agent).map(([agent, theirs]) => `• **${agent}**: ${told(theirs)}`),
      ...grouped(month, (one) => one.asker).map(([person, theirs]) => `• ${person}: ${told(theirs)}`),
    ].join("\n");
  }

  return { agents, status, why, usage, lastRun, help: (words: Words) => words.help(parts.botName) };
}

export type Commands = ReturnType<typeof createCommands>;

/** The tools that were called, without the calls that were refused. */
function calledIn({ used, refused }: Run): string[] {
  const left = [...refused];
  return used.flatMap(({ tool, failed }) => {
    const at = failed ? left.indexOf(tool) : -1;
    if (at >= 0) left.splice(at, 1);
    return at >= 0 ? [] : [tool];
  });
}

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

function sumOf(used: Used[]): Omit<Used, "agent" | "asker"> {
  const sum = { runs: 0, input: 0, output: 0, cost: 0 };
  for (const one of used) for (const key of ["runs", "input", "output", "cost"] as const) sum[key] += one[key];
  return sum;
}

/** By a name, who used the most first; the first few. */
function grouped(used: Used[], name: (one: Used) => string): [string, Used[]][] {
  const groups = new Map<string, Used[]>();
  for (const one of used) groups.set(name(one), [...(groups.get(name(one)) ?? []), one]);
  const tokens = (theirs: Used[]) => theirs.reduce((sum, { input, output }) => sum + input + output, 0);
  return [...groups].sort(([, one], [, other]) => tokens(other) - tokens(one)).slice(0, mostNamed);
}
