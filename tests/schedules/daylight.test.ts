import { afterEach, describe, expect, it } from "vitest";
import type { When } from "../../src/schedules/when/when.ts";
import { draft, openStage, type Stage } from "./stage.ts";

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const machineZone = process.env.TZ;
let stage: Stage;
afterEach(async () => {
  await stage.close();
  if (machineZone === undefined) delete process.env.TZ;
  else process.env.TZ = machineZone;
});

const daily = (time: string): When => ({ kind: "calendar", days: { kind: "daily" }, times: [time] });
const cron = (pattern: string): When => ({ kind: "cron", pattern });

/** What a machine ran in the two days around a change of clocks. */
async function ran(zone: string, from: string, when: When): Promise<string[]> {
  stage = await openStage(from, { heartbeatMs: day });
  await stage.schedules.create(draft({ zone, when }));
  await stage.time.pass(2 * day);
  return stage.calls.map((call) => call.at);
}

const changes = [
  {
    zone: "Europe/Berlin",
    gap: { from: "2027-03-27T12:00:00Z", at: "02:30", runs: ["2027-03-28T01:00Z", "2027-03-29T00:30Z"] },
    twice: { from: "2026-10-24T12:00:00Z", at: "02:30", runs: ["2026-10-25T00:30Z", "2026-10-26T01:30Z"] },
  },
  {
    zone: "America/New_York",
    gap: { from: "2027-03-13T17:00:00Z", at: "02:30", runs: ["2027-03-14T07:00Z", "2027-03-15T06:30Z"] },
    twice: { from: "2026-10-31T17:00:00Z", at: "01:30", runs: ["2026-11-01T05:30Z", "2026-11-02T06:30Z"] },
  },
  {
    // By half an hour.
    zone: "Australia/Lord_Howe",
    gap: { from: "2026-10-03T02:00:00Z", at: "02:15", runs: ["2026-10-03T15:30Z", "2026-10-04T15:15Z"] },
    twice: { from: "2026-04-04T02:00:00Z", at: "01:45", runs: ["2026-04-04T14:45Z", "2026-04-05T15:15Z"] },
  },
  {
    // At midnight: the day itself begins with the gap.
    zone: "America/Santiago",
    gap: { from: "2026-09-05T12:00:00Z", at: "00:30", runs: ["2026-09-06T04:00Z", "2026-09-07T03:30Z"] },
    twice: { from: "2026-04-04T12:00:00Z", at: "23:30", runs: ["2026-04-05T02:30Z", "2026-04-06T03:30Z"] },
  },
  {
    // For Ramadan.
    zone: "Africa/Casablanca",
    gap: { from: "2026-03-21T12:00:00Z", at: "02:30", runs: ["2026-03-22T02:00Z", "2026-03-23T01:30Z"] },
    twice: { from: "2026-02-14T12:00:00Z", at: "02:30", runs: ["2026-02-15T01:30Z", "2026-02-16T02:30Z"] },
  },
];

for (const { zone, gap, twice } of changes) {
  describe(`when the clocks change in ${zone}`, () => {
    for (const host of ["UTC", "Europe/Berlin", "Australia/Lord_Howe"]) {
      it(`a time that is skipped runs right after the gap, one that comes twice the first time only (host: ${host})`, async () => {
        process.env.TZ = host;
        expect(Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(host);
        expect(await ran(zone, gap.from, daily(gap.at))).toEqual(gap.runs);
        await stage.close();
        expect(await ran(zone, twice.from, daily(twice.at))).toEqual(twice.runs);
      });
    }

    it("the same holds for cron", async () => {
      const [hours, minutes] = gap.at.split(":").map(Number);
      expect(await ran(zone, gap.from, cron(`${minutes} ${hours} * * *`))).toEqual(gap.runs);
      await stage.close();
      const [later, past] = twice.at.split(":").map(Number);
      expect(await ran(zone, twice.from, cron(`${past} ${later} * * *`))).toEqual(twice.runs);
    });

    it("a beat keeps its beat", async () => {
      for (const { from } of [gap, twice]) {
        const runs = (await ran(zone, from, { kind: "beat", seconds: 5_400 })).map((at) => Date.parse(at));
        expect(runs).toHaveLength(32);
        expect(new Set(runs.slice(1).map((at, n) => at - (runs[n] ?? 0)))).toEqual(new Set([90 * minute]));
        if (from === gap.from) await stage.close();
      }
    });

    it("a machine that is down over the change runs the slot once", async () => {
      stage = await openStage(gap.from, { heartbeatMs: day });
      const { id } = await stage.schedules.create(draft({ zone, when: daily(gap.at) }));
      const [first = ""] = gap.runs;
      await stage.time.passUntil(Date.parse(first) - hour);
      await stage.down(2 * hour);
      expect(await stage.lines(id)).toEqual([`${first} posted late`]);
      await stage.down(10 * minute);
      expect(stage.calls).toHaveLength(1);
    });
  });
}
