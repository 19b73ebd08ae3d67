import type { Prompts } from "../../tools/mcp/prompts.ts";

/** A server, as far as people ask for its prompts. */
export type PromptServer = {
  name: string;
  prompts: Prompts;
  /** What it has to read, where that is offered. */
  resources?: { list(): readonly unknown[] };
  /** `backIn`: in how many seconds it is tried again. */
  state(): { state: string; backIn?: number };
  /** Resolves once the first attempt to connect has ended, well or badly. */
  tried: Promise<void>;
};
