import { isDeepStrictEqual } from "node:util";
import type { Config } from "./schema.ts";

/** Which entries of a list came, went or changed, by name. */
export interface ListDiff {
  added: string[];
  removed: string[];
  changed: string[];
}

const lists = ["agents", "models", "mcp_servers", "schedules", "triggers", "knowledge", "a2a_agents"] as const;
const others = ["default_model", "embeddings", "workspace", "default_agent", "routes", "limits", "channels"] as const;

/** What is different between two states of the settings. */
export type ConfigDiff = Record<(typeof lists)[number], ListDiff> & { settings: (typeof others)[number][] };

/** What is different between two states of the settings. */
export function diffConfig(old: Config, fresh: Config): ConfigDiff {
  return {
    agents: diffList(old.agents, fresh.agents),
    models: diffList(old.models, fresh.models),
    mcp_servers: diffList(old.mcp_servers, fresh.mcp_servers),
    schedules: diffList(old.schedules, fresh.schedules),
    triggers: diffList(old.triggers, fresh.triggers),
    knowledge: diffList(old.knowledge, fresh.knowledge),
    a2a_agents: diffList(old.a2a_agents, fresh.a2a_agents),
    settings: others.filter((name) => !isDeepStrictEqual(old[name], fresh[name])),
  };
}

function diffList(old: { name: string }[], fresh: { name: string }[]): ListDiff {
  const before = new Map(old.map((entry) => [entry.name, entry]));
  const after = new Map(fresh.map((entry) => [entry.name, entry]));
  return {
    added: [...after.keys()].filter((name) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    changed: [...after.keys()].filter(
      (name) => before.has(name) && !isDeepStrictEqual(before.get(name), after.get(name)),
    ),
  };
}

/** A difference on one line: "agents: +intern ~ops; workspace". */
export function describeDiff(diff: ConfigDiff): string {
  const parts = lists.flatMap((list) => {
    const { added, removed, changed } = diff[list];
    const names = [
      ...added.map((name) => `+${name}`),
      ...removed.map((name) => `-${name}`),
      ...changed.map((name) => `~${name}`),
    ];
    return names.length === 0 ? [] : [`${list}: ${names.join(" ")}`];
  });
  return [...parts, ...diff.settings].join("; ") || "nothing";
}
