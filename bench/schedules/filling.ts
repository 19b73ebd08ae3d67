// Writes so many schedules into a folder, none of them due within a day: filling.js FOLDER COUNT
import { openScheduleStore } from "../../src/schedules/schedule-store.ts";
import { openDatabase } from "../../src/store/database.ts";
import { keepAll, someSchedule, someWhen } from "./many.ts";

const [dir = "", count = "0"] = process.argv.slice(2);
const now = Date.now();
const database = await openDatabase(dir);
await openScheduleStore(database.query, (error) => console.error(error));
await keepAll(
  database.query,
  Array.from({ length: Number(count) }, (_, n) => someSchedule(n, someWhen(n, now), now)),
  now,
);
await database.close();
console.log("{}");
