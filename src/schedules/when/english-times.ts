import { partsOfDay, readNumber } from "./english-words.ts";
import { type ClockTime, clockTime, inPartOfDay, type Part, type PartOfDay } from "./parts.ts";
import { attempt, type Phrase, piece, take, words } from "./phrase.ts";

const half = "(am|pm|[ap]\\.m\\.)(?![a-z])";
const halfAfter = piece(half);
const at = words("at|around|by");
const atSign = piece("@ ?");
const withMinutes = piece(`(\\d{1,2})[:.](\\d{2})(?::(\\d{2}))?(?!\\d|[.:]\\d)(?: ?${half})?`);
const withHalf = piece(`(\\d{1,2}) ?${half}`);
const withH = piece("(\\d{1,2}) ?h(?:(\\d{2})|rs?)?(?![a-z0-9])");
const fourDigits = piece("(\\d{2})(\\d{2})(?![\\d.:/-])(?: ?(?:h|hrs|hours)(?![a-z]))?");
const named = words("(?:12 ?|twelve )?(?:(noon|midday)|midnight)");
const past = words("(half|quarter|five|ten|twenty(?:[ -]five)?) past|(quarter|five|ten|twenty(?:[ -]five)?) to");
const article = words("an?");
const oClock = words("o'?clock");
// A bare number is an hour unless it counts something.
const bareHour = piece(
  "(\\d{1,2})(?![\\d%$€£°#_'-]|[.,:/]\\d|[a-z]| ?(?:x|times|%|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|months?|years?|messages?|items?|points?|words|lines|sentences|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:[a-z]+)?)(?![a-z]))",
);
const inThe = words("in the (morning|afternoon|evening)|at (night)");
const seconds = words("(?:every|this|in the)? ?(morning|afternoon|evening|night)s?");
const clockZone = piece(
  "(?:in )?(?:(?:utc|gmt|cet|cest|wet|west|eet|eest|msk|est|edt|cst|cdt|mst|mdt|pst|pdt|jst|kst|hkt|sgt|aest|aedt)(?:[+-]\\d{1,2}(?::\\d{2})?)?|[a-z]+/[a-z_]+(?:/[a-z_]+)?)(?![a-z0-9_'/#])",
);

/** `9:00`, `9am`, `at nine`, `half past nine`, `21h`, `noon`; a bare number only where one can be meant. */
export function readTime(phrase: Phrase, bare: boolean): ClockTime | undefined {
  return attempt(phrase, () => {
    const afterAt = (take(phrase, at) ?? take(phrase, atSign)) !== undefined;
    const time = readHour(phrase, bare || afterAt, afterAt);
    if (time === undefined) return undefined;
    const later = take(phrase, inThe);
    const of = partsOfDay[later?.[1] ?? later?.[2] ?? ""];
    return of === undefined ? time : inPartOfDay(time, of);
  });
}

function readHour(phrase: Phrase, bare: boolean, afterAt: boolean): ClockTime | undefined {
  const minutes = take(phrase, withMinutes);
  if (minutes) return time(minutes[1], minutes[2], minutes[3], partsOfDay[minutes[4] ?? ""]);
  const halved = take(phrase, withHalf);
  if (halved) return time(halved[1], "0", "0", partsOfDay[halved[2] ?? ""]);
  const h = take(phrase, withH);
  if (h) return time(h[1], h[2], "0");
  const name = take(phrase, named);
  if (name) return time(name[1] === undefined ? "0" : "12", "0", "0");
  const parted = attempt(phrase, readPast);
  if (parted) return parted;
  const oclock = attempt(phrase, () => {
    const hour = readHourWord(phrase);
    if (hour === undefined || take(phrase, oClock) === undefined) return undefined;
    return clockTime(hour, 0, 0, partsOfDay[take(phrase, halfAfter)?.[1] ?? ""], true);
  });
  if (oclock) return oclock;
  const digits = attempt(phrase, () => {
    const four = take(phrase, fourDigits);
    return four && (afterAt || four[1]?.startsWith("0")) ? time(four[1], four[2], "0") : undefined;
  });
  if (digits || !bare) return digits;
  const spelledHalf = attempt(phrase, () => {
    const hour = readHourWord(phrase);
    const of = partsOfDay[take(phrase, halfAfter)?.[1] ?? ""];
    return hour === undefined || of === undefined ? undefined : clockTime(hour, 0, 0, of, true);
  });
  if (spelledHalf) return spelledHalf;
  const hour = take(phrase, bareHour);
  if (hour) return clockTime(Number(hour[1]), 0, 0, undefined, true);
  const spelled = afterAt ? readHourWord(phrase) : undefined;
  return spelled === undefined ? undefined : clockTime(spelled, 0, 0, undefined, true);
}

// "at a glance" names no hour.
function readHourWord(phrase: Phrase): number | undefined {
  return attempt(phrase, () => (take(phrase, article) ? undefined : readNumber(phrase)));
}

function readPast(phrase: Phrase): ClockTime | undefined {
  const found = take(phrase, past);
  const hour = found && readHourWord(phrase);
  if (hour === undefined) return undefined;
  const of = partsOfDay[take(phrase, halfAfter)?.[1] ?? ""];
  if (found?.[2] === undefined) return clockTime(hour, minutesOf(found?.[1] ?? ""), 0, of, true);
  const minute = 60 - minutesOf(found[2]);
  if (of === undefined) return clockTime(hourBefore(hour === 1 ? 13 : hour), minute, 0, undefined, true);
  // A quarter to 12 am is late in the evening.
  const named = clockTime(hour, 0, 0, of, true);
  return named.wrong ? named : clockTime(hourBefore(named.hour), minute, 0, undefined, false);
}

function hourBefore(hour: number): number {
  return hour === 0 ? 23 : hour - 1;
}

/** Minutes in words, as they are told from an hour: `half`, `quarter`, `twenty-five`. */
export function minutesOf(words: string): number {
  const all: Readonly<Record<string, number>> = { half: 30, quarter: 15, five: 5, ten: 10, twenty: 20 };
  return all[words] ?? 25;
}

function time(hour: string | undefined, minute = "0", second = "0", of?: PartOfDay): ClockTime {
  return clockTime(Number(hour), Number(minute), Number(second), of, false);
}

/** `in the morning`, `evening`. */
export function readPartOfDay(phrase: Phrase): Part | undefined {
  const of = partsOfDay[take(phrase, seconds)?.[1] ?? ""];
  return of && { part: "of-day", of };
}

/** `UTC`, `Europe/Berlin` behind a time. */
export function readZone(phrase: Phrase): Part | undefined {
  const start = phrase.at;
  if (take(phrase, clockZone) === undefined) return undefined;
  const zone = phrase.text.slice(start, phrase.at).trim().replace(/^in /, "");
  return zone.includes("/") && !isZone(zone) ? undefined : { part: "zone", zone };
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
