import type { ScheduleDraft } from "../../src/schedules/schedule.ts";
import type { Days, Weekday, When } from "../../src/schedules/when/when.ts";
import { draft } from "./stage.ts";

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const zones = [
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "America/Santiago",
  "Africa/Casablanca",
  "UTC",
];
const weekdays: Weekday[] = [1, 2, 3, 4, 5, 6, 7];

/** Some schedule, as people might make it; `density` 1 is about a hundred slots a year. */
export function randomDraft(random: () => number, n: number, start: number, density: number): ScheduleDraft {
  const pick = <Item>(items: Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const below = (most: number) => Math.floor(random() * most);
  const maybe = <Value>(probability: number, value: () => Value) => (random() < probability ? value() : undefined);
  // Most want nine o'clock, as people do.
  const time = () =>
    random() < 0.5 ? "09:00" : `${String(below(24)).padStart(2, "0")}:${pick(["00", "00", "15", "30", "45"])}`;

  function days(): Days {
    const kind = random();
    if (kind < 0.2 * density) return { kind: "daily" };
    if (kind < 0.7)
      return {
        kind: "weekly",
        weekdays: weekdays
          .filter(() => random() < 0.3 * density)
          .concat(7)
          .slice(0, 7),
      };
    if (kind < 0.8) return { kind: "dates", dates: [1 + below(28), 32] };
    if (kind < 0.9) return { kind: "nth", nth: [1, 5], weekday: pick(weekdays) };
    return { kind: "workday", which: pick(["first", "last"]) };
  }

  function when(): When {
    const kind = random();
    if (kind < 0.6) {
      const some = days();
      const sorted = some.kind === "weekly" ? { ...some, weekdays: [...new Set(some.weekdays)].sort() } : some;
      const every = maybe(0.15, () => 2);
      return { kind: "calendar", days: sorted, times: [time()], ...(every ? { every } : {}) };
    }
    if (kind < 0.75) {
      const some = random() < 0.3 * density ? ["1-5", "*"] : ["0,6", "3", "1#1", "5L"];
      return { kind: "cron", pattern: `${below(60)} ${below(24)} * * ${pick(some)}` };
    }
    if (kind < 0.95) return { kind: "beat", seconds: Math.round((6 + below(200) / density) * 3_600) };
    return { kind: "once", at: new Date(start + below(300) * day + below(24) * hour).toISOString().slice(0, 16) };
  }

  const jitterMs = maybe(0.2, () => pick([minute, 10 * minute, hour]));
  const windowMs = maybe(0.3, () => pick([10 * minute, hour, 12 * hour, 30 * day]));
  const quietHours = maybe(0.15, () => pick(["22:00-07:00", "12:00-13:30"]));
  const until = maybe(0.1, () => start + below(365) * day);
  const maxRuns = maybe(0.1, () => 1 + below(30));
  return draft({
    name: `schedule ${n}`,
    when: when(),
    zone: pick(zones),
    to: [{ adapter: "slack", channel: `C${below(40)}` }],
    catchUp: { mode: pick(["none", "latest", "latest", "all"]), ...(windowMs ? { windowMs } : {}) },
    overlap: pick(["skip", "queue", "cancel"]),
    retries: pick([0, 1, 3]),
    skip: random() < 0.2 ? [2, 9, 40, 100].map((n) => new Date(start + n * day).toISOString().slice(0, 10)) : [],
    ...(jitterMs ? { jitterMs } : {}),
    ...(quietHours ? { quietHours } : {}),
    ...(until ? { until } : {}),
    ...(maxRuns ? { maxRuns } : {}),
  });
}
