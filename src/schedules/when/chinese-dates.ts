import { dateOf, dayNumber, weekdayOf } from "./calendar-days.ts";
import { readChineseStretch } from "./chinese-days.ts";
import { chinesePartsOfDay, numberOf, weekdayOfSign } from "./chinese-words.ts";
import type { Part, SingleDay, Surroundings } from "./parts.ts";
import { attempt, type Phrase, piece, take } from "./phrase.ts";
import { wallAt } from "./wall-clock.ts";

const lead = piece("(?:單次|一次|就)?[,:]?(?:在|於)?");
const nearDays: Readonly<Record<string, number>> = { 今天: 0, 今日: 0, 明天: 1, 明日: 1, 後天: 2, 大後天: 3 };
const near = piece(
  `(${Object.keys(nearDays)
    .sort((one, other) => other.length - one.length)
    .join("|")})的?`,
);
const nearPart = piece("(今|明|後)(早|晚)(?:上)?");
const weekday = piece("(下下個?|下個?|這個?|本)(?:週|星期|禮拜)的?([一二三四五六日天])(?!點|時)");
const full = piece(
  "(?:(\\d{4}) ?年 ?|(今年|明年|後年))?的? ?(\\d{1,2}|[一二三四五六七八九十]{1,3}) ?月 ?(\\d{1,2}|[一二三四五六七八九十]{1,3})(?: ?[日號])?(?!\\d)",
);
const nextMonth = piece("下個?月的? ?(\\d{1,2}|[一二三四五六七八九十]{1,3}) ?[號日](?!\\d)");
const inBrackets = piece("\\((?:週|星期|禮拜)?([一二三四五六日天])\\)|(?:週|星期|禮拜)([一二三四五六日天])(?!點|時)");
const later = piece("之後|以後|後");
const passing = piece("過");
const starts = piece("從|自");
const started = piece("起|開始");
const iso = piece("(\\d{4})[-/](\\d{1,2})[-/](\\d{1,2})(?!\\d)");

/** One day, in Chinese: 明天, 下週一, 12月24日. */
export function readChineseDate(phrase: Phrase, around: Surroundings): Part | undefined {
  take(phrase, lead);
  const start = phrase.at;
  const today = Math.floor(wallAt(around.zone, around.now) / 86_400_000);
  const part = (day: SingleDay): Part & { part: "date" } => ({
    part: "date",
    days: [day],
    written: phrase.text.slice(start, phrase.at).trim(),
  });
  const parted = take(phrase, nearPart);
  if (parted) {
    const ahead = parted[1] === "今" ? 0 : parted[1] === "明" ? 1 : 2;
    return { ...part({ day: today + ahead }), of: chinesePartsOfDay[parted[2] ?? ""] };
  }
  const name = take(phrase, near);
  if (name) return part({ day: today + (nearDays[name[1] ?? ""] ?? 0) });
  const found = take(phrase, weekday);
  if (found) {
    const weeks = found[1]?.startsWith("下下") ? 2 : found[1]?.startsWith("下") ? 1 : 0;
    return part({ day: today - weekdayOf(today) + weeks * 7 + weekdayOfSign(found[2] ?? "") });
  }
  const day = readWritten(phrase, today);
  if (day === undefined) return undefined;
  const date = part(day);
  const sign = take(phrase, inBrackets);
  return sign ? { ...date, weekday: weekdayOfSign(sign[1] ?? sign[2] ?? "") } : date;
}

function readWritten(phrase: Phrase, today: number): SingleDay | undefined {
  return attempt(phrase, () => {
    const next = numberOf(take(phrase, nextMonth)?.[1] ?? "");
    if (next) {
      const { year, month } = dateOf(today);
      return month === 12 ? onDay(year + 1, 1, next) : onDay(year, month + 1, next);
    }
    const found = take(phrase, full);
    const [month, date] = [numberOf(found?.[3] ?? ""), numberOf(found?.[4] ?? "")];
    if (found === undefined || !month || !date) return undefined;
    const named = ["今年", "明年", "後年"].indexOf(found[2] ?? "");
    const year = named >= 0 ? dateOf(today).year + named : found[1] === undefined ? undefined : Number(found[1]);
    return year === undefined ? { month, date } : onDay(year, month, date);
  });
}

function onDay(year: number, month: number, date: number): SingleDay {
  const day = dayNumber(year, month, date);
  return dateOf(day).date === date && dateOf(day).month === month ? { day } : { month, date, year };
}

/** 30分鐘後, 三天後, 過半小時. */
export function readChineseIn(phrase: Phrase): Part | undefined {
  const passes = take(phrase, passing) !== undefined;
  const stretch = readChineseStretch(phrase);
  if (stretch === undefined || (take(phrase, later) === undefined && !passes)) return undefined;
  const { seconds, days, months } = stretch;
  if (days + months === 0) return { part: "in", seconds };
  return seconds > 0 ? undefined : { part: "in-days", days, months };
}

/** 從 2026-12-07 起. */
export function readChineseFrom(phrase: Phrase, around: Surroundings): Part | undefined {
  if (take(phrase, starts) === undefined) return undefined;
  const start = phrase.at;
  const written = take(phrase, iso);
  const today = Math.floor(wallAt(around.zone, around.now) / 86_400_000);
  const day = written ? onDay(Number(written[1]), Number(written[2]), Number(written[3])) : readWritten(phrase, today);
  const text = phrase.text.slice(start, phrase.at).trim();
  return day && take(phrase, started) ? { part: "from", day, written: text } : undefined;
}
