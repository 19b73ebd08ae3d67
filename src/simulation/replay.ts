import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { followingSlot } from "../schedules/policy.ts";
import { isActive, type Schedule, type ScheduleDraft } from "../schedules/schedule.ts";
import { type Kept, openScheduleStore } from "../schedules/schedule-store.ts";
import { createSchedules } from "../schedules/schedules.ts";
import type { SlotClaim, SlotEnding } from "../schedules/slot.ts";
import type { Work } from "../schedules/work.ts";
import type { Query } from "../store/connection.ts";
import { openDatabase } from "../store/database.ts";
import { virtualTime } from "./virtual-time.ts";

/** What is replayed, and how. */
export type ReplayOptions = {
  /** Schedules as they are kept; they go on from `from`, what came due before is left alone. */
  kept: Kept[];
  /** Those of the config, as they are written. */
  configured: ScheduleDraft[];
  from: number;
  to: number;
  /** How long a run of a schedule is taken to last. */
  runMs(schedule: Schedule): number;
  /** The quiet hours of where a schedule posts. */
  quietHours(schedule: Schedule): string | undefined;
  /** After so many slots it ends early. */
  mostSlots: number;
};

/** One time a schedule came due. Without an ending its run was still going, or waiting, at the end. */
export type Firing = SlotClaim & { ending?: SlotEnding };

/** What came of it. `at`: where it ended, earlier than was wanted when there were too many slots. */
export type Replay = { at: number; schedules: Kept[]; firings: Firing[]; troubles: string[] };

/** Lets schedules run under a virtual clock: the real clock, policy, store and hand-over, and work that only takes its time. */
export async function replay(options: ReplayOptions): Promise<Replay> {
  const { kept, configured, from, to, runMs, mostSlots } = options;
  const dir = await mkdtemp(join(tmpdir(), "bellhop-simulate-"));
  const database = await openDatabase(dir);
  const time = virtualTime(from);
  const query: Query = (sql, ...values) => time.outside(database.query(sql, ...values));
  const troubles: string[] = [];
  let slots = 0;
  try {
    // It is thrown away: nothing of it needs to outlive a power cut.
    await database.query("PRAGMA synchronous=OFF");
    const trouble = (error: unknown) => void troubles.push(error instanceof Error ? error.message : String(error));
    const store = await openScheduleStore(query, trouble);
    for (const { schedule, runs } of kept) {
      const next = isActive(schedule) ? followingSlot(schedule, from, runs) : undefined;
      await store.add({ schedule, runs, ...(next === undefined ? {} : { next }) });
    }
    const work: Work = async (schedule, _slot, { signal }) => {
      await new Promise<void>((done) => {
        time.after(runMs(schedule), done);
        signal.addEventListener("abort", () => done());
      });
      return signal.aborted ? { kind: "stopped" } : { kind: "posted", receipts: [] };
    };
    const schedules = await createSchedules({
      query: async (sql, ...values) => {
        const rows = await query(sql, ...values);
        if (sql.startsWith("INSERT INTO slots")) slots += rows.length;
        return rows as never;
      },
      work,
      quietHours: options.quietHours,
      isOwnerGone: async () => false,
      notice: () => {},
      trouble,
      time,
      heartbeatMs: Number.MAX_SAFE_INTEGER,
    });
    await keepAllOutcomes(query);
    await schedules.adopt(configured);
    await schedules.start();
    await time.passUntil(to, () => slots >= mostSlots);
    const rank = new Map(configured.map(({ name }, at) => [name, at]));
    const rankOf = ({ schedule }: Kept) => (schedule.origin === "config" ? (rank.get(schedule.name) ?? 0) : rank.size);
    return {
      at: time.now(),
      // Those of the config as they are written, then the others by age.
      schedules: (await schedules.list({}, 1_000_000)).reverse().sort((one, other) => rankOf(one) - rankOf(other)),
      firings: await firingsIn(query),
      troubles,
    };
  } finally {
    await database.close();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Of a schedule the newest slots are kept, here all are wanted. */
async function keepAllOutcomes(query: Query): Promise<void> {
  await query("CREATE TABLE outcomes (schedule TEXT, due INTEGER, claim TEXT, ending TEXT)");
  for (const [name, when] of [
    ["claimed", "INSERT"],
    ["ended", "UPDATE OF outcome"],
  ]) {
    await query(
      `CREATE TRIGGER outcomes_${name} AFTER ${when} ON slots WHEN NEW.outcome IS NOT NULL
       BEGIN INSERT INTO outcomes VALUES (NEW.schedule, NEW.due, NEW.claim, NEW.ending); END`,
    );
  }
}

async function firingsIn(query: Query): Promise<Firing[]> {
  const rows = await query<{ claim: string; ending: string | null }>(
    `SELECT due, schedule, claim, ending FROM outcomes
     UNION ALL SELECT due, schedule, claim, NULL FROM slots WHERE outcome IS NULL ORDER BY due, schedule`,
  );
  return rows.map(({ claim, ending }) => ({
    ...JSON.parse(claim),
    ...(ending === null ? {} : { ending: JSON.parse(ending) }),
  }));
}
