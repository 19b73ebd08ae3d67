import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catchUpWindow, onTimeMs, putOffBy } from "../../src/schedules/policy.ts";
import type { Schedule } from "../../src/schedules/schedule.ts";
import { createSchedules, type Schedules } from "../../src/schedules/schedules.ts";
import { type SlotClaim, type SlotEnding, slotKey } from "../../src/schedules/slot.ts";
import { nextAfter } from "../../src/schedules/when/next.ts";
import { wallAt } from "../../src/schedules/when/wall-clock.ts";
import type { Work } from "../../src/schedules/work.ts";
import type { Query } from "../../src/store/connection.ts";
import { type Database, openDatabase } from "../../src/store/database.ts";
import { drawnOrder } from "./disk.ts";
import { createFakeTime } from "./fake-time.ts";
import { randomDraft } from "./random-draft.ts";

/** What a simulated year came to. */
export type Report = {
  slots: number;
  runs: number;
  kills: number;
  steps: number;
  verbs: number;
  outcomes: Record<string, number>;
  /** Of every row there was: the same seed gives the same. */
  sum: string;
  violations: string[];
};

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];
const downtimes = [second, second, 10 * second, 59 * second, 59 * second, 10 * minute, hour, hour, 25 * hour];

/**
 * Random schedules for days, on the real clock and the real store, with a process that is killed at any moment and a
 * clock that is put forward and back. Whatever happens, each slot must come to exactly one outcome.
 */
