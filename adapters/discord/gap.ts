import type { Memory } from "./identify-limit.ts";

const kept = "discord:listening-until";
const keptMissed = "discord:missed-since";
const minute = 60_000;
/** A dead connection can look alive for two heartbeats, and then some. */
const unnoticed = 2 * minute;

/**
 * Knows since when things may have been said that nobody heard. While nothing is missing it notes each minute that it listened, as long as `sure` says so: what
 * was heard last may be weeks old in a quiet server, and nobody wants those weeks read again. What is heard while something
 * is missing says nothing of that, so since when is kept until all was read, by another process if need be.
 */
export function createGap(options: { memory: Memory; now: () => number; sure: () => boolean }) {
  const { memory, now, sure } = options;
  let missed: number | undefined;
  let broken: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function miss(since: number | undefined): void {
    if (missed === since) return;
    missed = since;
    memory.set(keptMissed, since ?? null).catch(() => {});
  }

  async function note(): Promise<void> {
    if (missed !== undefined || broken !== undefined || !sure()) return;
    await memory.set(kept, now()).catch(() => {});
  }

  return {
    async open(heardUntil: number | undefined): Promise<void> {
      const listened = await memory.get(kept);
      const times = [heardUntil, listened].filter((time) => typeof time === "number");
      const left = await memory.get(keptMissed);
      const newest = times.length > 0 ? Math.max(...times) : undefined;
      miss(typeof left === "number" ? Math.min(left, newest ?? left) : newest);
      timer = setInterval(() => void note(), minute).unref();
    },
    /** The stream of events broke. */
    broke(): void {
      broken ??= now() - unnoticed;
    },
    /** The broken stream goes on and tells all by itself. */
    resumed(): void {
      broken = undefined;
    },
    /** Now that there is a stream again: since when to read what was said; undefined when nothing can have been missed. */
    since(): number | undefined {
      miss(missed ?? broken);
      broken = undefined;
      return missed;
    },
    /** What was said since then has been read. */
    filled(since: number): void {
      if (missed === since) miss(undefined);
    },
    /** From now on nobody listens; what is said after the first call is missed. */
    async close(): Promise<void> {
      clearInterval(timer);
      if (closed) return;
      closed = true;
      await note();
    },
  };
}
