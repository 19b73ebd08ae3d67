import { RE2JS } from "re2js";
import { didYouMean } from "./nearest.ts";
import { builtInToolboxes, resourceToolNames } from "./schema/agent.ts";
import { providers } from "./schema/model.ts";
import type { Config, ConfigFile } from "./schema.ts";
import type { KeyOf } from "./settle-models.ts";
import { modelNamed, settleModels } from "./settle-models.ts";
import type { SettingPath } from "./source.ts";

/** Says what is wrong with a *when*, or nothing when it can be read. */
export type ReadWhen = (when: string, timezone: string) => string | undefined;

/** A setting of a file. */
export interface Whereabouts {
  file: ConfigFile;
  setting: SettingPath;
}

/**
 * Something that does not fit together, in the file that should change. `since` are settings it follows from by what is
 * not written in them, too: when part of one could not be read, nothing is known.
 */
export interface Mismatch extends Whereabouts {
  message: string;
  severity: "problem" | "warning";
  since?: readonly Whereabouts[];
}

/** The settings of all files before models are settled. */
export type Unsettled = Omit<Config, "default_model" | "default_agent"> & {
  default_model?: string | undefined;
  default_agent?: string | undefined;
};

/** Names that are written, also those of entries that are broken otherwise; undefined when their file cannot be read. */
export type WrittenNames = Record<"agents" | "models" | "mcp_servers" | "knowledge", string[] | undefined>;

/** Everything that is fine by itself but does not fit the rest. */
export function mismatches(config: Unsettled, names: WrittenNames, keyOf: KeyOf, readWhen: ReadWhen): Mismatch[] {
  const found: Mismatch[] = [];
  const inFile = (file: ConfigFile) => findingsIn(file, names, found);
  checkAgents(config, names, inFile("agents"));
  checkModels(config, names, keyOf, found);
  checkServers(config, inFile("mcp_servers"));
  checkChannels(config, inFile("channels"));
  checkTimes(config, readWhen, inFile("schedules"), inFile("triggers"));
  inFile("knowledge").twice("a collection", named("knowledge", config.knowledge));
  checkRemoteAgents(config, inFile("a2a_agents"));
  return found;
}

// What can be wrong in one file; each finding is kept with its place.
function findingsIn(file: ConfigFile, names: WrittenNames, found: Mismatch[]) {
  const say =
    (severity: Mismatch["severity"]) =>
    (setting: SettingPath, message: string | undefined, ...since: Whereabouts[]) => {
      if (message !== undefined) found.push({ file, setting, message, severity, since });
    };
  const problem = say("problem");
  return {
    problem,
    warning: say("warning"),
    needsAgent(setting: SettingPath, agent: string | undefined) {
      if (agent !== undefined) problem(setting, missing("agent", agent, names.agents));
    },
    // Case does not tell names apart: people type them.
    twice(what: string, entries: Named[], others: readonly string[] = []) {
      const seen = new Map<string, SettingPath | undefined>(others.map((name) => [name.toLowerCase(), undefined]));
      for (const { name, setting } of entries) {
        const first = seen.get(name.toLowerCase());
        // A model whose name cannot be read goes by what its provider calls it.
        const since = [setting, ...(first === undefined ? [] : [first])].map((setting) => ({ file, setting }));
        if (seen.has(name.toLowerCase())) problem(setting, `there is already ${what} called "${name}"`, ...since);
        else seen.set(name.toLowerCase(), setting);
      }
    },
  };
}
type Findings = ReturnType<typeof findingsIn>;
type Named = { name: string; setting: SettingPath };

function checkAgents(config: Unsettled, names: WrittenNames, { warning, needsAgent, twice }: Findings): void {
  if (names.agents?.length === 0) warning(["agents"], "there are no agents", { file: "agents", setting: ["agents"] });
  for (const [index, agent] of config.agents.entries()) {
    const at = (...rest: (string | number)[]) => ["agents", index, ...rest];
    for (const [position, { name }] of agent.mcp_servers.entries()) {
      warning(at("mcp_servers", position), missing("MCP server", name, names.mcp_servers));
    }
    for (const [position, name] of agent.knowledge.entries()) {
      warning(at("knowledge", position), missing("collection", name, names.knowledge));
    }
    for (const { tool } of agent.approve) warning(at("approve", tool), strayRule(tool, names.mcp_servers));
    for (const [position, name] of agent.team.entries()) needsAgent(at("team", position), name);
    const model = modelNamed(agent.llm_model, config.models);
    if (model?.active === false) warning(at("llm_model"), `the model ${model.name} is not active`);
  }
  twice(
    "an agent",
    config.agents.flatMap(({ name, aliases }, index) => [
      { name, setting: ["agents", index, "name"] },
      ...aliases.map((alias, position) => ({ name: alias, setting: ["agents", index, "aliases", position] })),
    ]),
  );
}

// Connected for nothing: what somebody brought along, and gave to nobody.
function checkServers(config: Unsettled, { warning, twice }: Findings): void {
  const used = new Set(config.agents.flatMap(({ mcp_servers }) => mcp_servers.map(({ name }) => name)));
  for (const [index, { name, enabled }] of config.mcp_servers.entries()) {
    if (!enabled || used.has(name)) continue;
    const message = `no agent has ${name} — name it in mcp_servers of an agent in agents.yaml`;
    warning(["mcp_servers", index], message, { file: "agents", setting: ["agents"] });
  }
  twice("an MCP server", named("mcp_servers", config.mcp_servers));
}

