// Rows like slots, claimed and ended by statements of a thousand rows and nothing else: multi-row.js FOLDER COUNT
import { openDatabase } from "../../src/store/database.ts";

const [dir = "", count = "0"] = process.argv.slice(2);
const atOnce = 1_000;
const { query, close } = await openDatabase(dir);
await query(
  `CREATE TABLE slots (schedule TEXT NOT NULL, due INTEGER NOT NULL, claim TEXT NOT NULL, outcome TEXT, ending TEXT,
   PRIMARY KEY (schedule, due)) WITHOUT ROWID`,
);
const claim = JSON.stringify({ schedule: "s-abc", due: 1_800_000_000_000, claimed: 1_800_000_000_000 });
const ending = JSON.stringify({ outcome: "posted", receipts: [], started: 1_800_000_000_000, took: 200 });
const keys = Array.from({ length: Number(count) }, (_, n) => `s-${n.toString(36)}`);
const began = performance.now();
const cpu = process.cpuUsage();
for (let at = 0; at < keys.length; at += atOnce) {
  const some = keys.slice(at, at + atOnce);
  await query(
    `INSERT INTO slots (schedule, due, claim) VALUES ${some.map(() => "(?,?,?)").join(",")}`,
    ...some.flatMap((key) => [key, 1_800_000_000_000, claim]),
  );
}
for (let at = 0; at < keys.length; at += atOnce) {
  const some = keys.slice(at, at + atOnce);
  await query(
    `WITH ended (schedule, due, ending) AS (VALUES ${some.map(() => "(?,?,?)").join(",")})
     UPDATE slots SET outcome = 'posted', ending = ended.ending FROM ended
     WHERE slots.schedule = ended.schedule AND slots.due = ended.due`,
    ...some.flatMap((key) => [key, 1_800_000_000_000, ending]),
  );
}
const tookMs = performance.now() - began;
const { user, system } = process.cpuUsage(cpu);
await close();
console.log(
  JSON.stringify({ perSecond: Number(count) / (tookMs / 1000), cpuMs: (user + system) / 1000 / Number(count) }),
);
