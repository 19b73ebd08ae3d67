import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compiled, startProgram } from "../program.ts";
import { atLeast, atMost, type Row, row } from "../row.ts";
import { inTurns } from "./sides.ts";

const many = 100_000;
const slots = 10_000;

/** What it takes to keep very many schedules. */
export async function keptRows(): Promise<Row[]> {
  const script = await compiled("./schedules/keeping.ts");
  const filling = await compiled("./schedules/filling.ts");
  const measured = await inFolder(async (dir) => {
    await printed(filling, [dir, String(many)]);
    return printed(script, [dir]);
  });
  const figure = (what: string, unit: "ms" | "MB" | "%", most: number, name: string, note?: string) =>
    row({ what, unit, goal: atMost(most, unit), ours: measured[name] ?? Number.NaN, note });
  return [
    figure(
      `${many} schedules kept: CPU to load them`,
      "ms",
      5_000,
      "loadCpuMs",
      `Rooms alone, without platforms: ${measured.loadMs?.toFixed(0)} ms from opening the file to the first look at the clock.`,
    ),
    figure("… memory more", "MB", 150, "moreMb"),
    figure("… idle, of a core", "%", 0.5, "idlePercent"),
    figure(
      "… create, p99",
      "ms",
      10,
      "createMs",
      `p50: create ${measured.createP50Ms?.toFixed(2)} ms, cancel ${measured.cancelP50Ms?.toFixed(2)} ms.`,
    ),
    figure("… cancel, p99", "ms", 10, "cancelMs"),
    figure("… lateness, p99", "ms", 250, "lateMs", `${measured.fired} of 1000 made beside them fired, 67 a second.`),
  ];
}

/** How fast slots that come due together are claimed, run and recorded, beside statements of a thousand rows. */
export async function recordingRows(): Promise<Row[]> {
  const script = await compiled("./schedules/recording.ts");
  const raw = await compiled("./floors/multi-row.ts");
  const side = (file: string) =>
    inFolder(async (dir) => {
      const { perSecond = Number.NaN, cpuMs = Number.NaN } = await printed(file, [dir, String(slots)]);
      return { perSecond, cpuMs };
    });
  const { floor, ours } = await inTurns(
    () => side(raw),
    () => side(script),
  );
  return [
    row({
      what: `slots claimed, run and recorded in a second, of ${slots} due together`,
      unit: "count",
      goal: atLeast(5_000),
      floor: floor.perSecond,
      ours: ours.perSecond,
      note: `Read, decided, claimed, handed to work that does nothing, ended, moved on; the floor inserts and updates rows, ${floor.cpuMs.toFixed(3)} ms CPU each, ours ${ours.cpuMs.toFixed(3)}.`,
    }),
  ];
}

async function inFolder<Result>(work: (dir: string) => Promise<Result>): Promise<Result> {
  const dir = await mkdtemp(join(tmpdir(), "bellhop-bench-"));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** What a program prints as JSON when it is done. */
async function printed(script: string, args: string[]): Promise<Record<string, number>> {
  const program = await startProgram({ name: script, script, args, ready: /^\{.*\}$/m });
  await program.stop();
  return JSON.parse(program.greeting);
}
