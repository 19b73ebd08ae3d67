import type { Toolbox, ToolFile } from "../../src/agent/tool.ts";

/** A tool that gives files, and what it takes to have it called. */
export type Giver = {
  toolbox: Toolbox;
  /** The team with it, as settings. */
  agents: Record<string, unknown>[];
  /** What a model says to get these. */
  give(...files: ToolFile[]): { call: string; arguments: Record<string, unknown> };
};

/** A tool `draw` that gives what it was told to give by then. */
export function giver(): Giver {
  const drawn: ToolFile[][] = [];
  const draw = {
    name: "draw",
    description: "Draws.",
    parameters: { type: "object", properties: { nth: { type: "number" } } },
    reads: true,
    run: async ({ nth }: Record<string, unknown>) => ({ text: "drawn", files: drawn[Number(nth)] ?? [] }),
  };
  return {
    toolbox: { name: "desk", tools: () => [draw], async close() {} },
    agents: [{ name: "ops", llm_model: "main", system_prompt: "You are ops.", mcp_servers: ["desk"] }],
    give: (...files) => ({ call: "desk__draw", arguments: { nth: drawn.push(files) - 1 } }),
  };
}

/** A file of so many bytes. */
export function fileOf(name: string, bytes: Uint8Array | string, type = "text/plain"): ToolFile {
  return { name, type, bytes: Buffer.from(bytes) };
}
