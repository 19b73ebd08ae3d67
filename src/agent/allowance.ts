/** A timer set for longer goes off at once. */
const longestTimer = 2 ** 31 - 1;

/** Time after which something is over. It stands still while it is held. */
export class Allowance {
  readonly #over: () => void;
  readonly #now: () => number;
  #left: number;
  #since: number;
  #holds = 0;
  #before = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number, over: () => void, now: () => number = () => performance.now()) {
    this.#over = over;
    this.#now = now;
    this.#left = ms;
    this.#since = now();
    this.#start();
  }

  /** So much of it is used up; what passed while it was held does not count. */
  get spent(): number {
    return this.#before + (this.#holds > 0 ? 0 : this.#now() - this.#since);
  }

  /** Holds it until what this gives is called; held several times, until all are. */
  hold(): () => void {
    if (this.#holds++ === 0) {
      const passed = this.#now() - this.#since;
      this.#before += passed;
      this.#left -= passed;
      clearTimeout(this.#timer);
    }
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      if (--this.#holds > 0) return;
      this.#since = this.#now();
      this.#start();
    };
  }

  /** From now on there is so much again. */
  renew(ms: number): void {
    this.#before = this.spent;
    this.#since = this.#now();
    this.#left = ms;
    if (this.#holds > 0) return;
    clearTimeout(this.#timer);
    this.#start();
  }

  close(): void {
    this.#before = this.spent;
    // What was closed never starts again.
    this.#holds = Number.POSITIVE_INFINITY;
    clearTimeout(this.#timer);
  }

  #start(): void {
    this.#timer = setTimeout(this.#over, Math.min(longestTimer, Math.max(0, this.#left)));
  }
}
