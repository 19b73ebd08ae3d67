/** Simulated years of schedules until there are enough slots. `--slots N`, `--seed N`, `--processes N` to choose. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Report, simulate } from "./simulation.ts";

const { values } = parseArgs({
  options: {
    slots: { type: "string", default: "500000" },
    seed: { type: "string", default: String(Date.now() % 100_000) },
    processes: { type: "string", default: "2" },
    year: { type: "string" },
  },
});

if (values.year !== undefined) {
  const report = await simulate({ seed: Number(values.year), schedules: 600, days: 365, density: 1.5 });
  process.stdout.write(JSON.stringify(report));
} else {
  const total = { slots: 0, runs: 0, kills: 0, steps: 0, verbs: 0, violations: 0 };
  const wanted = Number(values.slots);
  let seed = Number(values.seed);

  async function simulateYears(): Promise<void> {
    while (total.slots < wanted) {
      const mine = seed++;
      const report = await yearInAnotherProcess(mine);
      total.slots += report.slots;
      total.runs += report.runs;
      total.kills += report.kills;
      total.steps += report.steps;
      total.verbs += report.verbs;
      total.violations += report.violations.length;
      console.log(
        `seed ${mine}: ${report.slots} slots, ${report.kills} kills, ${report.steps} clock steps, ${report.violations.length} violations`,
      );
      for (const one of report.violations.slice(0, 20)) console.log(`  ${one}`);
    }
  }

  await Promise.all(Array.from({ length: Number(values.processes) }, simulateYears));
  console.log(JSON.stringify(total));
  process.exit(total.violations > 0 ? 1 : 0);
}

function yearInAnotherProcess(seed: number): Promise<Report> {
  const args = [...process.execArgv, fileURLToPath(import.meta.url), "--year", String(seed)];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    child.on("exit", (code) => {
      if (code === 0) resolve(JSON.parse(out));
      else reject(new Error(`seed ${seed} ended with ${code}`));
    });
  });
}
