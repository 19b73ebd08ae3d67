import type { DayNumber } from "./calendar-days.ts";
import type { Refusal } from "./refusal.ts";
import type { Days, TimeOfDay, Weekday } from "./when.ts";

/** Parts of the day that tell nine in the morning from nine in the evening. */
export type PartOfDay = "am" | "pm" | "dawn" | "morning" | "noon" | "afternoon" | "evening";

/** A time as it was written. */
export interface ClockTime {
  hour: number;
  minute: number;
  second: number;
  /** Nobody said which half of the day. */
  vague: boolean;
  /** At night, after midnight: on the next day. */
  late: boolean;
  /** No time of day has this; or not in that part of the day. */
  wrong?: Extract<Refusal, { code: "no-such-time" | "other-part-of-day" }>;
}

/** A day as it was written: one day, or a date of each year. */
export type SingleDay = { day: DayNumber } | { month: number; date: number; year?: number };

/** What a repetition counts; a quarter begins in January, April, July and October. */
export type RepeatUnit = "day" | "week" | "month" | "quarter" | "year";

/** A part of a *when*. Which belong together, `gather` knows; what they come to, `settle`. */
export type Part =
  | { part: "times"; times: ClockTime[] }
  | { part: "of-day"; of: PartOfDay }
  /** Every so many days, weeks, months or years; on which of them, another part says. */
  | { part: "repeat"; unit: RepeatUnit; every: number; of?: PartOfDay | undefined }
  /** On such days: for sure again and again, or perhaps only once. `or` is another way to understand it. */
  | { part: "on"; days: Days; again: boolean; every?: number; or?: { days: Days; every?: number } }
  | { part: "beat"; seconds: number; or?: number }
  /** Each hour, at minutes of it. */
  | { part: "minutes"; minutes: number[] }
  | { part: "between"; from: ClockTime; to: ClockTime }
  /** On one day; several are ways to understand it. */
  | { part: "date"; days: SingleDay[]; weekday?: Weekday; of?: PartOfDay | undefined; written: string }
  | { part: "instant"; at: number }
  | { part: "in"; seconds: number }
  | { part: "in-days"; days: number; months: number }
  | { part: "from"; day: SingleDay; written: string }
  | { part: "zone"; zone: string }
  /** It runs only for some time. */
  | { part: "end" }
  | { part: "cron"; fields: string[] };

/** What reading needs to know. */
export interface Surroundings {
  now: number;
  zone: string;
  /** 1/2 is 2 January in Taiwan, and two things in English. */
  monthFirst: boolean;
}

/** A time from what is written, told apart by the part of the day when there is one. */
export function clockTime(
  hour: number,
  minute: number,
  second: number,
  of: PartOfDay | undefined,
  vague: boolean,
): ClockTime {
  const time: ClockTime = { hour, minute, second, vague: vague && hour > 0 && hour < 8, late: false };
  if (hour > 23 || minute > 59 || second > 59)
    return { ...time, wrong: { code: "no-such-time", written: `${hour}:${two(minute)}` } };
  return of === undefined ? time : inPartOfDay(time, of);
}

/** The time in that part of the day. */
export function inPartOfDay(time: ClockTime, of: PartOfDay): ClockTime {
  const { hour } = time;
  const put = (hour: number, late = false): ClockTime => ({ ...time, hour, vague: false, late });
  const written = `${hour}:${two(time.minute)}`;
  const wrong: ClockTime = { ...time, wrong: { code: "other-part-of-day", written } };
  if (time.wrong !== undefined) return time;
  switch (of) {
    case "am":
      return hour > 12 ? wrong : put(hour % 12);
    case "pm":
      return hour === 0 ? wrong : put(hour < 12 ? hour + 12 : hour);
    case "dawn":
      return hour > 6 && hour !== 12 ? wrong : put(hour % 12);
    case "morning":
      return hour > 12 ? wrong : put(hour);
    case "noon":
      return put(hour > 0 && hour < 5 ? hour + 12 : hour);
    case "afternoon":
      return hour === 0 ? wrong : put(hour < 12 ? hour + 12 : hour);
    case "evening":
      return hour === 12 ? put(0, true) : hour < 4 ? put(hour, true) : put(hour < 12 ? hour + 12 : hour);
  }
}

/** A time as it is kept. */
export function timeText({ hour, minute }: ClockTime): TimeOfDay {
  return `${two(hour)}:${two(minute)}`;
}

/** Two digits. */
export function two(number: number): string {
  return String(number).padStart(2, "0");
}
