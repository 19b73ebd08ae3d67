// Adds up the results of several test runs, as JSON files, into one last line. Exits 1 when one failed or is missing.
import { existsSync, readFileSync } from "node:fs";

let passed = 0;
let failed = 0;
for (const file of process.argv.slice(2)) {
  if (!existsSync(file)) {
    console.log(`${file} is missing: that suite did not come to its end`);
    failed++;
    continue;
  }
  const {
    numPassedTests,
    numFailedTests,
    numFailedTestSuites = 0,
    numTotalTests,
  } = JSON.parse(readFileSync(file, "utf8"));
  passed += numPassedTests;
  // A file that can't even be loaded has no failed test of its own.
  failed += numFailedTests === 0 && numFailedTestSuites > 0 ? numFailedTestSuites : numFailedTests;
  if (numTotalTests === 0) failed++;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
