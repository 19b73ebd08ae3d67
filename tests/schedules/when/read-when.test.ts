import { afterEach, describe, expect, it } from "vitest";
import { examples, examplesRead } from "../../../src/schedules/when/examples.ts";
import { readWhen } from "../../../src/schedules/when/read-when.ts";
import { sayWhen } from "../../../src/schedules/when/say-when.ts";

const zone = "Europe/Berlin";
// A Saturday, 11:43:27.
const saturday = Date.parse("2026-11-21T10:43:27Z");
const wednesday = Date.parse("2026-11-18T10:43:27Z");
const read = (text: string, now = saturday) => readWhen(text, { now, zone, language: "en" });
const said = (text: string, now = saturday) => {
  const reading = read(text, now);
  if (reading.kind === "read") return sayWhen(reading.when, "en", { zone, now });
  return reading.kind === "unsure" ? reading.readings.map((one) => one.text) : reading.kind;
};
const rest = (text: string) => {
  const reading = read(text);
  return reading.kind === "none" ? undefined : reading.rest;
};

describe("what comes after the when", () => {
  it("is kept as it was written", () => {
    expect(rest("every weekday 9:00 digest of #Support since yesterday")).toBe("digest of #Support since yesterday");
    expect(rest("Every Day ９：００，整理 #Support 的摘要")).toBe("整理 #Support 的摘要");
    expect(rest("every day at 9 and post the result")).toBe("and post the result");
    expect(rest("every day 9:00: what's new?")).toBe("what's new?");
  });

  it("may begin with flags", () => {
    expect(rest("every day 9:00 --agent ops hello")).toBe("--agent ops hello");
    expect(rest("cron */15 * * * * --agent ops")).toBe("--agent ops");
  });

  it("is not taken for more of the when", () => {
    expect(rest("每天9點整理 #support")).toBe("整理 #support");
    expect(rest("every monday 9:00 every customer's tickets")).toBe("every customer's tickets");
    expect(rest("every day 9:00 today's news")).toBe("today's news");
    expect(rest("every day 9:00 10 jokes")).toBe("10 jokes");
    expect(rest("tomorrow 9:00 weekly report")).toBe("weekly report");
    expect(rest("every 2 hours on-call check")).toBe("on-call check");
    expect(rest("every day 9am 3 headlines")).toBe("3 headlines");
    expect(rest("every day 9:00 evening news")).toBe("evening news");
    expect(rest("every day 9am nights out")).toBe("nights out");
    expect(rest("every day 9:00 ten past events")).toBe("ten past events");
    expect(rest("every day 9:00 for 3 weeks of news")).toBe("for 3 weeks of news");
    expect(rest("every monday 9:00, every friday report")).toBe("every friday report");
    expect(rest("every monday friday recap")).toBe("friday recap");
    expect(rest("every monday at a glance")).toBe("at a glance");
  });

  it("depends on the reading where a pattern's end is unsure", () => {
    const reading = read("cron 0 9 * * 1-5 5 jokes");
    expect(reading.kind === "unsure" && reading.readings.map((one) => one.rest)).toEqual(["5 jokes", "jokes"]);
    expect(rest('cron "0 9 * * 1-5" 5 jokes')).toBe("5 jokes");
  });
});

describe("what is no when", () => {
  it.each([
    "",
    "   ",
    "hello world",
    "every customer who wrote",
    "every full moon",
    "3rd party licences",
    "second opinion",
    "new year",
    "10 reasons",
    "may the force",
    "in a nutshell",
    "in 5 words",
    "a day in the life",
    "整理 #support",
    "一個問題",
    "每個人都好嗎",
    "-1",
    "next week",
  ])("'%s' is none", (text) => {
    expect(read(text)).toEqual({ kind: "none" });
  });
});

