import type { Time } from "../schedules/time.ts";

/** Time that jumps from one timer to the next, as fast as what they call is done. */
export type VirtualTime = Time & {
  /** Lets time pass until an instant, or until it is enough. What a timer began is done before the next is called. */
  passUntil(at: number, isEnough?: () => boolean): Promise<void>;
  /** Something outside, such as the disk, that is waited for before time goes on. */
  outside<Value>(promise: Promise<Value>): Promise<Value>;
  /** Resolves when nothing more happens without time passing. */
  settled(): Promise<void>;
};

type Timer = { at: number; call: () => void; isOff?: true };

/** Makes one that begins at an instant. The same seed gives the same chance. */
export function virtualTime(start: number, seed = 1): VirtualTime {
  let now = start;
  let state = seed >>> 0;
  /** The last is the first to be called. */
  const timers: Timer[] = [];
  let outside = 0;
  let touched = 0;

  function add(timer: Timer): void {
    let [low, high] = [0, timers.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((timers[middle]?.at ?? 0) > timer.at) low = middle + 1;
      else high = middle;
    }
    timers.splice(low, 0, timer);
  }

  async function settled(): Promise<void> {
    // Promises come to rest between turns of the event loop; a few turns in which nothing outside was asked are enough.
    for (let calm = 0; calm < 4; ) {
      const before = touched;
      await new Promise((done) => setImmediate(done));
      calm = outside === 0 && touched === before ? calm + 1 : 0;
    }
  }

  return {
    now: () => now,
    monotonic: () => now - start,
    after(ms, call) {
      touched += 1;
      const timer: Timer = { at: now + Math.max(ms, 1), call };
      add(timer);
      return () => {
        timer.isOff = true;
      };
    },
    random() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
    async passUntil(at, isEnough = () => false) {
      await settled();
      for (let timer = timers.at(-1); timer !== undefined && timer.at <= at && !isEnough(); timer = timers.at(-1)) {
        timers.pop();
        if (timer.isOff) continue;
        now = Math.max(now, timer.at);
        const before = touched + outside;
        timer.call();
        // A clock that only sleeps again has begun nothing to wait for.
        if (touched + outside !== before + 1 || outside > 0) await settled();
      }
      if (!isEnough()) now = Math.max(now, at);
      await settled();
    },
    async outside(promise) {
      outside += 1;
      touched += 1;
      try {
        return await promise;
      } finally {
        outside -= 1;
        touched += 1;
      }
    },
    settled,
  };
}
