import type { ReadWhen } from "../config/cross-check.ts";
import { readWhen } from "../schedules/when/read-when.ts";
import { sayQuestion, sayRefusal } from "../schedules/when/say-reading.ts";

/** Says what is wrong with a *when* of the config, as it is read at an instant. What is only past is nothing wrong. */
export function whenProblem(now: number): ReadWhen {
  return (when, zone) => {
    const reading = readWhen(when, { now, zone, language: "en" });
    switch (reading.kind) {
      case "read":
        return reading.rest === "" ? undefined : `can't read "${reading.rest}" after "${reading.said}"`;
      case "refused":
        return reading.refusal.code === "past" ? undefined : plain(sayRefusal(reading.refusal, "en", zone));
      case "unsure": {
        const readings = reading.readings.map(({ text }) => `"${text}"`).join(" or ");
        return `${plain(sayQuestion(reading.asks, reading.said, "en"))} Write ${readings}`;
      }
      case "none":
        return `can't read "${when}" — for example "every weekday 9:00", "mondays 17:30" or "cron 0 9 * * 1-5"`;
    }
  };
}

/** Without the marks of Markdown. */
function plain(text: string): string {
  return text.replace(/\*([^*\s][^*]*)\*/g, '"$1"');
}
