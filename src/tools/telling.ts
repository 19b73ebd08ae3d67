import type { Freshness } from "../agent/tool.ts";
import type { ToolCall } from "../agent/turn.ts";
import type { Redact } from "../watch/redact.ts";
import { redactLong } from "../watch/redact-long.ts";
import type { CachedCall, ResultCache } from "./result-cache.ts";

/** A result as it came, but for secrets. */
export type WholeResult = { call: string; tool: string; text: string };

/** A call whose result may be used again. */
export type Again = { call: CachedCall; fresh?: Freshness };

/** Who takes results whole that a model is told in short. */
export type Keeper = { keepWhole?(result: WholeResult): void };

const longestResult = 64 * 1024;
/** More of a result is not kept. */
const longestWhole = 10 * 1024 * 1024;

/** How results are told to models, and what else becomes of them; all without secrets. */
export function createTelling(redact: Redact, cache: ResultCache | undefined) {
  /** Only so much is looked through as is kept: a result can be very long, and the whole chat waits. */
  function readable(text: string): string {
    if (text.length <= longestResult) return redact(text);
    const half = longestResult / 2;
    // Twice as much, so that nothing is cut in two before it is recognised.
    const [head, tail] = [redact(text.slice(0, longestResult)), redact(text.slice(-longestResult))];
    return `${head.slice(0, half)}\n[… ${text.length - longestResult} characters left out …]\n${tail.slice(-half)}`;
  }

  async function keep(text: string, { id, name }: ToolCall, keeper: Keeper, again?: Again): Promise<void> {
    const isShortened = text.length > longestResult;
    // Somewhat more, so that nothing is cut in two before it is recognised.
    const clean = await redactLong(text.slice(0, longestWhole + longestResult), redact);
    const whole = clean.length > longestWhole ? `${clean.slice(0, longestWhole)}\n[… the rest was not kept …]` : clean;
    if (isShortened) keeper.keepWhole?.({ call: id, tool: name, text: whole });
    if (again) await cache?.keep(again.call, whole, again.fresh);
  }

  return {
    readable,
    /** A result as the model is told it; that it is kept, nobody waits for. */
    told(text: string, call: ToolCall, keeper: Keeper, again?: Again): string {
      if (again || (text.length > longestResult && keeper.keepWhole)) void keep(text, call, keeper, again);
      return readable(text);
    },
  };
}
