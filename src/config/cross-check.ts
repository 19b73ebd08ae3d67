import { RE2JS } from "re2js";
import { didYouMean } from "./nearest.ts";
import { providers } from "./schema/model.ts";
import type { Config, ConfigFile } from "./schema.ts";
import type { KeyOf } from "./settle-models.ts";
import { modelNamed, settleModels } from "./settle-models.ts";
import type { SettingPath } from "./source.ts";

/** Says what is wrong with a *when*, or nothing when it can be read. */
export type ReadWhen = (when: string, timezone: string) => string | undefined;

/** Something that does not fit together, in the file that should change. */
export interface Mismatch {
  file: ConfigFile;
  setting: SettingPath;
  message: string;
  severity: "problem" | "warning";
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
  const say = (severity: Mismatch["severity"]) => (file: ConfigFile, setting: SettingPath, message: string) => {
    found.push({ file, setting, message, severity });
  };
  const problem = say("problem");
  const warning = say("warning");
  const agentIsThere = (file: ConfigFile, setting: SettingPath, agent: string | undefined) => {
    const complaint = agent === undefined ? undefined : missing("agent", agent, names.agents);
    if (complaint !== undefined) problem(file, setting, complaint);
  };
  const matchCompiles = (file: ConfigFile, setting: SettingPath, match: string | undefined) => {
    const complaint = match === undefined ? undefined : complaintAbout(match);
    if (complaint !== undefined) problem(file, setting, complaint);
  };

  for (const { path, name, message } of settleModels(config, keyOf).unknown) {
    if (names.models?.includes(name) === false) problem(path[0] === "agents" ? "agents" : "llm", path, message);
  }

  config.agents.forEach((agent, index) => {
    const at = (...rest: (string | number)[]) => ["agents", index, ...rest];
    agent.mcp_servers.forEach((server, position) => {
      const complaint = missing("MCP server", server.name, names.mcp_servers);
      if (complaint !== undefined) warning("agents", at("mcp_servers", position), complaint);
    });
    agent.team.forEach((member, position) => {
      agentIsThere("agents", at("team", position), member);
    });
    agent.knowledge.forEach((collection, position) => {
      const complaint = missing("collection", collection, names.knowledge);
      if (complaint !== undefined) warning("agents", at("knowledge", position), complaint);
    });
    const model = modelNamed(agent.llm_model, config.models);
    if (model?.active === false) warning("agents", at("llm_model"), `the model ${model.name} is not active`);
  });
  if (names.agents?.length === 0) warning("agents", ["agents"], "there are no agents");
  twice(
    config.agents.flatMap(({ name, aliases }, index) => [
      { name, setting: ["agents", index, "name"] },
      ...aliases.map((alias, position) => ({ name: alias, setting: ["agents", index, "aliases", position] })),
    ]),
    "an agent",
    (setting, message) => problem("agents", setting, message),
  );

  config.models.forEach((model, index) => {
    const key = providers[model.provider].key;
    if (model.active && model.api_key === undefined && keyOf(model.provider) === undefined && key !== undefined) {
      warning("llm", ["models", index], `the model ${model.name} has no api_key, and ${key} is not set`);
    }
  });
  if (config.models.length > 0 && !config.models.some((model) => model.active))
    problem("llm", ["models"], "no model is active");
  twice(named("models", config.models), "a model", (setting, message) => problem("llm", setting, message));
  twice(named("mcp_servers", config.mcp_servers), "an MCP server", (setting, message) =>
    problem("mcp_servers", setting, message),
  );

  agentIsThere("channels", ["default_agent"], config.default_agent);
  config.routes.forEach((route, index) => {
    agentIsThere("channels", ["routes", index, "agent"], route.agent);
    matchCompiles("channels", ["routes", index, "match"], route.match);
  });
  config.channels.forEach((channel, index) => {
    agentIsThere("channels", ["channels", index, "agent"], channel.agent);
    channel.agents?.forEach((agent, position) => {
      agentIsThere("channels", ["channels", index, "agents", position], agent);
    });
    if (channel.agent !== undefined && channel.agents !== undefined && !channel.agents.includes(channel.agent)) {
      warning(
        "channels",
        ["channels", index, "agents"],
        `${channel.agent} answers here by default but is not among the agents allowed here`,
      );
    }
  });

  const whenIsRead = (file: ConfigFile, setting: SettingPath, when: string, timezone: string | undefined) => {
    const complaint = readWhen(when, timezone ?? config.workspace.timezone);
    if (complaint !== undefined) problem(file, setting, complaint);
  };
  config.schedules.forEach((schedule, index) => {
    agentIsThere("schedules", ["schedules", index, "agent"], schedule.agent);
    whenIsRead("schedules", ["schedules", index, "when"], schedule.when, schedule.timezone);
  });
  twice(named("schedules", config.schedules), "a schedule", (setting, message) =>
    problem("schedules", setting, message),
  );
  config.triggers.forEach((trigger, index) => {
    agentIsThere("triggers", ["triggers", index, "agent"], trigger.agent);
    if (trigger.type === "schedule")
      whenIsRead("triggers", ["triggers", index, "when"], trigger.when, trigger.timezone);
    if (trigger.type === "event") matchCompiles("triggers", ["triggers", index, "match"], trigger.match);
  });
  twice(named("triggers", config.triggers), "a trigger", (setting, message) => problem("triggers", setting, message));
  twice(named("knowledge", config.knowledge), "a collection", (setting, message) =>
    problem("knowledge", setting, message),
  );
  config.a2a_agents.forEach((agent, index) => {
    agentIsThere("a2a_agents", ["a2a_agents", index, "fallback"], agent.fallback);
  });
  twice(
    [...config.agents.map(({ name }) => ({ name, setting: [] })), ...named("a2a_agents", config.a2a_agents)],
    "an agent",
    (setting, message) => setting.length > 0 && problem("a2a_agents", setting, message),
  );
  return found;
}

function missing(what: string, name: string, names: string[] | undefined): string | undefined {
  if (names === undefined || names.includes(name)) return undefined;
  const guess = didYouMean(name, names);
  const there = names.length === 0 ? "" : ` — there ${names.length === 1 ? "is" : "are"} ${names.join(", ")}`;
  return `no ${what} named "${name}"${guess || there}`;
}

function named(list: string, entries: { name: string }[]) {
  return entries.map(({ name }, index) => ({ name, setting: [list, index, "name"] }));
}

// Case does not tell names apart: people type them.
function twice(
  entries: { name: string; setting: SettingPath }[],
  what: string,
  say: (setting: SettingPath, message: string) => void,
): void {
  const seen = new Set<string>();
  for (const { name, setting } of entries) {
    const folded = name.toLowerCase();
    if (seen.has(folded)) say(setting, `there is already ${what} called "${name}"`);
    seen.add(folded);
  }
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
