import type { Clock } from "./clock.ts";

/**
 * How much a lane lets through: so many calls in any stretch of `per` milliseconds, and so many at one moment; until
 * `carefulUntil` one at a time, since somebody else may have used some of it.
 */
export type Allowance = { calls: number; per: number; atOnce?: number; carefulUntil?: number };

/**
 * Calls of one kind, first come first served, never more than allowed. A call counts from its start until `per` after
 * its end, so that however late it reaches Slack, Slack never counts more than we do.
 */
export class Lane {
  readonly #allowance: Allowance;
  readonly #clock: Clock;
  readonly #ended: number[] = [];
  readonly #waiting: { go: () => void; fail: (why: Error) => void }[] = [];
  #running = 0;
  #heldUntil = 0;
  #cancelWake: (() => void) | undefined;
  #closed: Error | undefined;

  constructor(allowance: Allowance, clock: Clock) {
    this.#allowance = allowance;
    this.#clock = clock;
  }

  /** How many calls could begin at this moment. */
  get room(): number {
    const { calls, per, atOnce = Number.POSITIVE_INFINITY } = this.#allowance;
    const now = this.#clock.now();
    if (this.#closed || now < this.#heldUntil) return 0;
    while (this.#ended[0] !== undefined && this.#ended[0] <= now - per) this.#ended.shift();
    return Math.max(0, Math.min(calls - this.#ended.length, atOnce) - this.#running - this.#waiting.length);
  }

  get #atOnce(): number {
    const { atOnce = Number.POSITIVE_INFINITY, carefulUntil = 0 } = this.#allowance;
    return this.#clock.now() < carefulUntil ? 1 : atOnce;
  }

  /** Runs the call as soon as it is allowed and all before it have begun. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.room === 0 || this.#running >= this.#atOnce) {
      await new Promise<void>((go, fail) => {
        if (this.#closed) return fail(this.#closed);
        this.#waiting.push({ go, fail });
        this.#wake();
      });
    } else this.#running += 1;
    try {
      return await call();
    } finally {
      this.#running -= 1;
      if (Number.isFinite(this.#allowance.calls)) this.#ended.push(this.#clock.now());
      this.#wake();
    }
  }

  /** Lets nothing through for a while, as Slack asked. */
  hold(ms: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, this.#clock.now() + ms);
    this.#wake();
  }

  /** Turns away whoever waits, and whoever comes. */
  close(why: Error): void {
    this.#closed = why;
    this.#cancelWake?.();
    for (const waiter of this.#waiting.splice(0)) waiter.fail(why);
  }

  /** Lets go whoever may; the others are looked at again when that can have changed. */
  #wake(): void {
    this.#cancelWake?.();
    this.#cancelWake = undefined;
    const { calls, per } = this.#allowance;
    const now = this.#clock.now();
    while (this.#ended[0] !== undefined && this.#ended[0] <= now - per) this.#ended.shift();
    while (
      this.#waiting.length > 0 &&
      now >= this.#heldUntil &&
      this.#running < this.#atOnce &&
      this.#running + this.#ended.length < calls
    ) {
      this.#running += 1;
      this.#waiting.shift()?.go();
    }
    const [oldest] = this.#ended;
    if (this.#waiting.length === 0) return;
    const next = now < this.#heldUntil ? this.#heldUntil : oldest === undefined ? undefined : oldest + per;
    // A little later than due: timers may fire early.
    if (next !== undefined) this.#cancelWake = this.#clock.after(Math.max(1, next - now) + 2, () => this.#wake());
  }
}
