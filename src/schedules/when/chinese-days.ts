import { chinesePartsOfDay, numberOf, numeral, readChineseNumber, weekdayOfSign } from "./chinese-words.ts";
import { weekdaysFrom } from "./english-days.ts";
import type { Part } from "./parts.ts";
import { attempt, furthest, listOf, type Phrase, piece, take } from "./phrase.ts";
import { dates, nth, weekly, workday } from "./rules.ts";
import type { Days, Weekday } from "./when.ts";

const each = piece("每個|每");
const daily = piece("(?:每天|每日|天天|每一天)(?:一次)?|每個?(早上|上午|中午|下午|傍晚|晚上|晚|早)");
const workdays = piece("(?:每一?個?)?(?:工作日|上班日|平日|工作天)的?");
const weekend = piece("(?:每一?個?)?週末的?");
const week = "(?:週|星期|禮拜)";
const weekdaySign = piece(`(每?逢|每個?|每一個?)?(?:的)?${week}([一二三四五六日天])(?!點|時|刻|個|次)`);
const nextSign = piece(
  `(?:[、,和及與跟]|以及)?(?:${week})?([一二三四五六日天])(?!點|時|個|十|刻|次)(?![一二三四五六七八九]?[點時])`,
);
const through = piece("到|至|-");
const toSign = piece(`(?:${week})?([一二三四五六日天])(?!點|時)`);
const everyFew = piece(`每隔? ?(${numeral}) ?個?(天|日|週|星期|禮拜|個月|月|年|季)(?:一次)?的?`);
const skipping = piece(`每隔 ?(${numeral}) ?個?(天|日|週|星期|禮拜|個月|月|年)的?`);
const alternate = piece("隔(天|日|週|星期|禮拜|月|年)的?");
const alternateWeekday = piece(
  `(?:隔|每?雙|每 ?(${numeral}) ?個?)${week}的?(?:${week})?([一二三四五六日天])(?!點|時|次)`,
);
const period = piece("每一?個?(週|星期|禮拜|月|季|年)(?!末)(?:一次)?的?");
const stretchUnit = piece("個?(小時|鐘頭|分鐘|分|秒鐘|秒|刻鐘|天|日|週|星期|禮拜|月|年)");
const halfHour = piece("半個?(?:小時|鐘頭)");
const hourAndHalf = piece(`(${numeral})個半(?:小時|鐘頭)`);
const andHalf = piece("半(?!個|年|天)");
const joint = piece("(?:又|零|,)?");
const skips = piece("隔");
const once = piece("(?:執行|做|跑)?一次");
const anything = piece("[\\p{L}\\p{N}:/.-]");
const decimals = piece("(\\d{1,4}\\.\\d)(?!\\d)");
const everyHour = piece("每個?(?:小時|鐘頭)|每(分鐘)|每(秒鐘?)");
const atMinutes = piece(`的?(?:第?(${numeral})分(?![鐘之析享配類數組])|整點)`);
const dateSign = piece("(?:的)? ?(\\d{1,2}|[一二三四五六七八九十]{1,3}) ?(?:號|日)(?!的?報|誌)");
const lastDay = piece("最後一[天日]|月底");
const firstDay = piece("第一[天日]");
const monthly = piece("每一?個?月的?");
const monthsOf = piece("每年的?");
const monthSign = piece("(\\d{1,2}|[一二三四五六七八九十]{1,3}) ?月(?!\\d*個)");
const ofThose = piece("的");
const nthSign = piece("第([一二三四1-4])個?|(最後一個?)");
const weekdayName = piece(`${week}([一二三四五六日天])(?!點|時)`);
const workdayName = piece("工作日|上班日|工作天");
const listed = piece("[、,和及與跟]|以及");

/** How often, in Chinese: 每天, 每兩小時, 每週一、三, 每月最後一個星期五. */
export function readChineseDays(phrase: Phrase): Part | undefined {
  return furthest<Part>(phrase, [readRepeat, readBeat, readSkipping, readWeekdays, readMonthly, readYearly]);
}

