import { describe, expect, it } from "vitest";
import { readTaskTime } from "../../../src/bot/scheduling/task-time.ts";
import { sayWhen } from "../../../src/schedules/when/say-when.ts";
import type { TaskWish } from "../../../src/tools/schedule-functions.ts";

const options = { now: Date.parse("2026-11-21T14:00:00Z"), zone: "Europe/Berlin", language: "en" } as const;

/** What was read, said back; or why nothing was. */
function read(wish: TaskWish, language: "en" | "zh-TW" = "en"): string {
  const time = readTaskTime(wish, { ...options, language });
  if (time.is === "read") return sayWhen(time.when, "en", options);
  return time.is === "unsure" ? `${time.is}: ${time.readings.join(" | ")}` : time.is;
}

describe("when an agent wants something done", () => {
  it.each([
    ["every weekday 9:00", "every weekday at 09:00"],
    ["2026-12-24T18:00:00", "once, on Thu 24 Dec 2026 at 18:00"],
    ["2026-12-24T18:00:00Z", "once, on 2026-12-24 19:00+01:00"],
    ["30 9 * * 1-5", "every weekday at 09:30"],
    ["90", "once, on Sat 21 Nov 2026 at 15:01:30"],
    ["in 30 minutes", "once, on Sat 21 Nov 2026 at 15:30"],
    ["每週一 10:00", "every Monday at 10:00"],
  ])("is read from a phrase, a date, cron fields or seconds: %s", (schedule_time, said) => {
    expect(read({ schedule_time })).toBe(said);
    expect(read({ schedule_time }, "zh-TW")).toBe(said);
  });

  it.each([
    ["2 hours", "every 2 hours"],
    ["3600", "every hour"],
    ["every 90m", "every 90 minutes"],
    ["hourly", "every hour"],
    ["兩小時", "every 2 hours"],
    ["每兩小時", "every 2 hours"],
  ])("is read from an interval alone: %s", (repeat_interval, said) => {
    expect(read({ repeat_interval })).toBe(said);
    expect(read({ repeat: true, repeat_interval })).toBe(said);
  });

  it("is read from an interval and a time of day", () => {
    expect(read({ repeat_interval: "1 day", schedule_time: "9:00" })).toBe("every day at 09:00");
    expect(read({ repeat_interval: "daily", schedule_time: "at 9:30" })).toBe("every day at 09:30");
    expect(read({ repeat_interval: "2 weeks", schedule_time: "on monday 10:00" })).toBe(
      "every 2 weeks on Monday at 10:00",
    );
  });

  it("is read from an interval and a first time only where the interval means that time anyway", () => {
    expect(read({ repeat_interval: "1 day", schedule_time: "2026-11-22T09:00" })).toBe("every day at 09:00");
    expect(read({ repeat_interval: "1 day", schedule_time: "2026-12-24T09:00" })).toBe("apart");
    expect(read({ repeat_interval: "2 hours", schedule_time: "14:00" })).toBe("apart");
  });

  it("is asked about where it can mean several", () => {
    expect(read({ schedule_time: "every day at 5" })).toBe("unsure: every day at 05:00 | every day at 17:00");
    expect(read({ repeat_interval: "1 day" })).toMatch(/^unsure: every day at 09:00 \| /);
  });

  it("is not made up: words that are no time, more words than a time, or none", () => {
    expect(read({ schedule_time: "soon" })).toBe("unread");
    expect(read({ schedule_time: "every day 9:00 and call me" })).toBe("unread");
    expect(read({ schedule_time: "30 February 9:00" })).toBe("refused");
    expect(read({})).toBe("missing");
    expect(read({ schedule_time: "", repeat_interval: "" })).toBe("missing");
  });

  it("is told when `repeat` says otherwise", () => {
    expect(read({ schedule_time: "tomorrow 9:00", repeat: true })).toBe("once");
    expect(read({ schedule_time: "every day 9:00", repeat: false })).toBe("repeated");
    expect(read({ repeat_interval: "2 hours", repeat: false })).toBe("repeated");
    expect(read({ schedule_time: "every day 9:00", repeat: true })).toBe("every day at 09:00");
    expect(read({ schedule_time: "tomorrow 9:00", repeat: false })).toBe("once, on Sun 22 Nov 2026 at 09:00");
  });
});
