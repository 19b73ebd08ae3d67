import { type DayNumber, dateOf, dayNumber, weekdayOf } from "./calendar-days.ts";
import { nextAfter } from "./next.ts";
import {
  type ClockTime,
  inPartOfDay,
  type Part,
  type PartOfDay,
  type SingleDay,
  type Surroundings,
  timeText,
  two,
} from "./parts.ts";
import type { Refusal } from "./refusal.ts";
import { beat, calendar, dates, neverComes, weekly } from "./rules.ts";
import { instantOf, standingOf, wallAt } from "./wall-clock.ts";
import type { Days, Once, Weekday, When } from "./when.ts";

const dayMs = 86_400_000;

/** What is asked when a *when* can be understood in several ways. */
export type Asks =
  | "half-of-day"
  | "once-or-every"
  | "unit"
  | "which-day"
  | "time"
  | "weekday"
  | "date"
  | "rule"
  | "fields";

/** What parts come to: the ways to understand them, why they cannot be, or nothing. */
export type Settled = { whens: When[]; asks: Asks } | { refusal: Refusal } | undefined;

type Kind = Part["part"];
type Of<K extends Kind> = Extract<Part, { part: K }>;

/** Puts the parts together. `atTime` when a lone time was said with "at". */
export function settle(parts: readonly Part[], around: Surroundings, atTime: boolean): Settled {
  const get = <K extends Kind>(kind: K) => parts.find((part): part is Of<K> => part.part === kind);
  const zone = get("zone");
  if (zone) return refuse({ code: "zone", zone: zone.zone });
  const repeat = get("repeat");
  const date = get("date");
  const of = get("of-day")?.of ?? repeat?.of ?? date?.of;
  const times = get("times")?.times.map((time) => (of === undefined || time.hour > 12 ? time : inPartOfDay(time, of)));
  const between = get("between");
  const wrong = [...(times ?? []), ...(between ? [between.from, between.to] : [])].find((time) => time.wrong);
  if (wrong?.wrong) return refuse(wrong.wrong);

  const instant = get("instant");
  if (instant) return once([{ kind: "once", at: isoInstant(instant.at) }], around, "which-day");
  const soon = get("in");
  if (soon) return settleIn(soon.seconds, around);
  const minutes = get("minutes")?.minutes;
  if (minutes) {
    const late = minutes.find((minute) => minute > 59);
    if (late !== undefined) return refuse({ code: "no-such-time", written: `:${late}` });
    const sorted = [...new Set(minutes)].sort((one, other) => one - other);
    return settled([{ kind: "cron", pattern: `${sorted.join(",")} * * * *` }], "rule");
  }
  const beating = get("beat");
  if (beating && times)
    return refuse({ code: "only-start", seconds: beating.seconds, from: times.map(timeText).join() });
  if (beating) return settleBeat(beating, between, get("on"));
  if (between) return undefined;

  const choices = timeChoices(times, of);
  const later = get("in-days");
  if (later) return settleInDays(later, times === undefined ? undefined : choices, around);
  if (date && repeat) return settleYearly(date, choices, repeat.every);
  if (date) return settleDate(date, choices, around);
  const on = get("on");
  if (on || repeat) return settleDays(on, repeat, get("from"), choices, around);
  if (times === undefined) return undefined;
  const each = choices.times.map((some) => calendar({ kind: "daily" }, some.map(timeText)));
  const next = each.flatMap((when) => onceAt(when, around));
  return atTime ? settled(next, choices.asks) : settled([...next, ...each], "once-or-every");
}

function refuse(refusal: Refusal): Settled {
  return { refusal };
}

function settled(whens: When[], asks: Asks): Settled {
  const seen = new Map(whens.map((when) => [JSON.stringify(when), when]));
  return whens.length === 0 ? undefined : { whens: [...seen.values()], asks };
}

interface Choices {
  times: ClockTime[][];
  asks: Asks;
}

