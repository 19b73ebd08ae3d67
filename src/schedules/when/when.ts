/** A weekday, as ISO counts them: 1 is Monday, 7 is Sunday. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** A time of day, `09:00`. */
export type TimeOfDay = string;

/** A day of the calendar, `2026-12-24`. */
export type Day = string;

/** Which days: each list is sorted and has no value twice. */
export type Days =
  | { kind: "daily" }
  | { kind: "weekly"; weekdays: Weekday[] }
  /** Dates of each month, or of some months; 32 is the last day. */
  | { kind: "dates"; dates: number[]; months?: number[] }
  /** The first to fourth (1–4) or last (5) such weekday of the month. */
  | { kind: "nth"; nth: number[]; weekday: Weekday; months?: number[] }
  /** The first or last day of the month from Monday to Friday. */
  | { kind: "workday"; which: "first" | "last"; months?: number[] };

/**
 * On days of the calendar, at times of the wall clock. With `every` only each so-manieth day, week or month counts
 * (which of them, its `days` say), from the first slot after the anchor, or from the day `from`.
 */
export interface Calendar {
  kind: "calendar";
  days: Days;
  times: TimeOfDay[];
  every?: number;
  from?: Day;
}

/** What cron says and nothing above does: a pattern of 5 fields, or 6 with seconds. */
export interface CronRule {
  kind: "cron";
  pattern: string;
}

/**
 * Every so many seconds of passing time, whatever the clocks do: counted from the anchor, or, with `between`, from its
 * beginning on each day until its end (which counts; an earlier one is on the next day).
 */
export interface Beat {
  kind: "beat";
  seconds: number;
  between?: { from: TimeOfDay; to: TimeOfDay };
  weekdays?: Weekday[];
}

/** Once: at a time of the zone's wall clock, `2026-12-24T18:00`, or at an instant, `2026-12-24T17:00:00Z`. */
export interface Once {
  kind: "once";
  at: string;
}

/** When something runs. Plain data, kept as it is; the zone and the anchor are kept beside it. */
export type When = Calendar | CronRule | Beat | Once;

/** What a *when* is reckoned with: the zone of its wall clock, and when it was made (or last changed). */
export interface Reckoning {
  zone: string;
  anchor: number;
}
