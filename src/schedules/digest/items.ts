import type { PersonId } from "../../chat.ts";
import type { Query } from "../../store/connection.ts";
import type { Digest, Item, Past } from "./digest.ts";

/** Why an item is not shown. */
export type Hushed = { key: string; until?: number; by?: PersonId };

/** What digests are about, kept per schedule. */
export type Items = {
  /** As of the last posted digest. */
  past(schedule: string): Promise<Past>;
  /** Items that are not to be shown now. */
  hushed(schedule: string, now: number): Promise<Hushed[]>;
  /**
   * To be called once the digest was posted, and only then. Contract: all of it is kept in one step, or nothing is; the
   * same digest settled again changes nothing, and neither does an older one.
   */
  settle(schedule: string, digest: Pick<Digest, "past" | "until">): Promise<void>;
  /** Not shown until then. Gives the item; undefined when there is none by this key. */
  snooze(schedule: string, key: string, until: number): Promise<Item | undefined>;
  /** Never shown again. */
  mute(schedule: string, key: string, by: PersonId): Promise<Item | undefined>;
  /** Takes back either. */
  unhush(schedule: string, key: string): Promise<void>;
  /** When it was last said that it still watches; undefined: never. */
  heartbeat(schedule: string): Promise<number | undefined>;
  /** To be called once that was posted. */
  beat(schedule: string, at: number): Promise<void>;
  /** Contract: nothing of a schedule's digests is kept when this resolves. */
  forget(schedule: string): Promise<void>;
};

/** Opens what is kept of digests on the store's file. */
export async function openItems(query: Query): Promise<Items> {
  // One row holds all that a posted digest leaves, since statements stand alone.
  await query(
    "CREATE TABLE IF NOT EXISTS digests (schedule TEXT PRIMARY KEY, until INTEGER NOT NULL, beat INTEGER, body TEXT NOT NULL) WITHOUT ROWID",
  );
  await query(
    `CREATE TABLE IF NOT EXISTS digest_hushed
     (schedule TEXT NOT NULL, key TEXT NOT NULL, until INTEGER, by TEXT, PRIMARY KEY (schedule, key)) WITHOUT ROWID`,
  );

  async function past(schedule: string): Promise<Past> {
    const found = await query<{ body: string }>("SELECT body FROM digests WHERE schedule = ?", schedule);
    return found[0] === undefined ? { items: [], marks: [] } : (JSON.parse(found[0].body) as Past);
  }

  async function hush(schedule: string, key: string, until: number | null, by: PersonId | null) {
    const item = (await past(schedule)).items.find((one) => one.key === key);
    if (item === undefined) return undefined;
    // What is muted stays so, whoever snoozes it later.
    await query(
      `INSERT INTO digest_hushed (schedule, key, until, by) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET until = excluded.until, by = excluded.by WHERE digest_hushed.until IS NOT NULL`,
      schedule,
      key,
      until,
      by,
    );
    return item;
  }

  return {
    past,
    async hushed(schedule, now) {
      const found = await query<{ key: string; until: number | null; by: PersonId | null }>(
        "SELECT key, until, by FROM digest_hushed WHERE schedule = ? AND (until IS NULL OR until > ?)",
        schedule,
        now,
      );
      return found.map(({ key, until, by }) => ({
        key,
        ...(until === null ? {} : { until }),
        ...(by === null ? {} : { by }),
      }));
    },
    async settle(schedule, digest) {
      await query(
        `INSERT INTO digests (schedule, until, body) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET until = excluded.until, body = excluded.body WHERE excluded.until > digests.until`,
        schedule,
        digest.until,
        JSON.stringify(digest.past),
      );
      await query("DELETE FROM digest_hushed WHERE schedule = ? AND until <= ?", schedule, digest.until);
    },
    snooze: (schedule, key, until) => hush(schedule, key, until, null),
    mute: (schedule, key, by) => hush(schedule, key, null, by),
    async unhush(schedule, key) {
      await query("DELETE FROM digest_hushed WHERE schedule = ? AND key = ?", schedule, key);
    },
    async heartbeat(schedule) {
      const found = await query<{ beat: number | null }>("SELECT beat FROM digests WHERE schedule = ?", schedule);
      return found[0]?.beat ?? undefined;
    },
    async beat(schedule, at) {
      await query(
        `INSERT INTO digests (schedule, until, beat, body) VALUES (?, -1, ?, ?)
         ON CONFLICT DO UPDATE SET beat = excluded.beat`,
        schedule,
        at,
        JSON.stringify({ items: [], marks: [] } satisfies Past),
      );
    },
    async forget(schedule) {
      await query("DELETE FROM digests WHERE schedule = ?", schedule);
      await query("DELETE FROM digest_hushed WHERE schedule = ?", schedule);
    },
  };
}