/** A stretch of time in Chinese: 30分鐘, 半小時, 一個半小時, 三天. */
export function readChineseStretch(phrase: Phrase): { seconds: number; days: number; months: number } | undefined {
  const total = { seconds: 0, days: 0, months: 0 };
  if (take(phrase, halfHour)) return { ...total, seconds: 1800 };
  const half = take(phrase, hourAndHalf);
  const hours = half && numberOf(half[1] ?? "");
  if (half) return hours === undefined ? undefined : { ...total, seconds: hours * 3600 + 1800 };
  const parts = listOf(
    phrase,
    (here) => {
      const count = decimal(here) ?? readChineseNumber(here);
      const unit = count === undefined ? undefined : take(here, stretchUnit)?.[1];
      if (count === undefined || unit === undefined) return undefined;
      if (unit.startsWith("秒")) total.seconds += count;
      else if (unit.startsWith("分")) total.seconds += count * 60;
      else if (unit === "刻鐘") total.seconds += count * 900;
      else if (unit === "小時" || unit === "鐘頭") total.seconds += count * 3600 + (take(here, andHalf) ? 1800 : 0);
      else if (!Number.isInteger(count)) return undefined;
      else if (unit === "天" || unit === "日") total.days += count;
      else if (unit === "月") total.months += count;
      else if (unit === "年") total.months += count * 12;
      else total.days += count * 7;
      return true;
    },
    joint,
  );
  return parts && total;
}

function decimal(phrase: Phrase): number | undefined {
  const found = take(phrase, decimals);
  return found && Number(found[1]);
}

function repeatEach(unit: string, every: number): Part {
  if (unit === "天" || unit === "日") return { part: "repeat", unit: "day", every };
  if (unit.endsWith("月")) return { part: "repeat", unit: "month", every };
  if (unit === "季") {
    return every === 1
      ? { part: "repeat", unit: "quarter", every }
      : { part: "repeat", unit: "month", every: every * 3 };
  }
  return { part: "repeat", unit: unit === "年" ? "year" : "week", every };
}

function readRepeat(phrase: Phrase): Part | undefined {
  const day = take(phrase, daily);
  if (day) return { part: "repeat", unit: "day", every: 1, of: chinesePartsOfDay[day[1] ?? ""] };
  const weekday = take(phrase, alternateWeekday);
  const each = weekday?.[1] === undefined ? 2 : numberOf(weekday[1]);
  if (weekday && each !== undefined) {
    return {
      part: "on",
      days: weekly(weekdaysAfter(phrase, weekdayOfSign(weekday[2] ?? ""))),
      again: true,
      every: each,
    };
  }
  const other = take(phrase, alternate);
  if (other) return repeatEach(other[1] ?? "", 2);
  const few = take(phrase, everyFew);
  if (few) {
    const count = numberOf(few[1] ?? "");
    return few[0].includes("隔") || count === undefined ? undefined : repeatEach(few[2] ?? "", count);
  }
  const one = take(phrase, period);
  return one && repeatEach(one[1] ?? "", 1);
}

// 每隔兩天 leaves out two days to some, and one to others; with hours and minutes nobody doubts.
function readSkipping(phrase: Phrase): Part | undefined {
  const found = take(phrase, skipping);
  const count = found && numberOf(found[1] ?? "");
  if (found === undefined || count === undefined) return undefined;
  const unit = found[2] ?? "";
  if (unit === "天" || unit === "日") {
    const days: Days = { kind: "daily" };
    return count === 1
      ? { part: "repeat", unit: "day", every: 2 }
      : { part: "on", days, again: true, every: count, or: { days, every: count + 1 } };
  }
  return repeatEach(unit, count === 1 ? 2 : count);
}

