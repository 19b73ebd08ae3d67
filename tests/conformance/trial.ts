import { writeFileSync } from "node:fs";
import type { Ended } from "./suite.ts";

/** What is tried: every scenario known or the one wanted, each with the reason why it need not pass, if there is one. */
export type Trial = {
  known: string[];
  only: string | undefined;
  exceptions: Record<string, string>;
  run(scenario: string): Promise<Ended>;
  /** Where the counts are written. */
  counts: string;
};

/** Tries scenarios one after the other, since some measure how late somebody is; gives how many went wrong. */
export async function tryScenarios({ known, only, exceptions, run, counts }: Trial): Promise<number> {
  let passed = 0;
  let failed = known.length === 0 ? 1 : 0;
  for (const scenario of only ? [only] : known) {
    const { code, said } = await run(scenario);
    const reason = exceptions[scenario];
    if ((code === 0) === (reason === undefined)) passed++;
    else failed++;
    if (code === 0) console.log(reason ? `✗ ${scenario} passes now: it is no exception any more` : `✓ ${scenario}`);
    else console.log(reason ? `~ ${scenario}: ${reason}` : `✗ ${scenario}\n${why(said)}`);
    if (only) console.log(said);
  }
  for (const name of Object.keys(exceptions).filter((name) => !known.includes(name))) {
    console.log(`✗ ${name} is an exception, but no scenario`);
    failed++;
  }
  writeFileSync(
    counts,
    JSON.stringify({ numPassedTests: passed, numFailedTests: failed, numTotalTests: passed + failed }),
  );
  console.log(`${passed} passed, ${failed} failed`);
  return failed;
}

/** What went wrong, of all that the suite says. */
function why(said: string): string {
  const [, end = said] = said.split(/^Test Results:$/m);
  return end.trim().replace(/^/gm, "    ");
}
