import { type Phrase, piece, take } from "./phrase.ts";
import type { CronField, Refusal } from "./refusal.ts";
import { calendar, dates, neverComes, nth, weekly, workday } from "./rules.ts";
import type { Days, TimeOfDay, Weekday, When } from "./when.ts";

const monthSigns = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const weekdaySigns = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const begin = piece("cron(?:tab)?(?![a-z0-9_-]) *:? *([\"'`(]?)");
const field = piece(
  `(?![/,#.+-])(?:[\\d*?/,#.+-]|${[...monthSigns, ...weekdaySigns].join("|")}|lw|l|w)+(?![\\p{L}\\p{N}_])`,
);
const end = piece("[\"'`)]");
const shorthand = piece("@(yearly|annually|monthly|weekly|daily|midnight|hourly)(?![a-z])");
const shorthands: Readonly<Record<string, string>> = {
  yearly: "0 0 1 1 *",
  annually: "0 0 1 1 *",
  monthly: "0 0 1 * *",
  weekly: "0 0 * * 0",
  daily: "0 0 * * *",
  midnight: "0 0 * * *",
  hourly: "0 * * * *",
};
const longest = 200;
/** More times a day than these are said as the pattern they are. */
const mostTimes = 6;

const kinds: readonly { field: CronField; low: number; high: number; names?: readonly string[] }[] = [
  { field: "second", low: 0, high: 59 },
  { field: "minute", low: 0, high: 59 },
  { field: "hour", low: 0, high: 23 },
  { field: "date", low: 1, high: 31 },
  { field: "month", low: 1, high: 12, names: monthSigns },
  { field: "weekday", low: 0, high: 7, names: weekdaySigns },
];

/** The fields of `cron 0 9 * * 1-5`, of `@daily`, or of a bare pattern. `closed` when quotes say where it ends. */
export function readCronFields(phrase: Phrase): { fields: string[]; ends: number[]; closed: boolean } | undefined {
  const short = shorthands[take(phrase, shorthand)?.[1] ?? ""];
  if (short !== undefined) return { fields: short.split(" "), ends: [], closed: true };
  const begun = take(phrase, begin);
  const fields: string[] = [];
  const ends: number[] = [];
  for (let next = take(phrase, field); next !== undefined && fields.length < 7; next = take(phrase, field)) {
    fields.push(next[0].trim());
    ends.push(phrase.at);
  }
  const closed = Boolean(begun?.[1]) && take(phrase, end) !== undefined;
  if (begun === undefined && (fields.length < 5 || !fields.slice(0, 5).includes("*"))) return undefined;
  return { fields, ends, closed };
}

/** The rule that the fields come to, in the simplest form that says it. */
export function cronRule(fields: readonly string[]): { when: When } | { refusal: Refusal } {
  if (fields.length < 5 || fields.length > 6) return { refusal: { code: "cron-length", fields: fields.length } };
  if (fields.join(" ").length > longest) return { refusal: { code: "cron-too-long" } };
  const of = kinds.slice(-fields.length);
  const plain: string[] = [];
  for (const [index, written] of fields.entries()) {
    const kind = of[index];
    const checked = kind && checkField(written, kind);
    if (checked === undefined) continue;
    if (typeof checked === "object") return { refusal: checked };
    plain.push(checked);
  }
  const pattern = plain[0] === "0" && plain.length === 6 ? plain.slice(1) : plain;
  const [date = "*", month = "*", weekday = "*"] = pattern.slice(-3);
  const never = weekday === "*" ? neverDate(date, month) : undefined;
  if (never) return { refusal: { code: "never-comes", ...never } };
  return { when: simplest(pattern) ?? { kind: "cron", pattern: pattern.join(" ") } };
}

type Kind = (typeof kinds)[number];

// The field with numbers for names and no shorthands; or what is wrong with it.
function checkField(written: string, kind: Kind): string | Refusal {
  const items: string[] = [];
  for (const item of written.split(",")) {
    const checked = checkItem(item, kind);
    if (typeof checked === "object") return checked;
    items.push(checked);
  }
  // Among others a star means them all.
  return items.includes("*") ? "*" : items.join(",");
}

