import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Example, examples, examplesRead } from "../../../src/schedules/when/examples.ts";
import { nextFew } from "../../../src/schedules/when/next.ts";
import { type Reading, readWhen } from "../../../src/schedules/when/read-when.ts";
import { sayQuestion, sayRefusal } from "../../../src/schedules/when/say-reading.ts";
import { sayTime, sayWhen } from "../../../src/schedules/when/say-when.ts";
import { whenPage } from "../../../src/schedules/when/when-page.ts";

const { now, zones } = examplesRead;

for (const { title, language, rows } of examples) {
  const zone = zones[language];
  describe(title, () => {
    for (const row of rows) {
      it(row.text, () => {
        const reading = readWhen(row.text, { now, zone, language });
        expect(cameTo(row.text, reading)).toEqual(row);
      });

      it(`${row.text}, in the other language`, () => {
        const other = language === "en" ? "zh-TW" : "en";
        const { kind } = readWhen(row.text, { now, zone, language });
        const otherKind = readWhen(row.text, { now, zone, language: other }).kind;
        // Only dates in numbers depend on the language.
        if (!/^\d+\/\d+ /.test(row.text)) expect(otherKind).toBe(kind);
      });
    }
  });

  function cameTo(text: string, reading: Reading): Example | undefined {
    switch (reading.kind) {
      case "none":
        return undefined;
      case "read": {
        const next = nextFew(reading.when, { zone, anchor: now }, now, 2).map((at) => sayTime(at, zone, language));
        return { text, said: sayWhen(reading.when, language, { zone, now }), next };
      }
      case "unsure":
        return {
          text,
          asks: sayQuestion(reading.asks, reading.said, language),
          readings: reading.readings.map((one) => one.text),
        };
      case "refused":
        return { text, refused: sayRefusal(reading.refusal, language, zone) };
    }
  }
}

describe("the page on when", () => {
  it("is what the examples say", () => {
    expect(readFileSync("docs/when.md", "utf8")).toBe(whenPage());
  });
});
