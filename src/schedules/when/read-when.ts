import type { Language } from "../../chat.ts";
import { gather } from "./gather.ts";
import type { Part, Surroundings } from "./parts.ts";
import { phraseOf } from "./phrase.ts";
import { cronRule, readCronFields } from "./read-cron.ts";
import type { Refusal } from "./refusal.ts";
import { sayWhen } from "./say-when.ts";
import { settle } from "./settle.ts";
import type { Asks } from "./settled.ts";
import type { When } from "./when.ts";

/** What reading is done with: the zone of the wall clock, and the language where the two differ. */
export interface ReadOptions {
  now: number;
  zone: string;
  language: Language;
}

/** What a text begins with. `said` are its words for when, `rest` is what comes after. */
export type Reading =
  | { kind: "read"; when: When; said: string; rest: string }
  /** Several ways to understand it, each with how it would be said, and what comes after. */
  | { kind: "unsure"; asks: Asks; readings: { when: When; text: string; rest: string }[]; said: string; rest: string }
  | { kind: "refused"; refusal: Refusal; said: string; rest: string }
  | { kind: "none" };

/** Reads when something runs from the beginning of a text, in English or Chinese. It never guesses. */
export function readWhen(text: string, options: ReadOptions): Reading {
  const { now, zone, language } = options;
  const ended = (end: number) => ({ said: text.slice(0, end).trim(), rest: restAfter(text, end) });
  const unsure = (whens: When[], asks: Asks, end: number, ends: number[] = []): Reading => {
    const readings = whens.map((when, index) => {
      return { when, text: sayWhen(when, language, { zone, now }), rest: restAfter(text, ends[index] ?? end) };
    });
    return { kind: "unsure", asks, readings, ...ended(end) };
  };
  const cron = readCron(text);
  if (cron !== undefined) {
    if ("refusal" in cron) return { kind: "refused", refusal: cron.refusal, ...ended(cron.end) };
    const [when, other] = cron.whens;
    if (other === undefined && when !== undefined) return { kind: "read", when, ...ended(cron.end) };
    return unsure(cron.whens, "fields", cron.end, cron.ends);
  }
  const phrase = phraseOf(text);
  const atTime = /^ *(?:at|@|在|於)/.test(phrase.text);
  const around = { now, zone, monthFirst: language === "zh-TW" };
  for (const { parts, end } of gather(phrase, around)) {
    const settled = settle(parts, around, atTime);
    if (settled === undefined) continue;
    if ("refusal" in settled) {
      return { kind: "refused", refusal: asWritten(settled.refusal, text.slice(0, end)), ...ended(end) };
    }
    const [when, other] = settled.whens;
    if (when === undefined) continue;
    const second = secondWhen(text, end, around);
    if (second !== undefined) {
      const both = { first: ended(end).said, second: ended(second).said.slice(end).replace(joint, "").trim() };
      return { kind: "refused", refusal: { code: "two-whens", ...both }, ...ended(second) };
    }
    if (other === undefined) return { kind: "read", when, ...ended(end) };
    return unsure(settled.whens, settled.asks, end);
  }
  return { kind: "none" };
}

const joint = /^\s*(?:[,，、;；]\s*(?:and\s+)?|and\s+|&\s*|以及|和|跟|及|與)\s*/iu;

// Where other days with times of their own end: "mondays at 9 and wednesdays at 10" is no one schedule.
function secondWhen(text: string, end: number, around: Surroundings): number | undefined {
  const [joined] = joint.exec(text.slice(end)) ?? [];
  if (joined === undefined) return undefined;
  const begin = end + joined.length;
  const found = gather(phraseOf(text.slice(begin)), around).find(({ parts }) => {
    const has = (kind: Part["part"]) => parts.some(({ part }) => part === kind);
    return (has("on") || has("repeat") || has("date")) && has("times");
  });
  return found && begin + found.end;
}

// A zone is told as it was written, with its capitals.
function asWritten(refusal: Refusal, said: string): Refusal {
  if (refusal.code !== "zone") return refusal;
  const at = said.toLowerCase().lastIndexOf(refusal.zone);
  return { code: "zone", zone: said.slice(at, at + refusal.zone.length) };
}

type CronReading = { whens: When[]; end: number; ends?: number[] } | { refusal: Refusal; end: number };

function readCron(text: string): CronReading | undefined {
  const phrase = phraseOf(text);
  const found = readCronFields(phrase);
  if (found === undefined) return undefined;
  const { fields, ends, closed } = found;
  const five = cronRule(fields.slice(0, 5));
  const end = ends[4] ?? phrase.at;
  if (closed || fields.length < 6) {
    const rule = cronRule(fields);
    return "refusal" in rule ? { ...rule, end: phrase.at } : { whens: [rule.when], end: phrase.at };
  }
  // The sixth may be a field, or the first word of what to do.
  const [sixEnd = end] = ends.slice(5);
  const six = cronRule(fields.slice(0, 6));
  const isRest = /^\d+$/.test(fields[5] ?? "") && phrase.text.slice(sixEnd).trim() !== "";
  if ("refusal" in six) return isRest && !("refusal" in five) ? { whens: [five.when], end } : { ...six, end: sixEnd };
  if (!isRest || "refusal" in five) return { whens: [six.when], end: sixEnd };
  return { whens: [five.when, six.when], end, ends: [end, sixEnd] };
}

// A dash alone parts; two begin a flag.
function restAfter(text: string, end: number): string {
  return text.slice(end).replace(/^(?:[\s,，、:：;；。.—–]|-(?=\s))+/u, "");
}
