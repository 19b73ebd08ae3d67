import { finder } from "../agent/finder.ts";
import type { ToolSpec } from "../agent/tool.ts";
import { type Findable, findTools, toolLine } from "./finding.ts";
import { weightOf } from "./weight.ts";

/** Models refuse more than 128, and what is found comes on top. */
const mostOffered = 100;
const mostFound = 8;
const longestQuery = 1000;
/** What is found in one go takes no more than this of the prompt, in tokens. */
const foundTokens = 4000;

/** A tool that may be offered; the higher its rank, the earlier, among equals by their order. */
export type Ranked = Findable & { rank: number };

/** The tools that fit into so many tokens, in their order; the rest is left to be found. */
export function choose(tools: readonly Ranked[], tokens: number): { offered: Findable[]; left: Findable[] } {
  const fitting = new Set<Findable>();
  let room = tokens;
  if (tools.length <= mostOffered && tools.reduce((sum, tool) => sum + weightOf(tool.spec), 0) <= tokens)
    return { offered: [...tools], left: [] };
  for (const tool of [...tools].sort((one, other) => other.rank - one.rank)) {
    if (fitting.size >= mostOffered - 1) break;
    const takes = weightOf(tool.spec);
    if (takes > room) continue;
    room -= takes;
    fitting.add(tool);
  }
  return {
    offered: tools.filter((tool) => fitting.has(tool)),
    left: tools.filter((tool) => !fitting.has(tool)),
  };
}

/** The tool that finds those that were left out. */
export function finderOf(left: readonly Findable[]): ToolSpec {
  return {
    name: finder,
    description: `Finds more tools: ${left.length} that you may use are not shown here, of ${boxesOf(left)}. Say in a few words what you want to do; what is found can be called from your next step on.`,
    parameters: {
      type: "object",
      properties: { query: { type: "string", description: "What a tool is to do, or its name." } },
      required: ["query"],
      additionalProperties: false,
    },
  };
}

/** What a query finds: the tools, and what the model is told. */
export function search(query: string, tools: readonly Findable[]): { text: string; tools: ToolSpec[] } {
  const best = findTools(query.slice(0, longestQuery), tools, mostFound);
  let room = foundTokens;
  const found = best.filter((tool, at) => {
    room -= weightOf(tool.spec);
    // The best is given whatever it takes.
    return at === 0 || room >= 0;
  });
  if (found.length === 0)
    return { text: `No tool matches. There are tools of ${boxesOf(tools)}. Try other words.`, tools: [] };
  const head = found.length === 1 ? "One tool matches; it can be called now:" : "These match and can be called now:";
  return { text: [head, ...found.map(toolLine)].join("\n"), tools: found.map((tool) => tool.spec) };
}

/** Servers with how many tools each has, the first twenty. */
function boxesOf(tools: readonly Findable[]): string {
  const counts = new Map<string, number>();
  for (const { box } of tools) counts.set(box, (counts.get(box) ?? 0) + 1);
  const shown = [...counts].slice(0, 20).map(([box, count]) => `${box} (${count})`);
  return [...shown, ...(counts.size > shown.length ? ["others"] : [])].join(", ");
}
