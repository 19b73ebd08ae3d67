import type { Quirks } from "./quirks.ts";

/** One thing a model says. A string is text; `arguments` that are a string go out as they stand, broken or not. */
export type Part = string | { thought: string } | { refusal: string } | Call;

/** A tool call the model makes. */
export interface Call {
  call: string;
  arguments?: Record<string, unknown> | string;
  id?: string;
}

/** How fast an answer comes: `delayMs` before the first byte, then so many pieces, at most so fast. */
export interface Pace {
  delayMs?: number;
  /** Pieces the text is cut into; default: about one a word. */
  deltas?: number;
  msPerDelta?: number;
  /** A piece counts as a token. */
  tokensPerSecond?: number;
}

/** Tokens as a provider counts them. */
export interface Tokens {
  input: number;
  output: number;
}

/** What goes wrong with an answer. `…After` counts pieces of the answer that still come through. */
export type Fault =
  | { status: number; retryAfter?: RetryAfter; message?: string }
  | { html: number }
  | { stallBeforeHeaders: true }
  | { stallAfter: number }
  | { cutAfter: number }
  | { brokenJsonAfter: number }
  | { errorEventAfter: number }
  | { endless: true };

/** The three ways a provider says when to come back. */
export type RetryAfter = { seconds: number } | { ms: number } | { date: Date };

/** An answer with everything about it said. */
export interface Answer extends Pace {
  say?: string | readonly Part[];
  finish?: string;
  /** "none": the provider counts nothing, even when asked. */
  usage?: Tokens | "none";
  quirks?: Quirks;
  fault?: Fault;
}

/** What a model answers. An empty list is an empty answer. */
export type Reply = string | readonly Part[] | Answer;

/** The reply in its long form; an endless one has something to say. */
export function asAnswer(reply: Reply): Answer {
  if (typeof reply === "string" || isParts(reply)) return { say: reply };
  return reply.fault !== undefined && "endless" in reply.fault ? { say: "and on ", ...reply } : reply;
}

/** What the answer says, as a list. */
export function partsOf(answer: Answer): readonly Part[] {
  if (answer.say === undefined || answer.say === "") return [];
  return typeof answer.say === "string" ? [answer.say] : answer.say;
}

/** Nothing but the pace. */
export function paceOf({ delayMs, deltas, msPerDelta, tokensPerSecond }: Pace): Pace {
  return {
    ...(delayMs === undefined ? {} : { delayMs }),
    ...(deltas === undefined ? {} : { deltas }),
    ...(msPerDelta === undefined ? {} : { msPerDelta }),
    ...(tokensPerSecond === undefined ? {} : { tokensPerSecond }),
  };
}

function isParts(reply: readonly Part[] | Answer): reply is readonly Part[] {
  return Array.isArray(reply);
}
