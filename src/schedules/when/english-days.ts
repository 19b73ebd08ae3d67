import { minutesOf, readTime } from "./english-times.ts";
import { partsOfDay, readMonth, readNumber, readOrdinal, readWeekday } from "./english-words.ts";
import { clockTime, type Part } from "./parts.ts";
import { attempt, furthest, listOf, type Phrase, piece, take, words } from "./phrase.ts";
import { dates, nth, weekly } from "./rules.ts";
import type { Days, Weekday } from "./when.ts";

const every = words("every(?: single)?|each|once every|once each");
const on = words("on(?: the)?|the");
const other = words("other|second|2nd");
const workdays = words("m ?- ?f|week ?days?|work ?days?|(?:working|business) days?");
const weekend = words("week ?ends?(?: days?)?");
const to = piece("-|(?:to|through|thru|until|till)(?![a-z])");
const ofMonth = words("(?:of|in) (?:(the|each|every|a|any) )?month|(each|every|per) month|(monthly)");
const ofMonths = words("(?:of|in)(?: (every|each))?");
const dayOf = words("days?");
const workdayOf = words("week ?days?|work ?days?|(?:working|business) days?");
const daily = words("daily|everyday|(?:once|one time) (?:a|per) day|(nightly)");
const periodically = words(
  "(weekly|once (?:a|per) week)|(fortnightly|bi-?weekly)|(monthly|once (?:a|per) month)|(quarterly)|(yearly|annually|once (?:a|per) year)",
);
const halfHourly = words("half[ -]hourly");
const hourly = words("hourly|(?:once|one time) an hour");
const partDay = words("(morning|afternoon|evening|night)");
const noonNext = piece("(?=(?:noon|midday|midnight)(?![a-z]))");
const partDaysNext = piece("(?=(?:morning|afternoon|evening|night)s(?![a-z]))");
const timeNext = piece("(?=(?:at|@)(?![a-z])|\\d|noon(?![a-z])|midnight(?![a-z]))");
const except = words("(?:but not|except|excluding|but|other than)(?: for)?(?: on)?");
const blank = piece("(?:, ?)?(?:and|or)(?![a-z])|[,、&/+]|");
const anyDay = words("(?:every|each) day|daily|everyday|all days");
const unit = piece(
  "(?:(s|secs?|seconds?)|(m|mins?|minutes?)|(h|hrs?|hours?)|(d|days?)|(w|wks?|weeks?)|(months?)|(quarters?)|(y|yrs?|years?)|(fortnights?))(?![\\p{L}_'])",
);
const joint = piece("(?:and(?![a-z])|,)?");
const halfHour = words("(?:a )?half(?:[ -]an)?[ -]hour|quarter[ -](?:of an )?hour");
const hourAndHalf = words("(?:one |an )?hour and a half");
const atMinutes = piece(
  "(?:at |on )?:(\\d{2})(?!\\d)|(?:at )?(\\d{1,2})(?: minutes?)? past(?: the hour)?(?![a-z])|on the hour(?![a-z])|(?:at )?(?:a )?(?:(half|quarter|five|ten|twenty(?:[ -]five)?) past|(quarter|five|ten|twenty(?:[ -]five)?) to)(?: the hour)?(?![a-z])",
);
const anything = piece("[\\p{L}\\p{N}.:/-]");
const years = words("years?");
const ofThat = piece("\\.|of(?![a-z])");
const otherOne = words("other");
const bareDate = piece("(\\d{1,2})(?![\\d:.%]*\\d|[a-z%])");
const begins = words("(between)|(?:from|during)");
const and = words("and");
const hours = piece("(\\d{1,2}) ?- ?(\\d{1,2})(?![\\d:.%a-z])");
const exact = piece("(\\d{1,4}\\.\\d)(?!\\d)");

/** How often, in English: `every day`, `every 2 hours`, `mondays and thursdays`, `on the 1st of each month`. */
export function readEnglishDays(phrase: Phrase): Part | undefined {
  return furthest<Part>(phrase, [readRepeat, readBeat, readAllBut, readWeekdays, readOrdinals, readYearly]);
}

