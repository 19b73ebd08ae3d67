/** `npm run simulation`: simulated years of schedules until there are enough slots. `--slots N`, `--seed N`, `--processes N` to choose. */
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Report, simulate } from "./simulation.ts";

/** Years in which something was found once; they come first. */
const foundIn = [78667, 10427, 20018];

const { values } = parseArgs({
  options: {
    slots: { type: "string", default: "500000" },
    seed: { type: "string" },
    processes: { type: "string", default: "2" },
    year: { type: "string" },
  },
});

if (values.year !== undefined) {
  const report = await simulate({ seed: Number(values.year), schedules: 300, days: 365, density: 2 });
  process.stdout.write(JSON.stringify(report));
} else {
  const begun = performance.now();
  const total = { years: 0, faulty: 0, slots: 0, runs: 0, kills: 0, steps: 0, verbs: 0 };
  const again = values.seed === undefined ? [...foundIn] : [];
  let seed = Number(values.seed ?? Date.now() % 100_000);

  async function simulateYears(): Promise<void> {
    while (total.slots < Number(values.slots) && total.faulty === 0) {
      const mine = again.shift() ?? seed++;
      const report = await yearInAnotherProcess(mine);
      const { violations, outcomes } = report;
      total.years += 1;
      for (const figure of ["slots", "runs", "kills", "steps", "verbs"] as const) total[figure] += report[figure];
      if (violations.length > 0) total.faulty += 1;
      const { slots, kills, steps } = report;
      console.log(
        `${violations.length > 0 ? "✗" : "✓"} seed ${mine}: ${JSON.stringify({ slots, kills, steps, ...outcomes })}`,
      );
      for (const one of violations.slice(0, 20)) console.log(`    ${one}`);
    }
  }

  await Promise.all(Array.from({ length: Number(values.processes) }, simulateYears));
  const { years, faulty, ...figures } = total;
  mkdirSync("coverage", { recursive: true });
  writeFileSync(
    "coverage/simulation.json",
    JSON.stringify({ numPassedTests: years - faulty, numFailedTests: faulty, numTotalTests: years, ...figures }),
  );
  console.log(`${JSON.stringify(figures)} in ${Math.round((performance.now() - begun) / 1000)} s`);
  console.log(`${years - faulty} passed, ${faulty} failed`);
  process.exit(faulty > 0 ? 1 : 0);
}

/** A year that does not come to its end is one with a violation. */
function yearInAnotherProcess(seed: number): Promise<Report> {
  const args = [...process.execArgv, fileURLToPath(import.meta.url), "--year", String(seed)];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    child.on("close", (code) => {
      if (code === 0) return resolve(JSON.parse(out));
      const nothing = { slots: 0, runs: 0, kills: 0, steps: 0, verbs: 0, outcomes: {}, sum: "" };
      resolve({ ...nothing, violations: [`seed ${seed}: the process ended with ${code}`] });
    });
  });
}
