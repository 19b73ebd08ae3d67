import type { PartOfDay } from "./parts.ts";
import { type Phrase, piece, take, words } from "./phrase.ts";
import type { Weekday } from "./when.ts";

/** The days of the week, from Monday. */
export const weekdayNames = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

/** The months. */
export const monthNames = [
  ...["January", "February", "March", "April", "May", "June", "July", "August", "September", "October"],
  ...["November", "December"],
] as const;

const weekdayWords = ["mon", "tues?", "wed(?:nes)?", "thu(?:rs?)?", "fri", "sat(?:ur)?", "sun"];
const numberWords = "one two three four five six seven eight nine ten eleven twelve".split(" ");
const ordinalWords = "first second third fourth".split(" ");

const oneWeekday = words(`(?:(${weekdayWords.join(")|(")}))(day)?(s)?\\.?`);
const oneMonth = words(`(?:${monthNames.map((name) => monthPattern(name.toLowerCase())).join("|")})\\.?`);
const oneNumber = piece(`(\\d{1,9})(?![\\d:.,]*\\d)|(?:(an?)|(${numberWords.join("|")}))(?![a-z'])`);
const oneOrdinal = words(`(\\d{1,2})(?:st|nd|rd|th)|(${ordinalWords.join("|")})|(last)`);

function monthPattern(name: string): string {
  return name === "may"
    ? "(may)"
    : name === "september"
      ? "(sept?(?:ember)?)"
      : `(${name.slice(0, 3)}(?:${name.slice(3)})?)`;
}

/** `monday`, `Mon`, `mondays`. */
export function readWeekday(phrase: Phrase): { weekday: Weekday; plural: boolean } | undefined {
  const found = take(phrase, oneWeekday);
  if (found === undefined) return undefined;
  const all: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];
  const weekday = all.find((number) => found[number] !== undefined) ?? 1;
  return { weekday, plural: found[9] !== undefined };
}

/** `december`, `Dec`. */
export function readMonth(phrase: Phrase): number | undefined {
  const found = take(phrase, oneMonth);
  return found?.findIndex((name, index) => index > 0 && name !== undefined);
}

/** `15`, `two`, `a`. */
export function readNumber(phrase: Phrase): number | undefined {
  const found = take(phrase, oneNumber);
  if (found === undefined) return undefined;
  if (found[1] !== undefined) return Number(found[1]);
  return found[2] !== undefined ? 1 : numberWords.indexOf(found[3] ?? "") + 1;
}

/** `1st`, `second`, `last`. */
export function readOrdinal(phrase: Phrase): number | "last" | undefined {
  const found = take(phrase, oneOrdinal);
  if (found === undefined) return undefined;
  if (found[3] !== undefined) return "last";
  return found[1] === undefined ? ordinalWords.indexOf(found[2] ?? "") + 1 : Number(found[1]);
}

/** The parts of the day. */
export const partsOfDay: Readonly<Record<string, PartOfDay>> = {
  am: "am",
  pm: "pm",
  "a.m.": "am",
  "p.m.": "pm",
  morning: "morning",
  afternoon: "afternoon",
  evening: "evening",
  night: "evening",
};
