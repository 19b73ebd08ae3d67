/** `npm run faults`: long sieges. `--ci` for what CI has time for; `--seed N`, `--kills N`, `--mentions N` to choose. */
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { besiege } from "./siege.ts";

const { values } = parseArgs({
  options: {
    ci: { type: "boolean" },
    seed: { type: "string" },
    kills: { type: "string" },
    mentions: { type: "string" },
    sieges: { type: "string" },
  },
});
const sieges = Number(values.sieges ?? (values.ci ? 3 : 12));
const kills = Number(values.kills ?? (values.ci ? 12 : 17));
const mentions = Number(values.mentions ?? (values.ci ? 400 : 1000));
const first = Number(values.seed ?? Date.now() % 100_000);

let passed = 0;
let failed = 0;
for (let n = 0; n < sieges; n++) {
  const seed = first + n;
  console.log(`siege ${n + 1} of ${sieges}, seed ${seed}: ${mentions} mentions over 120 channels, ${kills} kills`);
  const report = await besiege({
    mentions,
    kills,
    channels: 120,
    rate: 4,
    seed,
    say: (line) => console.log(`  ${line}`),
  });
  const { lost, twice, violations, ...figures } = report;
  const good = lost.length === 0 && twice.length === 0 && violations.length === 0 && report.mentions === mentions;
  console.log(
    `  ${good ? "✓" : "✗"} ${JSON.stringify({ ...figures, lost: lost.length, twice: twice.length, violations: violations.length })}`,
  );
  for (const [name, list] of Object.entries({ lost, twice, violations }))
    for (const one of list.slice(0, 10)) console.log(`    ${name} ${one}`);
  if (good) passed++;
  else failed++;
}
mkdirSync("coverage", { recursive: true });
writeFileSync(
  "coverage/faults.json",
  JSON.stringify({ numPassedTests: passed, numFailedTests: failed, numTotalTests: passed + failed }),
);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
