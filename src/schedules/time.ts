/** What schedules know of time and chance; tests bring their own. */
export type Time = {
  /** The wall clock, in milliseconds since 1970. It may be put forward and back. */
  now(): number;
  /** A clock that nobody puts; it may stand still while the machine sleeps. */
  monotonic(): number;
  /** Calls back after so many milliseconds; gives what calls it off. */
  after(ms: number, call: () => void): () => void;
  /** From 0 to 1, without 1. */
  random(): number;
};

/** Time as it is. */
export const realTime: Time = {
  now: Date.now,
  monotonic: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};
