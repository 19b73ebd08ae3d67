import { type DayNumber, dateOf, dayNumber, weekdayOf } from "./calendar-days.ts";
import { nextAfter } from "./next.ts";
import type { ClockTime, SingleDay, Surroundings } from "./parts.ts";
import { dates, neverComes } from "./rules.ts";
import { type Asks, type Choices, type Of, oneUsual, refuse, type Settled, settled } from "./settled.ts";
import { instantOf, standingOf, wallAt } from "./wall-clock.ts";
import type { Once, Weekday, When } from "./when.ts";

const dayMs = 86_400_000;

/** At an instant that was written. */
export function settleInstant({ at }: Of<"instant">, around: Surroundings): Settled {
  return once([{ kind: "once", at: isoInstant(at) }], around, "which-day");
}

/** In so many seconds. */
export function settleIn(seconds: number, around: Surroundings): Settled {
  if (seconds === 0) return refuse({ code: "no-time-at-all" });
  if (seconds > 10 * 366 * 86_400) return refuse({ code: "too-far" });
  // Whole minutes end on one: nobody asked for 27 seconds past.
  const unit = seconds % 60 === 0 ? 60_000 : 1000;
  const at = Math.round((around.now + seconds * 1000) / unit) * unit;
  return settled([onceOn(at, around.zone)], "which-day");
}

// An instant as the wall shows it, unless that comes twice and this is the second.
function onceOn(at: number, zone: string): Once {
  const wall = wallAt(zone, at);
  return { kind: "once", at: instantOf(zone, wall) === at ? wallText(wall) : isoInstant(at) };
}

function isoInstant(at: number): string {
  return new Date(at).toISOString().replace(".000Z", "Z");
}

function wallText(wall: number): string {
  const text = new Date(wall).toISOString().slice(0, 19);
  return text.endsWith(":00") ? text.slice(0, 16) : text;
}

/** In so many days or months, at this time of day or at another. */
export function settleInDays(
  { days, months }: Of<"in-days">,
  choices: Choices | undefined,
  around: Surroundings,
): Settled {
  if (days + months === 0) return refuse({ code: "no-time-at-all" });
  if (days > 3660 || months > 120) return refuse({ code: "too-far" });
  const wall = wallAt(around.zone, around.now);
  const today = dateOf(Math.floor(wall / dayMs));
  const monthEnd = dateOf(dayNumber(today.year, today.month + months + 1, 0)).date;
  const day = dayNumber(today.year, today.month + months, Math.min(today.date, monthEnd)) + days;
  if (choices !== undefined) return settleSingle([{ day }], choices, around);
  const time = Math.round((wall - Math.floor(wall / dayMs) * dayMs) / 60_000) * 60_000;
  return once([{ kind: "once", at: wallText(day * dayMs + time) }], around, "which-day");
}

/** On one day. */
export function settleDate({ days, weekday, written }: Of<"date">, choices: Choices, around: Surroundings): Settled {
  const possible = days.filter((day) => neverDay(day) === undefined);
  const never = days.map(neverDay).find((day) => day !== undefined);
  if (possible.length === 0 && never) return refuse({ code: "never-comes", ...never });
  const settled = settleSingle(possible, choices, around);
  if (weekday === undefined || settled === undefined || "refusal" in settled) return settled;
  const really = settled.whens.map(weekdayOfOnce);
  const whens = settled.whens.filter((_, index) => really[index] === weekday);
  if (whens.length > 0) return { ...settled, whens };
  return refuse({ code: "other-weekday", written, weekday, really: really[0] ?? weekday });
}

/** A day that never comes, as it was written. */
export function neverDay(day: SingleDay): { month: number; date: number; year?: number | undefined } | undefined {
  if ("day" in day) return undefined;
  return day.year === undefined ? neverComes(dates([day.date], [day.month])) : day;
}

function weekdayOfOnce(when: When): Weekday | undefined {
  return when.kind === "once"
    ? weekdayOf(Math.floor(Date.parse(`${when.at.slice(0, 10)}T00:00:00Z`) / dayMs))
    : undefined;
}

function settleSingle(days: readonly SingleDay[], all: Choices, around: Surroundings): Settled {
  const choices = days.length > 1 ? oneUsual(all) : all;
  if (choices.times.some((times) => times.length > 1)) return refuse({ code: "one-time-only" });
  const whens = days.flatMap((day) => choices.times.flatMap(([time]) => (time ? [onceOnDay(day, time, around)] : [])));
  return once(whens, around, days.length > 1 ? "which-day" : choices.asks);
}

/** A day at a time; without a year it is the next there is. */
export function onceOnDay(day: SingleDay, time: ClockTime, around: Surroundings): Once {
  const within = ((time.hour * 60 + time.minute) * 60 + time.second) * 1000 + (time.late ? dayMs : 0);
  const wallOn = (number: DayNumber) => number * dayMs + within;
  if ("day" in day) return { kind: "once", at: wallText(wallOn(day.day)) };
  const { year } = dateOf(Math.floor(wallAt(around.zone, around.now) / dayMs));
  // The next that is to come; 29 February may take eight years.
  const years = Array.from({ length: 10 }, (_, index) => dayNumber(year + index, day.month, day.date));
  const next = years.find(
    (number) => dateOf(number).date === day.date && instantOf(around.zone, wallOn(number)) > around.now,
  );
  return { kind: "once", at: wallText(wallOn(next ?? dayNumber(year, day.month, day.date))) };
}

// What is past is no way to understand it.
function once(whens: readonly Once[], around: Surroundings, asks: Asks): Settled {
  const reckoning = { zone: around.zone, anchor: around.now };
  const ahead = whens.filter((when) => nextAfter(when, reckoning, around.now) !== undefined);
  if (ahead.length > 0) {
    const far = ahead.some(({ at }) => Number(at.slice(0, 4)) > dateOf(Math.floor(around.now / dayMs)).year + 50);
    return far ? refuse({ code: "too-far" }) : settled(ahead, asks);
  }
  const [first] = whens;
  const at = first && nextAfter(first, reckoning, Number.NEGATIVE_INFINITY);
  return at === undefined ? undefined : refuse({ code: "past", at });
}

/** The next slot of a rule alone. */
export function onceAt(when: When, { now, zone }: Surroundings): Once[] {
  const at = nextAfter(when, { zone, anchor: now }, now);
  return at === undefined ? [] : [onceOfSlot(when, at, zone)];
}

// The time that was said, even where the clocks jump over it.
function onceOfSlot(when: When, at: number, zone: string): Once {
  const wall = wallAt(zone, at);
  const [time] = when.kind === "calendar" && when.times.length === 1 ? when.times : [];
  const said = time === undefined ? wall : Date.parse(`${wallText(wall).slice(0, 10)}T${time}Z`);
  return standingOf(zone, said).at === at ? { kind: "once", at: wallText(said) } : onceOn(at, zone);
}
