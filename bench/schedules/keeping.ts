// Keeps the schedules of a folder and prints what that takes, as JSON: keeping.js FOLDER
import { setTimeout as pause } from "node:timers/promises";
import { createSchedules } from "../../src/schedules/schedules.ts";
import { openDatabase } from "../../src/store/database.ts";
import { percentile } from "../figures.ts";
import { someSchedule, someWhen } from "./many.ts";

const [dir = ""] = process.argv.slice(2);
const created = 1_000;
/** Longer than the clock sleeps. */
const idleMs = 35_000;
const trouble = (error: unknown) => console.error(error);

const now = Date.now();
const before = { cpu: cpuMs(), rss: process.memoryUsage.rss(), at: performance.now() };
const database = await openDatabase(dir);
const late: number[] = [];
const schedules = await createSchedules({
  query: database.query,
  work: async (_schedule, slot) => {
    late.push(Date.now() - slot.due);
    return { kind: "posted", receipts: [] };
  },
  isOwnerGone: async () => false,
  notice: () => {},
  trouble,
});
await schedules.start();
const loaded = { cpu: cpuMs() - before.cpu, ms: performance.now() - before.at };
const moreMb = (process.memoryUsage.rss() - before.rss) / 1e6;

const idle = cpuMs();
await pause(idleMs);
const idlePercent = ((cpuMs() - idle) / idleMs) * 100;

const creating: number[] = [];
const cancelling: number[] = [];
const soon = Date.now() + 15_000;
for (let n = 0; n < created; n++) {
  const at = new Date(soon + n * 15).toISOString();
  const { id, anchor, since, ...draft } = someSchedule(n, { kind: "once", at }, now);
  creating.push(await timed(() => schedules.create(draft)));
  const other = await schedules.create({ ...draft, when: someWhen(n, now) });
  cancelling.push(await timed(() => schedules.delete(other.id)));
}
while (late.length < created && Date.now() < soon + created * 15 + 20_000) await pause(200);
await schedules.stop();
await database.close();
console.log(
  JSON.stringify({
    loadCpuMs: loaded.cpu,
    loadMs: loaded.ms,
    moreMb,
    idlePercent,
    createMs: percentile(creating, 99),
    createP50Ms: percentile(creating, 50),
    cancelP50Ms: percentile(cancelling, 50),
    cancelMs: percentile(cancelling, 99),
    lateMs: percentile(late, 99),
    fired: late.length,
  }),
);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
