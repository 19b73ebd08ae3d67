import { readWhen } from "./read-when.ts";
import { sayQuestion, sayRefusal } from "./say-reading.ts";
import type { When } from "./when.ts";

/** Files are read again and again: what comes to another *when* a year and a half later is none for them. */
const [sometime, later] = [Date.UTC(2000, 0, 1), Date.UTC(2001, 6, 20)];
const such = 'for example "every weekday 9:00", "mondays 17:30", "2026-12-24 18:00" or "cron 0 9 * * 1-5"';

/** Says what is wrong with a *when* that stands in a file; what is past is nothing wrong. */
export function whenProblem(when: string, zone: string): string | undefined {
  const reading = readWhen(when, { now: sometime, zone, language: "en" });
  switch (reading.kind) {
    case "none":
      return `can't read "${when}" as a time; write it as ${such}`;
    case "refused": {
      const { refusal } = reading;
      return refusal.code === "past" ? relative(when) : sayRefusal(refusal, "en", zone);
    }
    case "unsure": {
      const ways = reading.readings.filter((one) => one.when.kind !== "once").map(({ text }) => `"${text}"`);
      const question = sayQuestion(reading.asks, `"${reading.said}"`, "en").replace(/^\*(.*)\*/, "$1");
      return ways.length === 0
        ? `${question} Write the whole date, as "2026-12-24 18:00".`
        : `${question} Write ${list(ways)}.`;
    }
    case "read":
      if (reading.rest !== "")
        return `can't read "${reading.rest}" after "${reading.said}"; here stands only when it runs`;
      return dependsOnNow(reading.when, when, zone) ? relative(when) : undefined;
  }
}

function dependsOnNow(read: When, when: string, zone: string): boolean {
  const again = readWhen(when, { now: later, zone, language: "en" });
  return again.kind !== "read" || JSON.stringify(again.when) !== JSON.stringify(read);
}

function relative(when: string): string {
  return `"${when}" is another day each time this file is read; write the date, as "2026-12-24 18:00"`;
}

function list(ways: readonly string[]): string {
  return ways.length < 2 ? ways.join("") : `${ways.slice(0, -1).join(", ")} or ${ways.at(-1)}`;
}
