import { chinesePartsOfDay, numberOf, numeral, partOfDay } from "./chinese-words.ts";
import { type ClockTime, clockTime, type Part } from "./parts.ts";
import { type Phrase, piece, take } from "./phrase.ts";

const lead = piece("在|於|到了|準時");
const ofDay = piece(`(${partOfDay})的?(?:準時)?`);
const withColon = piece("(\\d{1,2}):(\\d{2})(?::(\\d{2}))?(?!\\d|[.:]\\d)");
// 點整 is o'clock, 9點整理 is not.
const withSign = piece(
  `(${numeral}) ?(?:點鐘?|時)(?!間|候|段|數|前|後|左(?!右)|內)(?: ?(半)(?![價年天日])| ?(一|三|1|3)刻|(?:過)? ?零?(${numeral}) ?分(?![鐘之析享配類數組段為])|([0-5]\\d)(?!\\d|[%:個則])|整(?![理合個體]))?(?:左右)?`,
);
const named = piece("(正午)|午夜12點|午夜");
const noon = piece("中午");
const plain = piece("(\\d{1,2})(?![\\d:.,/%年月日號週個天小分秒條則篇次字點])(?! *[\\p{L}\\d])");

/** 09:00, 早上9點, 下午三點半, 中午. */
export function readChineseTime(phrase: Phrase): ClockTime | undefined {
  take(phrase, lead);
  const name = take(phrase, named);
  if (name) return clockTime(name[1] === undefined ? 0 : 12, 0, 0, undefined, false);
  const start = phrase.at;
  const found = take(phrase, ofDay)?.[1];
  const of = found === undefined ? undefined : chinesePartsOfDay[found];
  const colon = take(phrase, withColon);
  if (colon) return clockTime(Number(colon[1]), Number(colon[2]), Number(colon[3] ?? 0), of, false);
  const sign = take(phrase, withSign);
  if (sign) {
    const hour = numberOf(sign[1] ?? "");
    const quarter = sign[3] === "一" || sign[3] === "1" ? 15 : 45;
    const written = sign[4] === undefined ? Number(sign[5] ?? 0) : numberOf(sign[4]);
    const minute = sign[2] !== undefined ? 30 : sign[3] !== undefined ? quarter : written;
    return hour === undefined || minute === undefined ? undefined : clockTime(hour, minute, 0, of, true);
  }
  if (found !== undefined) {
    const hour = take(phrase, plain);
    if (hour) return clockTime(Number(hour[1]), 0, 0, of, true);
  }
  phrase.at = start;
  return take(phrase, noon) && clockTime(12, 0, 0, undefined, false);
}

/** 早上. */
export function readChinesePartOfDay(phrase: Phrase): Part | undefined {
  const of = chinesePartsOfDay[take(phrase, ofDay)?.[1] ?? ""];
  return of && { part: "of-day", of };
}

const from = piece("從|自|在");
const to = piece("到|至|-");
const between = piece("之間|期間|間");

/** 09:00 到 18:00(之間). */
export function readChineseBetween(phrase: Phrase): Part | undefined {
  take(phrase, from);
  const begins = readChineseTime(phrase);
  if (begins === undefined || take(phrase, to) === undefined) return undefined;
  const ends = readChineseTime(phrase);
  if (ends === undefined) return undefined;
  take(phrase, between);
  return { part: "between", from: begins, to: ends };
}