export async function simulate(options: {
  seed: number;
  schedules: number;
  days: number;
  /** It goes on for longer until there were so many slots. */
  slots?: number;
  /** How often a schedule runs, against the usual: 1 is about a hundred times a year. */
  density?: number;
}): Promise<Report> {
  const { seed, schedules: count, days, slots: wanted = 0, density = 1 } = options;
  const dir = await mkdtemp(join(tmpdir(), "bellhop-simulation-"));
  const start = Date.parse("2026-01-15T00:00:00Z");
  const time = createFakeTime(start, seed);
  const chance = (probability: number) => time.random() < probability;
  const pick = <Item>(items: Item[]): Item => items[Math.floor(time.random() * items.length)] as Item;
  const report: Report = { slots: 0, runs: 0, kills: 0, steps: 0, verbs: 0, outcomes: {}, sum: "", violations: [] };
  const violation = (text: string) => report.violations.push(`seed ${seed}: ${text}`);

  /** What readers see: it outlives every process. */
  const posts = new Map<string, number>();
  const begun = new Set<string>();
  /** When each schedule had slots: from, and until it was paused. */
  const active = new Map<string, { schedule: Schedule; spans: { from: number; to?: number }[] }>();
  let database: Database | undefined;
  let schedules: Schedules | undefined;
  let claimed = 0;
  let isEnding = false;
  let latest = start;
  // A kill that waits for so many statements more; it comes before or after the one it hits.
  let killAt = Number.POSITIVE_INFINITY;
  let process = { isDead: false };

  function kill(): void {
    if (process.isDead) return;
    process.isDead = true;
    report.kills += 1;
    time.forget();
  }

  async function run(): Promise<void> {
    const me = { isDead: false };
    process = me;
    const forEver = new Promise<never>(() => {});
    const opened = await openDatabase(dir);
    database = opened;
    // Processes die here, machines don't: what was written is there, whether it has reached the disk or not.
    await opened.query("PRAGMA synchronous=OFF");
    const disk = drawnOrder(opened.query, time, () => me.isDead);
    const going = new Set<string>();
    const query: Query = async (sql, ...values) => {
      if (me.isDead) return forEver;
      killAt -= 1;
      const isHit = killAt <= 0;
      if (isHit && chance(0.5)) {
        kill();
        return forEver;
      }
      const rows = await disk(sql, ...values);
      if (sql.startsWith("INSERT INTO slots")) claimed += rows.length;
      if (isHit) kill();
      return me.isDead ? forEver : (rows as never);
    };
    const wait = (ms: number, signal?: AbortSignal) =>
      new Promise<void>((done) => {
        time.after(ms, done);
        signal?.addEventListener("abort", () => done());
      });
    const work: Work = async (schedule, slot, how) => {
      const key = slotKey(slot);
      const name = `${key} attempt ${how.attempt}`;
      if (going.has(schedule.id)) violation(`${name} ran while another run of its schedule was going`);
      going.add(schedule.id);
      try {
        if (how.again) {
          if (posts.has(key)) return { kind: "posted", receipts: [] };
          if (how.settle) return { kind: "lapsed" };
        } else if (begun.has(name)) violation(`${name} was begun twice`);
        begun.add(name);
        report.runs += 1;
        const luck = time.random();
        await wait(pick([0, second, 20 * second, 3 * minute, hour, chance(0.02) ? 2 * day : minute]), how.signal);
        if (me.isDead) return forEver;
        if (how.signal.aborted) return { kind: "stopped" };
        if (luck < 0.06) return { kind: "failed", why: "no luck", changed: luck < 0.02, visible: false };
        if (luck < 0.1) return { kind: "silent" };
        if (luck < 0.11) return { kind: "delivery failed", why: "archived", receipts: [] };
        posts.set(key, (posts.get(key) ?? 0) + 1);
        if (chance(0.002) && !isEnding) kill();
        await wait(pick([0, second]));
        return me.isDead ? forEver : { kind: "posted", receipts: [] };
      } finally {
        going.delete(schedule.id);
      }
    };
    async function begin(): Promise<void> {
      const made = await createSchedules({
        query,
        work,
        time: { ...time, after: (ms, call) => time.after(ms, () => me.isDead || call()) },
        isOwnerGone: async () => false,
        notice: () => {},
        trouble: (error) => {
          if (!me.isDead) violation(`trouble: ${error instanceof Error ? error.stack : error}`);
        },
        heartbeatMs: day,
      });
      schedules = made;
      // Every outcome that was ever written, whatever is kept of the slots later.
      await query(
        "CREATE TABLE IF NOT EXISTS outcomes (schedule TEXT, due INTEGER, claim TEXT, outcome TEXT, ending TEXT)",
      );
      for (const when of ["INSERT", "UPDATE OF outcome"]) {
        await query(
          `CREATE TRIGGER IF NOT EXISTS outcomes_${when.slice(0, 6)} AFTER ${when} ON slots WHEN NEW.outcome IS NOT NULL
           BEGIN INSERT INTO outcomes VALUES (NEW.schedule, NEW.due, NEW.claim, NEW.outcome, NEW.ending); END`,
        );
      }
      await made.start();
    }
    // One that is killed while it starts never comes to its end.
    begin().catch((error) => violation(`it does not start: ${error}`));
    await time.settled();
  }

  /** Lets time pass; a process that dies meanwhile comes back later. */
  async function pass(ms: number): Promise<void> {
    const end = time.now() + ms;
    for (;;) {
      await time.pass(Math.max(end - time.now(), 0));
      latest = Math.max(latest, time.now());
      if (!process.isDead) return;
      await database?.close();
      await time.pass(chance(0.004) ? 40 * day : pick(downtimes));
      latest = Math.max(latest, time.now());
      // Some starts are cut short too.
      killAt = chance(0.1) ? Math.ceil(time.random() * 12) : Number.POSITIVE_INFINITY;
      await run();
    }
  }

  async function use(verb: (schedules: Schedules) => Promise<void>): Promise<void> {
    // All that was due is decided; else nobody could say whether a slot still counts.
    killAt = Number.POSITIVE_INFINITY;
    await pass(31 * second);
    killAt = Number.POSITIVE_INFINITY;
    if (schedules === undefined) return;
    await verb(schedules);
    report.verbs += 1;
  }

  await run();
  for (let n = 0; n < count; n++) {
    const schedule = await schedules?.create(randomDraft(time.random, n, start, density));
    if (schedule) active.set(schedule.id, { schedule, spans: [{ from: time.now() }] });
  }
  while (time.now() < start + days * day || claimed < wanted) {
    await pass(Math.ceil(time.random() * 2 * day));
    const luck = time.random();
    if (luck < 0.15) kill();
    else if (luck < 0.45) killAt = Math.ceil(time.random() * 30);
    else if (luck < 0.55) {
      time.put(pick([-3 * hour, 3 * hour, -10 * minute, 10 * minute, -5 * second, 5 * second, -day, day]));
      latest = Math.max(latest, time.now());
      report.steps += 1;
    } else if (luck < 0.75) {
      await use(async (now) => {
        const one = pick([...active.values()]);
        const span = one.spans.at(-1);
        const { id } = one.schedule;
        if (span === undefined) return;
        if (span.to === undefined) {
          await now.pause(id, { by: "bellhop", why: "a holiday" });
          span.to = time.now();
        } else if (await now.resume(id)) one.spans.push({ from: time.now() });
      });
    }
  }
  isEnding = true;
  killAt = Number.POSITIVE_INFINITY;
  // What still runs comes to its end: the longest takes two days, and is tried again.
  for (let n = 0; n < 40; n++) {
    await pass(12 * hour);
    const [open] =
      (await database?.query<{ open: number }>("SELECT COUNT(*) AS open FROM slots WHERE outcome IS NULL")) ?? [];
    killAt = Number.POSITIVE_INFINITY;
    if (open?.open === 0) break;
  }
  await check();
  await schedules?.stop();
  await database?.close();
  await rm(dir, { recursive: true, force: true });
  return report;

  async function check(): Promise<void> {
    type Row = { schedule: string; due: number; claim: string; outcome: string; ending: string };
    const rows = (await database?.query<Row>("SELECT * FROM outcomes ORDER BY due, schedule")) ?? [];
    const open = (await database?.query<SlotClaim>("SELECT schedule, due FROM slots WHERE outcome IS NULL")) ?? [];
    report.sum = createHash("sha256").update(JSON.stringify(rows)).digest("hex").slice(0, 16);
    for (const slot of open) violation(`${slotKey(slot)} has no outcome`);
    const seen = new Map<string, Map<number, Row>>();
    for (const row of rows) {
      const mine = seen.get(row.schedule) ?? new Map<number, Row>();
      seen.set(row.schedule, mine);
      if (mine.has(row.due))
        violation(`${slotKey(row)} has two outcomes: ${mine.get(row.due)?.outcome}, ${row.outcome}`);
      mine.set(row.due, row);
      report.slots += 1;
      report.outcomes[row.outcome] = (report.outcomes[row.outcome] ?? 0) + 1;
    }
    for (const [key, times] of posts) if (times > 1) violation(`${key} was posted ${times} times`);
    for (const { schedule, spans } of active.values()) {
      const kept = await schedules?.find(schedule.id);
      const mine = seen.get(schedule.id) ?? new Map<number, Row>();
      const ended = schedule.maxRuns !== undefined && (kept?.runs ?? 0) >= schedule.maxRuns;
      if (schedule.maxRuns !== undefined && (kept?.runs ?? 0) > schedule.maxRuns) {
        violation(`${schedule.id} ran ${kept?.runs} times, at most ${schedule.maxRuns} were wanted`);
      }
      const lastOfAll = Math.max(...mine.keys());
      const expected = new Set<number>();
      let before = 0;
      for (const { from, to = latest } of spans) {
        // A clock put back does not bring back what was decided.
        for (let at = nextAfter(schedule.when, schedule, Math.max(from, before)); at !== undefined; ) {
          if (at + putOffBy(schedule) > to || (schedule.until !== undefined && at > schedule.until)) break;
          expected.add(at);
          before = at;
          at = nextAfter(schedule.when, schedule, at);
        }
      }
      for (const due of expected) {
        if (!mine.has(due) && !(ended && due > lastOfAll))
          violation(`${slotKey({ schedule: schedule.id, due })} has no row`);
      }
      for (const [due, row] of mine) {
        if (!expected.has(due)) violation(`${slotKey(row)} is no slot of its schedule`);
        checkRow(schedule, row);
      }
    }
  }

  function checkRow(
    schedule: Schedule,
    row: { schedule: string; due: number; claim: string; outcome: string; ending: string },
  ) {
    const claim: SlotClaim = JSON.parse(row.claim);
    const ending: SlotEnding = JSON.parse(row.ending);
    const key = slotKey(row);
    const late = claim.claimed - row.due - putOffBy(schedule);
    const ran = row.outcome !== "skipped" && row.outcome !== "missed";
    if (late < 0) violation(`${key} was claimed ${-late} ms too early`);
    if (ran && late > onTimeMs && !claim.late) violation(`${key} ran ${late} ms late and does not say so`);
    if (ran && late > Math.max(catchUpWindow(schedule), onTimeMs))
      violation(`${key} ran ${late} ms late, out of its window`);
    if (ran && late > onTimeMs && schedule.catchUp.mode === "none") violation(`${key} was caught up against its will`);
    if ((row.outcome === "posted") !== posts.has(key))
      violation(`${key} is ${row.outcome}, readers saw ${posts.get(key)}`);
    const wall = new Date(wallAt(schedule.zone, row.due)).toISOString();
    const isDayOff = schedule.skip.includes(wall.slice(0, 10));
    if (isDayOff !== (ending.why?.is === "date")) violation(`${key} is ${row.outcome} on ${wall}`);
    if (ran && schedule.quietHours === "22:00-07:00" && (wall.slice(11, 13) >= "22" || wall.slice(11, 13) < "07")) {
      violation(`${key} ran in the quiet hours, at ${wall}`);
    }
  }
}
