import type { ClockTime, Part, PartOfDay } from "./parts.ts";
import { inPartOfDay } from "./parts.ts";
import type { Refusal } from "./refusal.ts";
import type { When } from "./when.ts";

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

/** One kind of part. */
export type Of<K extends Part["part"]> = Extract<Part, { part: K }>;

/** It cannot be. */
export function refuse(refusal: Refusal): Settled {
  return { refusal };
}

/** These are the ways to understand it, each once; one is no question. */
export function settled(whens: When[], asks: Asks): Settled {
  const seen = new Map(whens.map((when) => [JSON.stringify(when), when]));
  return whens.length === 0 ? undefined : { whens: [...seen.values()], asks };
}

/** The times that may be meant, and what is asked when it is several. */
export interface Choices {
  times: ClockTime[][];
  asks: Asks;
}

/** Times that nobody gave are asked for; a bare five is in the morning or in the afternoon. */
export function timeChoices(times: ClockTime[] | undefined, of: PartOfDay | undefined): Choices {
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

/** Where more is asked than the time, one usual time is enough. */
export function oneUsual(choices: Choices): Choices {
  return choices.asks === "time" ? { ...choices, times: choices.times.slice(0, 1) } : choices;
}

function usualHours(of: PartOfDay | undefined): number[] {
  if (of === "morning" || of === "am") return [7, 8, 9];
  if (of === "noon") return [12];
  if (of === "afternoon" || of === "pm") return [13, 15, 17];
  if (of === "evening") return [18, 20, 22];
  return of === "dawn" ? [5] : [9, 13, 17];
}
