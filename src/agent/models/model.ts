import type { ModelSpec } from "../run-input.ts";
import type { ToolSpec } from "../tool.ts";
import type { ToolCall, Turn } from "../turn.ts";

/** What a model is asked: the whole conversation, in no provider's dialect. */
export type ModelRequest = {
  instructions: string;
  turns: readonly Turn[];
  tools: readonly ToolSpec[];
  /** A JSON Schema the answer must fit; a provider that cannot enforce it is told in words. */
  output?: Record<string, unknown> | undefined;
};

/**
 * A piece of a model's answer, as it arrives. Contract: the last part of a stream that did not throw is `end`, and it
 * comes once; `afresh` voids what was streamed before it.
 */
export type ModelPart =
  | { kind: "text"; text: string }
  | { kind: "thought"; text: string }
  | { kind: "afresh" }
  | {
      kind: "end";
      calls: ToolCall[];
      /** `length` and `filtered`: the provider cut the answer, and why. */
      stopped: "done" | "length" | "filtered";
      /** What the provider counted; absent when it told no figures. */
      tokens?: { input: number; output: number };
    };

/** Something that can be asked. Contract: `stream` throws `ModelFailure`, or whatever it likes once `signal` is aborted. */
export type Model = {
  name: string;
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelPart>;
};

/** Turns what config says of a model into one that can be asked. */
export type OpenModel = (spec: ModelSpec) => Model;

/**
 * Why a model did not answer: `passing` is worth another try; `refused-key`, `refused` and `too-long` (what it was asked
 * to read) are not, with this model at least.
 */
export class ModelFailure extends Error {
  readonly kind: "passing" | "refused-key" | "refused" | "too-long";
  /** How long the provider asked us to wait. */
  readonly retryAfterMs: number | undefined;
  /** How often it was asked before we gave up. */
  readonly times: number;

  constructor(
    kind: ModelFailure["kind"],
    message: string,
    more: { retryAfterMs?: number | undefined; times?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.name = "ModelFailure";
    this.kind = kind;
    this.retryAfterMs = more.retryAfterMs;
    this.times = more.times ?? 1;
  }
}

/** What a model threw, as a failure; what we do not know is not worth another try. */
export function asModelFailure(error: unknown): ModelFailure {
  if (error instanceof ModelFailure) return error;
  return new ModelFailure("refused", error instanceof Error ? error.message : String(error), { cause: error });
}
