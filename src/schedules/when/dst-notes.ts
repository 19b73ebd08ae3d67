import type { Language } from "../../chat.ts";
import { wordsOf } from "../../words/words.ts";
import { dayNumberOf } from "./calendar-days.ts";
import { nextAfter, timeOfDay } from "./next.ts";
import { timesOfCron } from "./read-cron.ts";
import { sayDay } from "./say-when.ts";
import { offsetAt, standingOf, wallAt } from "./wall-clock.ts";
import type { Reckoning, TimeOfDay, When } from "./when.ts";

const dayMs = 86_400_000;

/** What the changes of the clocks do to a *when* in the next year, said in sentences; nothing where they do nothing. */
export function dstNotes(when: When, reckoning: Reckoning, now: number, language: Language): string[] {
  const { zone } = reckoning;
  const words = wordsOf(language).when;
  const notes: string[] = [];
  const days = when.kind === "once" ? [dayNumberOf(when.at.slice(0, 10))] : daysOfChange(zone, now);
  for (const day of days) {
    for (const time of timesOf(when)) {
      const { at, is } = standingOf(zone, day * dayMs + timeOfDay(time));
      if (is === "there" || at <= now || nextAfter(alone(when, time), reckoning, at - 1) !== at) continue;
      const date = sayDay(new Date(day * dayMs).toISOString().slice(0, 10), language, true);
      const runs = new Date(wallAt(zone, at)).toISOString().slice(11, 16);
      notes.push(is === "twice" ? words.repeatedTime(date, time, zone) : words.skippedTime(date, time, zone, runs));
    }
  }
  return notes;
}

// The days of a year on which the wall clock may be put forward or back: by UTC it may be the day before or after.
function daysOfChange(zone: string, now: number): number[] {
  const today = Math.floor(wallAt(zone, now) / dayMs);
  const changes = (day: number) => offsetAt(zone, (day - 1) * dayMs) !== offsetAt(zone, (day + 2) * dayMs);
  return Array.from({ length: 366 }, (_, index) => today + index).filter(changes);
}

// The times of day that a rule names; beats and stars name none.
function timesOf(when: When): TimeOfDay[] {
  if (when.kind === "calendar") return when.times;
  if (when.kind === "cron") return timesOfCron(when.pattern) ?? [];
  return when.kind === "once" && !when.at.endsWith("Z") ? [when.at.slice(11, 16)] : [];
}

// The same days with only that time, unless which days there are depends on the times.
function alone(when: When, time: TimeOfDay): When {
  if (when.kind !== "calendar" || ((when.every ?? 1) > 1 && when.from === undefined)) return when;
  return { ...when, times: [time] };
}
