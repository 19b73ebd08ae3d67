import type { Inbox } from "../../src/chat.ts";
import { adapterName } from "./messages.ts";

/** A small memory that outlives the process. */
export type Memory = { get(key: string): Promise<unknown>; set(key: string, value: unknown): Promise<void> };

/**
 * Knows since when things may have been said that nobody heard. What is heard while they are being read up on says nothing
 * of them, so the time is taken before, and kept until all of them are read, by another process if need be.
 */
export type Missed = {
  /** Something may have been missed: since when, or undefined when nothing was ever heard. */
  since(): Promise<number | undefined>;
  /** All that was missed since then has been read. */
  read(): Promise<void>;
};

const key = "missed-since";

/** What was missed, by what the inbox heard last and what an earlier process left. */
export function createMissed(inbox: Pick<Inbox, "heardUntil">, memory: Memory | undefined): Missed {
  /** How often it was asked since when, without all of that having been read. */
  let open = 0;
  let earliest: number | undefined;

  return {
    async since() {
      open += 1;
      const [heard, left] = await Promise.all([inbox.heardUntil(adapterName), open === 1 && memory?.get(key)]);
      const times = [earliest, heard, left].filter((time) => typeof time === "number");
      if (times.length === 0) return undefined;
      earliest = Math.min(...times);
      await memory?.set(key, earliest);
      return earliest;
    },
    async read() {
      open -= 1;
      if (open > 0) return;
      earliest = undefined;
      await memory?.set(key, null);
    },
  };
}
