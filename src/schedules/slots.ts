import { createBatch } from "../store/batch.ts";
import type { Query } from "../store/connection.ts";
import { slotsKept } from "./policy.ts";
import { type Receipt, type Slot, type SlotClaim, type SlotEnding, slotKey } from "./slot.ts";

/** What a schedule did: each slot once, claimed before it runs, and its one outcome. */
export type Slots = {
  /**
   * Contract: gives the slots that are this caller's now and for ever, durable; one that was claimed before is not among
   * them, nor one whose schedule is gone. With an ending it is over at once. `next` holds the claim to the schedule as it
   * was read: one that was changed, paused or moved on since then claims nothing.
   */
  claim(claims: (SlotClaim & { ending?: SlotEnding; next?: number })[]): Promise<SlotClaim[]>;
  /** Contract: durable when it resolves; false when the slot has an outcome already, or is gone with its schedule. */
  end(claim: SlotClaim, ending: SlotEnding): Promise<boolean>;
  /** Its posts were looked for where they stand: these are its receipts now. */
  see(claim: SlotClaim, receipts: Receipt[]): Promise<void>;
  /** Counts a try that begins; gives how many there were before. */
  tried(claim: SlotClaim): Promise<number>;
  /** Slots that were missed or skipped are open again: gives those that were. */
  reopen(schedule: string, dues: number[], by: SlotClaim["by"]): Promise<Slot[]>;
  /** Claimed and without an outcome: what a crash left. */
  open(): Promise<Slot[]>;
  /** The schedules that failed at all, as far as is kept. */
  troubled(): Promise<string[]>;
  /** The newest slots of a schedule, newest first. */
  history(schedule: string, limit?: number): Promise<Slot[]>;
  /** The newest runs of a schedule that ended well or badly, newest first, none by hand: what counts for or against it. */
  lately(schedule: string): Promise<Slot[]>;
  find(schedule: string, due: number): Promise<Slot | undefined>;
  /** Keeps the newest of these schedules, or of all. */
  prune(schedules?: string[]): Promise<void>;
  /** Contract: nothing of a schedule's slots is kept when this resolves. */
  forget(schedule: string): Promise<void>;
};

/** After ten failures in a row a schedule is paused: twice as many tell all there is to an incident. */
const runsLookedAt = 20;

type Row = { schedule: string; due: number; tries: number; claim: string; ending: string | null };

