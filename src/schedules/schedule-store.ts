import type { Address, PersonId } from "../chat.ts";
import type { Query } from "../store/connection.ts";
import { putOffBy } from "./policy.ts";
import { Schedule } from "./schedule.ts";

/** A schedule, with what the clock keeps beside it. */
export type Kept = {
  schedule: Schedule;
  /** Its first slot that nothing was decided about: the clock's cursor. None: it is paused, off, or over. */
  next?: number;
  /** How many of its slots ran. */
  runs: number;
};

/** Which schedules are meant; what is not said does not matter. */
export type Which = { origin?: Schedule["origin"]; owner?: PersonId; place?: Pick<Address, "adapter" | "channel"> };

/** All schedules, on disk. */
export type ScheduleStore = {
  /** Contract: durable when it resolves; false when another schedule has this id. */
  add(kept: Kept): Promise<boolean>;
  /** Replaces what is kept of it; `next` too, where it is given (null: none). False when it is gone. */
  change(schedule: Schedule, next?: number | null): Promise<boolean>;
  /** False when it is gone already. */
  delete(id: string): Promise<boolean>;
  find(id: string): Promise<Kept | undefined>;
  /** By id, else by name, else by a part of the name; capitals do not matter. */
  search(words: string, which?: Which): Promise<Kept[]>;
  /** The newest first. */
  list(which?: Which, limit?: number): Promise<Kept[]>;
  count(which?: Which): Promise<number>;
  /** One that can't be read is told as trouble, and left out. */
  read(ids: string[]): Promise<Map<string, Kept>>;
  /** When each is next due, put off as it is, some thousand at a time. */
  due(): AsyncGenerator<{ id: string; at: number }[]>;
  /** Moves cursors on; one that is not where it was any more is left alone. */
  move(moves: { id: string; from: number; next: number | undefined; ran: number }[]): Promise<void>;
  /** Those whose slots were claimed and whose cursor was not moved on: a crash came between. */
  unmoved(): Promise<{ id: string; from: number; last: number; ran: number }[]>;
  /** Schedules that are over, and were made or changed before a time. */
  over(before: number): Promise<string[]>;
};

type Row = { id: string; next: number | null; runs: number; body: string };

