import { setTimeout as pause } from "node:timers/promises";
import type { Bot } from "./bot.ts";

/** The worst of a stretch of time. */
export interface Peaks {
  rssMb: number;
  /** How long the main loop was blocked, at the longest. */
  lateMs: number;
}

/** Looks twice a second at how a bot is (a look costs it something), until it is asked what the worst was. */
export async function watchPeaks(bot: Bot): Promise<() => Promise<Peaks>> {
  const peaks: Peaks = { rssMb: 0, lateMs: 0 };
  let isOver = false;
  const look = async () => {
    const { rssBytes, lateMaxMs } = await bot.vitals();
    peaks.rssMb = Math.max(peaks.rssMb, rssBytes / 1e6);
    peaks.lateMs = Math.max(peaks.lateMs, lateMaxMs);
  };
  // How late it was before is nobody's concern.
  await bot.vitals();
  const looking = (async () => {
    while (!isOver) {
      await pause(500);
      await look();
    }
  })();
  // Awaited when it is asked: a bot that died is told then.
  looking.catch(() => {});
  return async () => {
    isOver = true;
    await looking;
    await look();
    return peaks;
  };
}
