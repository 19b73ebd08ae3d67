import { setTimeout as pause } from "node:timers/promises";
import type { Bot } from "../bot.ts";
import { watchPeaks } from "../peaks.ts";
import type { Town } from "../town/town.ts";

/** Schedules that are all due in the same second, again and again. */
export interface Herd {
  /** Where, and how many of them there: spread over all channels. */
  shares: readonly { name: "slack" | "discord"; town: Town; schedules: number }[];
  /** A divisor of 60. */
  everySeconds: number;
}

/** What one time took, from a second before it was due to a second before the next. */
export interface Seen {
  cpuMs: number;
  rssMb: number;
  lateMs: number;
  /** Until the last was posted, since all were due. */
  tookMs: number;
  posts: number;
  tooMany: number;
  violations: number;
}

const leadMs = 1_000;

/** schedules.yaml of a herd. */
export function yamlOf({ shares, everySeconds }: Herd): string {
  const lines = shares.flatMap(({ name, town: { channels }, schedules }) =>
    Array.from({ length: schedules }, (_, n) => {
      const channel = channels[n % channels.length];
      return `  - { name: ${name} ${n}, when: "cron */${everySeconds} * * * * *", prompt: What matters to the team?, to: ["${name}:${channel}"] }`;
    }),
  );
  return `schedules:\n${lines.join("\n")}\n`;
}

/** Waits for the next time that all are due, and sees it through. */
export async function seeThrough(bot: Bot, { shares, everySeconds }: Herd): Promise<Seen> {
  const everyMs = everySeconds * 1000;
  await pause((2 * everyMs - leadMs - (Date.now() % everyMs)) % everyMs);
  const isOver = pause(everyMs - leadMs / 2);
  const before = await bot.vitals();
  const peaks = await watchPeaks(bot);
  const seen = await Promise.all(
    shares.map(({ town, schedules }) => town.watch({ posts: schedules, deadlineMs: everyMs - leadMs })),
  );
  // What is recorded and read back after the last post is part of it.
  await isOver;
  const after = await bot.vitals();
  return {
    ...(await peaks()),
    cpuMs: after.cpuMs - before.cpuMs,
    tookMs: Math.max(...seen.map((one) => one.tookMs)) - leadMs,
    posts: sum(seen.map((one) => one.posts)),
    tooMany: sum(seen.map((one) => one.tooMany)),
    violations: sum(seen.map((one) => one.violations.length)),
  };
}

/** How many schedules a herd has. */
export function sizeOf({ shares }: Herd): number {
  return sum(shares.map(({ schedules }) => schedules));
}

function sum(numbers: number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
