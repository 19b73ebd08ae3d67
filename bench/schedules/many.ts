import { followingSlot, putOffBy } from "../../src/schedules/policy.ts";
import type { Schedule } from "../../src/schedules/schedule.ts";
import type { When } from "../../src/schedules/when/when.ts";
import type { Query } from "../../src/store/connection.ts";

const zones = ["Europe/Berlin", "America/New_York", "Asia/Taipei", "Australia/Lord_Howe", "America/Santiago", "UTC"];

/** A schedule as a person might have made it. */
export function someSchedule(n: number, when: When, now: number): Schedule {
  const place = { adapter: "slack", channel: `C${n % 1000}` };
  return {
    id: `s-${n.toString(36)}`,
    name: `schedule ${n}`,
    when,
    words: "as it was said",
    zone: zones[n % zones.length] ?? "UTC",
    prompt: "What matters to the team? Say it in a few lines, the most important first.",
    from: [],
    to: [place],
    thread: "fresh",
    digest: false,
    catchUp: { mode: "latest" },
    overlap: "skip",
    retries: 3,
    skip: [],
    enabled: true,
    owner: `slack:U${n % 500}`,
    origin: "chat",
    place,
    language: "en",
    anchor: now,
    since: now,
  };
}

/** Writes schedules to an open store's file, many with one statement: setting up is not what is measured. */
export async function keepAll(query: Query, schedules: Schedule[], now: number): Promise<void> {
  for (let at = 0; at < schedules.length; at += 1_000) {
    const rows = schedules.slice(at, at + 1_000).map((schedule) => ({
      id: schedule.id,
      name: schedule.name,
      owner: schedule.owner,
      channel: schedule.place?.channel,
      since: schedule.since,
      next: followingSlot(schedule, now, 0) ?? null,
      putOff: putOffBy(schedule),
      body: JSON.stringify(schedule),
    }));
    await query(
      `INSERT INTO schedules (id, name, origin, owner, adapter, channel, since, next, put_off, runs, body)
       SELECT value ->> 'id', value ->> 'name', 'chat', value ->> 'owner', 'slack', value ->> 'channel', value ->> 'since',
       value ->> 'next', value ->> 'putOff', 0, value ->> 'body' FROM json_each(?)`,
      JSON.stringify(rows),
    );
  }
}

/** Weekly at some minute, not today. */
export function someWhen(n: number, now: number): When {
  const minute = (n * 7919) % 1440;
  const time = `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
  const today = ((new Date(now).getUTCDay() + 6) % 7) + 1;
  // Two days from today at least, whatever the zone.
  const weekday = (((today + 1 + (n % 4)) % 7) + 1) as 1 | 2 | 3 | 4 | 5 | 6 | 7;
  return { kind: "calendar", days: { kind: "weekly", weekdays: [weekday] }, times: [time] };
}
