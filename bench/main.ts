/** `npm run bench`: what Bellhop costs beside its floors. `--rows name,…` for some rows, `--json file` to keep them. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { circumstances } from "./machine.ts";
import type { Row } from "./row.ts";
import { crashRows } from "./rows/crashes.ts";
import { herdRows } from "./rows/herd.ts";
import { installRows } from "./rows/install.ts";
import { memoryRows } from "./rows/memory.ts";
import { mentionRows } from "./rows/mentions.ts";
import { promptRows } from "./rows/prompt.ts";
import { keptRows, recordingRows } from "./rows/schedules.ts";
import { slotMemoryRows } from "./rows/slot-memory.ts";
import { startRows } from "./rows/start.ts";
import { limitedStreamRows, streamRows } from "./rows/streams.ts";
import { toolCallRows, toolServerRows } from "./rows/tools.ts";
import { workerRows } from "./rows/worker.ts";
import { tableOf } from "./table.ts";

const measurements: Record<string, () => Promise<Row[]>> = {
  slack: () => mentionRows("slack"),
  discord: () => mentionRows("discord"),
  streams: streamRows,
  limits: limitedStreamRows,
  start: startRows,
  worker: workerRows,
  prompt: promptRows,
  install: installRows,
  memory: memoryRows,
  kept: keptRows,
  slots: recordingRows,
  herd: herdRows,
  "slot-memory": slotMemoryRows,
  "tool-calls": toolCallRows,
  "tool-servers": toolServerRows,
  crashes: crashRows,
};

const { values } = parseArgs({ options: { rows: { type: "string" }, json: { type: "string" } } });
const wanted = values.rows?.split(",").map((name) => name.trim()) ?? Object.keys(measurements);
const unknown = wanted.filter((name) => !Object.hasOwn(measurements, name));
if (unknown.length > 0) {
  console.error(`no such rows: ${unknown.join(", ")} — there are ${Object.keys(measurements).join(", ")}`);
  process.exit(2);
}

const about = circumstances();
const { machine } = about;
console.log(
  `Bellhop ${about.commit}, Node ${about.node}, ${machine.cores} × ${machine.model}, ${machine.memoryGb} GB, load ${about.loadBefore} before`,
);
const rows: Row[] = [];
const failed: string[] = [];
for (const name of wanted) {
  const began = performance.now();
  process.stderr.write(`· ${name} … `);
  try {
    rows.push(...((await measurements[name]?.()) ?? []));
  } catch (error) {
    failed.push(`${name} could not be measured: ${error instanceof Error ? error.message : String(error)}`);
  }
  process.stderr.write(`${((performance.now() - began) / 1000).toFixed(0)} s\n`);
}
console.log(`\n${tableOf(rows)}`);
for (const line of failed) console.error(line);
if (values.json !== undefined) {
  await mkdir(dirname(values.json), { recursive: true });
  await writeFile(values.json, `${JSON.stringify({ ...about, rows, failed }, null, 2)}\n`);
}
