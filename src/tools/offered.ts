import type { Access } from "../access/access.ts";
import { matchesGlob } from "../access/glob.ts";
import type { Tool, ToolSpec } from "../agent/tool.ts";
import type { OwnToolbox, ToolUser } from "./gate.ts";
import { isMeant } from "./meant.ts";
import type { Ranked } from "./offering.ts";
import { withoutPreset } from "./presets.ts";
import { resourceTools, type ServerToolbox } from "./resource-tools.ts";
import { toolName } from "./tool-names.ts";
import { carried } from "./weight.ts";

/** A tool that an agent may have. */
export type Offered = Ranked & {
  tool: Tool;
  /** The name that rules are written for: `server.tool`, as the server calls it; for some it depends on the call. */
  rule: string | ((input: Record<string, unknown>) => string);
  preset: Record<string, unknown>;
  /** It is the program's own, or speaks of several servers. */
  own: boolean;
  /** It answers at once, or not at all. */
  soon: boolean;
};

/** All tools that this agent may have, by the names that models know; those of servers first. */
export function offeredTo(
  user: ToolUser,
  boxes: readonly ServerToolbox[],
  own: readonly OwnToolbox[],
  access: Access,
): Map<string, Offered> {
  const offered = new Map<string, Offered>();
  const add = (name: string, one: Omit<Offered, "spec" | "rank">) => {
    // A server that names two tools alike means the first.
    if (!offered.has(name)) offered.set(name, { ...one, spec: specOf(name, one), rank: 0 });
  };
  for (const wanted of user.agent.mcp_servers) {
    const box = boxes.find((one) => one.name === wanted.name);
    for (const tool of box?.tools() ?? []) {
      if (!isMeant(tool.name, wanted)) continue;
      const reads = tool.reads || wanted.reads.some((glob) => matchesGlob(glob, tool.name));
      add(toolName(wanted.name, tool.name), {
        tool: { ...tool, reads },
        box: wanted.name,
        rule: `${wanted.name}.${tool.name}`,
        preset: wanted.preset[tool.name] ?? {},
        own: false,
        soon: false,
      });
    }
  }
  for (const box of own) {
    const wanted = user.agent.toolboxes.find(({ name }) => name === box.name);
    if (!wanted) continue;
    // Names of servers' tools have two dashes in them, so that none is taken.
    for (const tool of box.tools(user)) {
      if (!isMeant(tool.name, wanted)) continue;
      const preset = wanted.preset[tool.name] ?? {};
      add(tool.name, { tool, box: box.name, rule: `${box.name}.${tool.name}`, preset, own: true, soon: true });
    }
  }
  const may = (name: string) => mayCall(user, name, access);
  for (const { tool, rule } of resourceTools(user.agent, boxes, may))
    add(tool.name, { tool, box: "resources", rule, preset: {}, own: true, soon: false });
  return offered;
}

/** Whether what reads may be called without anybody's yes. */
function mayCall({ agent, asker, at }: ToolUser, tool: string, access: Access): boolean {
  const what = { agent: agent.name, tool, input: "{}", changes: false, destructive: false, at };
  return access.authorize(asker, "call", what).allowed;
}

/** Specs made before: most tools stay the same from run to run, and much is known of a spec that was seen already. */
const specs = new WeakMap<ToolSpec["parameters"], ToolSpec>();

function specOf(name: string, { tool, preset }: Pick<Offered, "tool" | "preset">): ToolSpec {
  const description = tool.description.slice(0, 1024);
  const known = specs.get(tool.parameters);
  const isPreset = Object.keys(preset).length > 0;
  if (!isPreset && known?.name === name && known.description === description) return known;
  const spec = { name, description, parameters: withoutPreset(carried(tool.parameters), preset) };
  if (!isPreset) specs.set(tool.parameters, spec);
  return spec;
}