describe("days that are near", () => {
  it("next Friday on a Wednesday is asked about, on a Saturday it is clear", () => {
    expect(said("next friday 10:00", wednesday)).toEqual([
      "once, on Fri 20 Nov 2026 at 10:00",
      "once, on Fri 27 Nov 2026 at 10:00",
    ]);
    expect(said("next friday 10:00")).toBe("once, on Fri 27 Nov 2026 at 10:00");
    expect(said("this friday 10:00", wednesday)).toBe("once, on Fri 20 Nov 2026 at 10:00");
  });

  it("a date without a year is the next there is", () => {
    expect(said("20 november 9:00")).toBe("once, on Sat 20 Nov 2027 at 09:00");
    expect(said("21 november 17:00")).toBe("once, on Sat 21 Nov 2026 at 17:00");
    expect(said("29 february 9:00")).toBe("once, on Tue 29 Feb 2028 at 09:00");
  });

  it("a reading that is past is none", () => {
    expect(said("today at 5")).toBe("once, on Sat 21 Nov 2026 at 17:00");
    expect(said("today at 9")).toBe("refused");
  });

  it("midnight of tonight is tomorrow's", () => {
    expect(said("tonight at midnight")).toBe("once, on Sun 22 Nov 2026 at 00:00");
    expect(said("今晚12點")).toBe("once, on Sun 22 Nov 2026 at 00:00");
    expect(said("every friday night at 12")).toBe("every Saturday at 00:00");
  });

  it("in some minutes ends on a full one, in some seconds does not", () => {
    expect(said("in 30 minutes")).toBe("once, on Sat 21 Nov 2026 at 12:13");
    expect(said("in 90 seconds")).toBe("once, on Sat 21 Nov 2026 at 11:44:57");
  });

  it("in an hour is in an hour, also when the clocks change meanwhile", () => {
    const before = Date.parse("2027-10-31T00:30:00Z");
    const reading = read("in 60 minutes", before);
    expect(reading).toMatchObject({ kind: "read", when: { kind: "once", at: "2027-10-31T01:30:00Z" } });
    expect(said("in 60 minutes", before)).toBe("once, on 2027-10-31 02:30+01:00");
  });
});

describe("hours", () => {
  it("from 1 to 7 are asked about unless half of the day is told", () => {
    expect(said("every day at 5")).toEqual(["every day at 05:00", "every day at 17:00"]);
    for (const clear of ["5am", "5:00", "05:00", "5 in the morning", "0500"])
      expect(said(`every day at ${clear}`), clear).toBe("every day at 05:00");
    for (const clear of ["5pm", "17", "17h", "17:00", "5 p.m.", "5 in the afternoon"])
      expect(said(`every day at ${clear}`), clear).toBe("every day at 17:00");
  });

  it("take the half of the day from a later one", () => {
    expect(said("every day at 5 and 6pm")).toBe("every day at 17:00 and 18:00");
    expect(said("every 30 minutes from 9 to 5")).toBe("every 30 minutes between 09:00 and 17:00");
  });
});

