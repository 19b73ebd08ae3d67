import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { nextOfCron } from "../../../src/schedules/when/cron-pattern.ts";
import { nextAfter, nextFew, slotsBetween } from "../../../src/schedules/when/next.ts";
import type { Calendar, Days, When } from "../../../src/schedules/when/when.ts";
import { anyDays, anyTime, anyWhen } from "./arbitrary-when.ts";
import { type DayName, nextFitting, nextOnDays, wallOf } from "./oracle.ts";

const zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Casablanca"];
const walls = new Map(zones.map((zone) => [zone, wallOf(zone)]));
const wallIn = (zone: string) => walls.get(zone) ?? wallOf(zone);
const dayMs = 86_400_000;

const berlin = { zone: "Europe/Berlin", anchor: Date.parse("2026-11-21T10:43:27Z") };
const at = (time: string) => Date.parse(time);
const texts = (slots: number[]) => slots.map((slot) => new Date(slot).toISOString().replace(":00.000Z", "Z"));
const daily = (...times: string[]): Calendar => ({ kind: "calendar", days: { kind: "daily" }, times });

/** Instants of the years 2026 to 2029, half of them within two days of a change of the clocks. */
const anyZoneAndInstant = fc.constantFrom(...zones).chain((zone) => {
  const changes = wallIn(zone).changes.filter((change) => change < Date.UTC(2030, 0, 1));
  const near = fc
    .tuple(fc.constantFrom(...changes), fc.integer({ min: -2 * 1440, max: 2 * 1440 }))
    .map(([change, minutes]) => change + minutes * 60_000);
  const anywhere = fc
    .integer({ min: Date.UTC(2026, 0, 10) / 1000, max: Date.UTC(2030, 0, 1) / 1000 })
    .map((s) => s * 1000);
  return fc.oneof(near, anywhere).map((instant) => ({ zone, instant }));
});

