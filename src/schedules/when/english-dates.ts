import { dateOf, dayNumber, weekdayOf } from "./calendar-days.ts";
import { readDateOfYear, readStretch } from "./english-days.ts";
import { partsOfDay, readWeekday } from "./english-words.ts";
import type { Part, SingleDay, Surroundings } from "./parts.ts";
import { attempt, furthest, type Phrase, piece, take, words } from "./phrase.ts";
import { wallAt } from "./wall-clock.ts";
import type { Weekday } from "./when.ts";

const near = words(
  "(?:(?:the )?day after (tomorrow)|(tomorrow|tmrw|tmr)|(today)|(tonight)|this(?= (?:morning|afternoon|evening)))(?: (morning|afternoon|evening|night))?",
);
const inWords = words("in|after");
const hence = words("from now|later");
const onSign = words("on");
const once = piece("(?:once|one time)(?![a-z]) *,?|單次 *,?");
const comma = piece(",");
const isoDay = piece("(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})(?!\\d)(?:t(?=\\d))?");
const isoInstant = piece(
  "(\\d{4}-\\d{2}-\\d{2}(?:t| )\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,3})?)?) ?(z(?![a-z])|[+-]\\d{2}:\\d{2})(?!\\d)",
);
const dotted = piece("(\\d{1,2})\\. ?(\\d{1,2})\\.(?: ?(\\d{4}))?(?!\\d)");
const slashed = piece("(\\d{1,2})/(\\d{1,2})(?:/(\\d{4}))?(?![\\d/])");
const yearAfter = piece(",? (\\d{4})(?!\\d|:|/|-\\d)");
const starting = words("(?:starting|beginning|begins?|starts?)(?: (?:on|from))?|from|as of");
const nextUnit = words("next (week|month)");
const whichWeekday = words("(next)|(this|coming|this coming)");

/** One day, in English or in numbers: `tomorrow`, `next monday`, `24 December`, `2026-12-24`. */
export function readEnglishDate(phrase: Phrase, around: Surroundings): Part | undefined {
  const start = phrase.at;
  take(phrase, once);
  take(phrase, onSign);
  const instant = attempt(phrase, readInstant);
  if (instant) return instant;
  const weekday = attempt(phrase, () => {
    const found = readWeekday(phrase);
    take(phrase, comma);
    return found;
  });
  const days = readDay(phrase, around);
  if (days === undefined) {
    phrase.at = start;
    take(phrase, once);
    take(phrase, onSign);
    return readNear(phrase, around);
  }
  const written = phrase.text.slice(start, phrase.at).trim();
  return { part: "date", days, written, ...(weekday && { weekday: weekday.weekday }) };
}

/** `starting 2026-12-07`. */
export function readFrom(phrase: Phrase, around: Surroundings): Part | undefined {
  if (take(phrase, starting) === undefined) return undefined;
  const start = phrase.at;
  const [day, second] = readDay(phrase, around) ?? [];
  if (day === undefined || second !== undefined) return undefined;
  return { part: "from", day, written: phrase.text.slice(start, phrase.at).trim() };
}

/** `in 30 minutes`, `in 2 days`, `2 hours from now`. */
export function readIn(phrase: Phrase): Part | undefined {
  const begun = take(phrase, inWords) !== undefined;
  const stretch = readStretch(phrase);
  if (stretch === undefined || (!begun && take(phrase, hence) === undefined)) return undefined;
  const { seconds, days, months } = stretch;
  if (days + months === 0) return { part: "in", seconds };
  return seconds > 0 ? undefined : { part: "in-days", days, months };
}

function readInstant(phrase: Phrase): Part | undefined {
  const found = take(phrase, isoInstant);
  if (found === undefined) return undefined;
  const at = Date.parse(`${found[1]?.replace(" ", "T")}${found[2]}`.toUpperCase());
  return Number.isNaN(at) ? undefined : { part: "instant", at };
}

function readDay(phrase: Phrase, { monthFirst }: Surroundings): SingleDay[] | undefined {
  const iso = take(phrase, isoDay);
  if (iso) return [single(Number(iso[3]), Number(iso[4]), iso[1])];
  const dots = take(phrase, dotted);
  if (dots) return [single(Number(dots[2]), Number(dots[1]), dots[3])];
  const slashes = take(phrase, slashed);
  if (slashes) {
    const [one, two, year] = [Number(slashes[1]), Number(slashes[2]), slashes[3]];
    if (one > 12 && two > 12) return undefined;
    if (one > 12) return [single(two, one, year)];
    if (two > 12 || monthFirst || one === two) return [single(one, two, year)];
    return [single(two, one, year), single(one, two, year)];
  }
  const named = attempt(phrase, readDateOfYear);
  return named && [single(named.month, named.date, take(phrase, yearAfter)?.[1])];
}

// A date that is none (30 February 2027) keeps its month, and is told apart later.
function single(month: number, date: number, year: string | undefined): SingleDay {
  if (year === undefined) return { month, date };
  const day = dayNumber(Number(year), month, date);
  return dateOf(day).date === date && dateOf(day).month === month ? { day } : { month, date, year: Number(year) };
}

function readNear(phrase: Phrase, around: Surroundings): Part | undefined {
  const start = phrase.at;
  const today = Math.floor(wallAt(around.zone, around.now) / 86_400_000);
  const part = (...days: number[]): Part => ({
    part: "date",
    days: days.map((day) => ({ day })),
    written: phrase.text.slice(start, phrase.at).trim(),
  });
  const found = take(phrase, near);
  if (found) {
    const [, overmorrow, tomorrow, , tonight, of] = found;
    const date = part(today + (overmorrow ? 2 : tomorrow ? 1 : 0));
    return { ...date, part: "date", ...dateDays(date), of: tonight ? "evening" : partsOfDay[of ?? ""] };
  }
  return furthest<Part>(phrase, [
    () => {
      const which = take(phrase, whichWeekday);
      const weekday = which && readWeekday(phrase);
      return weekday && part(...upcoming(today, weekday.weekday, which?.[1] !== undefined));
    },
    () => {
      const next = take(phrase, nextUnit);
      take(phrase, onSign);
      const weekday = next?.[1] === "week" ? readWeekday(phrase) : undefined;
      return weekday && part(mondayOf(today) + 7 + weekday.weekday - 1);
    },
    () => {
      const weekday = readWeekday(phrase);
      return weekday && take(phrase, nextUnit)?.[1] === "week"
        ? part(mondayOf(today) + 7 + weekday.weekday - 1)
        : undefined;
    },
  ]);
}

function dateDays(part: Part): { days: SingleDay[]; written: string } {
  return part.part === "date" ? { days: part.days, written: part.written } : { days: [], written: "" };
}

// "next Friday" on a Wednesday is this week's to some, and the one after to others.
function upcoming(today: number, weekday: Weekday, isNext: boolean): number[] {
  const ahead = (weekday - weekdayOf(today) + 7) % 7;
  if (!isNext) return [today + ahead];
  const coming = today + (ahead === 0 ? 7 : ahead);
  return coming >= mondayOf(today) + 7 ? [coming] : [coming, coming + 7];
}

function mondayOf(day: number): number {
  return day - weekdayOf(day) + 1;
}
