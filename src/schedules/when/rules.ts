import type { Beat, Calendar, Days, TimeOfDay, Weekday } from "./when.ts";

/** Days of the week, in their one form. */
export function weekly(weekdays: readonly Weekday[]): Days {
  const sorted = inOrder(weekdays);
  return sorted.length === 7 ? { kind: "daily" } : { kind: "weekly", weekdays: sorted };
}

/** Dates of months, in their one form; 32 is the last day. */
export function dates(numbers: readonly number[], months?: readonly number[]): Days {
  return { kind: "dates", dates: inOrder(numbers), ...inMonths(months) };
}

/** Such weekdays of the month, in their one form; 5 is the last. */
export function nth(numbers: readonly number[], weekday: Weekday, months?: readonly number[]): Days {
  return { kind: "nth", nth: inOrder(numbers), weekday, ...inMonths(months) };
}

/** The first or last workday of months, in its one form. */
export function workday(which: "first" | "last", months?: readonly number[]): Days {
  return { kind: "workday", which, ...inMonths(months) };
}

/** A calendar rule, in its one form. */
export function calendar(days: Days, times: readonly TimeOfDay[], every = 1, from?: string): Calendar {
  return {
    kind: "calendar",
    days,
    times: inOrder(times),
    ...(every > 1 && { every }),
    ...(from !== undefined && { from }),
  };
}

/** A beat, in its one form. */
export function beat(seconds: number, between?: Beat["between"], days?: Days): Beat {
  return {
    kind: "beat",
    seconds,
    ...(between !== undefined && { between }),
    ...(days?.kind === "weekly" && { weekdays: days.weekdays }),
  };
}

/** A date of these that never comes, when none of them does: 30 February. */
export function neverComes(days: Days): { month: number; date: number } | undefined {
  if (days.kind !== "dates") return undefined;
  const months = days.months ?? [1];
  if (months.some((month) => days.dates.some((date) => date > 31 || date <= longest(month)))) return undefined;
  return { month: months[0] ?? 1, date: days.dates[0] ?? 32 };
}

function longest(month: number): number {
  return month === 2 ? 29 : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function inMonths(months: readonly number[] | undefined): { months?: number[] } {
  const sorted = inOrder(months ?? []);
  return sorted.length === 0 || sorted.length === 12 ? {} : { months: sorted };
}

function inOrder<T extends string | number>(some: readonly T[]): T[] {
  return [...new Set(some)].sort((one, other) => (one < other ? -1 : 1));
}
