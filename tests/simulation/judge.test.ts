import { describe, expect, it } from "vitest";
import { lines, one, replayed } from "./replayed.ts";

describe("a replay", () => {
  it("runs every slot of its days, through the store and the clock that run them for real", async () => {
    const { replay, verdicts } = await replayed(
      [
        { name: "early", when: "every day 6:00" },
        { name: "often", when: "every 15m between 9:00 and 10:00" },
      ],
      { from: "2026-11-20T00:00:00Z", days: 2 },
    );
    expect(replay.troubles).toEqual([]);
    expect(verdicts.map(({ schedule, runs, problems }) => [schedule.name, runs, problems])).toEqual([
      ["early", 2, []],
      ["often", 10, []],
    ]);
    expect(verdicts.slice(0, 1).map(lines)).toEqual([["2026-11-20T06:00Z posted", "2026-11-21T06:00Z posted"]]);
  });

  it("keeps every slot, also where a schedule's history keeps only the newest 200", async () => {
    const verdict = await one({ when: "every 10m" }, { from: "2026-11-20T00:00:00Z", days: 2 });
    expect(verdict.runs).toBe(288);
    expect(new Set(verdict.firings.map(({ due }) => due)).size).toBe(288);
  });

  it("is the same each time", async () => {
    const again = () =>
      replayed([{ when: "every day 9:00", jitter: "10m" }], { from: "2026-11-20T00:00:00Z", days: 3 });
    expect((await again()).verdicts).toEqual((await again()).verdicts);
  });

  it("ends early when there are too many slots, and tells where", async () => {
    const { replay } = await replayed([{ when: "every 1m" }], {
      from: "2026-11-20T00:00:00Z",
      runMinutes: 0.1,
      mostSlots: 50,
    });
    expect(replay.firings).toHaveLength(50);
    expect(replay.at).toBe(Date.parse("2026-11-20T00:50:00Z"));
  });

  it("says of a run that was still going at the end that it has no outcome yet", async () => {
    const verdict = await one({ when: "every day 23:59" }, { from: "2026-11-20T00:00:00Z", days: 1, runMinutes: 5 });
    expect(lines(verdict)).toEqual(["2026-11-20T23:59Z going"]);
    expect(verdict.runs).toBe(1);
  });
});

describe("the clocks are put forward and back", () => {
  const across = [
    {
      zone: "Europe/Berlin",
      from: "2026-03-28T00:00:00Z",
      when: "2:30",
      at: "2026-03-29T01:00Z",
      says: "runs at 03:00",
    },
    {
      zone: "America/New_York",
      from: "2026-03-07T12:00:00Z",
      when: "2:30",
      at: "2026-03-08T07:00Z",
      says: "runs at 03:00",
    },
    {
      zone: "Australia/Lord_Howe",
      from: "2026-10-03T00:00:00Z",
      when: "2:15",
      at: "2026-10-03T15:30Z",
      says: "runs at 02:30",
    },
  ];
  for (const { zone, from, when, at, says } of across) {
    it(`in ${zone}, a time that does not exist runs right after the gap, and is told`, async () => {
      const verdict = await one({ when: `every day ${when}`, timezone: zone }, { from, days: 2 });
      expect(lines(verdict)).toContain(`${at} posted`);
      expect(verdict.notes).toHaveLength(1);
      expect(verdict.notes[0]).toMatch(new RegExp(`0?${when} doesn't exist in ${zone}: it ${says}`));
      expect(verdict.problems).toEqual([]);
    });
  }

  it("a time that comes twice runs the first time only, and is told", async () => {
    const verdict = await one(
      { when: "every day 2:30", timezone: "Europe/Berlin" },
      { from: "2026-10-24T12:00:00Z", days: 2 },
    );
    expect(lines(verdict)).toEqual(["2026-10-25T00:30Z posted", "2026-10-26T01:30Z posted"]);
    expect(verdict.notes).toEqual(["On Sun 25 Oct 2026 02:30 comes twice in Europe/Berlin: it runs the first time."]);
  });

  it("is not told when it comes after the days that were asked about", async () => {
    const verdict = await one(
      { when: "every day 2:30", timezone: "Europe/Berlin" },
      { from: "2026-03-20T00:00:00Z", days: 7 },
    );
    expect(verdict.notes).toEqual([]);
  });

  it("a beat keeps its beat", async () => {
    const verdict = await one(
      { when: "every 6 hours", timezone: "Europe/Berlin" },
      { from: "2026-03-28T12:00:00Z", days: 1 },
    );
    const gaps = verdict.firings.slice(1).map(({ due }, n) => due - (verdict.firings[n]?.due ?? 0));
    expect(new Set(gaps)).toEqual(new Set([6 * 3_600_000]));
  });
});

