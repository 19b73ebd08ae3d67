import { z } from "zod";
import type { Question, Reply } from "./question.ts";

/** What a model is told of a tool. `parameters` is a JSON Schema of an object. */
export const ToolSpec = z.object({
  name: z.string(),
  description: z.string(),
  parameters: z.record(z.string(), z.unknown()),
});
export type ToolSpec = z.infer<typeof ToolSpec>;

/** What a tool gave back. A failure is told to the model, it is never thrown. `parked`: the call waits for a person. */
export const ToolResult = z.object({
  text: z.string(),
  failed: z.boolean().optional(),
  parked: z.boolean().optional(),
  /** An identical call had given it before; the tool was not called. */
  recalled: z.boolean().optional(),
  /** Tools that were found: they can be called from the next step on. */
  tools: z.array(ToolSpec).optional(),
  /** Data URLs, for models that take images. */
  images: z.array(z.string()).optional(),
});
export type ToolResult = z.infer<typeof ToolResult>;

/** How far a call is. */
export type CallProgress = { done: number; of?: number | undefined; message?: string | undefined };

/** A file that a tool gave, for people to see; `aside` is meant for the model alone. */
export type ToolFile = { name: string; type: string; bytes: Uint8Array; aside?: true };

/** What became of files that a tool gave: what the model is told of them, and what it sees. */
export type Shown = { text: string; images?: string[] };

/** What a tool gives back: what the model is told, and what people see besides. */
export type ToolOutput = ToolResult & {
  files?: ToolFile[];
  fresh?: Freshness;
  /** It was to ask a person something, and could not: the same call may give something else. */
  unasked?: true;
  /** The result as data, as far as it gave that, for whoever knows what it must look like. */
  data?: unknown;
};

/** How long whoever gave a result lets it be used again for identical calls, and whether for everybody. */
export type Freshness = { ms: number; shared: boolean };

/** How a call speaks to whoever waits for it, while it goes on. */
export type Meanwhile = {
  told?(progress: CallProgress): void;
  /** Its turn has not come, and that is said until what this gives is called. */
  queues?(): () => void;
  shows?(files: ToolFile[]): Promise<Shown>;
  /** The run it is a call of. */
  run?: string;
  /** Puts a question to the person who waits; missing where nobody does. Meanwhile the time of the run stands still. */
  ask?(question: Question, signal: AbortSignal): Promise<Reply>;
};

/** Something an agent can do. */
export type Tool = ToolSpec & {
  /** Contract: true only for tools known to read, or that `asks` is true of; the others count as changing things. */
  reads: boolean;
  /** It said of itself that what it does can't be taken back. */
  destructive?: boolean;
  /** Contract: it puts to the person who asked what it would do, and does nothing before they say yes. */
  asks?: true;
  /** Why it may not be called just now, if so. It is offered to nobody then, and asked again before each call. */
  withheld?(): string | undefined;
  run(input: Record<string, unknown>, signal: AbortSignal, meanwhile?: Meanwhile): Promise<ToolOutput>;
};

/** Where tools come from. `tools()` is asked anew for each run; `tried` resolves once it first knows what it has. */
export type Toolbox = { name: string; tools(): Tool[]; tried?: Promise<void>; close(): Promise<void> };
