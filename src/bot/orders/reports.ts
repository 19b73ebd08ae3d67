import type { Who } from "../../access/access.ts";
import { agentsAt } from "../../access/places.ts";
import type { Address } from "../../chat.ts";
import type { Agent } from "../../config/schema/agent.ts";
import type { Run } from "../../runs/run.ts";
import type { McpReport, McpServers } from "../../tools/mcp-servers.ts";
import { isMeant } from "../../tools/meant.ts";
import { openAmong } from "../../tools/pins.ts";
import { plainLine } from "../../words/plain-line.ts";
import type { Words } from "../../words/words.ts";
import { conversationKey } from "../desk/conversation.ts";
import type { Desk } from "../desk/desk.ts";
import { serverState } from "../servers/server-state.ts";
import { tellUsage } from "./usage.ts";
import { tellWhy } from "./why.ts";

/** How the parts are that Bellhop works with. */
export type Health = {
  adapters: { name: string; state: string }[];
  runs: { workers: number; running: number; waiting: number };
  mcp: McpReport[];
  configProblems: string[];
};

/** For whom something is reported, and where: it tells as much as `who` may read. */
export type Reader = { who: Who; at: Address; words: Words };

/** Answers the questions about Bellhop itself, from what is known and never from a model. */
export type Reports = {
  agents(reader: Reader): Promise<string>;
  status(reader: Reader): string;
  /** Of the run that `lastRun` gives, and of the silence after it. */
  why(reader: Reader, about: Parameters<typeof tellWhy>[0]): string;
  usage(reader: Reader): Promise<string>;
  help(words: Words): string;
  /** The latest run of a conversation; asked in a channel itself, that of all its threads. */
  lastRun(at: Address): Promise<Run | undefined>;
};

/** How many conversations are looked through for the latest of a channel. */
const recentlyActive = 200;
const longestAbout = 200;
const dayMs = 86_400_000;
const monthMs = 30 * dayMs;

/** Reports over the desk. */
export function createReports(
  { config, ledger, access, now }: Pick<Desk, "config" | "ledger" | "access" | "now">,
  parts: {
    health(): Health;
    /** What of each server's tools may be called, and what is held back. */
    trusted: McpServers["trusted"];
    /** How much an agent has besides tools. */
    besides(agent: Agent): { prompts: number; resources: number };
    botName: string;
  },
): Reports {
  const isAdmin = (who: Who) => access.authorize(who, "administer", {}).allowed;
  const seesCost = ({ who, at }: Reader) => access.authorize(who, "see-cost", { at }).allowed;

  function agentLine(agent: Agent, mcp: McpReport[], cost: number, { who, words }: Reader): string {
    const { models, mcp_servers } = config();
    const told = words.agents;
    const servers = agent.mcp_servers.map((one) => one.name);
    const missing = servers.filter((server) => !mcp_servers.some((one) => one.name === server));
    const down = mcp.filter((one) => servers.includes(one.name) && one.state !== "connected");
    const { tools, held } = toolsOf(agent, mcp);
    const notes = [
      ...missing.map((server) => told.missingServer(server)),
      ...down.map((one) => told.serverDown(one.name, serverState(one, words, isAdmin(who)))),
      ...(held > 0 ? [told.held(held)] : []),
    ];
    const model = models.find((one) => one.name === agent.llm_model);
    const line = told.one({
      name: agent.name,
      role: agent.role,
      model: model?.provider === "offline" ? words.offlineModel : (model?.display_name ?? agent.llm_model),
      tools,
      cost,
      note: notes.join(" · ⚠ "),
    });
    const { prompts, resources } = parts.besides(agent);
    const besides = words.serverPrompts.besides(prompts, resources);
    return besides ? `${line} · ${besides}` : line;
  }

  /** What the settings say of the models that agents use. */
  function modelLines(agents: readonly Agent[], words: Words): string[] {
    return config().models.flatMap(({ name, display_name, description }) => {
      const about = plainLine(description ?? "", longestAbout);
      const isUsed = agents.some((agent) => agent.llm_model === name);
      return isUsed && about ? [words.agents.model(display_name ?? name, about)] : [];
    });
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

  return {
    async agents(reader) {
      const spent = seesCost(reader) ? await ledger.spent(now() - monthMs) : new Map<string, number>();
      const { mcp } = parts.health();
      const here = agentsAt(config(), reader.at).flatMap(
        (name) => config().agents.find((one) => one.name === name) ?? [],
      );
      const lines = here.map((agent) => agentLine(agent, mcp, spent.get(agent.name) ?? 0, reader));
      return lines.length > 0 ? [...lines, ...modelLines(here, reader.words)].join("\n") : reader.words.agents.none;
    },
    status({ who, words }) {
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
    },
    why: (reader, about) => tellWhy(about, seesCost(reader), reader.words),
    async usage(reader) {
      const since = (ms: number) => ledger.used(reader.at, now() - ms);
      const [day, month] = await Promise.all([since(dayMs), since(monthMs)]);
      return tellUsage({ day, month }, seesCost(reader), reader.words);
    },
    help: (words) => words.help(parts.botName),
    async lastRun(at) {
      const [here] = await ledger.conversation(conversationKey(at), 1);
      if (here || at.thread) return here;
      return (await ledger.recent(at.adapter, recentlyActive)).find((run) => run.address.channel === at.channel);
    },
  };
}