/** A stretch of time in English, in seconds, or in days and months: `2 hours`, `1h30m`, `3 weeks`. */
export function readStretch(phrase: Phrase): { seconds: number; days: number; months: number } | undefined {
  const total = { seconds: 0, days: 0, months: 0 };
  const half = take(phrase, halfHour);
  if (half) return { ...total, seconds: half[0].includes("quarter") ? 900 : 1800 };
  if (take(phrase, hourAndHalf)) return { ...total, seconds: 5400 };
  const addOne = (here: Phrase) => {
    const decimal = take(here, exact);
    const count = decimal ? Number(decimal[1]) : readNumber(here);
    const found = count === undefined ? undefined : take(here, unit);
    if (found === undefined || count === undefined) return undefined;
    const [, second, minute, hour, day, week, month, quarter, year, fortnight] = found;
    if (second) total.seconds += count;
    else if (minute) total.seconds += count * 60;
    else if (hour) total.seconds += count * 3600;
    else if (decimal) return undefined;
    else if (day) total.days += count;
    else if (week) total.days += count * 7;
    else if (fortnight) total.days += count * 14;
    else if (month) total.months += count;
    else if (quarter) total.months += count * 3;
    else if (year) total.months += count * 12;
    return true;
  };
  return listOf(phrase, addOne, joint) && total;
}

function readRepeat(phrase: Phrase): Part | undefined {
  const eachDay = take(phrase, daily);
  if (eachDay) return { part: "repeat", unit: "day", every: 1, of: eachDay[1] === undefined ? undefined : "evening" };
  const often = take(phrase, periodically);
  if (often) {
    if (often[1]) return { part: "repeat", unit: "week", every: 1 };
    if (often[2]) return { part: "repeat", unit: "week", every: 2 };
    if (often[5]) return { part: "repeat", unit: "year", every: 1 };
    return often[3] ? { part: "repeat", unit: "month", every: 1 } : { part: "repeat", unit: "quarter", every: 1 };
  }
  if (take(phrase, every) === undefined) return undefined;
  const part = take(phrase, partDay);
  if (part) return { part: "repeat", unit: "day", every: 1, of: partsOfDay[part[1] ?? ""] };
  if (take(phrase, noonNext)) return { part: "repeat", unit: "day", every: 1 };
  const count = readCount(phrase);
  const found = take(phrase, unit);
  if (found === undefined) return undefined;
  const [, , , , day, week, month, quarter, year, fortnight] = found;
  if (day) return { part: "repeat", unit: "day", every: count };
  if (week || fortnight) return { part: "repeat", unit: "week", every: fortnight ? 2 * count : count };
  if (quarter && count === 1) return { part: "repeat", unit: "quarter", every: 1 };
  if (month || quarter) return { part: "repeat", unit: "month", every: quarter ? 3 * count : count };
  return year ? { part: "repeat", unit: "year", every: count } : undefined;
}

function readCount(phrase: Phrase): number {
  if (take(phrase, other)) return 2;
  const ordinal = attempt(phrase, readOrdinal);
  if (typeof ordinal === "number") return ordinal;
  return attempt(phrase, readNumber) ?? 1;
}

function readBeat(phrase: Phrase): Part | undefined {
  if (take(phrase, halfHourly)) return { part: "beat", seconds: 1800 };
  const isHourly = take(phrase, hourly) !== undefined;
  if (!isHourly && take(phrase, every) === undefined) return undefined;
  const each = isHourly ? 3600 : eachStretch(phrase);
  if (each !== undefined) return readMinutes(phrase, each) ?? { part: "beat", seconds: each };
  // No unit: minutes or hours.
  const count = readNumber(phrase);
  if (count === undefined || take(phrase, anything) === undefined) {
    return count === undefined ? undefined : { part: "beat", seconds: count * 60, or: count * 3600 };
  }
  return undefined;
}

function eachStretch(phrase: Phrase): number | undefined {
  const stretch = attempt(phrase, readStretch);
  if (stretch) return stretch.days + stretch.months > 0 ? undefined : stretch.seconds;
  // "every second" and "every second hour" begin alike.
  return furthest(phrase, [
    (here) => unitSeconds(here),
    (here) => {
      const seconds = take(here, other) && unitSeconds(here);
      return seconds && 2 * seconds;
    },
  ]);
}

