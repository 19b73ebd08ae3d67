import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Schedule as Configured } from "../../src/config/schema/schedule.ts";
import { Config } from "../../src/config/schema.ts";
import { draftsOf } from "../../src/schedules/config-drafts.ts";
import { dueTimes } from "../../src/schedules/due-times.ts";
import { daysIn, fromConfig, untilInstant } from "../../src/schedules/from-config.ts";
import { Schedule } from "../../src/schedules/schedule.ts";
import { openScheduleStore } from "../../src/schedules/schedule-store.ts";
import type { Slots } from "../../src/schedules/slots.ts";
import { openSlots } from "../../src/schedules/slots.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { draft, openStage } from "./stage.ts";

describe("when schedules are due", () => {
  it("comes out in its order, whatever was put in, changed and taken out before", () => {
    const step = fc.record({
      id: fc.integer({ min: 0, max: 30 }).map(String),
      at: fc.integer({ min: 0, max: 50 }),
      what: fc.constantFrom("set", "set", "delete", "take"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const heap = dueTimes();
        const plain = new Map<string, number>();
        for (const { id, at, what } of steps) {
          if (what === "set") {
            heap.set(id, at);
            plain.set(id, at);
          } else if (what === "delete") {
            heap.delete(id);
            plain.delete(id);
          } else {
            const due = [...plain].filter((one) => one[1] <= at).sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1));
            const taken = heap.take(at, 5);
            expect(taken).toEqual(due.slice(0, 5).map((one) => one[0]));
            for (const one of taken) plain.delete(one);
          }
          expect(heap.first()).toBe(plain.size === 0 ? undefined : Math.min(...plain.values()));
          expect(heap.size).toBe(plain.size);
        }
      }),
    );
  });

  it("does not grow by what is changed again and again", () => {
    const heap = dueTimes();
    for (let n = 0; n < 200_000; n++) heap.set(`s-${n % 10}`, n);
    expect(heap.take(Number.POSITIVE_INFINITY, 100)).toHaveLength(10);
  });
});

