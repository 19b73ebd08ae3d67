import type { Toolbox } from "../../src/agent/tool.ts";

/** A tool that answers when the story says so: until then an answer is half way. */
export type HeldTool = {
  toolbox: Toolbox;
  /** The team with it, as settings. */
  agents: Record<string, unknown>[];
  /** What a model says to use it. */
  call: { call: string; arguments: Record<string, never> };
  /** Lets what waits go on, and whatever comes later. */
  release(): void;
};

/** A tool that is held until it is released. */
export function holdTool(): HeldTool {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const look = {
    name: "look",
    description: "Looks.",
    parameters: { type: "object", properties: {} },
    reads: true,
    async run() {
      await held;
      return { text: "seen" };
    },
  };
  return {
    toolbox: { name: "slow", tools: () => [look], async close() {} },
    agents: [
      { name: "ops", llm_model: "main", system_prompt: "You are ops.", mcp_servers: ["slow"] },
      { name: "scribe", llm_model: "main", system_prompt: "You are scribe." },
    ],
    call: { call: "slow__look", arguments: {} },
    release,
  };
}