function checkModels(config: Unsettled, names: WrittenNames, keyOf: KeyOf, found: Mismatch[]): void {
  const models: Whereabouts = { file: "llm", setting: ["models"] };
  for (const { path, name, message } of settleModels(config, keyOf).unknown) {
    const { problem } = findingsIn(path[0] === "agents" ? "agents" : "llm", names, found);
    // A model is named with its provider, too.
    const since = name.includes("/") ? [models] : [];
    if (names.models?.includes(name) === false) problem(path, message, ...since);
  }
  const { problem, warning, twice } = findingsIn("llm", names, found);
  for (const [index, { name, provider, active, api_key }] of config.models.entries()) {
    const { key } = providers[provider];
    if (active && key !== undefined && api_key === undefined && keyOf(provider) === undefined) {
      const since: Whereabouts = { file: "llm", setting: ["models", index] };
      warning(["models", index], `the model ${name} has no api_key, and ${key} is not set`, since);
    }
  }
  if (config.models.length > 0 && !config.models.some(({ active }) => active))
    problem(["models"], "no model is active", models);
  twice("a model", named("models", config.models));
}

function checkChannels(config: Unsettled, { problem, warning, needsAgent }: Findings): void {
  needsAgent(["default_agent"], config.default_agent);
  for (const [index, { agent, match }] of config.routes.entries()) {
    needsAgent(["routes", index, "agent"], agent);
    problem(["routes", index, "match"], complaintAbout(match));
  }
  for (const [index, { agent, agents }] of config.channels.entries()) {
    needsAgent(["channels", index, "agent"], agent);
    for (const [position, name] of (agents ?? []).entries()) needsAgent(["channels", index, "agents", position], name);
    if (agent !== undefined && agents?.includes(agent) === false) {
      warning(
        ["channels", index, "agents"],
        `${agent} answers here by default but is not among the agents allowed here`,
        { file: "channels", setting: ["channels", index, "agents"] },
      );
    }
  }
}

function checkTimes(config: Unsettled, readWhen: ReadWhen, schedules: Findings, triggers: Findings): void {
  const zone = config.workspace.timezone;
  const zoneOf = (file: ConfigFile, entry: SettingPath, own: string | undefined): Whereabouts[] => [
    { file, setting: [...entry, "timezone"] },
    ...(own === undefined ? [{ file: "channels" as const, setting: ["workspace"] }] : []),
  ];
  for (const [index, { agent, when, timezone }] of config.schedules.entries()) {
    const at = (setting: string) => ["schedules", index, setting];
    schedules.needsAgent(at("agent"), agent);
    const since = zoneOf("schedules", ["schedules", index], timezone);
    schedules.problem(at("when"), readWhen(when, timezone ?? zone), ...since);
  }
  schedules.twice("a schedule", named("schedules", config.schedules));
  for (const [index, trigger] of config.triggers.entries()) {
    const at = (setting: string) => ["triggers", index, setting];
    triggers.needsAgent(at("agent"), trigger.agent);
    if (trigger.type === "schedule") {
      const since = zoneOf("triggers", ["triggers", index], trigger.timezone);
      triggers.problem(at("when"), readWhen(trigger.when, trigger.timezone ?? zone), ...since);
    } else if (trigger.type === "event" && trigger.match !== undefined) {
      triggers.problem(at("match"), complaintAbout(trigger.match));
    }
  }
  triggers.twice("a trigger", named("triggers", config.triggers));
}

function checkRemoteAgents(config: Unsettled, { needsAgent, twice }: Findings): void {
  for (const [index, { fallback }] of config.a2a_agents.entries())
    needsAgent(["a2a_agents", index, "fallback"], fallback);
  const here = config.agents.flatMap(({ name, aliases }) => [name, ...aliases]);
  twice("an agent", named("a2a_agents", config.a2a_agents), here);
}

function missing(what: string, name: string, names: string[] | undefined): string | undefined {
  if (names === undefined || names.includes(name)) return undefined;
  const guess = didYouMean(name, names);
  const there = names.length === 0 ? "" : ` — there ${names.length === 1 ? "is" : "are"} ${names.join(", ")}`;
  return `no ${what} named "${name}"${guess || there}`;
}

/** A rule that is for no tool there can be: whatever it was to forbid is not forbidden. */
function strayRule(rule: string, servers: string[] | undefined): string | undefined {
  if (servers === undefined || resourceToolNames.includes(rule)) return undefined;
  const boxes = [...servers, ...builtInToolboxes];
  const [box = "", ...tool] = rule.split(".");
  if (box.includes("*") || boxes.some((name) => rule.startsWith(`${name}.`))) return undefined;
  if (tool.length === 0) return `it is a rule for no tool: wanted "server.tool", came "${rule}"`;
  return `it is a rule for no tool: no MCP server or toolbox is named "${box}"${didYouMean(box, boxes)}`;
}

function named(list: string, entries: { name: string }[]): Named[] {
  return entries.map(({ name }, index) => ({ name, setting: [list, index, "name"] }));
}

// Words with signs such as ( or | in them are taken for an expression too.
function complaintAbout(match: string): string | undefined {
  const expression = /^\/(.*)\/[a-z]*$/s.exec(match)?.[1] ?? (/[()|[\]\\*+?^$]/.test(match) ? match : undefined);
  if (expression === undefined) return undefined;
  try {
    RE2JS.compile(expression);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^error parsing regexp: /, "") : String(error);
    return `this regular expression cannot be used: ${why} (look-around and back-references are not of the linear-time kind)`;
  }
}
