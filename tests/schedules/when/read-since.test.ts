import { describe, expect, it } from "vitest";
import { readSince } from "../../../src/schedules/when/read-since.ts";

/** Saturday, 21 November 2026, 15:30 in Berlin. */
const options = { now: Date.parse("2026-11-21T14:30:00Z"), zone: "Europe/Berlin" };

function read(text: string): string | undefined {
  const at = readSince(text, options);
  return at === undefined ? undefined : new Date(at).toISOString().slice(0, 16);
}

describe("since when", () => {
  it.each([
    ["2026-11-20", "2026-11-19T23:00"],
    ["2026-11-20T09:00", "2026-11-20T08:00"],
    ["2026-11-20 09:00", "2026-11-20T08:00"],
    ["2026-11-20T09:00:30Z", "2026-11-20T09:00"],
    ["2026-11-20T09:00:00.123+08:00", "2026-11-20T01:00"],
    ["2026-11-20T09:00+0800", "2026-11-20T01:00"],
    ["2 hours ago", "2026-11-21T12:30"],
    ["an hour ago", "2026-11-21T13:30"],
    ["90m", "2026-11-21T13:00"],
    ["the last 3 days", "2026-11-18T14:30"],
    ["last hour", "2026-11-21T13:30"],
    ["past 24 hours", "2026-11-20T14:30"],
    ["1 week ago", "2026-11-14T14:30"],
    ["today", "2026-11-20T23:00"],
    ["since yesterday", "2026-11-19T23:00"],
    ["yesterday 14:00", "2026-11-20T13:00"],
    ["yesterday at 2pm", "2026-11-20T13:00"],
    ["monday", "2026-11-15T23:00"],
    ["last Friday 9am", "2026-11-20T08:00"],
    ["saturday", "2026-11-13T23:00"],
    ["this week", "2026-11-15T23:00"],
    ["last week", "2026-11-08T23:00"],
    ["9:00", "2026-11-21T08:00"],
    ["since noon", "2026-11-21T11:00"],
    ["17:30", "2026-11-20T16:30"],
    ["昨天", "2026-11-19T23:00"],
    ["從昨天開始", "2026-11-19T23:00"],
    ["昨天下午三點", "2026-11-20T14:00"],
    ["自前天以來", "2026-11-18T23:00"],
    ["兩小時前", "2026-11-21T12:30"],
    ["最近30分鐘", "2026-11-21T14:00"],
    ["三天前", "2026-11-18T14:30"],
    ["星期一", "2026-11-15T23:00"],
    ["上週三", "2026-11-10T23:00"],
    ["本週", "2026-11-15T23:00"],
    ["今天早上9點", "2026-11-21T08:00"],
  ])("is read: %s", (text, at) => {
    expect(read(text)).toBe(at);
  });

  it.each([
    "",
    "tomorrow",
    "in 2 hours",
    "2026-11-22",
    "2026-13-45",
    "the incident",
    "yesterday evening or so",
    "25:00",
    "every monday",
    "最近",
    "明天",
    "x".repeat(10_000),
  ])("is not guessed: %s", (text) => {
    expect(read(text)).toBeUndefined();
  });

  it("goes by the clocks of the day it names", () => {
    const after = { now: Date.parse("2026-10-26T12:00:00Z"), zone: "Europe/Berlin" };
    expect(new Date(readSince("saturday", after) ?? 0).toISOString()).toBe("2026-10-23T22:00:00.000Z");
    expect(new Date(readSince("yesterday", after) ?? 0).toISOString()).toBe("2026-10-24T22:00:00.000Z");
  });
});