describe("cron patterns", () => {
  const numbers = (low: number, high: number) =>
    fc.uniqueArray(fc.integer({ min: low, max: high }), { minLength: 1, maxLength: 3 });
  const anyFields = fc.record({
    minutes: numbers(0, 59),
    hours: fc.oneof(numbers(0, 23), numbers(0, 3)),
    dates: fc.option(numbers(1, 28), { nil: undefined, freq: 2 }),
    weekdays: fc.option(numbers(1, 7), { nil: undefined, freq: 2 }),
  });
  // A date and a weekday: either is enough.
  const counts =
    ({ dates, weekdays }: { dates?: number[] | undefined; weekdays?: number[] | undefined }) =>
    (day: DayName) =>
      dates && weekdays
        ? dates.includes(day.date) || weekdays.includes(day.weekday)
        : (dates?.includes(day.date) ?? true) && (weekdays?.includes(day.weekday) ?? true);

  it("at times of the wall clock run as the oracle says, also when clocks change", () => {
    fc.assert(
      fc.property(anyZoneAndInstant, anyFields, ({ zone, instant }, fields) => {
        const { minutes, hours, dates, weekdays } = fields;
        const pattern = `${minutes} ${hours} ${dates ?? "*"} * ${weekdays ?? "*"}`;
        const times = hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute));
        expect(nextOfCron(pattern, zone, instant)).toBe(nextOnDays(wallIn(zone), counts(fields), times, instant));
      }),
      { numRuns: 2_000 },
    );
  });

  it("with a step keep to the minutes that pass", () => {
    const anyStep = fc.record({
      step: fc.constantFrom(5, 7, 15, 20, 30),
      hours: fc.option(fc.uniqueArray(fc.nat({ max: 23 }), { minLength: 1, maxLength: 4 }), {
        nil: undefined,
        freq: 2,
      }),
      weekdays: fc.option(numbers(1, 7), { nil: undefined, freq: 2 }),
    });
    fc.assert(
      fc.property(anyZoneAndInstant, anyStep, ({ zone, instant }, { step, hours, weekdays }) => {
        const fits = (day: DayName, hour: number, minute: number) =>
          minute % step === 0 && (hours?.includes(hour) ?? true) && (weekdays?.includes(day.weekday) ?? true);
        const pattern = `*/${step} ${hours ?? "*"} * * ${weekdays ?? "*"}`;
        expect(nextOfCron(pattern, zone, instant)).toBe(nextFitting(wallIn(zone), fits, instant));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("calendar rules", () => {
  const minutesOf = (times: readonly string[]) =>
    times.map((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3)));
  const anyTimes = fc.array(fc.oneof(anyTime, fc.constantFrom("00:30", "01:30", "02:15", "02:30", "23:30")), {
    minLength: 1,
    maxLength: 3,
  });

  it("run as the oracle says, also when clocks change", () => {
    fc.assert(
      fc.property(anyZoneAndInstant, anyDays, anyTimes, ({ zone, instant }, days, some) => {
        const times = [...new Set(some)].sort();
        const next = nextAfter({ kind: "calendar", days, times }, { zone, anchor: instant }, instant);
        expect(next).toBe(nextOnDays(wallIn(zone), countsIn(days), minutesOf(times), instant));
      }),
      { numRuns: 2_000 },
    );
  });

  it("run as the same pattern of cron does", () => {
    fc.assert(
      fc.property(anyZoneAndInstant, anyDays, anyTime, ({ zone, instant }, days, time) => {
        const pattern = patternOf(days, time);
        fc.pre(pattern !== undefined);
        const next = nextAfter({ kind: "calendar", days, times: [time] }, { zone, anchor: instant }, instant);
        expect(next).toBe(nextOfCron(pattern ?? "", zone, instant));
      }),
      { numRuns: 500 },
    );
  });

  it("of each so-manieth period count from the first slot after the anchor", () => {
    fc.assert(
      fc.property(
        anyZoneAndInstant,
        anyDays,
        anyTime,
        fc.integer({ min: 2, max: 9 }),
        fc.nat({ max: 200 }),
        ({ zone, instant: anchor }, days, time, every, later) => {
          fc.pre(!("months" in days));
          const wall = wallIn(zone);
          const first = nextOnDays(wall, countsIn(days), minutesOf([time]), anchor) ?? 0;
          const start = Math.floor(wall.shows(first) / dayMs);
          const counts = (day: DayName) =>
            day.number >= start &&
            countsIn(days)(day) &&
            (periodIn(days, day) - periodIn(days, nameOf(start))) % every === 0;
          const after = anchor + later * dayMs;
          const rule: When = { kind: "calendar", days, times: [time], every };
          const next = nextAfter(rule, { zone, anchor }, after);
          // Far ahead the oracle's tables end.
          fc.pre(next !== undefined && next < Date.UTC(2032, 0, 1));
          expect(next).toBe(nextOnDays(wall, counts, minutesOf([time]), after));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("every two weeks begin with the next such day, or with the week of a given day", () => {
    const rule: When = { kind: "calendar", days: { kind: "weekly", weekdays: [1, 4] }, times: ["10:00"], every: 2 };
    expect(texts(nextFew(rule, berlin, berlin.anchor, 4))).toEqual([
      "2026-11-23T09:00Z",
      "2026-11-26T09:00Z",
      "2026-12-07T09:00Z",
      "2026-12-10T09:00Z",
    ]);
    expect(texts(nextFew({ ...rule, from: "2026-12-01" }, berlin, berlin.anchor, 2))).toEqual([
      "2026-12-03T09:00Z",
      "2026-12-14T09:00Z",
    ]);
  });
});

describe("when the clocks change", () => {
  const gaps = [
    { zone: "Europe/Berlin", day: "2027-03-28", time: "02:30", runs: "2027-03-28T01:00Z" },
    { zone: "America/New_York", day: "2027-03-14", time: "02:30", runs: "2027-03-14T07:00Z" },
    { zone: "Australia/Lord_Howe", day: "2026-10-04", time: "02:15", runs: "2026-10-03T15:30Z" },
    { zone: "America/Santiago", day: "2026-09-06", time: "00:30", runs: "2026-09-06T04:00Z" },
    // A day that is over: what Morocco does in later years changes with the tables of zones.
    { zone: "Africa/Casablanca", day: "2026-03-22", time: "02:30", runs: "2026-03-22T02:00Z" },
  ];
  for (const { zone, day, time, runs } of gaps) {
    it(`${time} on ${day} in ${zone}, which does not exist, runs right after the gap`, () => {
      const before = at(`${day}T00:00Z`) - 2 * dayMs;
      const slots = nextFew(daily(time), { zone, anchor: before }, before, 6);
      const shown = slots.map((slot) => new Date(wallIn(zone).shows(slot)).toISOString().slice(0, 10));
      expect(new Set(shown).size).toBe(6);
      expect(texts(slots)).toContain(runs);
    });
  }

  it("a time that comes twice runs the first time only", () => {
    expect(texts(nextFew(daily("02:30"), berlin, at("2027-10-30T12:00Z"), 2))).toEqual([
      "2027-10-31T00:30Z",
      "2027-11-01T01:30Z",
    ]);
    const howe = { zone: "Australia/Lord_Howe", anchor: 0 };
    expect(texts(nextFew(daily("01:45"), howe, at("2027-04-02T15:00Z"), 2))).toEqual([
      "2027-04-03T14:45Z",
      "2027-04-04T15:15Z",
    ]);
  });

  it("two times that fall on the end of the gap are one slot", () => {
    expect(texts(nextFew(daily("02:15", "02:30", "03:00"), berlin, at("2027-03-28T00:30Z"), 2))).toEqual([
      "2027-03-28T01:00Z",
      "2027-03-29T00:15Z",
    ]);
  });

  it("beats keep their beat", () => {
    const anchor = at("2027-03-27T23:00Z");
    for (const zone of zones) {
      const slots = nextFew({ kind: "beat", seconds: 5400 }, { zone, anchor }, anchor, 40);
      expect(slots.map((slot, index) => slot - (slots[index - 1] ?? anchor))).toEqual(Array(40).fill(5_400_000));
    }
  });

  it("beats between two times begin with the first of them, and the last one counts", () => {
    const beat: When = { kind: "beat", seconds: 7200, between: { from: "01:00", to: "05:00" } };
    expect(texts(nextFew(beat, berlin, at("2027-03-27T23:30Z"), 3))).toEqual([
      "2027-03-28T00:00Z",
      "2027-03-28T02:00Z",
      "2027-03-28T23:00Z",
    ]);
    const overnight: When = { kind: "beat", seconds: 7200, between: { from: "22:00", to: "02:00" }, weekdays: [5] };
    expect(texts(nextFew(overnight, berlin, berlin.anchor, 4))).toEqual([
      "2026-11-27T21:00Z",
      "2026-11-27T23:00Z",
      "2026-11-28T01:00Z",
      "2026-12-04T21:00Z",
    ]);
  });
});

describe("slots", () => {
  it("are strictly after, and each follows from the one before", () => {
    fc.assert(
      fc.property(anyWhen, anyZoneAndInstant, fc.nat({ max: 100 }), (when, { zone, instant }, hours) => {
        const reckoning = { zone, anchor: instant };
        const after = instant + hours * 3_600_000;
        const next = nextAfter(when, reckoning, after);
        fc.pre(next !== undefined);
        expect(next).toBeGreaterThan(after);
        expect(nextAfter(when, reckoning, (next ?? 0) - 1)).toBe(next);
        const between = after + Math.floor(((next ?? 0) - after) / 2);
        expect(nextAfter(when, reckoning, between)).toBe(next);
      }),
      { numRuns: 1_000 },
    );
  });

  it("between two instants leave out the first and take the last", () => {
    const [from, to] = [at("2026-11-23T08:00Z"), at("2026-11-25T08:00Z")];
    expect(texts(slotsBetween(daily("09:00"), berlin, from, to))).toEqual(["2026-11-24T08:00Z", "2026-11-25T08:00Z"]);
    expect(slotsBetween(daily("09:00"), berlin, from, to, 1)).toHaveLength(1);
  });

  it("that run once come once", () => {
    const once: When = { kind: "once", at: "2027-03-28T02:30" };
    expect(texts(nextFew(once, berlin, berlin.anchor, 5))).toEqual(["2027-03-28T01:00Z"]);
    expect(nextAfter({ kind: "once", at: "2020-01-01T00:00Z" }, berlin, berlin.anchor)).toBeUndefined();
  });

  it("of a date that never comes are none", () => {
    const never: When = {
      kind: "calendar",
      days: { kind: "dates", dates: [30], months: [2] },
      times: ["09:00"],
      every: 3,
    };
    expect(nextAfter(never, berlin, berlin.anchor)).toBeUndefined();
  });
});

describe("the zone of this machine", () => {
  const home = process.env.TZ;
  afterEach(() => {
    if (home === undefined) delete process.env.TZ;
    else process.env.TZ = home;
  });

  it("does not matter", () => {
    const cases = fc.sample(fc.tuple(anyWhen, anyZoneAndInstant), { numRuns: 400, seed: 7 });
    const reckoned = ["UTC", "Europe/Berlin", "Australia/Lord_Howe"].map((host) => {
      process.env.TZ = host;
      const offset = new Date(0).getTimezoneOffset();
      return {
        offset,
        slots: cases.map(([when, { zone, instant }]) => nextFew(when, { zone, anchor: instant }, instant, 3)),
      };
    });
    expect(new Set(reckoned.map(({ offset }) => offset)).size).toBe(3);
    expect(reckoned[1]?.slots).toEqual(reckoned[0]?.slots);
    expect(reckoned[2]?.slots).toEqual(reckoned[0]?.slots);
  });
});

// The same days, told in another way.
function countsIn(days: Days): (day: DayName) => boolean {
  return (day) => {
    if ("months" in days && days.months?.includes(day.month) === false) return false;
    const fromEnd = day.lastDate - day.date;
    switch (days.kind) {
      case "daily":
        return true;
      case "weekly":
        return days.weekdays.some((weekday) => weekday === day.weekday);
      case "dates":
        return days.dates.includes(day.date) || (days.dates.includes(32) && fromEnd === 0);
      case "nth":
        return (
          day.weekday === days.weekday &&
          ((days.nth.includes(Math.ceil(day.date / 7)) && day.date <= 28) || (days.nth.includes(5) && fromEnd < 7))
        );
      case "workday": {
        if (day.weekday > 5) return false;
        const isMonday = day.weekday === 1;
        const isFriday = day.weekday === 5;
        if (days.which === "first") return day.date === 1 || (isMonday && day.date <= 3);
        return fromEnd === 0 || (isFriday && fromEnd <= 2);
      }
    }
  };
}

function periodIn(days: Days, day: DayName): number {
  if (days.kind === "daily") return day.number;
  return days.kind === "weekly" ? Math.floor((day.number + 3) / 7) : day.year * 12 + day.month;
}

function nameOf(number: number): DayName {
  const date = new Date(number * dayMs);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    date: date.getUTCDate(),
    weekday: 0,
    lastDate: 0,
    number,
  };
}

function patternOf(days: Days, time: string): string | undefined {
  const clock = `${Number(time.slice(3))} ${Number(time.slice(0, 2))}`;
  const months = "months" in days ? (days.months ?? "*") : "*";
  switch (days.kind) {
    case "daily":
      return `${clock} * * *`;
    case "weekly":
      return `${clock} * * ${days.weekdays}`;
    case "dates":
      return `${clock} ${days.dates.map((date) => (date > 31 ? "L" : date))} ${months} *`;
    case "nth":
      return days.nth.length > 1
        ? undefined
        : `${clock} * ${months} ${days.weekday % 7}#${days.nth[0] === 5 ? "L" : days.nth[0]}`;
    case "workday":
      return `${clock} ${days.which === "first" ? "1W" : "LW"} ${months} *`;
  }
}
