import { setTimeout as wait } from "node:timers/promises";

const pauseMs = 500;
/** So often in a row it is done without a pause, and after so long a quiet time again. */
const [mostHasty, quietMs] = [3, 10_000];

/**
 * Work that somebody else may ask for as often as they like: it is done by one at a time, once more where it was asked for
 * meanwhile, and with pauses where that goes on. Resolves once it is done as it was asked for last.
 */
export function atEase(
  work: () => Promise<void>,
  pause: () => Promise<unknown> = () => wait(pauseMs, undefined, { ref: false }),
): () => Promise<void> {
  let underway: Promise<void> | undefined;
  let isWanted = false;
  let hasty = mostHasty;
  let endedAt = 0;

  async function untilDone(): Promise<void> {
    while (isWanted) {
      if (performance.now() - endedAt > quietMs) hasty = mostHasty;
      if (hasty > 0) hasty--;
      else await pause();
      isWanted = false;
      await work();
      endedAt = performance.now();
    }
  }

  return () => {
    isWanted = true;
    underway ??= untilDone().finally(() => {
      underway = undefined;
    });
    return underway;
  };
}
