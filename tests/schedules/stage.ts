import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ScheduleDraft } from "../../src/schedules/schedule.ts";
import { createSchedules, type Schedules, type SchedulesOptions } from "../../src/schedules/schedules.ts";
import type { Slot } from "../../src/schedules/slot.ts";
import { openSlots } from "../../src/schedules/slots.ts";
import type { Notice, Work, WorkOutcome } from "../../src/schedules/work.ts";
import type { Query } from "../../src/store/connection.ts";
import { openDatabase } from "../../src/store/database.ts";
import { createFakeTime, type FakeTime } from "./fake-time.ts";

/** A draft of a schedule, daily at 9 in Berlin where nothing else is said. */
export function draft(some: Partial<ScheduleDraft> = {}): ScheduleDraft {
  return {
    name: "standup",
    when: { kind: "calendar", days: { kind: "daily" }, times: ["09:00"] },
    words: "every day 9:00",
    zone: "Europe/Berlin",
    prompt: "Say good morning.",
    from: [],
    to: [{ adapter: "slack", channel: "C1" }],
    thread: "fresh",
    digest: false,
    catchUp: { mode: "latest" },
    overlap: "skip",
    retries: 3,
    skip: [],
    enabled: true,
    origin: "chat",
    place: { adapter: "slack", channel: "C1" },
    language: "en",
    ...some,
  };
}

/** One time work was called. */
export type Call = Parameters<Work>[2] & { name: string; due: string; at: string; late: boolean; by?: string };

/** A machine on which schedules run, and its data folder: it can be killed and started again. */
export type Stage = {
  time: FakeTime;
  schedules: Schedules;
  query: Query;
  calls: Call[];
  notices: Notice[];
  troubles: unknown[];
  jumps: number[];
  /** What work does from now on; without it all is posted at once. */
  work: Work;
  isOwnerGone: SchedulesOptions["isOwnerGone"];
  /** The process dies right before, or right after, a statement like this. */
  diesBefore: RegExp | undefined;
  diesAfter: RegExp | undefined;
  start(): Promise<void>;
  /** The process is gone, whatever it was doing. */
  kill(): Promise<void>;
  /** Killed, and so much later started again. */
  down(ms: number): Promise<void>;
  /** A schedule's slots as lines, the oldest first: "2026-11-21T08:00Z posted". */
  lines(id: string): Promise<string[]>;
  close(): Promise<void>;
};

export const posted: WorkOutcome = { kind: "posted", receipts: [] };

/** Sets a stage at an instant. */
export async function openStage(at: string, options: { atOnce?: number; heartbeatMs?: number } = {}): Promise<Stage> {
  const dir = await mkdtemp(join(tmpdir(), "bellhop-schedules-"));
  const time = createFakeTime(Date.parse(at));
  let kill = async () => {};
  const stage: Stage = {
    time,
    calls: [],
    notices: [],
    troubles: [],
    jumps: [],
    work: async () => posted,
    isOwnerGone: async () => false,
    diesBefore: undefined,
    diesAfter: undefined,
    get schedules(): Schedules {
      throw new Error("not started");
    },
    get query(): Query {
      throw new Error("not started");
    },
    async start() {
      const database = await openDatabase(dir);
      let isDead = false;
      const forEver = new Promise<never>(() => {});
      const die = () => {
        isDead = true;
        time.forget();
      };
      // A killed process hears of no answer any more.
      const query: Query = async (sql, ...values) => {
        if (stage.diesBefore?.test(sql)) die();
        if (isDead) return forEver;
        const rows = await time.outside(database.query(sql, ...values));
        if (stage.diesAfter?.test(sql)) die();
        return isDead ? forEver : (rows as never);
      };
      const schedules = await createSchedules({
        query,
        time: { ...time, after: (ms, call) => time.after(ms, () => isDead || call()) },
        work(schedule, slot, how) {
          stage.calls.push({
            ...how,
            name: schedule.name,
            due: instant(slot.due),
            at: instant(time.now()),
            late: slot.late === true,
            ...(slot.by ? { by: slot.by } : {}),
          });
          return stage.work(schedule, slot, how).then((outcome) => (isDead ? forEver : outcome));
        },
        isOwnerGone: (schedule, owner) => stage.isOwnerGone(schedule, owner),
        notice: (notice) => stage.notices.push(notice),
        trouble: (error) => stage.troubles.push(error),
        jumped: (by) => stage.jumps.push(by),
        ...options,
      });
      Object.defineProperties(stage, {
        schedules: { value: schedules, configurable: true },
        query: { value: database.query, configurable: true },
      });
      await schedules.start();
      await time.settled();
      kill = async () => {
        die();
        await database.close();
      };
    },
    kill: () => kill(),
    async down(ms) {
      await kill();
      stage.diesBefore = undefined;
      stage.diesAfter = undefined;
      await time.pass(ms);
      await stage.start();
    },
    async lines(id) {
      // Not by the process, which may be dead.
      const slots = await openSlots(stage.query);
      return (await slots.history(id))
        .reverse()
        .map((slot: Slot) => `${instant(slot.due)} ${slot.outcome ?? "open"}${whyOf(slot)}`);
    },
    async close() {
      await kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
  await stage.start();
  return stage;
}

/** An instant as people of tests read it. */
export function instant(at: number): string {
  return new Date(at).toISOString().replace(/(:00)?\.000Z$/, "Z");
}

function whyOf({ why, late }: Slot): string {
  const words = why === undefined ? "" : ` (${why.is === "said" ? why.text : why.is})`;
  return `${late ? " late" : ""}${words}`;
}
