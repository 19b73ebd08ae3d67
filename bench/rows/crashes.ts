import { readFile, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Row } from "../row.ts";

const file = fileURLToPath(new URL("../../coverage/faults.json", import.meta.url));

/** What `npm run faults` last found; it takes too long to be run here. */
export async function crashRows(): Promise<Row[]> {
  const result = await lastResult();
  return [
    {
      what: "kill -9 at random moments under load",
      unit: "text",
      goal: "0 lost, 0 answered twice",
      ours: result ? `${result.passed} of ${result.total} sieges without either` : "not run here",
      met: result && result.passed === result.total,
      note: result
        ? `From \`npm run faults\` of ${result.at.slice(0, 16)}; each siege kills the process a dozen times or more.`
        : "Run `npm run faults` (some minutes; `-- --ci` is shorter) and this row shows what it found.",
    },
  ];
}

async function lastResult(): Promise<{ passed: number; total: number; at: string } | undefined> {
  try {
    const { numPassedTests: passed, numTotalTests: total } = JSON.parse(await readFile(file, "utf8"));
    return { passed, total, at: (await stat(file)).mtime.toISOString() };
  } catch {
    return undefined;
  }
}
