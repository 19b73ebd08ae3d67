import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readWhen } from "../../../src/schedules/when/read-when.ts";
import { sayWhen } from "../../../src/schedules/when/say-when.ts";
import { anyWhen } from "./arbitrary-when.ts";

const now = Date.parse("2026-11-21T10:43:27Z");
const zones = ["Europe/Berlin", "Asia/Taipei", "Australia/Lord_Howe", "America/Santiago", "UTC"];

describe("what was said", () => {
  for (const language of ["en", "zh-TW"] as const) {
    it(`is read as the same again (${language})`, () => {
      fc.assert(
        fc.property(anyWhen, fc.constantFrom(...zones), (when, zone) => {
          const text = sayWhen(when, language, { zone, now });
          expect(readWhen(text, { now, zone, language })).toEqual({ kind: "read", when, said: text, rest: "" });
        }),
        { numRuns: 1_500 },
      );
    });

    it(`is read in the other language too, and before what to do (${language})`, () => {
      fc.assert(
        fc.property(
          anyWhen,
          fc.constantFrom("digest of #support", "整理 #support 的摘要", "--agent ops hello"),
          (when, rest) => {
            const zone = "Europe/Berlin";
            const text = sayWhen(when, language, { zone, now });
            const other = language === "en" ? "zh-TW" : "en";
            expect(readWhen(`${text} ${rest}`, { now, zone, language: other })).toMatchObject({
              kind: "read",
              when,
              rest,
            });
          },
        ),
        { numRuns: 500 },
      );
    });
  }

  it("does not depend on small and capital letters, nor on full-width signs", () => {
    fc.assert(
      fc.property(anyWhen, fc.constantFrom("en" as const, "zh-TW" as const), (when, language) => {
        const zone = "Europe/Berlin";
        const text = sayWhen(when, language, { zone, now });
        const wide = text.replace(/[!-~]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0));
        for (const variant of [text.toUpperCase(), wide]) {
          expect(readWhen(variant, { now, zone, language })).toMatchObject({ kind: "read", when });
        }
      }),
      { numRuns: 300 },
    );
  });
});
