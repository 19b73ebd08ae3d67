import type { DueTimes } from "./due-times.ts";
import type { Away } from "./policy.ts";
import type { Time } from "./time.ts";

/** So long it sleeps at most: then the wall clock is read again. */
const longestSleepMs = 30_000;
/** Asleep for longer than this, the program was as good as not running. */
const awayMs = 60_000;
const slackMs = 2_000;
/** So many are handed over together; others get a turn in between. */
const atOnce = 100;
const afterTroubleMs = 5_000;

export type ClockOptions = {
  time: Time;
  due: DueTimes;
  /**
   * What is due is handed over in its order, never twice at a time. Contract: who is due again is put back into `due`;
   * when it rejects, all of them come again a little later.
   */
  handOver(ids: string[], now: number, away: Away | undefined): Promise<void>;
  /** All that came due while it was away is handed over. */
  caughtUp?(away: Away): void;
  /** It is running at this moment; called at least every 30 s. */
  alive?(at: number): void;
  /** The wall clock was put forward (or back, below 0) by so much. */
  jumped?(byMs: number): void;
  trouble(error: unknown): void;
};

/** Says when something is due: sleeps at most 30 s, and compares the wall clock with one that nobody puts. */
export type Clock = {
  /** `aliveAt`: when the program last ran. Contract: what is due by now is handed over when it resolves. */
  start(aliveAt: number | undefined): Promise<void>;
  /** Something may be due earlier than it was. */
  wake(): void;
  /** Contract: nothing is handed over after it resolves. */
  stop(): Promise<void>;
};

/** Makes a clock; it stands still until it is started. */
export function createClock({ time, due, handOver, caughtUp, alive, jumped, trouble }: ClockOptions): Clock {
  let seen: { wall: number; monotonic: number } | undefined;
  let callOff: (() => void) | undefined;
  let sleepsUntil = 0;
  let handing: Promise<void> | undefined;
  let stopped = true;

  function look(): Away | undefined {
    const now = { wall: time.now(), monotonic: time.monotonic() };
    const before = seen;
    seen = now;
    alive?.(now.wall);
    if (before === undefined) return undefined;
    const jump = now.wall - before.wall - (now.monotonic - before.monotonic);
    if (Math.abs(jump) > slackMs) jumped?.(jump);
    return now.wall - before.wall > awayMs ? { from: before.wall, to: now.wall } : undefined;
  }

  function sleep(mostMs = longestSleepMs): void {
    if (stopped) return;
    callOff?.();
    const now = time.now();
    const first = due.first() ?? Number.POSITIVE_INFINITY;
    const ms = Math.min(Math.max(first - now, 1), mostMs);
    sleepsUntil = now + ms;
    callOff = time.after(ms, () => tick(undefined));
  }

  function tick(awayBefore: Away | undefined): void {
    callOff = undefined;
    if (stopped || handing !== undefined) return;
    const away = awayBefore ?? look();
    if ((due.first() ?? Number.POSITIVE_INFINITY) > time.now()) {
      if (away !== undefined) caughtUp?.(away);
      sleep();
      return;
    }
    handing = handAll(away).then((isWell) => {
      handing = undefined;
      sleep(isWell ? longestSleepMs : afterTroubleMs);
    });
  }

  async function handAll(away: Away | undefined): Promise<boolean> {
    for (;;) {
      const now = time.now();
      const ids = stopped ? [] : due.take(now, atOnce);
      if (ids.length === 0) break;
      try {
        await handOver(ids, now, away);
      } catch (error) {
        trouble(error);
        for (const id of ids) if (!due.has(id)) due.set(id, now + afterTroubleMs);
        return false;
      }
      await new Promise((done) => setImmediate(done));
    }
    if (away !== undefined && !stopped) caughtUp?.(away);
    // Handing over is not sleeping.
    seen = { wall: time.now(), monotonic: time.monotonic() };
    return true;
  }

  return {
    async start(aliveAt) {
      stopped = false;
      look();
      const now = time.now();
      tick(aliveAt !== undefined && aliveAt < now ? { from: aliveAt, to: now } : undefined);
      await handing;
    },
    wake() {
      if (!stopped && handing === undefined && (due.first() ?? Number.POSITIVE_INFINITY) < sleepsUntil) sleep();
    },
    async stop() {
      stopped = true;
      callOff?.();
      await handing;
    },
  };
}