function readBeat(phrase: Phrase): Part | undefined {
  const single = take(phrase, everyHour);
  if (single) {
    const seconds = single[1] ? 60 : single[2] ? 1 : 3600;
    const minutes = seconds === 3600 ? listOf(phrase, readMinute, listed) : undefined;
    if (minutes !== undefined) return { part: "minutes", minutes };
    take(phrase, once);
    return { part: "beat", seconds };
  }
  if (take(phrase, each) === undefined) return undefined;
  take(phrase, skips);
  const stretch = attempt(phrase, readChineseStretch);
  if (stretch) {
    take(phrase, once);
    return stretch.seconds > 0 && stretch.days + stretch.months === 0 ? asBeat(stretch.seconds) : undefined;
  }
  const count = readChineseNumber(phrase);
  if (count === undefined || take(phrase, anything)) return undefined;
  return { part: "beat", seconds: count * 60, or: count * 3600 };
}

function asBeat(seconds: number): Part {
  return { part: "beat", seconds };
}

function readMinute(phrase: Phrase): number | undefined {
  const found = take(phrase, atMinutes);
  return found && (found[1] === undefined ? 0 : numberOf(found[1]));
}

function readWeekdays(phrase: Phrase): Part | undefined {
  let again = false;
  const list = listOf(
    phrase,
    (here): Weekday[] | undefined => {
      if (take(here, workdays)) {
        again = true;
        return [1, 2, 3, 4, 5];
      }
      if (take(here, weekend)) {
        again = true;
        return [6, 7];
      }
      const found = take(here, weekdaySign);
      if (found === undefined) return undefined;
      if (found[1] !== undefined) again = true;
      return weekdaysAfter(here, weekdayOfSign(found[2] ?? ""));
    },
    listed,
  );
  if (list === undefined) return undefined;
  take(phrase, ofThose);
  const weekdays = list.flat();
  return { part: "on", days: weekly(weekdays), again: again || weekdays.length > 1 };
}

// 一到五, 一三五, 一、週三.
function weekdaysAfter(phrase: Phrase, first: Weekday): Weekday[] {
  const last = attempt(phrase, () => (take(phrase, through) ? take(phrase, toSign) : undefined));
  if (last) return weekdaysFrom(first, weekdayOfSign(last[1] ?? ""));
  const all = [first];
  for (let next = take(phrase, nextSign); next !== undefined; next = take(phrase, nextSign))
    all.push(weekdayOfSign(next[1] ?? ""));
  take(phrase, ofThose);
  return all;
}

function readMonthly(phrase: Phrase): Part | undefined {
  const again = take(phrase, monthly) !== undefined;
  const make = readDaysOfMonth(phrase);
  return make && { part: "on", days: make(), again };
}

// 每年12月24日, 每年1月、7月的1號.
function readYearly(phrase: Phrase): Part | undefined {
  if (take(phrase, monthsOf) === undefined) return undefined;
  const months = listOf(
    phrase,
    (here) => {
      const found = take(here, monthSign);
      return found && numberOf(found[1] ?? "");
    },
    listed,
  );
  take(phrase, ofThose);
  const make = months && readDaysOfMonth(phrase);
  if (make === undefined || months?.some((month) => month < 1 || month > 12)) return undefined;
  return { part: "on", days: make(months), again: true };
}

function readDaysOfMonth(phrase: Phrase): ((months?: number[]) => Days) | undefined {
  const numbers = attempt(phrase, (here) =>
    listOf(
      here,
      () => {
        if (take(here, lastDay)) return 32;
        if (take(here, firstDay)) return 1;
        const found = take(here, dateSign);
        const number = found && numberOf(found[1] ?? "");
        return number !== undefined && number >= 1 && number <= 31 ? number : undefined;
      },
      listed,
    ),
  );
  if (numbers) return (months) => dates(numbers, months);
  const which = listOf(
    phrase,
    (here) => {
      const found = take(here, nthSign);
      return found && (found[2] === undefined ? numberOf(found[1] ?? "") : 5);
    },
    listed,
  );
  if (which === undefined) return undefined;
  const weekday = take(phrase, weekdayName);
  if (weekday) return (months) => nth(which, weekdayOfSign(weekday[1] ?? ""), months);
  const [one] = which;
  if (which.length > 1 || (one !== 1 && one !== 5) || take(phrase, workdayName) === undefined) return undefined;
  return (months) => workday(one === 1 ? "first" : "last", months);
}
