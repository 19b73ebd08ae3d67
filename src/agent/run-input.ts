import { z } from "zod";
import { ToolResult, ToolSpec } from "./tool.ts";
import { ToolCall, Turn, Usage } from "./turn.ts";

/** A model to speak to. `key` and `headers` are attached at dispatch and never stored or logged. */
export const ModelSpec = z.object({
  name: z.string(),
  provider: z.enum(["openai", "azure_openai", "anthropic", "dashscope", "deepseek", "ollama", "custom", "offline"]),
  model: z.string(),
  baseUrl: z.string().optional(),
  apiVersion: z.string().optional(),
  key: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  temperature: z.number().optional(),
  maxTokens: z.number().optional(),
  price: z.object({ input: z.number(), output: z.number() }).optional(),
  /** It is shown images, or is not; by default its name decides. */
  images: z.boolean().optional(),
});
export type ModelSpec = z.infer<typeof ModelSpec>;

/** Where a run stands between two model calls; plain data, so that any worker can go on from it. */
export const RunState = z.object({
  /** What was said since the run began: the model's turns, tool results, steers. */
  turns: z.array(Turn),
  step: z.number(),
  usage: Usage,
  /** Calls that wait for a person; their siblings have results in `turns` already. */
  pending: z.array(ToolCall),
  /** Index into `RunInput.models` of the one that speaks. */
  speaking: z.number(),
  /** Time it worked so far; what it spent parked does not count. */
  elapsedMs: z.number().optional(),
  /** Tells the first `turns` of the whole conversation (`RunInput.turns`, then these) where it grew too long. */
  summary: z.object({ turns: z.number(), text: z.string() }).optional(),
  /** Tools found on the way, besides those of the input. */
  found: z.array(ToolSpec).optional(),
});
export type RunState = z.infer<typeof RunState>;

/** What a model said in one call: its words, the tools it asked for, what it thought. */
export const ModelSaid = z.object({ text: z.string(), calls: z.array(ToolCall), reasoning: z.string().optional() });
export type ModelSaid = z.infer<typeof ModelSaid>;

/** All that a worker needs to do one run, and no more. */
export const RunInput = z.object({
  id: z.string(),
  agent: z.string(),
  instructions: z.string(),
  /** The model, then its fallbacks in order; never empty. */
  models: z.array(ModelSpec).min(1),
  turns: z.array(Turn),
  tools: z.array(ToolSpec),
  maxSteps: z.number(),
  timeoutMs: z.number(),
  /** A JSON Schema the answer must fit. */
  output: z.record(z.string(), z.unknown()).optional(),
  /** Tokens the conversation may take before older turns are compressed. */
  contextTokens: z.number(),
  /** Names of tools that are held back: models are not told of them, and whoever calls one is told why by main. */
  held: z.array(z.string()).optional(),
  compressWith: ModelSpec.optional(),
  /** So long is what a model answers used again for identical calls; without it nothing is remembered. */
  cacheMs: z.number().optional(),
  /** Taken up again: the state it had, and the results of the calls it waited for. */
  state: RunState.optional(),
  results: z.array(z.object({ call: z.string(), result: ToolResult, ms: z.number().optional() })).optional(),
});
export type RunInput = z.infer<typeof RunInput>;

/** How a run came to rest in its worker. */
export const Ending = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("answered"),
    text: z.string(),
    /** The name of the model that spoke. */
    model: z.string(),
    usage: Usage,
    /** The parsed answer, where a schema was asked for. */
    output: z.unknown().optional(),
  }),
  /** `code` picks the sentence people read; `detail` is for the record and the log. */
  z.object({
    kind: z.literal("failed"),
    code: z.enum(["model", "refused-key", "timeout", "steps", "repeating", "output", "empty", "worker"]),
    detail: z.string(),
    /** What a person should know of it: which models were tried, how often, over how long. */
    tried: z.object({ models: z.array(z.string()), times: z.number(), ms: z.number() }).optional(),
    text: z.string(),
    usage: Usage,
  }),
  z.object({ kind: z.literal("stopped"), text: z.string(), usage: Usage }),
  z.object({ kind: z.literal("parked"), state: RunState }),
]);
export type Ending = z.infer<typeof Ending>;

/**
 * What main answers to a checkpoint. `steers` are messages that came meanwhile; `cached` is what an identical model call
 * was answered before.
 */
export const Go = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("go"), steers: z.array(Turn), cached: ModelSaid.optional() }),
  z.object({ kind: z.literal("park") }),
  z.object({ kind: z.literal("stop") }),
]);
export type Go = z.infer<typeof Go>;
