/** How much of what nobody asked for is taken: so many at once, then so many a second. */
export type Pace = {
  /** What came is counted; gives how long to take nothing more. */
  take(count: number): number;
};

const [atOnce, perSecond] = [2000, 1000];
/** A long message counts as several. */
export const bytesOfOne = 4096;

/** A pace that a talkative server keeps without a wait, while one that never stops leaves time for the others. */
export function createPace(now: () => number = () => performance.now()): Pace {
  let left = atOnce;
  let at = now();
  return {
    take(count) {
      const time = now();
      left = Math.min(atOnce, left + ((time - at) / 1000) * perSecond) - count;
      at = time;
      return left >= 0 ? 0 : Math.ceil((-left / perSecond) * 1000);
    },
  };
}