function unitSeconds(phrase: Phrase): number | undefined {
  const found = take(phrase, unit);
  return found?.[1] ? 1 : found?.[2] ? 60 : found?.[3] ? 3600 : undefined;
}

function readMinutes(phrase: Phrase, each: number): Part | undefined {
  if (each !== 3600) return undefined;
  const minutes = listOf(phrase, (here) => {
    const found = take(here, atMinutes);
    if (found?.[3] !== undefined) return minutesOf(found[3]);
    if (found?.[4] !== undefined) return 60 - minutesOf(found[4]);
    return found && Number(found[1] ?? found[2] ?? 0);
  });
  return minutes && { part: "minutes", minutes };
}

function readWeekdays(phrase: Phrase): Part | undefined {
  const again = take(phrase, every) !== undefined;
  if (again) {
    const next = attempt(phrase, readEveryOther);
    if (next) return next;
  } else take(phrase, on);
  const list = attempt(phrase, readMonWedFri) ?? listOf(phrase, readSomeWeekdays);
  if (list === undefined) return undefined;
  const isList = list.length > 1 || list.some(({ plural }) => plural) || take(phrase, partDaysNext) !== undefined;
  const days = attempt(phrase, (here) =>
    allBut(
      here,
      list.flatMap(({ weekdays }) => weekdays),
    ),
  );
  return { part: "on", days: days ?? weekly(list.flatMap(({ weekdays }) => weekdays)), again: again || isList };
}

// "mon wed fri at 10": without anything between, and a time right after.
function readMonWedFri(phrase: Phrase): { weekdays: Weekday[]; plural: boolean }[] | undefined {
  const list = listOf(phrase, readSomeWeekdays, blank);
  return list !== undefined && take(phrase, timeNext) ? list : undefined;
}

// "every day except Sunday".
function readAllBut(phrase: Phrase): Part | undefined {
  const days = take(phrase, anyDay) && allBut(phrase, [1, 2, 3, 4, 5, 6, 7]);
  return days && { part: "on", days, again: true };
}

function allBut(phrase: Phrase, all: Weekday[]): Days | undefined {
  const none = take(phrase, except) && listOf(phrase, readSomeWeekdays)?.flatMap(({ weekdays }) => weekdays);
  const left = none && all.filter((weekday) => !none.includes(weekday));
  return left === undefined || left.length === 0 ? undefined : weekly(left);
}

// "every second Tuesday" is each other one to some, and the second of the month to others.
function readEveryOther(phrase: Phrase): Part | undefined {
  const isOther = take(phrase, otherOne) !== undefined;
  const count = isOther ? 2 : readOrdinal(phrase);
  const found = typeof count === "number" && count > 1 ? readWeekday(phrase) : undefined;
  if (found === undefined || typeof count !== "number") return undefined;
  const stride = { days: weekly([found.weekday]), every: count };
  if (isOther) return { part: "on", again: true, ...stride };
  if (count > 4 || attempt(phrase, readOfMonth) !== undefined) return undefined;
  return { part: "on", again: true, ...stride, or: { days: nth([count], found.weekday) } };
}

function readSomeWeekdays(phrase: Phrase): { weekdays: Weekday[]; plural: boolean } | undefined {
  if (take(phrase, workdays)) return { weekdays: [1, 2, 3, 4, 5], plural: true };
  if (take(phrase, weekend)) return { weekdays: [6, 7], plural: true };
  const first = readWeekday(phrase);
  if (first === undefined) return undefined;
  const last = attempt(phrase, () => (take(phrase, to) === undefined ? undefined : readWeekday(phrase)));
  if (last === undefined) return { weekdays: [first.weekday], plural: first.plural };
  return { weekdays: weekdaysFrom(first.weekday, last.weekday), plural: true };
}

/** The weekdays from one to another. */
export function weekdaysFrom(first: Weekday, last: Weekday): Weekday[] {
  const all: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];
  const count = (last - first + 7) % 7;
  return [...all, ...all].slice(first - 1, first + count);
}

