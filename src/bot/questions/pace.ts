import type { PersonId } from "../../chat.ts";

const minute = 60_000;

/** Counts what each person asks in the last minute. */
export type Pace = {
  /** 0 when the person may ask now, else in how many milliseconds. An ask that may go is counted. */
  take(person: PersonId, perMinute: number): number;
};

/** A pace for everyone; people who have been quiet for a minute take no room. */
export function createPace(now: () => number): Pace {
  const asked = new Map<PersonId, number[]>();
  let swept = 0;
  return {
    take(person, perMinute) {
      const at = now();
      if (at - swept > minute) {
        swept = at;
        for (const [id, times] of asked) if ((times.at(-1) ?? 0) <= at - minute) asked.delete(id);
      }
      const recent = (asked.get(person) ?? []).filter((time) => time > at - minute);
      const oldest = recent[0];
      if (recent.length >= perMinute && oldest !== undefined) return oldest + minute - at;
      recent.push(at);
      asked.set(person, recent);
      return 0;
    },
  };
}
