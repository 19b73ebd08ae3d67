import { describe, expect, it } from "vitest";
import { type Decision, decide, followingSlot, putOffBy, slotsDue } from "../../src/schedules/policy.ts";
import type { Schedule } from "../../src/schedules/schedule.ts";
import { draft, instant } from "./stage.ts";

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const nine = Date.parse("2026-11-20T08:00:00Z");

function schedule(some: Partial<Schedule> = {}): Schedule {
  return { ...draft(), id: "s-abc", anchor: nine - day, since: nine - day, ...some };
}

/** What is decided about some daily slots at 9, so much after the last of them. */
function decided(
  some: Partial<Schedule>,
  dues: number[],
  after: number,
  more: Partial<Parameters<typeof decide>[2]> = {},
) {
  return decide(schedule(some), dues, { at: (dues.at(-1) ?? nine) + after, runs: 0, ...more }).map(word);
}

function word(one: Decision): string {
  if (one.run) return one.late ? "late" : one.cancels ? "run, cancels" : "run";
  const why = one.ending.why;
  return `${one.ending.outcome} ${why?.is === "down" ? why.because : why?.is}`;
}

const three = [nine - 2 * day, nine - day, nine];

describe("a slot that comes in time", () => {
  it("runs, up to a minute after it was due", () => {
    expect(decided({}, [nine], 0)).toEqual(["run"]);
    expect(decided({}, [nine], minute)).toEqual(["run"]);
    expect(decided({ catchUp: { mode: "none" } }, [nine], minute)).toEqual(["run"]);
  });

  it("does not run on a day that is left out, in its own zone", () => {
    expect(decided({ skip: ["2026-11-20"] }, [nine], 0)).toEqual(["skipped date"]);
    const late = Date.parse("2026-11-20T15:30:00Z");
    expect(decided({ zone: "Asia/Tokyo", skip: ["2026-11-21"] }, [late], 0)).toEqual(["skipped date"]);
    expect(decided({ zone: "Europe/Berlin", skip: ["2026-11-21"] }, [late], 0)).toEqual(["run"]);
  });

  it("does not run in quiet hours, also over midnight; their end does not count, and is told", () => {
    const at = (time: string) => [Date.parse(`2026-11-20T${time}:00+01:00`)];
    const quietHours = "22:00-07:00";
    expect(decided({ quietHours }, at("21:59"), 0)).toEqual(["run"]);
    expect(decided({ quietHours }, at("22:00"), 0)).toEqual(["skipped quiet"]);
    expect(decided({ quietHours }, at("06:59"), 0)).toEqual(["skipped quiet"]);
    expect(decided({ quietHours }, at("07:00"), 0)).toEqual(["run"]);
    const [one] = decide(schedule({ quietHours }), at("23:00"), { at: at("23:00")[0] ?? 0, runs: 0 });
    expect(one).toMatchObject({ ending: { why: { is: "quiet", until: Date.parse("2026-11-21T07:00:00+01:00") } } });
  });
});

