import type { Language } from "../../chat.ts";
import { gather } from "./gather.ts";
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
  for (const { parts, end } of gather(phrase, { now, zone, monthFirst: language === "zh-TW" })) {
    const settled = settle(parts, { now, zone, monthFirst: language === "zh-TW" }, atTime);
    if (settled === undefined) continue;
    if ("refusal" in settled) {
      return { kind: "refused", refusal: asWritten(settled.refusal, text.slice(0, end)), ...ended(end) };
    }
    const [when, other] = settled.whens;
    if (when === undefined) continue;
    if (other === undefined) return { kind: "read", when, ...ended(end) };
    return unsure(settled.whens, settled.asks, end);
  }
  return { kind: "none" };
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
