import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readWhen } from "../../../src/schedules/when/read-when.ts";
import { sayQuestion, sayRefusal } from "../../../src/schedules/when/say-reading.ts";
import { sayWhen } from "../../../src/schedules/when/say-when.ts";

const runs = process.env.CI === "true" ? 100_000 : 20_000;
const now = Date.parse("2026-11-21T10:43:27Z");
const zone = "Europe/Berlin";

const english =
  "every each day weekday weekdays weekend other second 1st 2nd 15th last first monday mondays fri sat-sun the of month year each at on in and , - between from to 9 9:00 9.30 17:30 5pm noon midnight 21h half past o'clock morning evening tomorrow today tonight next this week weeks hours minutes 15m 2 90 1.5 december 24 2026 2026-12-24 24.12. 12/5 starting UTC Europe/Berlin cron * */5 */90 1-5 0 L LW 5#2 MON @daily ` ' once please digest of #support until except but for mornings nightly m-f half-hourly ten pm".split(
    " ",
  );
const chinese =
  "每 每天 每週 每個 每月 工作日 週末 週一 一 三 五 、 到 星期 禮拜 第一個 最後一個 最後一天 月 號 日 年 早上 下午 晚上 中午 凌晨 點 半 分 整 小時 分鐘 天 後 兩 十五 30 9 ： : 9:00 明天 今晚 下週 隔 每隔 從 開始 之間 單次 一次 準時 左右 直到 雙 逢 ， 請 的 整理 12月24日 （四）".split(
    " ",
  );
const anyText = fc.oneof(
  { arbitrary: fc.array(fc.constantFrom(...english), { maxLength: 14 }).map((some) => some.join(" ")), weight: 4 },
  { arbitrary: fc.array(fc.constantFrom(...chinese), { maxLength: 14 }).map((some) => some.join("")), weight: 4 },
  {
    arbitrary: fc.array(fc.constantFrom(...english, ...chinese, " "), { maxLength: 20 }).map((some) => some.join("")),
    weight: 2,
  },
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc
    .tuple(
      fc.constantFrom(...english, ...chinese, " ", "1", "9:", "-", "(", "每", "1,", "a "),
      fc.integer({ min: 50, max: 2_000 }),
    )
    .map(([piece, times]) => piece.repeat(times)),
);

/** What something was found with once. */
const foundOnce: [string, "en" | "zh-TW"][] = [["ten to 0", "en"]];

const take = (text: string) => {
  const begun = performance.now();
  const reading = readWhen(text, { now, zone, language: "en" });
  return { reading, took: performance.now() - begun };
};

describe("any text", () => {
  it(`is read within 20 ms, or not, and never breaks anything (${runs} texts)`, () => {
    let slow = 0;
    const kinds = new Map<string, number>();
    fc.assert(
      fc.property(anyText, (text) => {
        const { reading, took } = take(text);
        kinds.set(reading.kind, (kinds.get(reading.kind) ?? 0) + 1);
        // A pause of the machine does not come three times to the same text.
        if (took > 20) slow = Math.max(slow, Math.min(took, take(text).took, take(text).took));
        expect(slow, text.slice(0, 80)).toBeLessThan(20);
        if (reading.kind === "none") return;
        expect(text.startsWith(reading.said) || text.trimStart().startsWith(reading.said)).toBe(true);
        expect(text.endsWith(reading.rest)).toBe(true);
        if (reading.kind === "refused") expect(sayRefusal(reading.refusal, "zh-TW", zone)).toMatch(/./);
        else if (reading.kind === "unsure") {
          expect(reading.readings.length).toBeGreaterThan(1);
          expect(sayQuestion(reading.asks, reading.said, "en")).toContain(reading.said);
        }
      }),
      { numRuns: runs },
    );
    // Of these texts some are read, some asked about, some refused.
    for (const kind of ["read", "unsure", "refused", "none"])
      expect(kinds.get(kind) ?? 0, kind).toBeGreaterThan(runs / 500);
  }, 120_000);

  it("that is read, or could be, can be said and read again", () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom("en" as const, "zh-TW" as const), (text, language) => {
        const reading = readWhen(text, { now, zone, language });
        const whens =
          reading.kind === "read"
            ? [reading.when]
            : reading.kind === "unsure"
              ? reading.readings.map(({ when }) => when)
              : [];
        for (const when of whens) {
          const said = sayWhen(when, language, { zone, now });
          expect(readWhen(said, { now, zone, language })).toEqual({ kind: "read", when, said, rest: "" });
        }
      }),
      { numRuns: runs / 4, examples: foundOnce },
    );
  }, 60_000);
});