// Times that nobody gave are asked for; a bare five is in the morning or in the afternoon.
function timeChoices(times: ClockTime[] | undefined, of: PartOfDay | undefined): Choices {
  const at = (hour: number): ClockTime[] => [{ hour, minute: 0, second: 0, vague: false, late: false }];
  if (times === undefined) return { times: usualHours(of).map(at), asks: "time" };
  const known = times.map((time, index) => {
    const later = times.slice(index + 1).some(({ hour, vague }) => !vague && hour > 12 && hour >= time.hour + 12);
    return time.vague && later ? inPartOfDay(time, "pm") : time;
  });
  if (!known.some(({ vague }) => vague)) return { times: [known], asks: "half-of-day" };
  const halves = (["am", "pm"] as const).map((half) =>
    known.map((time) => (time.vague ? inPartOfDay(time, half) : time)),
  );
  return { times: halves, asks: "half-of-day" };
}

// Where more is asked than the time, one usual time is enough.
function oneUsual(choices: Choices): Choices {
  return choices.asks === "time" ? { ...choices, times: choices.times.slice(0, 1) } : choices;
}

function usualHours(of: PartOfDay | undefined): number[] {
  if (of === "morning" || of === "am") return [7, 8, 9];
  if (of === "noon") return [12];
  if (of === "afternoon" || of === "pm") return [13, 15, 17];
  if (of === "evening") return [18, 20, 22];
  return of === "dawn" ? [5] : [9, 13, 17];
}