describe("a schedule of the config", () => {
  it("is taken over with all it says", () => {
    const written = Configured.parse({
      name: "digest",
      when: "every day 9:00",
      timezone: "Asia/Taipei",
      agent: "researcher",
      from: ["slack:C0SUPPORT"],
      to: ["slack:C0TEAM", "discord:998877"],
      thread: "same",
      digest: true,
      catch_up: { mode: "all", window: "2h" },
      overlap: "queue",
      jitter: "5m",
      retries: 1,
      timeout: "10m",
      skip: ["2026-12-24"],
      quiet_hours: "22:00-07:00",
      until: "2027-01-31",
      max_runs: 9,
      budget: { per_run: 1 },
      enabled: false,
      owner: "slack:U1",
    });
    const when = { kind: "calendar", days: { kind: "daily" }, times: ["09:00"] } as const;
    const made = fromConfig(written, { when: { ...when, times: [...when.times] }, zone: "UTC", language: "zh-TW" });
    expect(made).toEqual({
      name: "digest",
      when,
      words: "every day 9:00",
      zone: "Asia/Taipei",
      agent: "researcher",
      from: [{ adapter: "slack", channel: "C0SUPPORT" }],
      to: [
        { adapter: "slack", channel: "C0TEAM" },
        { adapter: "discord", channel: "998877" },
      ],
      thread: "same",
      digest: true,
      catchUp: { mode: "all", windowMs: 7_200_000 },
      overlap: "queue",
      jitterMs: 300_000,
      retries: 1,
      timeoutMs: 600_000,
      skip: ["2026-12-24"],
      quietHours: "22:00-07:00",
      until: Date.parse("2027-01-31T23:59:59.999+08:00"),
      maxRuns: 9,
      budget: { per_run: 1 },
      enabled: false,
      owner: "slack:U1",
      origin: "config",
      language: "zh-TW",
    });
    // What is kept is read back whole.
    const kept = { ...made, id: "s-abc", anchor: 1, since: 1 };
    expect(Schedule.parse(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
  });

  it("ends with its last day in its zone, or at a moment", () => {
    expect(untilInstant("2026-12-24", "Europe/Berlin")).toBe(Date.parse("2026-12-24T22:59:59.999Z"));
    expect(untilInstant("2026-12-24T18:00", "Europe/Berlin")).toBe(Date.parse("2026-12-24T17:00:00Z"));
    expect(untilInstant("2026-12-24 18:00:00Z", "Europe/Berlin")).toBe(Date.parse("2026-12-24T18:00:00Z"));
  });

  it("takes its days off from a list in any form, or from a calendar file", () => {
    expect(daysIn("# Holidays\n- 2026-12-25 Christmas\n- 2026-12-24\n2026-13-01 2026-12-25")).toEqual([
      "2026-12-24",
      "2026-12-25",
    ]);
    const event = (...lines: string[]) => ["BEGIN:VEVENT", ...lines, "END:VEVENT", ""].join("\r\n");
    const calendar = [
      event("DTSTART;VALUE=DATE:20270101", "DTEND;VALUE=DATE:20270102", "SUMMARY:New Year"),
      event("DTEND;VALUE=DATE:20270211", "DTSTART;VALUE=DATE:20270205"),
      event("DTSTART:20270301"),
      event("DTSTART;TZID=Asia/Taipei:20270401T090000", "DTEND;TZID=Asia/Taipei:20270401T100000"),
    ].join("");
    expect(daysIn(calendar)).toEqual([
      "2027-01-01",
      ...["05", "06", "07", "08", "09", "10"].map((date) => `2027-02-${date}`),
      "2027-03-01",
    ]);
  });
});

describe("the days off of a schedule in the config", () => {
  const written = (skip: string) =>
    Config.parse({
      workspace: { timezone: "Europe/Berlin" },
      schedules: [{ name: "standup", when: "every day 9:00", prompt: "Go.", to: ["slack:C1"], skip }],
    });

  it("may stand in a file beside it, and it does not run on them", async () => {
    const configDir = await mkdtemp(join(tmpdir(), "bellhop-holidays-"));
    await writeFile(join(configDir, "holidays.txt"), "2026-11-21 a holiday\n");
    const parts = { configDir, now: Date.parse("2026-11-20T07:00:00Z"), trouble: expect.fail };
    const drafts = await draftsOf(written("holidays.txt"), parts);
    await rm(configDir, { recursive: true });
    const stage = await openStage("2026-11-20T07:00:00Z");
    await stage.schedules.adopt(drafts);
    await stage.time.pass(49 * 3_600_000);
    const [kept] = await stage.schedules.search("standup");
    expect(await stage.lines(kept?.schedule.id ?? "")).toEqual([
      "2026-11-20T08:00Z posted",
      "2026-11-21T08:00Z skipped (date)",
      "2026-11-22T08:00Z posted",
    ]);
    await stage.close();
  });

  it("in a file that can't be read switch it off, and are told with the file", async () => {
    const troubles: string[] = [];
    const trouble = (error: unknown) => void troubles.push(String(error));
    const [draft] = await draftsOf(written("nowhere.ics"), { configDir: "/none", now: 0, trouble });
    expect(draft?.enabled).toBe(false);
    expect(troubles).toEqual([expect.stringContaining("/none/nowhere.ics can't be read")]);
  });
});

describe("on disk", () => {
  let dir: string;
  let store: Store;
  let slots: Slots;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "bellhop-kept-"));
    store = await openStore(dir);
    const schedules = await openScheduleStore(store.query, () => {});
    slots = await openSlots(store.query);
    await schedules.add({ schedule: { ...draft(), id: "s-abc", anchor: 0, since: 0 }, next: 5, runs: 0 });
  });
  afterEach(async () => {
    await store.close();
    await rm(dir, { recursive: true, force: true });
  });
  const claim = (due: number, more = {}) => ({ schedule: "s-abc", due, claimed: due, ...more });

  it("a slot is claimed by exactly one of many who ask at once, and by nobody later", async () => {
    const won = await Promise.all(Array.from({ length: 50 }, () => slots.claim([claim(5), claim(6)])));
    expect(
      won
        .flat()
        .map(({ due }) => due)
        .sort(),
    ).toEqual([5, 6]);
    expect(await slots.claim([claim(5)])).toEqual([]);
  });

  it("a slot of a schedule that is gone, or was changed since it was read, is not claimed", async () => {
    expect(await slots.claim([{ ...claim(5), schedule: "s-gone" }])).toEqual([]);
    expect(await slots.claim([claim(5, { next: 4 })])).toEqual([]);
    expect(await slots.claim([claim(5, { next: 5 })])).toHaveLength(1);
  });

  it("a slot has one outcome: the first", async () => {
    await slots.claim([claim(5)]);
    const ended = await Promise.all([
      slots.end(claim(5), { outcome: "posted" }),
      slots.end(claim(5), { outcome: "failed" }),
    ]);
    expect(ended).toEqual([true, false]);
    expect(await slots.end(claim(5), { outcome: "missed" })).toBe(false);
    expect(await slots.end(claim(7), { outcome: "missed" })).toBe(false);
    expect((await slots.find("s-abc", 5))?.outcome).toBe("posted");
  });

  it("thousands of slots are claimed and ended in one go, more than one statement holds", async () => {
    const many = Array.from({ length: 9_000 }, (_, due) => claim(due));
    expect(await slots.claim(many)).toHaveLength(9_000);
    const ended = await Promise.all(many.map((one) => slots.end(one, { outcome: "silent" })));
    expect(ended.every(Boolean)).toBe(true);
    expect(await slots.open()).toEqual([]);
  });
});
