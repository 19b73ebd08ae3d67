import type { Ledger } from "../runs/ledger.ts";
import type { Schedules } from "../schedules/schedules.ts";
import type { Store } from "../store/store.ts";
import type { Logger } from "../watch/log.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Deletes old records soon, and then again and again; gives what ends it. */
export function keepSwept(parts: {
  store: Store;
  ledger: Ledger;
  schedules: Schedules;
  /** How long runs are kept, and what belongs to them. */
  keptMs(): number;
  log: Logger;
  now(): number;
}): () => void {
  const { store, ledger, schedules, log, now } = parts;

  async function sweep(): Promise<void> {
    const before = now() - parts.keptMs();
    try {
      await store.journal.sweep(now() - 7 * dayMs);
      await store.outbox.sweep(before);
      await store.shelf.sweep(before);
      await store.claims.sweep(before);
      await store.sweepExpired();
      await ledger.sweep(before);
      await schedules.sweep(before);
    } catch (error) {
      log.error({ err: error }, "old records could not be swept");
    }
  }

  const timers = [setTimeout(() => void sweep(), minuteMs), setInterval(() => void sweep(), dayMs / 4)];
  for (const timer of timers) timer.unref();
  return () => timers.forEach(clearInterval);
}
