import type { Language } from "../../chat.ts";
import { nextAfter } from "../../schedules/when/next.ts";
import { type Reading, type ReadOptions, readWhen } from "../../schedules/when/read-when.ts";
import type { Refusal } from "../../schedules/when/refusal.ts";
import type { When } from "../../schedules/when/when.ts";
import type { TaskWish } from "../../tools/schedule-functions.ts";

/** When an agent wants something done, or why that can't be told from what it said. `said` are the words read. */
export type TaskTime =
  | { is: "read"; when: When; said: string }
  | { is: "unsure"; said: string; readings: string[] }
  | { is: "refused"; refusal: Refusal }
  | { is: "unread"; said: string }
  /** `repeat` says otherwise than the rest. */
  | { is: "once" | "repeated"; said: string }
  /** A time and an interval that do not go together. */
  | { is: "apart"; said: string }
  | { is: "missing" };

/** Reads the fields that say when, by the grammar alone: what it is not sure of is never settled here. */
export function readTaskTime(
  { schedule_time: time = "", repeat, repeat_interval: interval = "" }: TaskWish,
  options: ReadOptions,
): TaskTime {
  if (interval !== "") {
    if (repeat === false) return { is: "repeated", said: interval };
    const every = everyOf(interval);
    return time === "" ? timeIn(every, options) : together(every, time, options);
  }
  if (time === "") return { is: "missing" };
  const told = timeIn(/^\d+$/.test(time) ? `in ${time} seconds` : time, options);
  if (told.is !== "read" || repeat === undefined) return told;
  const isOnce = told.when.kind === "once";
  return isOnce === repeat ? { is: isOnce ? "once" : "repeated", said: told.said } : told;
}

/** An interval as the grammar has it. */
function everyOf(interval: string): string {
  if (/^\d+$/.test(interval)) return `every ${interval} seconds`;
  if (/^\p{Script=Han}|\p{Script=Han}$/u.test(interval)) return interval.startsWith("每") ? interval : `每${interval}`;
  return /^(?:each|every|daily|hourly|weekly|monthly)\b/i.test(interval) ? interval : `every ${interval}`;
}

/** An interval with a time of day, or with a first time that is among those it means anyway. */
function together(every: string, time: string, options: ReadOptions): TaskTime {
  const said = `${every} ${time}`;
  const whole = timeIn(said, options);
  if (whole.is === "read" || whole.is === "unsure") return whole;
  const first = timeIn(time, options);
  if (first.is !== "read" || first.when.kind !== "once") return { is: "apart", said };
  const { now, zone } = options;
  const begins = nextAfter(first.when, { zone, anchor: now }, now);
  const [, day = ""] = /T(\d\d:\d\d)/.exec(first.when.at) ?? [];
  const daily = timeIn(`${every} ${day}`, options);
  const isSame = daily.is === "read" && nextAfter(daily.when, { zone, anchor: now }, now) === begins;
  return isSame ? daily : { is: "apart", said };
}

/** A whole text as a time, in the language spoken here or in the other one. */
function timeIn(text: string, options: ReadOptions): TaskTime {
  const others: Language[] = ["en", "zh-TW"];
  const languages = [options.language, ...others.filter((one) => one !== options.language)];
  let reading: Reading = { kind: "none" };
  for (const language of languages) {
    reading = readWhen(text, { ...options, language });
    if (reading.kind !== "none" && !hasMore(reading)) break;
  }
  if (reading.kind === "none" || hasMore(reading)) return { is: "unread", said: text };
  if (reading.kind === "refused") return { is: "refused", refusal: reading.refusal };
  const { said } = reading;
  if (reading.kind === "unsure") return { is: "unsure", said, readings: reading.readings.map((one) => one.text) };
  return { is: "read", when: reading.when, said };
}

/** There are words behind the time that are none of it. */
function hasMore(reading: Exclude<Reading, { kind: "none" }>): boolean {
  if (reading.kind === "refused") return false;
  if (reading.kind === "unsure") return reading.readings.some(({ rest }) => rest !== "");
  return reading.rest !== "";
}
