import type { Days, Weekday } from "./when.ts";

const dayMs = 86_400_000;

/** Days are counted from 1 January 1970, whatever the zone. */
export type DayNumber = number;

/** The number of a day. */
export function dayNumber(year: number, month: number, date: number): DayNumber {
  return Math.round(Date.UTC(year, month - 1, date) / dayMs);
}

/** The number of a day written as `2026-12-24`. */
export function dayNumberOf(day: string): DayNumber {
  return Math.round(Date.parse(`${day}T00:00:00Z`) / dayMs);
}

/** Year, month (1–12) and date of a day. */
export function dateOf(day: DayNumber): { year: number; month: number; date: number } {
  const date = new Date(day * dayMs);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, date: date.getUTCDate() };
}

/** The weekday of a day. */
export function weekdayOf(day: DayNumber): Weekday {
  const weekdays: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];
  return weekdays[(((day + 3) % 7) + 7) % 7] ?? 1;
}

/** The number of the day, week (from Monday) or month that a day is in; `every` counts these. */
export function periodOf(days: Days, day: DayNumber): number {
  if (days.kind === "daily") return day;
  if (days.kind === "weekly") return Math.floor((day + 3) / 7);
  const { year, month } = dateOf(day);
  return year * 12 + month - 1;
}

/** The days in a day, week or month that are meant, in their order. */
export function daysIn(days: Days, period: number): DayNumber[] {
  if (days.kind === "daily") return [period];
  if (days.kind === "weekly") return days.weekdays.map((weekday) => period * 7 - 3 + weekday - 1);
  const [year, month] = [Math.floor(period / 12), (period % 12) + 1];
  if (days.months?.includes(month) === false) return [];
  const [first, last] = [dayNumber(year, month, 1), dayNumber(year, month + 1, 0)];
  if (days.kind === "dates") {
    const some = days.dates.flatMap((date) =>
      date > 31 ? [last] : first + date - 1 <= last ? [first + date - 1] : [],
    );
    return [...new Set(some)];
  }
  if (days.kind === "nth") {
    const start = first + ((days.weekday - weekdayOf(first) + 7) % 7);
    const end = last - ((weekdayOf(last) - days.weekday + 7) % 7);
    return [...new Set(days.nth.map((nth) => (nth > 4 ? end : start + (nth - 1) * 7)))];
  }
  return [days.which === "first" ? firstWorkday(first) : lastWorkday(last)];
}

function firstWorkday(first: DayNumber): DayNumber {
  const weekday = weekdayOf(first);
  return weekday === 6 ? first + 2 : weekday === 7 ? first + 1 : first;
}

function lastWorkday(last: DayNumber): DayNumber {
  return last - Math.max(weekdayOf(last) - 5, 0);
}