describe("overlaps", () => {
  const often = { from: "2026-11-20T00:00:00Z", days: 1, runMinutes: 25 };

  it("that come again and again are a problem: each second slot is skipped", async () => {
    const verdict = await one({ when: "every 15m" }, often);
    expect(lines(verdict).slice(0, 4)).toEqual([
      "2026-11-20T00:15Z posted",
      "2026-11-20T00:30Z skipped (overlap)",
      "2026-11-20T00:45Z posted",
      "2026-11-20T01:00Z skipped (overlap)",
    ]);
    expect(verdict.problems).toEqual([
      "overlaps for ever: of 96 slots 48 are skipped while a run of 25m is still going",
    ]);
    expect(verdict.skipped.overlap).toBe(48);
  });

  it("that give up each run for the next never post", async () => {
    const verdict = await one({ when: "every 15m", overlap: "cancel" }, often);
    expect(verdict.problems[0]).toMatch(/^overlaps for ever: of 96 slots 9\d are given up for the next one/);
    expect(verdict.firings.filter(({ ending }) => ending?.outcome === "posted")).toEqual([]);
  });

  it("that queue longer and longer lose slots in the end", async () => {
    const verdict = await one({ when: "every 15m", overlap: "queue" }, often);
    expect(verdict.problems[0]).toMatch(/^overlaps for ever/);
    expect(verdict.skipped.overlap).toBeGreaterThan(10);
  });

  it("that only wait a little are told, and nothing is wrong", async () => {
    const verdict = await one({ when: "at 9:00 and 9:10 every day", overlap: "queue" }, { ...often, days: 3 });
    expect(verdict.problems).toEqual([]);
    expect(verdict.overlaps).toBe(3);
    expect(verdict.notes).toContain("3 runs waited for the one before");
  });

  it("that a slow run could bring are told", async () => {
    const verdict = await one({ when: "every 3m" }, { ...often, days: 1, runMinutes: 1 });
    expect(verdict.problems).toEqual([]);
    expect(verdict.notes).toEqual(["a slow run would overlap: it may take 5m, and the next is due after 3m"]);
  });
});

describe("what never fires", () => {
  const month = { from: "2026-11-20T00:00:00Z" };

  it("is what is due only on days that it skips", async () => {
    const verdict = await one({ when: "2026-12-24 18:00", skip: ["2026-12-24"] }, { ...month, days: 60 });
    expect(lines(verdict)).toEqual(["2026-12-24T18:00Z skipped (date)"]);
    expect(verdict.problems).toEqual(["never fires: every slot is on a day or in hours that it skips"]);
  });

  it("is what is due only in its quiet hours", async () => {
    const verdict = await one({ when: "every day 23:00", quiet_hours: "22:00-07:00" }, { ...month, days: 3 });
    expect(verdict.skipped.quiet).toBe(3);
    expect(verdict.problems).toEqual(["never fires: every slot is on a day or in hours that it skips"]);
    const there = await one({ when: "every day 23:00" }, { ...month, days: 3, channelsQuiet: "22:00-07:00" });
    expect(there.skipped.quiet).toBe(3);
    expect(there.problems).toEqual(verdict.problems);
  });

  it("is what ends before it begins", async () => {
    const verdict = await one({ when: "every day 9:00", until: "2026-11-01" }, month);
    expect(verdict.problems).toEqual(["never fires: there is no such time any more"]);
  });

  it("is not what comes later, nor what skips some days", async () => {
    const { verdicts } = await replayed(
      [
        { name: "party", when: "2027-12-24 18:00" },
        { name: "calm", when: "every day 9:00", skip: ["2026-11-20", "2026-11-21"] },
      ],
      { ...month, days: 2 },
    );
    expect(verdicts.map(({ problems }) => problems)).toEqual([[], []]);
    expect(verdicts.map(({ notes }) => notes)).toEqual([
      ["first due after that: Fri 24 Dec 2027 18:00"],
      ["first due after that: Sun 22 Nov 2026 09:00"],
    ]);
    expect(verdicts[1]?.skipped.date).toBe(2);
  });

  it("is not what is off, or has done all its runs", async () => {
    const { verdicts } = await replayed(
      [
        { name: "off", when: "every day 9:00", enabled: false },
        { name: "thrice", when: "every day 9:00", max_runs: 3 },
      ],
      month,
    );
    expect(verdicts.map(({ state, runs, problems }) => [state, runs, problems])).toEqual([
      ["off", 0, []],
      ["on", 3, []],
    ]);
    expect(verdicts[1]?.notes).toContain("it is over then: nothing comes after the last");
  });
});

describe("what posts nowhere", () => {
  it("is on no platform there is, or in nothing that is a channel", async () => {
    const { verdicts } = await replayed(
      [
        { name: "teams", when: "every day 9:00", to: ["teams:C1"] },
        { name: "named", when: "every day 9:00", to: ["slack:C0TEAM", "slack:general"] },
      ],
      { from: "2026-11-20T00:00:00Z", days: 1 },
    );
    expect(verdicts.map(({ problems }) => problems)).toEqual([
      ["posts nowhere: teams:C1 is on no platform there is (slack)"],
      ["posts nowhere: slack:general is no channel; one looks like slack:C0TEAM"],
    ]);
  });
});

describe("schedules that are kept", () => {
  it("go on from their own beginning and count; what came due before is left alone", async () => {
    const made = await replayed([{ name: "old", when: "every 7 hours", max_runs: 5 }], {
      from: "2026-11-01T03:00:00Z",
      days: 1,
    });
    const [old] = made.replay.schedules;
    if (old === undefined) throw new Error("nothing was kept");
    const chat = { ...old, schedule: { ...old.schedule, origin: "chat" as const } };
    const verdict = (await replayed([], { from: "2026-11-20T00:00:00Z", kept: [chat] })).verdicts[0];
    // Three of five runs were on the first of November; the beat is counted from there.
    expect(verdict && lines(verdict)).toEqual(["2026-11-20T02:00Z posted", "2026-11-20T09:00Z posted"]);
  });

  it("that are paused stay so, with the reason", async () => {
    const { replay } = await replayed([{ when: "every day 9:00" }], { from: "2026-11-01T00:00:00Z", days: 1 });
    const [kept] = replay.schedules;
    if (kept === undefined) throw new Error("nothing was kept");
    const paused = { by: "bellhop" as const, why: "failing", at: 0 };
    const chat = { ...kept, schedule: { ...kept.schedule, origin: "chat" as const, paused } };
    const [verdict] = (await replayed([], { from: "2026-11-20T00:00:00Z", kept: [chat] })).verdicts;
    expect(verdict).toMatchObject({ state: "paused", runs: 0, problems: [], notes: ["paused: failing"] });
  });
});