/** Opens the schedules on the store's file. */
export async function openScheduleStore(query: Query, trouble: (error: unknown) => void): Promise<ScheduleStore> {
  await query(
    `CREATE TABLE IF NOT EXISTS schedules
     (id TEXT PRIMARY KEY, name TEXT NOT NULL, origin TEXT NOT NULL, owner TEXT, adapter TEXT, channel TEXT, since INTEGER NOT NULL,
     next INTEGER, put_off INTEGER NOT NULL, runs INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID`,
  );
  await query("CREATE INDEX IF NOT EXISTS schedules_since ON schedules (since)");
  await query("CREATE INDEX IF NOT EXISTS schedules_name ON schedules (name)");
  await query("CREATE INDEX IF NOT EXISTS schedules_place ON schedules (adapter, channel)");
  await query("CREATE INDEX IF NOT EXISTS schedules_owner ON schedules (owner)");

  async function rows(where: string, which: Which, limit: number, ...values: unknown[]): Promise<Kept[]> {
    const { origin, owner, place } = which;
    const found = await query<Row>(
      `SELECT id, next, runs, body FROM schedules WHERE ${where} ${conditions(which)} ORDER BY since DESC, id LIMIT ?`,
      ...values,
      ...[origin, owner, place?.adapter, place?.channel].filter((value) => value !== undefined),
      limit,
    );
    return found.map(keptOf);
  }

  return {
    async add({ schedule, next, runs }) {
      const added = await query(
        `INSERT INTO schedules (id, name, origin, owner, adapter, channel, since, next, put_off, runs, body)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id`,
        schedule.id,
        ...columns(schedule),
        next ?? null,
        putOffBy(schedule),
        runs,
        JSON.stringify(schedule),
      );
      return added.length > 0;
    },
    async change(schedule, next) {
      const changed = await query(
        `UPDATE schedules SET name = ?, origin = ?, owner = ?, adapter = ?, channel = ?, since = ?, put_off = ?, body = ?
         ${next === undefined ? "" : ", next = ?"} WHERE id = ? RETURNING id`,
        ...columns(schedule),
        putOffBy(schedule),
        JSON.stringify(schedule),
        ...(next === undefined ? [] : [next]),
        schedule.id,
      );
      return changed.length > 0;
    },
    async delete(id) {
      return (await query("DELETE FROM schedules WHERE id = ? RETURNING id", id)).length > 0;
    },
    find: async (id) => (await rows("id = ?", {}, 1, id))[0],
    async search(words, which = {}) {
      const name = foldedName(words);
      const byId = await rows("id = ?", which, 1, name);
      if (byId.length > 0) return byId;
      const byName = await rows("name = ?", which, 50, name);
      return byName.length > 0 || name === "" ? byName : rows("instr(name, ?) > 0", which, 50, name);
    },
    list: (which = {}, limit = 1_000) => rows("1", which, limit),
    async count(which = {}) {
      const { origin, owner, place } = which;
      const found = await query<{ count: number }>(
        `SELECT COUNT(*) AS count FROM schedules WHERE 1 ${conditions(which)}`,
        ...[origin, owner, place?.adapter, place?.channel].filter((value) => value !== undefined),
      );
      return found[0]?.count ?? 0;
    },
    async read(ids) {
      const found = await query<Row>(
        "SELECT id, next, runs, body FROM schedules WHERE id IN (SELECT value FROM json_each(?))",
        JSON.stringify(ids),
      );
      const kept = new Map<string, Kept>();
      for (const row of found) {
        try {
          kept.set(row.id, keptOf(row));
        } catch (error) {
          trouble(new Error(`The schedule ${row.id} can't be read`, { cause: error }));
        }
      }
      return kept;
    },
    async *due() {
      let after = "";
      for (;;) {
        const page = await query<{ id: string; at: number }>(
          "SELECT id, next + put_off AS at FROM schedules WHERE id > ? AND next IS NOT NULL ORDER BY id LIMIT 2000",
          after,
        );
        if (page.length > 0) yield page;
        if (page.length < 2_000) return;
        after = page.at(-1)?.id ?? after;
      }
    },
    async move(moves) {
      await query(
        `UPDATE schedules SET next = one.value ->> 'next', runs = runs + (one.value ->> 'ran') FROM json_each(?) AS one
         WHERE schedules.id = one.value ->> 'id' AND schedules.next = one.value ->> 'from'`,
        JSON.stringify(moves),
      );
    },
    unmoved: () =>
      query(
        `SELECT id, next AS "from", MAX(due) AS last, SUM(outcome IS NULL OR outcome NOT IN ('skipped', 'missed')) AS ran
         FROM schedules JOIN slots ON slots.schedule = id AND due >= next
         WHERE next IS NOT NULL AND claim ->> 'by' IS NULL GROUP BY id`,
      ),
    async over(before) {
      const found = await query<{ id: string }>(
        `SELECT id FROM schedules WHERE next IS NULL AND origin <> 'config' AND since < ? AND json_extract(body, '$.enabled')
         AND json_extract(body, '$.paused') IS NULL`,
        before,
      );
      return found.map(({ id }) => id);
    },
  };
}

function conditions({ origin, owner, place }: Which): string {
  return [
    origin === undefined ? "" : "AND origin = ?",
    owner === undefined ? "" : "AND owner = ?",
    place === undefined ? "" : "AND adapter = ? AND channel = ?",
  ].join(" ");
}

function columns(schedule: Schedule): (string | number | null)[] {
  const { name, origin, owner, place, since } = schedule;
  return [foldedName(name), origin, owner ?? null, place?.adapter ?? null, place?.channel ?? null, since];
}

function foldedName(name: string): string {
  return name.normalize("NFKC").trim().toLowerCase();
}

function keptOf({ next, runs, body }: Row): Kept {
  return { schedule: Schedule.parse(JSON.parse(body)), ...(next === null ? {} : { next }), runs };
}
