import type { Clock } from "./world.ts";

/** How one request stands against its limits. */
export interface Standing {
  headers: Record<string, string>;
  /** To be called once the answer was read: from then on the bot knows. */
  told(): void;
  /** Set when the request is one too many. */
  exceeded: { retryAfter: number; scope: "user" | "global" | "shared"; wasTold: boolean } | undefined;
}

interface Window {
  ends: number;
  used: number;
  /** An answer that was read has said that nothing remains. */
  toldEmpty: boolean;
}

const globalPerSecond = 50;
/** So much sooner than the one before may a request come that was sent at its right time. */
const wayMs = 100;
/** A request waits for the machine so often: the bot connects, then writes; we accept, then read. */
const waits = 4;
const invalidWindow = 10 * 60_000;

/** Discord counts 401, 403 and 429 answers; at this many in ten minutes it bans the address. */
export const invalidLimit = 10_000;

/** Counts requests by bucket as Discord does: fixed windows per route and major parameter, and fifty a second in all. */
export class Limits {
  readonly #clock: Clock;
  readonly #windows = new Map<string, Window>();
  readonly #invalid: number[] = [];
  /** Counts the bots that began: what one was told is nothing to the next. */
  #life = 0;
  #second: Window = { ends: 0, used: 0, toldEmpty: false };
  readonly #awayMs: () => number;

  /** `awayMs` is for how long at a time this machine kept us from our work of late, and so may have kept the bot. */
  constructor(clock: Clock, awayMs: () => number = () => 0) {
    this.#clock = clock;
    this.#awayMs = awayMs;
  }

  /** Counts one request against its bucket. */
  take(bucket: string, major: string, [limit, per]: readonly [number, number]): Standing {
    const now = this.#clock.now();
    const window = this.#current(`${bucket}:${major}`, per, now);
    const resetAfter = Math.max(0, (window.ends - now) / 1000);
    const over = window.used >= limit;
    const wasTold = over && window.toldEmpty;
    if (!over) window.used += 1;
    const life = this.#life;
    return {
      headers: {
        "x-ratelimit-limit": String(limit),
        "x-ratelimit-remaining": String(limit - window.used),
        "x-ratelimit-reset": (window.ends / 1000).toFixed(3),
        "x-ratelimit-reset-after": resetAfter.toFixed(3),
        "x-ratelimit-bucket": bucket,
      },
      told: () => {
        if (life === this.#life && window.used >= limit) window.toldEmpty = true;
      },
      exceeded: over ? { retryAfter: resetAfter, scope: "user", wasTold } : undefined,
    };
  }

  /**
   * Counts one request against the fifty a second, by when they come; says when it is too many, and whether the bot is to
   * blame. It counts by when it sends: fifty that were held up on their way, and the next fifty that were not, come within
   * less than the second that lay between them.
   */
  takeGlobal(): { retryAfter: number; isBlamed: boolean } | undefined {
    const now = this.#clock.now();
    if (now >= this.#second.ends) this.#second = { ends: now + 1000, used: 0, toldEmpty: false };
    this.#second.used += 1;
    if (this.#second.used <= globalPerSecond) return undefined;
    const leftMs = this.#second.ends - now;
    return { retryAfter: leftMs / 1000, isBlamed: leftMs > wayMs + waits * this.#awayMs() };
  }

  /** A bot that begins anew can't know what its process before it was told. */
  forgetTold(): void {
    this.#life += 1;
    for (const window of this.#windows.values()) window.toldEmpty = false;
  }

  /** Notes an answer that counts as invalid. */
  noteInvalid(): void {
    this.#invalid.push(this.#clock.now());
  }

  /** How many invalid requests the last ten minutes saw. */
  get invalidRequests(): number {
    const oldest = this.#clock.now() - invalidWindow;
    while ((this.#invalid[0] ?? Number.POSITIVE_INFINITY) < oldest) this.#invalid.shift();
    return this.#invalid.length;
  }

  #current(key: string, per: number, now: number): Window {
    const known = this.#windows.get(key);
    if (known && now < known.ends) return known;
    const fresh = { ends: now + per, used: 0, toldEmpty: false };
    this.#windows.set(key, fresh);
    return fresh;
  }
}
