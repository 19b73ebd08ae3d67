import type { Address, Language, PersonId } from "../chat.ts";
import type { Schedule as Configured } from "../config/schema/schedule.ts";
import type { ScheduleDraft } from "./schedule.ts";
import { instantOf } from "./when/wall-clock.ts";
import type { When } from "./when/when.ts";

const dayMs = 86_400_000;
const longestHolidayMs = 366 * dayMs;

/** A schedule of the config, its *when* read, as one that is kept. `skip`: the days, where the config names a file of them. */
export function fromConfig(
  written: Configured,
  read: { when: When; zone: string; language: Language; skip?: string[] },
): ScheduleDraft {
  const zone = written.timezone ?? read.zone;
  const { mode, window } = written.catch_up;
  return {
    name: written.name,
    when: read.when,
    words: written.when,
    zone,
    ...(written.agent === undefined ? {} : { agent: written.agent }),
    ...(written.prompt === undefined ? {} : { prompt: written.prompt }),
    from: written.from.map(placeOf),
    to: written.to.map(placeOf),
    thread: written.thread,
    digest: written.digest,
    catchUp: { mode, ...(window === undefined ? {} : { windowMs: window }) },
    overlap: written.overlap,
    ...(written.jitter === undefined ? {} : { jitterMs: written.jitter }),
    retries: written.retries,
    ...(written.timeout === undefined ? {} : { timeoutMs: written.timeout }),
    skip: Array.isArray(written.skip) ? written.skip : (read.skip ?? []),
    ...(written.quiet_hours === undefined ? {} : { quietHours: written.quiet_hours }),
    ...(written.until === undefined ? {} : { until: untilInstant(written.until, zone) }),
    ...(written.max_runs === undefined ? {} : { maxRuns: written.max_runs }),
    ...(written.budget === undefined ? {} : { budget: written.budget }),
    enabled: written.enabled,
    ...(isPerson(written.owner) ? { owner: written.owner } : {}),
    origin: "config",
    language: read.language,
  };
}

/** The last instant of a day, or of a moment, as people write when something ends. */
export function untilInstant(written: string, zone: string): number {
  const [day = "", time] = written.split(/[T ]/);
  if (time === undefined) return instantOf(zone, Date.parse(`${day}T00:00:00Z`) + dayMs) - 1;
  const isInstant = /(Z|[+-]\d{2}:\d{2})$/.test(time);
  return isInstant ? Date.parse(`${day}T${time}`) : instantOf(zone, Date.parse(`${day}T${time}Z`));
}

/** The days in a file of holidays: `2026-12-24` anywhere in it, or a calendar file's all-day events, from first day to last. */
export function daysIn(text: string): string[] {
  const days = new Set([...text.matchAll(/\b\d{4}-\d{2}-\d{2}\b/g)].map(([day]) => Date.parse(`${day}T00:00:00Z`)));
  for (const [event] of text.matchAll(/^BEGIN:VEVENT\b[\s\S]*?^END:VEVENT\b/gm)) {
    const first = dayOf("DTSTART", event);
    // Its end is the day after.
    const end = Math.min(dayOf("DTEND", event) || 0, first + longestHolidayMs);
    for (let day = first; day === first || day < end; day += dayMs) days.add(day);
  }
  return [...days]
    .filter((day) => !Number.isNaN(day))
    .map((day) => new Date(day).toISOString().slice(0, 10))
    .sort();
}

function dayOf(field: "DTSTART" | "DTEND", event: string): number {
  const [, year, month, date] =
    new RegExp(`^${field}(?:;[^:\\r\\n]*)?:(\\d{4})(\\d{2})(\\d{2})\\s*$`, "m").exec(event) ?? [];
  return Date.parse(`${year}-${month}-${date}T00:00:00Z`);
}

/** `slack:C0TEAM` as an address. */
export function placeOf(written: string): Address {
  const colon = written.indexOf(":");
  return { adapter: written.slice(0, colon), channel: written.slice(colon + 1) };
}

function isPerson(owner: string | undefined): owner is PersonId {
  return owner !== undefined && /^[^:]+:./.test(owner);
}