describe("slots that were missed", () => {
  it("run the latest once, if it was within a day", () => {
    expect(decided({}, three, hour)).toEqual(["missed too-late", "missed too-late", "late"]);
    expect(decided({}, [nine - hour, nine], hour)).toEqual(["missed a-later-one", "late"]);
    expect(decided({}, [nine], day)).toEqual(["late"]);
    expect(decided({}, [nine], day + 1)).toEqual(["missed too-late"]);
  });

  it("name the slot that ran for them, and since when nobody was there", () => {
    const away = { from: nine - 3 * hour, to: nine + hour };
    const [first] = decide(schedule(), [nine - hour, nine], { at: nine + hour, runs: 0, away });
    expect(first).toMatchObject({ ending: { why: { is: "down", ...away, because: "a-later-one", ran: nine } } });
  });

  it("of a beat run within one period", () => {
    const beat = { when: { kind: "beat", seconds: 3600 } } as const;
    expect(decided(beat, [nine], hour - 1)).toEqual(["late"]);
    expect(decided(beat, [nine], hour + 1)).toEqual(["missed too-late"]);
  });

  it("run none, or all within a window, where the schedule says so", () => {
    expect(decided({ catchUp: { mode: "none" } }, three, 2 * minute)).toEqual(Array(3).fill("missed none"));
    expect(decided({ catchUp: { mode: "all" } }, three, hour)).toEqual(["missed too-late", "missed too-late", "late"]);
    expect(decided({ catchUp: { mode: "all", windowMs: 30 * day } }, three, hour)).toEqual(["late", "late", "late"]);
    expect(decided({ catchUp: { mode: "latest", windowMs: 10 * minute } }, three, 11 * minute)).toContain(
      "missed too-late",
    );
  });

  it("run the latest that may run: not one of a day off, nor into the quiet hours", () => {
    const catchUp = { mode: "latest", windowMs: 10 * day } as const;
    expect(decided({ catchUp, skip: ["2026-11-20"] }, three, hour)).toEqual([
      "missed a-later-one",
      "late",
      "skipped date",
    ]);
    expect(decided({ quietHours: "09:30-12:00" }, [nine], hour)).toEqual(["skipped quiet"]);
  });

  it("end at the last run that is wanted", () => {
    const catchUp = { mode: "all", windowMs: 10 * day } as const;
    expect(decided({ catchUp, maxRuns: 5 }, three, hour, { runs: 3 })).toEqual(["late", "late"]);
  });
});

describe("a slot that comes while a run is going", () => {
  const going = { due: nine - hour, waits: false, queued: 0 };

  it("is skipped, queued, or ends the other, as the schedule says", () => {
    expect(decided({ overlap: "skip" }, [nine], 0, { going })).toEqual(["skipped overlap"]);
    expect(decided({ overlap: "queue" }, [nine], 0, { going })).toEqual(["run"]);
    expect(decided({ overlap: "cancel" }, [nine], 0, { going })).toEqual(["run, cancels"]);
  });

  it("is skipped when ten wait already", () => {
    expect(decided({ overlap: "queue" }, [nine], 0, { going: { ...going, queued: 10 } })).toEqual(["skipped overlap"]);
  });

  it("takes the place of one that failed and waits to be tried again", () => {
    expect(decided({ overlap: "skip" }, [nine], 0, { going: { ...going, waits: true } })).toEqual(["run, cancels"]);
  });
});

describe("the slots of a schedule", () => {
  it("end with its last day, and with its last run", () => {
    const until = nine + day;
    expect(followingSlot(schedule({ until }), nine, 0)).toBe(nine + day);
    expect(followingSlot(schedule({ until }), nine + day, 0)).toBeUndefined();
    expect(followingSlot(schedule({ maxRuns: 2 }), nine, 1)).toBe(nine + day);
    expect(followingSlot(schedule({ maxRuns: 2 }), nine, 2)).toBeUndefined();
  });

  it("that were missed for years are found from their end, the newest two hundred", () => {
    const when = { kind: "beat", seconds: 60 } as const;
    const begin = performance.now();
    const dues = slotsDue(schedule({ when, anchor: nine }), nine + minute, nine + 2000 * day);
    expect(performance.now() - begin).toBeLessThan(100);
    expect(dues).toHaveLength(200);
    expect(dues.at(-1)).toBe(nine + 2000 * day);
    expect(dues[0]).toBe(nine + 2000 * day - 199 * minute);
    const rare = { kind: "cron", pattern: "0 9 * * 1" } as const;
    expect(slotsDue(schedule({ when: rare }), nine - 4 * day, nine + 18 * day).map(instant)).toHaveLength(4);
  });

  it("are put off always by the same, spread over what is allowed", () => {
    const offsets = Array.from({ length: 500 }, (_, n) => putOffBy({ id: `s-${n}`, jitterMs: 10 * minute }));
    expect(offsets.every((offset) => offset >= 0 && offset < 10 * minute)).toBe(true);
    expect(offsets.filter((offset) => offset < 5 * minute).length).toBeGreaterThan(200);
    expect(putOffBy({ id: "s-7", jitterMs: 10 * minute })).toBe(offsets[7]);
    expect(putOffBy({ id: "s-7" })).toBe(0);
  });
});