function settleIn(seconds: number, around: Surroundings): Settled {
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

function settleBeat(each: Of<"beat">, between: Of<"between"> | undefined, on: Of<"on"> | undefined): Settled {
  const lengths = [each.seconds, ...(each.or === undefined ? [] : [each.or])];
  if (lengths.some((seconds) => seconds <= 0)) return refuse({ code: "no-time-at-all" });
  if (lengths.some((seconds) => seconds > 366 * 86_400)) return refuse({ code: "too-far" });
  const whole = lengths.map((seconds) => Math.round(seconds));
  if (between === undefined) {
    return settled(
      whole.map((seconds) => beat(seconds, undefined, on?.days)),
      "unit",
    );
  }
  return settled(
    hoursBetween(between).flatMap((hours) => whole.map((seconds) => beat(seconds, hours, on?.days))),
    whole.length > 1 ? "unit" : "half-of-day",
  );
}

function hoursBetween({ from, to }: Of<"between">): { from: string; to: string }[] {
  const pair = (from: ClockTime, to: ClockTime) => ({ from: timeText(from), to: timeText(to) });
  const minutes = (time: ClockTime) => time.hour * 60 + time.minute;
  // From 9 to 5.
  if (to.vague && minutes(to) <= minutes(from)) {
    return [pair(from, inPartOfDay(to, "pm"))];
  }
  if (!to.vague || !from.vague) return [pair(from, to)];
  return [pair(from, to), pair(inPartOfDay(from, "pm"), inPartOfDay(to, "pm"))];
}

function settleInDays({ days, months }: Of<"in-days">, choices: Choices | undefined, around: Surroundings): Settled {
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

function settleDate({ days, weekday, written }: Of<"date">, choices: Choices, around: Surroundings): Settled {
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

function neverDay(day: SingleDay): { month: number; date: number; year?: number | undefined } | undefined {
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

function onceOnDay(day: SingleDay, time: ClockTime, around: Surroundings): Once {
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

function onceAt(when: When, { now, zone }: Surroundings): Once[] {
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

function settleYearly({ days }: Of<"date">, choices: Choices, every: number): Settled {
  const [day] = days;
  if (day === undefined || "day" in day || every > 1) return undefined;
  return rules(dates([day.date], [day.month]), choices);
}

function rules(days: Days, choices: Choices, every = 1, from?: string): Settled {
  const never = neverComes(days);
  if (never) return refuse({ code: "never-comes", ...never });
  if (choices.times.some((times) => times.some(({ second }) => second > 0))) return refuse({ code: "whole-minutes" });
  const most = days.kind === "daily" ? 366 : days.kind === "weekly" ? 104 : 60;
  if (every === 0) return refuse({ code: "no-time-at-all" });
  if (every > most) return refuse({ code: "too-far" });
  const whens: When[] = [];
  for (const times of choices.times) {
    const shifted = lateDays(days, times);
    if (shifted === undefined) return refuse({ code: "no-such-time", written: "24:00" });
    whens.push(calendar(shifted, times.map(timeText), every, from));
  }
  return settled(whens, choices.asks);
}

// Friday night at 12 is on Saturday.
function lateDays(days: Days, times: readonly ClockTime[]): Days | undefined {
  const late = times.filter((time) => time.late).length;
  if (late === 0 || days.kind === "daily") return days;
  if (days.kind !== "weekly" || late < times.length) return undefined;
  const next: readonly Weekday[] = [2, 3, 4, 5, 6, 7, 1];
  return weekly(days.weekdays.map((weekday) => next[weekday - 1] ?? 1));
}

function settleDays(
  on: Of<"on"> | undefined,
  repeat: Of<"repeat"> | undefined,
  from: Of<"from"> | undefined,
  choices: Choices,
  around: Surroundings,
): Settled {
  const never = from && neverDay(from.day);
  if (never) return refuse({ code: "never-comes", ...never });
  const start = from && startDay(from.day, around);
  if (on === undefined) return repeat && settleRepeat(repeat, choices, start);
  const every = on.every ?? (repeat?.unit === "day" && on.days.kind === "weekly" ? 1 : repeat?.every);
  if (on.or) {
    const usual = oneUsual(choices);
    return joined(rules(on.days, usual, every, start), rules(on.or.days, usual, on.or.every, start));
  }
  const again = rules(repeat?.unit === "quarter" ? inQuarters(on.days) : on.days, choices, every, start);
  if (on.again || repeat || again === undefined || "refusal" in again) return again;
  // "second opinion" is no date.
  if (choices.asks === "time" && on.days.kind !== "weekly") return undefined;
  const some = choices.asks === "time" ? again.whens.slice(0, 1) : again.whens;
  return settled([...some.flatMap((when) => onceAt(when, around)), ...some], "once-or-every");
}

function joined(one: Settled, other: Settled): Settled {
  if (one === undefined || "refusal" in one) return one ?? other;
  if (other === undefined || "refusal" in other) return one;
  return settled([...one.whens, ...other.whens], "rule");
}

// Quarters begin in January, and end in March.
function inQuarters(days: Days): Days {
  if (days.kind === "daily" || days.kind === "weekly") return days;
  const isEnd =
    days.kind === "dates"
      ? !days.dates.some((date) => date < 32)
      : days.kind === "workday"
        ? days.which === "last"
        : !days.nth.some((nth) => nth < 5);
  return { ...days, months: isEnd ? [3, 6, 9, 12] : [1, 4, 7, 10] };
}

function settleRepeat({ unit, every }: Of<"repeat">, choices: Choices, from: string | undefined): Settled {
  if (unit === "day") return rules({ kind: "daily" }, choices, every, from);
  if (unit === "year") return undefined;
  const first = oneUsual(choices);
  const days: Days[] =
    unit === "week"
      ? ([1, 2, 3, 4, 5] as const).map((weekday) => weekly([weekday]))
      : [dates([1]), dates([15]), dates([32])].map((some) => (unit === "quarter" ? inQuarters(some) : some));
  const all = days.map((some) => rules(some, first, every, from));
  const [refused] = all.filter((one) => one !== undefined && "refusal" in one);
  if (refused) return refused;
  return settled(
    all.flatMap((one) => (one !== undefined && "whens" in one ? one.whens : [])),
    unit === "week" ? "weekday" : "date",
  );
}

function startDay(day: SingleDay, around: Surroundings): string {
  const noon: ClockTime = { hour: 23, minute: 59, second: 0, vague: false, late: false };
  const { year, month, date } =
    "day" in day ? dateOf(day.day) : dateOf(dayNumberOfText(onceOnDay(day, noon, around).at));
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(date)}`;
}

function dayNumberOfText(at: string): DayNumber {
  return Math.floor(Date.parse(`${at.slice(0, 10)}T00:00:00Z`) / dayMs);
}
