import { dayNumberOf, daysIn, periodOf, weekdayOf } from "./calendar-days.ts";
import { nextOfCron } from "./cron-pattern.ts";
import { instantOf, wallAt } from "./wall-clock.ts";
import type { Beat, Calendar, Once, Reckoning, TimeOfDay, When } from "./when.ts";

const dayMs = 86_400_000;
/** No rule that has days at all lets more periods pass without one: 29 February, each so-manieth month. */
const emptyPeriods = 4_800;

/** The next slot strictly after an instant; undefined when there is none. */
export function nextAfter(when: When, reckoning: Reckoning, after: number): number | undefined {
  switch (when.kind) {
    case "calendar":
      return nextOfCalendar(when, reckoning, after);
    case "cron":
      return nextOfCron(when.pattern, reckoning.zone, after);
    case "beat":
      return when.between === undefined
        ? nextOfBeat(when, reckoning, after)
        : nextBetween(when, when.between, reckoning.zone, after);
    case "once": {
      const at = instantOfOnce(when, reckoning.zone);
      return at > after ? at : undefined;
    }
  }
}

/** The slots after one instant and up to another (it included), at most so many. */
export function slotsBetween(
  when: When,
  reckoning: Reckoning,
  after: number,
  until: number,
  most = Number.POSITIVE_INFINITY,
): number[] {
  const slots: number[] = [];
  let at = nextAfter(when, reckoning, after);
  while (at !== undefined && at <= until && slots.length < most) {
    slots.push(at);
    at = nextAfter(when, reckoning, at);
  }
  return slots;
}

/** The next slots after an instant, at most so many. */
export function nextFew(when: When, reckoning: Reckoning, after: number, most: number): number[] {
  return slotsBetween(when, reckoning, after, Number.POSITIVE_INFINITY, most);
}

/** The instant something runs once. */
export function instantOfOnce({ at }: Once, zone: string): number {
  return at.endsWith("Z") ? Date.parse(at) : instantOf(zone, Date.parse(`${at}Z`));
}

/** A time of day in milliseconds. */
export function timeOfDay(time: TimeOfDay): number {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  return (hour * 60 + minute) * 60_000;
}

function nextOfCalendar(rule: Calendar, reckoning: Reckoning, after: number): number | undefined {
  const { days, times, every = 1 } = rule;
  const { zone } = reckoning;
  const first = firstDay(rule, reckoning);
  if (first === undefined) return undefined;
  const today = Math.max(Math.floor(wallAt(zone, after) / dayMs), first);
  let period = periodOf(days, today);
  if (every > 1) {
    const passed = (period - periodOf(days, first)) % every;
    if (passed > 0) period += every - passed;
  }
  for (let empty = 0; empty < emptyPeriods; empty++, period += every) {
    for (const day of daysIn(days, period)) {
      if (day < today) continue;
      for (const time of times) {
        const at = instantOf(zone, day * dayMs + timeOfDay(time));
        if (at > after) return at;
      }
    }
  }
  return undefined;
}

// The day from which each so-manieth period is counted.
function firstDay({ days, times, every = 1, from }: Calendar, { zone, anchor }: Reckoning): number | undefined {
  if (from !== undefined) return dayNumberOf(from);
  if (every === 1) return Number.NEGATIVE_INFINITY;
  const first = nextOfCalendar({ kind: "calendar", days, times }, { zone, anchor }, anchor);
  return first === undefined ? undefined : Math.floor(wallAt(zone, first) / dayMs);
}

function nextOfBeat({ seconds, weekdays }: Beat, { zone, anchor }: Reckoning, after: number): number | undefined {
  const beat = seconds * 1000;
  const start = seconds % 60 === 0 ? Math.floor(anchor / 60_000) * 60_000 : anchor;
  const following = (least: number) => start + Math.max(Math.floor((least - start) / beat) + 1, 1) * beat;
  let at = following(after);
  // Whole days that are not meant are jumped over; a long beat may land on such days for some weeks.
  for (let tries = 0; tries < 1_000; tries++) {
    const day = Math.floor(wallAt(zone, at) / dayMs);
    if (weekdays === undefined || weekdays.includes(weekdayOf(day))) return at;
    at = following(Math.max(instantOf(zone, (day + 1) * dayMs) - 1, at));
  }
  return undefined;
}

function nextBetween(
  { seconds, weekdays }: Beat,
  { from, to }: { from: TimeOfDay; to: TimeOfDay },
  zone: string,
  after: number,
): number | undefined {
  const beat = seconds * 1000;
  const [opens, closes] = [timeOfDay(from), timeOfDay(to)];
  const today = Math.floor(wallAt(zone, after) / dayMs);
  // What began yesterday may still be going; a week and a day later all weekdays have come.
  for (let day = today - 1; day <= today + 8; day++) {
    if (weekdays?.includes(weekdayOf(day)) === false) continue;
    const start = instantOf(zone, day * dayMs + opens);
    const end = instantOf(zone, (closes > opens ? day : day + 1) * dayMs + closes);
    const at = after < start ? start : start + (Math.floor((after - start) / beat) + 1) * beat;
    if (at <= end) return at;
  }
  return undefined;
}