// "the 1st and 15th of each month", "the last Friday of the month", "every first Monday".
function readOrdinals(phrase: Phrase): Part | undefined {
  const isEvery = take(phrase, every) !== undefined;
  take(phrase, on);
  const list = listOf(phrase, (here) => {
    const ordinal = readOrdinal(here);
    if (ordinal !== undefined) return { ordinal, isDay: take(here, dayOf) !== undefined };
    take(here, on);
    const next = readOrdinal(here);
    return next === undefined ? undefined : { ordinal: next, isDay: take(here, dayOf) !== undefined };
  });
  if (list === undefined) return undefined;
  const make = readWhichDay(phrase, list);
  if (make === undefined) return undefined;
  const month = attempt(phrase, readOfMonth);
  const isLastDate = list.some(({ ordinal }) => ordinal === "last");
  if (month === undefined && !isEvery && isLastDate && list.length === 1)
    return { part: "on", days: make(), again: false };
  return { part: "on", days: make(month?.months), again: isEvery || month?.again === true };
}

function readWhichDay(
  phrase: Phrase,
  list: { ordinal: number | "last"; isDay: boolean }[],
): ((months?: number[]) => Days) | undefined {
  const numbers = list.map(({ ordinal }) => ordinal);
  const [one] = numbers;
  const isPlain = !list.some(({ isDay }) => isDay);
  const weekday = isPlain ? attempt(phrase, readWeekday) : undefined;
  if (weekday !== undefined) {
    if (numbers.some((number) => typeof number === "number" && number > 4)) return undefined;
    const which = numbers.map((number) => (number === "last" ? 5 : number));
    return (months) => nth(which, weekday.weekday, months);
  }
  if (isPlain && numbers.length === 1 && (one === "last" || one === 1) && take(phrase, workdayOf)) {
    const which = one === 1 ? "first" : "last";
    return (months) => ({ kind: "workday", which, ...(months && { months }) });
  }
  if (list.some(({ ordinal, isDay }) => (ordinal === "last" ? !isDay : ordinal < 1 || ordinal > 31))) return undefined;
  return (months) =>
    dates(
      numbers.map((number) => (number === "last" ? 32 : number)),
      months,
    );
}

function readOfMonth(phrase: Phrase): { again: boolean; months?: number[] } | undefined {
  if (take(phrase, ofMonth)) return { again: true };
  const of = take(phrase, ofMonths);
  const months = of && listOf(phrase, readMonth);
  return months && { again: of?.[1] !== undefined || months.length > 1, months };
}

// "every 24 December", "every year on December 24".
function readYearly(phrase: Phrase): Part | undefined {
  if (take(phrase, every) === undefined) return undefined;
  if (take(phrase, years) !== undefined) take(phrase, on);
  const found = readDateOfYear(phrase);
  return found && { part: "on", days: dates([found.date], [found.month]), again: true };
}

/** `24 December`, `December 24th`, `the 24th of December`. */
export function readDateOfYear(phrase: Phrase): { month: number; date: number } | undefined {
  take(phrase, on);
  const date = (here: Phrase) => {
    const ordinal = attempt(here, readOrdinal);
    if (ordinal !== undefined) return ordinal === "last" ? undefined : ordinal;
    const found = take(here, bareDate);
    return found && Number(found[1]);
  };
  const found = furthest(phrase, [
    (here) => {
      const month = readMonth(here);
      const number = month === undefined ? undefined : date(here);
      return number === undefined || month === undefined ? undefined : { month, date: number };
    },
    (here) => {
      const number = date(here);
      take(here, ofThat);
      const month = number === undefined ? undefined : readMonth(here);
      return number === undefined || month === undefined ? undefined : { month, date: number };
    },
  ]);
  return found && found.date >= 1 && found.date <= 31 ? found : undefined;
}

/** `between 9:00 and 18:00`, `from 9 to 5`. */
export function readBetween(phrase: Phrase, bare: boolean): Part | undefined {
  const begun = take(phrase, begins);
  const both = bare || begun !== undefined ? take(phrase, hours) : undefined;
  if (both) {
    const [from, until] = [
      clockTime(Number(both[1]), 0, 0, undefined, true),
      clockTime(Number(both[2]), 0, 0, undefined, true),
    ];
    return { part: "between", from, to: until };
  }
  const from = readTime(phrase, bare || begun !== undefined);
  if (from === undefined || take(phrase, begun?.[1] ? and : to) === undefined) return undefined;
  const until = readTime(phrase, true);
  return until && { part: "between", from, to: until };
}
