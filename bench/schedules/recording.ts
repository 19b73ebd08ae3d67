// Claims and records so many slots that come due together; prints how many a second, as JSON: recording.js FOLDER COUNT
import { openScheduleStore } from "../../src/schedules/schedule-store.ts";
import { createSchedules } from "../../src/schedules/schedules.ts";
import { openDatabase } from "../../src/store/database.ts";
import { keepAll, someSchedule } from "./many.ts";

const [dir = "", count = "0"] = process.argv.slice(2);
const trouble = (error: unknown) => console.error(error);
const database = await openDatabase(dir);
const { query } = database;
await openScheduleStore(query, trouble);
const now = Date.now();
const due = now + 6_000;
const at = new Date(due).toISOString();
await keepAll(
  query,
  Array.from({ length: Number(count) }, (_, n) => someSchedule(n, { kind: "once", at }, now)),
  now,
);
const schedules = await createSchedules({
  query,
  work: async () => ({ kind: "posted", receipts: [] }),
  isOwnerGone: async () => false,
  notice: () => {},
  trouble,
});
await schedules.start();
if (Date.now() >= due) throw new Error("it took too long to begin");
await new Promise((done) => setTimeout(done, due - Date.now() - 50));
const cpu = process.cpuUsage();
for (;;) {
  await new Promise((done) => setTimeout(done, 20));
  const { kept, running, waiting } = schedules.load();
  if (kept + running + waiting === 0) break;
}
const tookMs = Date.now() - due;
const { user, system } = process.cpuUsage(cpu);
const [row] = await query<{ ended: number }>("SELECT COUNT(*) AS ended FROM slots WHERE outcome = 'posted'");
await schedules.stop();
await database.close();
if (row?.ended !== Number(count)) throw new Error(`${row?.ended} of ${count} were recorded`);
console.log(
  JSON.stringify({ perSecond: Number(count) / (tookMs / 1000), cpuMs: (user + system) / 1000 / Number(count) }),
);
