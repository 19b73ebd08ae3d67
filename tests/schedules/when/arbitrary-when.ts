import fc from "fast-check";
import { beat, calendar, dates, nth, weekly, workday } from "../../../src/schedules/when/rules.ts";
import type { Days, TimeOfDay, Weekday, When } from "../../../src/schedules/when/when.ts";

const two = (number: number) => String(number).padStart(2, "0");
const weekdays: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];

/** A time of day. */
export const anyTime: fc.Arbitrary<TimeOfDay> = fc
  .tuple(fc.nat({ max: 23 }), fc.nat({ max: 59 }))
  .map(([hour, minute]) => `${two(hour)}:${two(minute)}`);
const anyTimes = fc.array(anyTime, { minLength: 1, maxLength: 4 });
const anyMonths = fc.option(fc.subarray([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], { minLength: 1 }), { nil: undefined });
const anyWeekly = fc.subarray([...weekdays], { minLength: 1 }).map(weekly);
const anyDates = (months: number[] | undefined) =>
  fc
    .uniqueArray(fc.constantFrom(...Array.from({ length: 28 }, (_, index) => index + 1), 29, 30, 31, 32), {
      minLength: 1,
      maxLength: 4,
    })
    // One date that comes is enough for all of them.
    .map((some) => dates(months === undefined ? some : [1, ...some], months));

const anyMonthly: fc.Arbitrary<Days> = anyMonths.chain((months) =>
  fc.oneof(
    anyDates(months),
    fc
      .tuple(fc.subarray([1, 2, 3, 4, 5], { minLength: 1 }), fc.constantFrom(...weekdays))
      .map(([which, weekday]) => nth(which, weekday, months)),
    fc.constantFrom("first" as const, "last" as const).map((which) => workday(which, months)),
  ),
);

/** Days of the calendar, in their one form. */
export const anyDays: fc.Arbitrary<Days> = fc.oneof(fc.constant<Days>({ kind: "daily" }), anyWeekly, anyMonthly);

const anyDay = fc
  .date({ min: new Date("2026-01-01"), max: new Date("2030-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const withoutMonths = (days: Days): Days => {
  if (days.kind === "daily" || days.kind === "weekly") return days;
  const { months: _, ...rest } = days;
  return rest;
};
const anyCalendar: fc.Arbitrary<When> = fc
  .tuple(
    anyDays,
    anyTimes,
    fc.option(fc.integer({ min: 2, max: 60 }), { nil: 1 }),
    fc.option(anyDay, { nil: undefined }),
  )
  .map(([days, times, every, from]) => {
    // A weekday of each so-manieth week cannot be all of them.
    const rule = every > 1 ? withoutMonths(days) : days;
    return calendar(rule, times, every, from);
  });
const anySeconds = fc.oneof(
  fc.integer({ min: 1, max: 7200 }),
  fc.integer({ min: 1, max: 1440 }).map((minutes) => minutes * 60),
  fc.integer({ min: 1, max: 400 }).map((hours) => hours * 3600),
);
const anyBeat: fc.Arbitrary<When> = fc
  .tuple(
    anySeconds,
    fc.option(
      fc.tuple(anyTime, anyTime).map(([from, to]) => ({ from, to })),
      { nil: undefined },
    ),
    fc.option(anyWeekly, { nil: undefined }),
  )
  .map(([seconds, between, days]) => beat(seconds, between, days));
const anyOnce: fc.Arbitrary<When> = fc
  .tuple(
    fc.integer({ min: Date.parse("2027-01-01T00:00:00Z") / 1000, max: Date.parse("2040-12-31T00:00:00Z") / 1000 }),
    fc.boolean(),
  )
  .map(([seconds, isInstant]) => {
    const text = new Date(seconds * 1000).toISOString().replace(".000Z", "");
    return { kind: "once", at: isInstant ? `${text}Z` : text.replace(/:00$/, "") };
  });
const anyHourly: fc.Arbitrary<When> = fc
  .uniqueArray(fc.nat({ max: 59 }), { minLength: 1, maxLength: 5 })
  .map((minutes) => ({ kind: "cron", pattern: `${minutes.sort((one, other) => one - other).join(",")} * * * *` }));
const anyCron: fc.Arbitrary<When> = fc.constantFrom(
  ...[
    "*/15 9-17 * * 1-5",
    "0 9 1-7 * 1",
    "30 0 9 * * 1",
    "0 9 15W * *",
    "0 9 * * 1#5",
    "5-59/20 * * * *",
    "* * * 6 *",
    "0 0-23/2 * * *",
  ].map((pattern): When => ({ kind: "cron", pattern })),
);

/** Anything that is kept as a *when*, in its one form. */
export const anyWhen: fc.Arbitrary<When> = fc.oneof(
  { arbitrary: anyCalendar, weight: 5 },
  { arbitrary: anyBeat, weight: 2 },
  anyOnce,
  anyHourly,
  anyCron,
);