function checkItem(item: string, kind: Kind): string | Refusal {
  const { field, low, high } = kind;
  const wrong: Refusal = { code: "cron-sign", written: item, field };
  if (item === "?") return field === "date" || field === "weekday" ? "*" : wrong;
  if (field === "date") {
    if (item === "l" || item === "lw") return item.toUpperCase();
    const near = /^(\d{1,2})w$/.exec(item);
    if (near) return inside(Number(near[1]), kind) ? `${Number(near[1])}W` : outside(item, kind);
  }
  if (field === "weekday") {
    const which = /^([a-z]{3}|\d)(?:(l)|#([1-5l]))$/.exec(item);
    const number = which && numberIn(which[1] ?? "", kind);
    if (which) {
      if (number === undefined || number === null || !inside(number, kind)) return outside(item, kind);
      return which[2] ? `${number}L` : `${number}#${(which[3] ?? "").toUpperCase()}`;
    }
  }
  const found = /^(?:(\*)|([a-z]{3}|\d{1,4})(?:-([a-z]{3}|\d{1,4}))?)(?:\/(\d{1,4}))?$/.exec(item);
  if (found === null) return wrong;
  const [, star, from, to, step] = found;
  const steps = step === undefined ? undefined : Number(step);
  if (steps !== undefined && (steps < 1 || steps > high)) return outside(item, kind, star ? steps : undefined);
  if (star) return steps === undefined || steps === 1 ? "*" : `*/${steps}`;
  const first = numberIn(from ?? "", kind);
  const named = to === undefined ? undefined : numberIn(to, kind);
  if (first === undefined || (to !== undefined && named === undefined)) return wrong;
  // A week may end on Sunday.
  const last = field === "weekday" && named === 0 ? 7 : named;
  if (!inside(first, kind) || (last !== undefined && !inside(last, kind))) return outside(item, kind);
  if (last !== undefined && last < first) {
    const instead = `${first}-${high === 7 ? 6 : high},${low}-${last}`;
    return { code: "cron-backwards", written: item, field, instead };
  }
  if (steps === undefined) return last === undefined || last === first ? `${first}` : `${first}-${last}`;
  return `${first}-${last ?? (high === 7 ? 6 : high)}/${steps}`;
}

function numberIn(written: string, { names, low }: Kind): number | undefined {
  if (/^\d+$/.test(written)) return Number(written);
  const index = names?.indexOf(written) ?? -1;
  return index < 0 ? undefined : index + low;
}

function inside(number: number, { low, high }: Kind): boolean {
  return number >= low && number <= high;
}

// "*/90" is meant as every 90 minutes.
function outside(written: string, { field, low, high }: Kind, steps?: number): Refusal {
  const beats = steps !== undefined && steps > 0 && (field === "second" || field === "minute" || field === "hour");
  return { code: "cron-range", written, field, low, high, ...(beats && { instead: `every ${steps} ${field}s` }) };
}

/** The times of day that a pattern names; undefined when it has stars or steps in their place. */
export function timesOfCron(pattern: string): TimeOfDay[] | undefined {
  const [hour = "", minute = "", second = "0"] = pattern.split(" ").slice(0, -3).reverse();
  const [minutes, hours] = [listed(minute), listed(hour)];
  if (minutes === undefined || hours === undefined || second !== "0") return undefined;
  const two = (number: number) => String(number).padStart(2, "0");
  return hours.flatMap((hour) => minutes.map((minute) => `${two(hour)}:${two(minute)}`));
}

function neverDate(date: string, month: string): { month: number; date: number } | undefined {
  const numbers = listed(date.replaceAll("W", ""));
  const months = month === "*" ? undefined : listed(month);
  return numbers && months && neverComes(dates(numbers, months));
}

// Cron says much that has simpler words.
function simplest(pattern: readonly string[]): When | undefined {
  const [date = "", month = "", weekday = ""] = pattern.slice(2);
  const times = pattern.length === 5 ? timesOfCron(pattern.join(" ")) : undefined;
  const months = month === "*" ? undefined : listed(month);
  if (times === undefined || times.length > mostTimes || (month !== "*" && months === undefined)) return undefined;
  const days = simplestDays(date, weekday, months);
  return days && calendar(days, times);
}

function simplestDays(date: string, weekday: string, months: number[] | undefined): Days | undefined {
  if (weekday === "*") {
    if (date === "*") return months === undefined ? { kind: "daily" } : undefined;
    if (date === "LW" || date === "1W") return workday(date === "1W" ? "first" : "last", months);
    const numbers = listed(date.replace(/\bL\b/, "32"));
    return numbers && dates(numbers, months);
  }
  if (date !== "*") return undefined;
  const which = /^(\d)(?:(L)|#([1-4L]))$/.exec(weekday);
  if (which) return nth([which[2] || which[3] === "L" ? 5 : Number(which[3])], isoWeekday(Number(which[1])), months);
  const numbers = months === undefined ? listed(weekday) : undefined;
  return numbers && weekly(numbers.map(isoWeekday));
}

function isoWeekday(number: number): Weekday {
  const all: readonly Weekday[] = [7, 1, 2, 3, 4, 5, 6, 7];
  return all[number] ?? 7;
}

// The numbers of a field of single values and ranges.
function listed(field: string): number[] | undefined {
  const numbers = field.split(",").map((item) => {
    const found = /^(\d+)(?:-(\d+))?$/.exec(item);
    const [first, last] = [Number(found?.[1]), Number(found?.[2] ?? found?.[1])];
    return found === null ? undefined : Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
  return numbers.includes(undefined) ? undefined : numbers.flatMap((some) => some ?? []);
}
