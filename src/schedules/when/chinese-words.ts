import type { PartOfDay } from "./parts.ts";
import { attempt, type Phrase, piece, take } from "./phrase.ts";
import type { Weekday } from "./when.ts";

/** The days of the week, from Monday. */
export const weekdaySigns = "一二三四五六日";

/** How a number is written; `numberOf` reads it. */
export const numeral = "\\d{1,9}|[〇零一二兩三四五六七八九十百]{1,6}";

const digits = "〇一二三四五六七八九";
const units: Readonly<Record<string, number>> = { 十: 10, 百: 100 };

/** The value of a number in digits or in Chinese: 15, 十五, 兩百. */
export function numberOf(written: string): number | undefined {
  if (/^\d+$/.test(written)) return Number(written);
  let [total, digit] = [0, -1];
  for (const sign of written) {
    const value = sign === "兩" ? 2 : sign === "零" ? 0 : digits.indexOf(sign);
    const unit = units[sign];
    // Two digits in a row are no number in words: 一三五 are three.
    if (unit === undefined) {
      if (digit > 0) return undefined;
      digit = value;
    } else {
      total += Math.abs(digit) * unit;
      digit = -1;
    }
  }
  return total + Math.max(digit, 0);
}

const number = piece(`(${numeral})`);

/** A number. */
export function readChineseNumber(phrase: Phrase): number | undefined {
  return attempt(phrase, () => {
    const found = take(phrase, number)?.[1];
    return found === undefined ? undefined : numberOf(found);
  });
}

/** The weekday that a sign stands for: 一, 日, 天. */
export function weekdayOfSign(sign: string): Weekday {
  const all: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];
  return all[weekdaySigns.indexOf(sign === "天" ? "日" : sign)] ?? 7;
}

/** The parts of the day. */
export const chinesePartsOfDay: Readonly<Record<string, PartOfDay>> = {
  ...{ 凌晨: "dawn", 清晨: "morning", 早晨: "morning", 早上: "morning", 上午: "morning", 早: "morning" },
  ...{ 中午: "noon", 下午: "afternoon", 午後: "afternoon", 傍晚: "evening" },
  ...{ 晚上: "evening", 晚間: "evening", 夜間: "evening", 夜晚: "evening", 深夜: "evening", 半夜: "evening" },
  ...{ 夜裡: "evening", 晚: "evening" },
};

/** How the parts of the day are written. */
export const partOfDay = Object.keys(chinesePartsOfDay).join("|");
