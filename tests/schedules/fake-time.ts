import type { Time } from "../../src/schedules/time.ts";

/** Time that passes only when it is told to, on a machine whose clock can be put. */
export type FakeTime = Time & {
  /** Lets so much time pass; each timer is called in its turn, and what it began on disk is done before the next. */
  pass(ms: number): Promise<void>;
  /** Until an instant of the wall clock. */
  passUntil(at: number): Promise<void>;
  /** Puts the wall clock forward, or back below 0. */
  put(byMs: number): void;
  /** The program was stopped in its tracks, or the machine slept: timers come late. */
  freeze(ms: number): Promise<void>;
  /** Something outside, such as the disk, that is waited for before time goes on. */
  outside<Value>(promise: Promise<Value>): Promise<Value>;
  /** Resolves when nothing more happens without time passing. */
  settled(): Promise<void>;
  /** Forgets all timers; a `pass` under way ends there. */
  forget(): void;
};

type Timer = { at: number; order: number; call: () => void };

/** Makes one, with a seed for its chance. */
export function createFakeTime(start: number, seed = 1): FakeTime {
  let wall = start;
  let monotonic = 0;
  let order = 0;
  let timers: Timer[] = [];
  let outside = 0;
  let touched = 0;
  let forgotten = 0;
  const backs: (() => void)[] = [];
  let state = seed >>> 0;

  function first(): Timer | undefined {
    let found: Timer | undefined;
    for (const timer of timers) {
      if (found === undefined || timer.at < found.at || (timer.at === found.at && timer.order < found.order))
        found = timer;
    }
    return found;
  }

  async function settled(): Promise<void> {
    // Promises come to rest between turns of the event loop; a few turns in which nothing outside was asked are enough.
    for (let calm = 0; calm < 4; ) {
      const before = touched;
      if (outside > 0) await new Promise<void>((done) => backs.push(done));
      await new Promise((done) => setImmediate(done));
      calm = outside === 0 && touched === before ? calm + 1 : 0;
    }
  }

  const time: FakeTime = {
    now: () => wall,
    monotonic: () => monotonic,
    after(ms, call) {
      touched += 1;
      const timer = { at: monotonic + Math.max(ms, 1), order: order++, call };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    random() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
    async pass(ms) {
      const end = monotonic + ms;
      const life = forgotten;
      await settled();
      for (let timer = first(); timer !== undefined && timer.at <= end; timer = first()) {
        const due = timer;
        timers = timers.filter((one) => one !== due);
        const step = Math.max(due.at - monotonic, 0);
        monotonic += step;
        wall += step;
        const before = touched + outside;
        due.call();
        // A timer that only sleeps again has begun nothing to wait for.
        if (touched + outside !== before + 1 || outside > 0) await settled();
        if (life !== forgotten) return;
      }
      wall += end - monotonic;
      monotonic = end;
      await settled();
    },
    passUntil: (at) => time.pass(Math.max(at - wall, 0)),
    put(byMs) {
      wall += byMs;
    },
    async freeze(ms) {
      wall += ms;
      monotonic += ms;
      await time.pass(0);
    },
    async outside(promise) {
      outside += 1;
      touched += 1;
      try {
        return await promise;
      } finally {
        outside -= 1;
        touched += 1;
        if (outside === 0) for (const back of backs.splice(0)) back();
      }
    },
    settled,
    forget() {
      forgotten += 1;
      timers = [];
    },
  };
  return time;
}
