import { type DayNumber, dateOf } from "./calendar-days.ts";
import { type ClockTime, inPartOfDay, type Part, type SingleDay, type Surroundings, timeText, two } from "./parts.ts";
import { beat, calendar, dates, neverComes, weekly } from "./rules.ts";
import { neverDay, onceAt, onceOnDay, settleDate, settleIn, settleInDays, settleInstant } from "./settle-once.ts";
import { type Choices, type Of, oneUsual, refuse, type Settled, settled, timeChoices } from "./settled.ts";
import type { Days, Weekday, When } from "./when.ts";

const dayMs = 86_400_000;

/** Puts the parts together. `atTime` when a lone time was said with "at". */
export function settle(parts: readonly Part[], around: Surroundings, atTime: boolean): Settled {
  const get = <K extends Part["part"]>(kind: K) => parts.find((part): part is Of<K> => part.part === kind);
  const zone = get("zone");
  if (zone) return refuse({ code: "zone", zone: zone.zone });
  if (get("end")) return refuse({ code: "end" });
  const repeat = get("repeat");
  const date = get("date");
  const of = get("of-day")?.of ?? repeat?.of ?? date?.of;
  const times = get("times")?.times.map((time) => (of === undefined || time.hour > 12 ? time : inPartOfDay(time, of)));
  const between = get("between");
  const wrong = [...(times ?? []), ...(between ? [between.from, between.to] : [])].find((time) => time.wrong);
  if (wrong?.wrong) return refuse(wrong.wrong);

  const instant = get("instant");
  if (instant) return settleInstant(instant, around);
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
