import type { Clock } from "./clock.ts";

/** How often a method may be called: Slack's tiers, or its special rule for posting. */
export type Limit = "tier1" | "tier2" | "tier3" | "tier4" | "posting" | "high" | "none";

const callsPerMinute: Record<Exclude<Limit, "posting" | "none">, number> = {
  tier1: 1,
  tier2: 20,
  tier3: 50,
  tier4: 100,
  high: 600, // auth.test, assistant.threads.setStatus, chat.getPermalink: "hundreds per minute"
};
const postsPerMinute = 300; // the whole workspace: "several hundred messages per minute"
const postBurst = 4; // above one a second in one channel, for a moment

// Timers of both sides may wake a little early.
const clockGraceMs = 20;

/** The rate limits, and the memory of who was told to wait. */
export interface Limits {
  /** Seconds to wait, when this call is one too many. */
  exceeded(method: string, limit: Limit, channel: string | undefined): number | undefined;
  /** Tells a method (or one channel's posting) to wait. */
  holdOff(key: string, seconds: number): void;
  /** How many milliseconds too early this call comes after a 429. */
  early(key: string): number | undefined;
}

/** Limits over one-minute windows; `on: false` lets everything through but keeps to injected 429s. */
export function createLimits(clock: Clock, on: boolean): Limits {
  const windows = new Map<string, number[]>();
  const buckets = new Map<string, { tokens: number; at: number }>();
  const waiting = new Map<string, number>();

  const overWindow = (key: string, perMinute: number) => {
    const now = clock.now();
    const recent = (windows.get(key) ?? []).filter((at) => at > now - 60_000);
    windows.set(key, recent);
    const oldest = recent[0];
    if (recent.length >= perMinute && oldest !== undefined)
      return Math.max(1, Math.ceil((oldest + 60_000 - now) / 1000));
    recent.push(now);
    return undefined;
  };
  const overBucket = (channel: string) => {
    const now = clock.now();
    const bucket = buckets.get(channel) ?? { tokens: postBurst, at: now };
    const tokens = Math.min(postBurst, bucket.tokens + (now - bucket.at) / 1000);
    buckets.set(channel, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    return tokens >= 1 ? undefined : 1;
  };

  return {
    exceeded(method, limit, channel) {
      if (!on || limit === "none") return undefined;
      if (limit !== "posting") return overWindow(method, callsPerMinute[limit]);
      return (channel && overBucket(channel)) || overWindow(method, postsPerMinute);
    },
    holdOff: (key, seconds) => void waiting.set(key, clock.now() + seconds * 1000),
    early(key) {
      const until = waiting.get(key);
      if (until === undefined) return undefined;
      const early = until - clock.now();
      if (early > clockGraceMs) return early;
      waiting.delete(key);
      return undefined;
    },
  };
}
