import { weekdayOf } from "./calendar-days.ts";
import { readChineseTime } from "./chinese-times.ts";
import { readChineseNumber, weekdayOfSign } from "./chinese-words.ts";
import { readTime } from "./english-times.ts";
import { readNumber, readWeekday } from "./english-words.ts";
import type { ClockTime } from "./parts.ts";
import { attempt, furthest, type Phrase, phraseOf, piece, take, words } from "./phrase.ts";
import { instantOf, wallAt } from "./wall-clock.ts";
import type { Weekday } from "./when.ts";

const dayMs = 86_400_000;
const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: dayMs, w: 7 * dayMs } as const;
type Unit = keyof typeof unitMs;

const since = words("since|from|after");
const chineseSince = piece("自從|自|從");
const thence = piece("以來|開始|起|以後|之後|至今");
const last = words("(?:the )?(?:last|past)");
const ago = words("ago");
const unit = piece(
  "(?:(s)(?:ec(?:ond)?s?)?|(m)(?:in(?:ute)?s?)?|(h)(?:(?:ou)?rs?)?|(d)(?:ays?)?|(w)(?:eeks?)?)(?![\\p{L}\\p{N}])",
);
const chineseLast = piece("最近的?|過去的?|近");
const chineseUnit = piece("個?(?:(秒鐘?)|(分鐘?)|(小時|鐘頭)|(天|日)|(週|星期|禮拜))");
const chineseAgo = piece("之?(?:前|內|以來|來)");
const iso = piece(
  "(\\d{4})-(\\d{2})-(\\d{2})(?:[t ] ?(\\d{2}):(\\d{2})(?::(\\d{2})(?:\\.\\d+)?)?)? ?(z|[+-]\\d{2}:?\\d{2})?(?![\\d:])",
);
const day = words(
  "(today|this morning)|(yesterday)|(?:the )?(day before yesterday)|(?:the )?(?:(this week)|(last week))",
);
const chineseDay = piece(
  "(?:(今天|今日|今早)|(昨天|昨日)|(前天)|((?:這|本)(?:週|星期|禮拜))|(上(?:週|星期|禮拜)))(?![一二三四五六日天])",
);
const lastDay = words("last|on");
const chineseWeekday = piece("(上個?)?(?:週|星期|禮拜)([一二三四五六日天])");
const midnight: Pick<ClockTime, "hour" | "minute" | "second"> = { hour: 0, minute: 0, second: 0 };

/**
 * Since when something is wanted, as an instant that is past: `yesterday 14:00`, `2 hours ago`, `monday`, `2026-11-20T09:00`,
 * 昨天下午三點, 兩小時前. Undefined when it can't be read as one, whole.
 */
export function readSince(text: string, { now, zone }: { now: number; zone: string }): number | undefined {
  const phrase = phraseOf(text.trim());
  take(phrase, since);
  take(phrase, chineseSince);
  const at = furthest(phrase, [
    (here) => readIso(here, zone),
    (here) => readDay(here, now, zone),
    (here) => readAgo(here, now),
  ]);
  take(phrase, thence);
  const isWhole = phrase.text.slice(phrase.at).trim() === "";
  return at !== undefined && isWhole && at <= now ? at : undefined;
}

function readIso(phrase: Phrase, zone: string): number | undefined {
  const found = take(phrase, iso);
  if (!found) return undefined;
  const [, year, month, date, hour = "00", minute = "00", second = "00", offset] = found;
  const written = `${year}-${month}-${date}T${hour}:${minute}:${second}`;
  if (Number.isNaN(Date.parse(`${written}Z`))) return undefined;
  if (offset === undefined) return instantOf(zone, Date.parse(`${written}Z`));
  return Date.parse(written + (offset === "z" ? "Z" : offset.replace(/^(...)(\d\d)$/, "$1:$2")));
}

/** `2 hours ago`, `90m`, `the last 3 days`, 兩小時前. */
function readAgo(phrase: Phrase, now: number): number | undefined {
  return attempt(phrase, () => {
    const isLast = (take(phrase, last) ?? take(phrase, chineseLast)) !== undefined;
    const number = readNumber(phrase) ?? readChineseNumber(phrase) ?? (isLast ? 1 : undefined);
    const named = take(phrase, unit) ?? take(phrase, chineseUnit);
    const which = (["s", "m", "h", "d", "w"] as const).find((_, at) => named?.[at + 1] !== undefined);
    if (number === undefined || which === undefined) return undefined;
    take(phrase, ago) ?? take(phrase, chineseAgo);
    return now - number * unitMs[which satisfies Unit];
  });
}

/** A day, perhaps with a time on it; or a time alone, the last that was. */
function readDay(phrase: Phrase, now: number, zone: string): number | undefined {
  const today = Math.floor(wallAt(zone, now) / dayMs);
  const named = attempt(phrase, () => dayIn(phrase, today));
  const clock =
    attempt(phrase, () => readTime(phrase, named === undefined)) ?? attempt(phrase, () => readChineseTime(phrase));
  if (clock?.wrong || (named === undefined && clock === undefined)) return undefined;
  const { hour, minute, second } = clock ?? midnight;
  const on = (number: number) =>
    instantOf(zone, number * dayMs + hour * unitMs.h + minute * unitMs.m + second * unitMs.s);
  if (named !== undefined) return on(named);
  return on(today) <= now ? on(today) : on(today - 1);
}

function dayIn(phrase: Phrase, today: number): number | undefined {
  const found = take(phrase, day) ?? take(phrase, chineseDay);
  const back = weekdayOf(today) - 1;
  if (found) return today - ([0, 1, 2, back, back + 7][found.slice(1).findIndex(Boolean)] ?? 0);
  const sign = take(phrase, chineseWeekday);
  if (sign) {
    const weekday = weekdayOfSign(sign[2] ?? "");
    return sign[1] ? today - back - 7 + weekday - 1 : before(today, weekday);
  }
  take(phrase, lastDay);
  const weekday = readWeekday(phrase);
  return weekday && !weekday.plural ? before(today, weekday.weekday) : undefined;
}

/** The latest such day that has begun; today's own name means a week ago. */
function before(today: number, weekday: Weekday): number {
  const back = (weekdayOf(today) - weekday + 7) % 7;
  return today - (back === 0 ? 7 : back);
}