/** Opens the slots on the store's file; the schedules must be open. */
export async function openSlots(query: Query): Promise<Slots> {
  await query(
    `CREATE TABLE IF NOT EXISTS slots
     (schedule TEXT NOT NULL, due INTEGER NOT NULL, tries INTEGER NOT NULL, claim TEXT NOT NULL, outcome TEXT, ending TEXT,
     PRIMARY KEY (schedule, due)) WITHOUT ROWID`,
  );
  await query("CREATE INDEX IF NOT EXISTS slots_open ON slots (due) WHERE outcome IS NULL");
  await query(
    "CREATE INDEX IF NOT EXISTS slots_failed ON slots (schedule) WHERE outcome IN ('failed', 'delivery failed')",
  );
  const endings = createBatch(
    query,
    "WITH ended (key, schedule, due, outcome, ending) AS (VALUES",
    `) UPDATE slots SET outcome = ended.outcome, ending = ended.ending FROM ended
     WHERE slots.schedule = ended.schedule AND slots.due = ended.due AND slots.outcome IS NULL
     RETURNING slots.schedule || '@' || slots.due AS key`,
    "key",
  );
  const endingNow = new Set<string>();
  return {
    async claim(claims) {
      const rows = claims.map(({ ending, next, ...claim }) => ({
        schedule: claim.schedule,
        due: claim.due,
        next: next ?? null,
        claim: JSON.stringify(claim),
        outcome: ending?.outcome ?? null,
        ending: ending ? JSON.stringify(ending) : null,
      }));
      const mine = await query<Pick<Row, "schedule" | "due">>(
        `INSERT INTO slots (schedule, due, tries, claim, outcome, ending)
         SELECT schedules.id, one.value ->> 'due', 0, one.value ->> 'claim', one.value ->> 'outcome', one.value ->> 'ending'
         FROM json_each(?) AS one CROSS JOIN schedules ON schedules.id = one.value ->> 'schedule'
         WHERE one.value ->> 'next' IS NULL OR schedules.next = one.value ->> 'next'
         ON CONFLICT DO NOTHING RETURNING schedule, due`,
        JSON.stringify(rows),
      );
      const keys = new Set(mine.map(slotKey));
      return claims.filter((claim) => keys.has(slotKey(claim))).map(({ ending, next, ...claim }) => claim);
    },
    async end({ schedule, due }, ending) {
      const key = slotKey({ schedule, due });
      // Two rows for one slot in one statement: the later could win.
      if (endingNow.has(key)) return false;
      endingNow.add(key);
      try {
        const row = [key, schedule, due, ending.outcome, JSON.stringify(ending)];
        return (await endings.write(row)) !== undefined;
      } finally {
        endingNow.delete(key);
      }
    },
    async see({ schedule, due }, receipts) {
      await query(
        `UPDATE slots SET ending = json_set(ending, '$.receipts', json(?))
         WHERE schedule = ? AND due = ? AND outcome IN ('posted', 'delivery failed')`,
        JSON.stringify(receipts),
        schedule,
        due,
      );
    },
    async tried({ schedule, due }) {
      const rows = await query<{ tries: number }>(
        "UPDATE slots SET tries = tries + 1 WHERE schedule = ? AND due = ? RETURNING tries",
        schedule,
        due,
      );
      return (rows[0]?.tries ?? 1) - 1;
    },
    async reopen(schedule, dues, by) {
      const rows = await query<Row>(
        `UPDATE slots SET outcome = NULL, ending = NULL, tries = 0, claim = json_set(claim, '$.late', json('true'), '$.by', ?)
         WHERE schedule = ? AND due IN (SELECT value FROM json_each(?)) AND outcome IN ('missed', 'skipped')
         RETURNING schedule, due, tries, claim, ending`,
        by,
        schedule,
        JSON.stringify(dues),
      );
      return rows.map(slotOf).sort((one, other) => one.due - other.due);
    },
    async open() {
      return (await query<Row>("SELECT * FROM slots WHERE outcome IS NULL ORDER BY due, schedule")).map(slotOf);
    },
    async troubled() {
      const rows = await query<{ schedule: string }>(
        "SELECT DISTINCT schedule FROM slots WHERE outcome IN ('failed', 'delivery failed')",
      );
      return rows.map(({ schedule }) => schedule);
    },
    async history(schedule, limit = slotsKept) {
      const rows = await query<Row>(
        "SELECT * FROM slots WHERE schedule = ? ORDER BY due DESC LIMIT ?",
        schedule,
        Math.min(limit, slotsKept),
      );
      return rows.map(slotOf);
    },
    async lately(schedule) {
      const rows = await query<Row>(
        `SELECT * FROM slots WHERE schedule = ? AND outcome IN ('posted', 'silent', 'failed', 'delivery failed')
         AND claim ->> 'by' IS NULL ORDER BY due DESC LIMIT ${runsLookedAt}`,
        schedule,
      );
      return rows.map(slotOf);
    },
    async find(schedule, due) {
      return (await query<Row>("SELECT * FROM slots WHERE schedule = ? AND due = ?", schedule, due)).map(slotOf)[0];
    },
    async prune(some) {
      await query(
        `DELETE FROM slots WHERE outcome IS NOT NULL AND schedule IN (SELECT ${some ? "value FROM json_each(?)" : "id FROM schedules WHERE ? = ''"})
         AND due < (SELECT newer.due FROM slots AS newer WHERE newer.schedule = slots.schedule ORDER BY newer.due DESC LIMIT 1 OFFSET ${slotsKept - 1})`,
        some ? JSON.stringify(some) : "",
      );
    },
    async forget(schedule) {
      await query("DELETE FROM slots WHERE schedule = ?", schedule);
    },
  };
}

function slotOf({ claim, ending, tries }: Row): Slot {
  return { ...JSON.parse(claim), ...(ending === null ? {} : JSON.parse(ending)), tries };
}
