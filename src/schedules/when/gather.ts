import { readChineseDate, readChineseFrom, readChineseIn } from "./chinese-dates.ts";
import { readChineseDays } from "./chinese-days.ts";
import { readChineseBetween, readChinesePartOfDay, readChineseTime } from "./chinese-times.ts";
import { readEnglishDate, readFrom, readIn } from "./english-dates.ts";
import { readBetween, readEnglishDays, readStretch } from "./english-days.ts";
import { readPartOfDay, readTime, readZone } from "./english-times.ts";
import { readMonth, readWeekday } from "./english-words.ts";
import type { Part, RepeatUnit, Surroundings } from "./parts.ts";
import { attempt, furthest, listOf, type Phrase, piece, take } from "./phrase.ts";
import type { Days } from "./when.ts";

/** Parts of a *when*, and where in the text they end. */
export interface Gathered {
  parts: Part[];
  end: number;
}

const begin = piece("(?:(?:please|kindly|schedule|run)(?![a-z])|請幫我|請|麻煩|幫我)?(?: it(?![a-z]))?");
const between = piece("[,、]?");
const starts = piece("(?:starting|beginning|from|since|at)(?![a-z])|從|自");
const started = piece("開始|起");
const ends = piece(
  "(?:until|till|up to|ending(?: on)?|ends(?: on)?)(?![a-z])|直到|到(?= ?(?:\\d{1,4} ?[-/年月]|[一二三四五六七八九十]{1,3}月))",
);
const lasting = piece("for(?![a-z])");
const nothing = piece("$");
const closing = piece("(?=$|[,:;.])");
const mostParts = 8;

/** The parts that stand at the beginning of a text: the furthest first, then with less and less. */
export function gather(phrase: Phrase, around: Surroundings): Gathered[] {
  take(phrase, begin);
  const parts: Part[] = [];
  const found: Gathered[] = [];
  while (parts.length < mostParts) {
    const next = attempt(phrase, (here) => {
      if (parts.length > 0) take(here, between);
      return readPart(here, parts, around);
    });
    if (next === undefined) break;
    parts.push(next);
    found.unshift({ parts: [...parts], end: phrase.at });
  }
  return found;
}

function readPart(phrase: Phrase, before: readonly Part[], around: Surroundings): Part | undefined {
  const only = (read: (phrase: Phrase) => Part | undefined) => (here: Phrase) => {
    const part = read(here);
    return part !== undefined && belongs(part, before) ? part : undefined;
  };
  return furthest<Part>(phrase, [
    only(readIn),
    only(readChineseIn),
    only((here) => readEnglishDate(here, around)),
    only((here) => readChineseDate(here, around)),
    only(readEnglishDays),
    only(readChineseDays),
    only((here) =>
      readBetween(
        here,
        before.some((one) => one.part === "beat"),
      ),
    ),
    only(readChineseBetween),
    only((here) => (before.some(({ part }) => part === "beat") ? readStart(here) : undefined)),
    only((here) => (before.some(({ part }) => part === "beat") ? undefined : readTimes(here, before.length > 0))),
    only((here) => readOfDay(here, readPartOfDay, before)),
    only((here) => readOfDay(here, readChinesePartOfDay, before)),
    only((here) => readFrom(here, around)),
    only((here) => readChineseFrom(here, around)),
    only(readZone),
    only((here) => readEnd(here, around)),
  ]);
}

// "every 2 hours starting at 9:00", 每兩小時，從9點開始.
function readStart(phrase: Phrase): Part | undefined {
  const begun = take(phrase, starts) !== undefined;
  const time = furthest(phrase, [(one) => readTime(one, begun), readChineseTime]);
  if (time === undefined || (take(phrase, started) === undefined && !begun)) return undefined;
  return { part: "times", times: [time] };
}

// After a time it may be what is to be done: "every day 9:00 evening news".
function readOfDay(
  phrase: Phrase,
  read: (phrase: Phrase) => Part | undefined,
  before: readonly Part[],
): Part | undefined {
  const part = read(phrase);
  const isClear = !before.some((one) => one.part === "times") || take(phrase, closing) !== undefined;
  return isClear ? part : undefined;
}

// "until 24 December", 到12月24日為止: for how long has a field of its own.
function readEnd(phrase: Phrase, around: Surroundings): Part | undefined {
  if (take(phrase, ends)) {
    const day = furthest<unknown>(phrase, [
      (here) => readEnglishDate(here, around),
      (here) => readChineseDate(here, around),
      readMonth,
      readWeekday,
    ]);
    return day === undefined ? undefined : { part: "end" };
  }
  const lasts = take(phrase, lasting) && readStretch(phrase);
  return lasts && take(phrase, nothing) ? { part: "end" } : undefined;
}

function readTimes(phrase: Phrase, bare: boolean): Part | undefined {
  const times = listOf(phrase, (here) => furthest(here, [(one) => readTime(one, bare), readChineseTime]));
  return times && { part: "times", times };
}

// Whether a part goes with those before it; what does not is no more of the *when*.
function belongs(part: Part, before: readonly Part[]): boolean {
  const has = (...kinds: Part["part"][]) => before.some((one) => kinds.includes(one.part));
  const on = before.find((one) => one.part === "on");
  const date = before.find((one) => one.part === "date");
  const repeat = before.find((one) => one.part === "repeat");
  switch (part.part) {
    case "cron":
    case "instant":
    case "in":
      return before.length === 0;
    case "in-days":
      return before.every((one) => one.part === "times");
    case "minutes":
      return before.length === 0;
    case "beat":
      return before.every(
        (one) =>
          one.part === "between" ||
          (one.part === "on" && isWeekly(one.days) && one.again) ||
          (one.part === "repeat" && one.unit === "day"),
      );
    case "between":
      return (
        !has("between", "times", "date", "in-days") &&
        (has("beat") || before.length === 0 || on?.again === true || repeat?.unit === "day")
      );
    case "date":
      return (
        !has("date", "on", "beat", "between", "in-days", "minutes", "instant", "in", "from") &&
        (repeat === undefined || (repeat.unit === "year" && part.days.every((day) => "month" in day)))
      );
    case "repeat":
      if (date !== undefined && part.unit === "year") return date.days.every((day) => "month" in day) && !has("repeat");
      if (has("repeat", "date", "beat", "minutes", "in-days", "instant", "in")) return false;
      if (has("times") && part.unit !== "day" && on === undefined) return false;
      return on === undefined || fits(part.unit, on.days);
    case "on":
      if (has("on", "date", "minutes", "in-days", "instant", "in")) return false;
      if (has("beat", "between")) return isWeekly(part.days) && part.every === undefined;
      return repeat === undefined || (part.every === undefined && fits(repeat.unit, part.days));
    case "times":
      return !has("times", "minutes", "between", "instant", "in");
    case "of-day":
      return !has("of-day", "beat", "minutes", "between", "instant", "in");
    case "from":
      return !has("from") && (on?.again === true || repeat !== undefined);
    case "zone":
      return has("times", "date", "between") && !has("zone");
    case "end":
      return (has("times", "beat", "between", "minutes") || on?.again === true || repeat !== undefined) && !has("date");
  }
}

function isWeekly(days: Days): boolean {
  return days.kind === "weekly" || days.kind === "daily";
}

function fits(unit: RepeatUnit, days: Days): boolean {
  if (unit === "day" || unit === "week") return isWeekly(days);
  return unit !== "year" && !isWeekly(days);
}
