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

type Row = { schedule: string; due: number; claim: string; outcome: string; ending: string };
/**
 * When a schedule had slots: as it was made, edited, resumed, until it was changed again. Those before `decided` were
 * decided then, also where the clock had been put back behind them.
 */
type Span = { schedule: Schedule; from: number; to?: number; decided?: number };
/** `unsure`: slots in whose very moment it was changed. */
type Life = { spans: Span[]; unsure: Set<number>; isDeleted?: true };

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
  const lives = new Map<string, Life>();
  let database: Database | undefined;
  let schedules: Schedules | undefined;
  let claimed = 0;
  let isEnding = false;
  // A verb that is waited for would never come to its end in a process that is killed.
  let isUsed = false;
  let latest = start;
  // A kill that waits for so many statements more; it comes before or after the one it hits.
  let killAt = Number.POSITIVE_INFINITY;
  // A person's verb that comes with a statement, as a kill does.
  let strike: { at: number; verb: () => void } | undefined;
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
      if (strike !== undefined && --strike.at <= 0) {
        const { verb } = strike;
        strike = undefined;
        verb();
      }
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
          if (time.now() - slot.due - putOffBy(schedule) > catchUpWindow(schedule))
            violation(`${name} was begun again out of its window`);
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
        if (chance(0.002) && !isEnding && !isUsed) kill();
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

  /** Somebody does something to a schedule, often in the very moment in which it is due. */
  async function useVerb(): Promise<void> {
    // All that was due is decided; else nobody could say whether a slot still counts.
    killAt = Number.POSITIVE_INFINITY;
    await pass(31 * second);
    killAt = Number.POSITIVE_INFINITY;
    const [id, life] = pick([...lives]);
    const span = life.spans.at(-1);
    const kept = await schedules?.find(id);
    if (span === undefined || kept === undefined || schedules === undefined) return;
    report.verbs += 1;
    if (span.to !== undefined) {
      const resumed = await schedules.resume(id);
      if (resumed) life.spans.push({ schedule: resumed, from: time.now() });
      return;
    }
    const luck = time.random();
    const by = "slack:U1";
    async function verb(): Promise<void> {
      if (luck < 0.4) await schedules?.run(id, by);
      else if (luck < 0.65) {
        if (await schedules?.pause(id, { by, why: "a holiday" })) end();
      } else if (luck < 0.9) {
        const { maxRuns, until, ...draft } = randomDraft(time.random, report.verbs, time.now(), density);
        const schedule = await schedules?.edit(id, draft);
        end();
        if (schedule) life.spans.push({ schedule, from: time.now() });
      } else {
        life.isDeleted = true;
        await schedules?.delete(id);
        end();
      }
    }
    function end(): void {
      if (span === undefined) return;
      span.to = time.now();
      if (kept?.next !== undefined) span.decided = kept.next;
    }
    const due = kept.next;
    const inMs = due === undefined ? 0 : due + putOffBy(span.schedule) - time.now();
    if (due === undefined || inMs <= 1 || inMs > 3 * day || chance(0.2)) return verb();
    await pass(inMs - 1);
    killAt = Number.POSITIVE_INFINITY;
    let isDone: Promise<void> | undefined;
    strike = {
      at: Math.ceil(time.random() * 6),
      verb() {
        // A run by hand keeps no slot from its turn.
        if (luck >= 0.4) life.unsure.add(due);
        isDone = verb();
      },
    };
    isUsed = true;
    await time.pass(1);
    strike?.verb();
    strike = undefined;
    await Promise.all([isDone, time.settled()]);
    isUsed = false;
  }

  await run();
  for (let n = 0; n < count; n++) {
    const schedule = await schedules?.create(randomDraft(time.random, n, start, density));
    if (schedule) lives.set(schedule.id, { spans: [{ schedule, from: time.now() }], unsure: new Set() });
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
    } else if (luck < 0.8) await useVerb();
  }
  isEnding = true;
  killAt = Number.POSITIVE_INFINITY;
  // What still runs comes to its end: the longest takes two days, and is tried again. Looked at at another time of the
  // day each time: at 08:00 sharp something always has just begun.
  for (let n = 0; n < 40; n++) {
    await pass(11 * hour + 17 * minute);
    const [open] =
      (await database?.query<{ open: number }>("SELECT COUNT(*) AS open FROM slots WHERE outcome IS NULL")) ?? [];
    killAt = Number.POSITIVE_INFINITY;
    if (open?.open === 0) break;
  }
  await check();
  // A run of a deleted schedule leaves no slot open and may still be going: stopping waits some seconds for it.
  await Promise.all([schedules?.stop(), time.pass(minute)]);
  await database?.close();
  await rm(dir, { recursive: true, force: true });
  return report;

  async function check(): Promise<void> {
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
    for (const [id, life] of lives) await checkLife(id, life, seen.get(id) ?? new Map());
  }

  async function checkLife(id: string, { spans, unsure, isDeleted }: Life, mine: Map<number, Row>): Promise<void> {
    const runs = (await schedules?.find(id))?.runs ?? 0;
    const expected = new Map<number, Schedule>();
    for (const { schedule, from, to = latest, decided = 0 } of spans) {
      const { maxRuns, until = Number.POSITIVE_INFINITY } = schedule;
      const own = [...mine.values()].filter((row) => row.due <= Math.max(to, decided - 1) && !isByHand(row));
      const lastOfAll = Math.max(...own.map(({ due }) => due));
      for (let at = nextAfter(schedule.when, schedule, from); at !== undefined && at <= until; ) {
        if (at + putOffBy(schedule) > to && at >= decided) break;
        // What was decided once stays so, whatever came after.
        if (!expected.has(at)) expected.set(at, schedule);
        const isOver = maxRuns !== undefined && runs >= maxRuns && at > lastOfAll;
        if (!mine.has(at) && !isOver && !isDeleted && !unsure.has(at)) {
          violation(`${slotKey({ schedule: id, due: at })} has no row`);
        }
        at = nextAfter(schedule.when, schedule, at);
      }
    }
    const { maxRuns } = spans.at(-1)?.schedule ?? {};
    if (maxRuns !== undefined && runs > maxRuns) violation(`${id} ran ${runs} times, at most ${maxRuns} were wanted`);
    for (const [due, row] of mine) {
      const schedule = expected.get(due);
      if (isByHand(row) === (schedule !== undefined)) {
        violation(`${slotKey(row)} is ${isByHand(row) ? "a run by hand, and a" : "no"} slot of its schedule`);
      }
      if (schedule && !isByHand(row)) {
        // Where it was changed in the very moment, it ran as it was before or as it was after.
        const wordings = unsure.has(due) ? spans.filter(({ to = latest }) => to >= due).map((one) => one.schedule) : [];
        const faults = [schedule, ...wordings].map((one) => faultsOf(one, row));
        for (const fault of faults.find(({ length }) => length === 0) ?? faults[0] ?? []) violation(fault);
      }
      if ((row.outcome === "posted") !== posts.has(slotKey(row)))
        violation(`${slotKey(row)} is ${row.outcome}, readers saw ${posts.get(slotKey(row))}`);
    }
  }

  function faultsOf(schedule: Schedule, row: Row): string[] {
    const faults: string[] = [];
    const fault = (text: string) => faults.push(text);
    const claim: SlotClaim = JSON.parse(row.claim);
    const ending: SlotEnding = JSON.parse(row.ending);
    const key = slotKey(row);
    const late = claim.claimed - row.due - putOffBy(schedule);
    const ran = row.outcome !== "skipped" && row.outcome !== "missed";
    if (late < 0) fault(`${key} was claimed ${-late} ms too early`);
    if (ran && late > onTimeMs && !claim.late) fault(`${key} ran ${late} ms late and does not say so`);
    if (ran && late > Math.max(catchUpWindow(schedule), onTimeMs))
      fault(`${key} ran ${late} ms late, out of its window`);
    if (ran && late > onTimeMs && schedule.catchUp.mode === "none") fault(`${key} was caught up against its will`);
    const wall = new Date(wallAt(schedule.zone, row.due)).toISOString();
    const isDayOff = schedule.skip.includes(wall.slice(0, 10));
    if (isDayOff !== (ending.why?.is === "date")) fault(`${key} is ${row.outcome} on ${wall}`);
    if (ran && schedule.quietHours === "22:00-07:00") {
      const begun = late > onTimeMs ? new Date(wallAt(schedule.zone, claim.claimed)).toISOString() : wall;
      for (const at of [wall, begun].map((one) => one.slice(11, 13)))
        if (at >= "22" || at < "07") fault(`${key} ran in the quiet hours, due ${wall}, begun ${begun}`);
    }
    return faults;
  }
}

function isByHand({ claim }: Row): boolean {
  return JSON.parse(claim).by !== undefined;
}
