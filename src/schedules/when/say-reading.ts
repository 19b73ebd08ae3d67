import type { Language } from "../../chat.ts";
import { wordsOf } from "../../words/words.ts";
import { weekdaySigns } from "./chinese-words.ts";
import { monthNames, weekdayNames } from "./english-words.ts";
import type { Refusal } from "./refusal.ts";
import { sayDay, sayTime, sayWhen } from "./say-when.ts";
import type { Asks } from "./settled.ts";
import { wallAt } from "./wall-clock.ts";

/** Says why a *when* cannot be, and what to write instead. */
export function sayRefusal(refusal: Refusal, language: Language, zone: string): string {
  const { when } = wordsOf(language);
  switch (refusal.code) {
    case "never-comes":
      return when.neverComes(dateText(refusal, language));
    case "past": {
      const day = new Date(wallAt(zone, refusal.at)).toISOString().slice(0, 10);
      return when.past(`${sayDay(day, language, true)} ${sayTime(refusal.at, zone, language).slice(-5)}`);
    }
    case "no-such-time":
      return when.noSuchTime(refusal.written);
    case "other-part-of-day":
      return when.otherPartOfDay(refusal.written);
    case "whole-minutes":
      return when.wholeMinutes;
    case "other-weekday":
      return when.otherWeekday(weekdayText(refusal.really, language), weekdayText(refusal.weekday, language));
    case "zone":
      return when.zone(refusal.zone);
    case "end":
      return when.end;
    case "two-whens":
      return when.twoWhens(refusal.first, refusal.second);
    case "only-start": {
      const between = { from: refusal.from.slice(0, 5), to: "18:00" };
      return when.onlyStart(sayWhen({ kind: "beat", seconds: refusal.seconds, between }, language, { zone }));
    }
    case "no-time-at-all":
      return when.noTime;
    case "too-far":
      return when.tooFar;
    case "one-time-only":
      return when.oneTimeOnly;
    case "cron-length":
      return when.cronLength(refusal.fields);
    case "cron-too-long":
      return when.cronTooLong;
    case "cron-sign":
      return when.cronSign(refusal.written, when.fields[refusal.field]);
    case "cron-backwards":
      return when.cronBackwards(refusal.written, when.fields[refusal.field], refusal.instead);
    case "cron-range": {
      const { written, field, low, high, instead } = refusal;
      return when.cronRange(written, when.fields[field], low, high, instead);
    }
  }
}

/** Asks which of the readings is meant, with the words that can be read so. */
export function sayQuestion(asks: Asks, said: string, language: Language): string {
  return wordsOf(language).when.asks[asks](said);
}

function dateText(
  { year, month, date }: { year?: number | undefined; month: number; date: number },
  language: Language,
) {
  if (language === "zh-TW") return `${year === undefined ? "" : `${year}年`}${month}月${date}日`;
  return `${date} ${monthNames[month - 1] ?? month}${year === undefined ? "" : ` ${year}`}`;
}

function weekdayText(weekday: number, language: Language): string {
  return language === "zh-TW" ? `星期${weekdaySigns[weekday - 1]}` : (weekdayNames[weekday - 1] ?? "");
}