describe("what people write near it", () => {
  it.each([
    ["every day at nine pm", "every day at 21:00"],
    ["every day at half past nine pm", "every day at 21:30"],
    ["every day at ten past eight", "every day at 08:10"],
    ["every day at ten to one", "every day at 12:50"],
    ["every day at ten to 1 am", "every day at 00:50"],
    ["every day at quarter to 12 am", "every day at 23:45"],
    ["every day at quarter to 12 pm", "every day at 11:45"],
    ["every day at ten to 0", "every day at 23:50"],
    ["every day at ten to 24", "every day at 23:50"],
    ["every day at twenty-five to nine", "every day at 08:35"],
    ["hourly at quarter past", "every hour at :15"],
    ["half-hourly", "every 30 minutes"],
    ["M-F 9am", "every weekday at 09:00"],
    ["every mon wed fri at 10", "every Monday, Wednesday and Friday at 10:00"],
    ["monday mornings at 9", "every Monday at 09:00"],
    ["weekday afternoons at 4", "every weekday at 16:00"],
    ["every weekday except friday at 9", "every Monday, Tuesday, Wednesday and Thursday at 09:00"],
    ["daily except weekends at 9", "every weekday at 09:00"],
    ["every midnight", "every day at 00:00"],
    ["nightly at 11", "every day at 23:00"],
    ["tomorrow 8 evening", "once, on Sun 22 Nov 2026 at 20:00"],
    ["每天 9 點 30 分", "every day at 09:30"],
    ["每 30 分鐘一次", "every 30 minutes"],
    ["每天一次 9:00", "every day at 09:00"],
    ["每週一次 週一 9:00", "every Monday at 09:00"],
    ["每月 1 號上午 9 點", "on the 1st of each month at 09:00"],
    ["12 月 24 日 18:00", "once, on Thu 24 Dec 2026 at 18:00"],
    ["每逢週五下午四點", "every Friday at 16:00"],
    ["雙週五 15:00", "every 2 weeks on Friday at 15:00"],
    ["每天早上準時九點", "every day at 09:00"],
  ])("%s", (text, meant) => {
    expect(said(text)).toBe(meant);
    expect(rest(text)).toBe("");
  });

  it.each([
    "mondays at 9, thursdays at 10",
    "every monday 9:00 and every friday 16:00",
    "tomorrow at 9 and friday at 10",
    "每週一 9:00，每週五 16:00",
  ])("%s is two", (text) => {
    expect(read(text)).toMatchObject({ kind: "refused", refusal: { code: "two-whens" } });
  });

  it.each([
    "every day at 9 until 5 december",
    "every weekday 9:00 until friday",
    "every 2 hours until 2026-12-31",
    "every day at 9 for 3 weeks",
    "每天 9:00 直到 2026-12-31",
  ])("%s says its end in the wrong place", (text) => {
    expect(read(text)).toMatchObject({ kind: "refused", refusal: { code: "end" } });
  });
});

describe("cron patterns", () => {
  it("are taken in all their forms, and refused with a hint", () => {
    expect(said("cron 0 9 ? * MON-FRI")).toBe("every weekday at 09:00");
    expect(said("CRON 0 9 * * SUN")).toBe("every Sunday at 09:00");
    expect(said("cron 0 9 * * fri-sun")).toBe("every Friday, Saturday and Sunday at 09:00");
    expect(said("cron 5/20 * * * *")).toBe("cron `5-59/20 * * * *`");
    expect(said("cron 0 9 1-7 * 1")).toBe("cron `0 9 1-7 * 1`");
    expect(read("cron 0 9 * 13 *")).toMatchObject({ refusal: { code: "cron-range", field: "month", high: 12 } });
    expect(read("cron */90 * * * *")).toMatchObject({ refusal: { instead: "every 90 minutes" } });
    expect(read("cron 0 22-6 * * *")).toMatchObject({ refusal: { instead: "22-23,0-6" } });
    expect(read("cron 0 9 L-2 * *")).toMatchObject({ refusal: { code: "cron-sign", written: "l-2" } });
    expect(read(`cron ${"1,".repeat(60)}1 ${"1,".repeat(60)}1 * * *`)).toMatchObject({ kind: "refused" });
  });
});

describe("the zone of this machine", () => {
  const home = process.env.TZ;
  afterEach(() => {
    if (home === undefined) delete process.env.TZ;
    else process.env.TZ = home;
  });

  it("does not matter for what is read", () => {
    const texts = examples.flatMap(({ rows }) => rows.map(({ text }) => text));
    const readings = ["UTC", "Europe/Berlin", "Australia/Lord_Howe"].map((host) => {
      process.env.TZ = host;
      return texts.map((text) => readWhen(text, { now: examplesRead.now, zone, language: "en" }));
    });
    expect(readings[1]).toEqual(readings[0]);
    expect(readings[2]).toEqual(readings[0]);
  });
});
