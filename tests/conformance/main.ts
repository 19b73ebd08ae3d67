/**
 * `npm run conformance`: the connection to MCP servers under every client scenario of MCP's own conformance suite.
 * `--scenario NAME` for one of them, told whole.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { clientExceptions } from "./exceptions.ts";
import { fetchSuite } from "./suite.ts";

const { values } = parseArgs({ options: { scenario: { type: "string" } } });
const client = `${process.execPath} ${fileURLToPath(new URL("./client.mjs", import.meta.url))}`;
const results = "coverage/conformance";

const suite = await fetchSuite();
const known = await suite.scenarios("client");
const wanted = values.scenario ? [values.scenario] : known;
let passed = 0;
let failed = known.length === 0 ? 1 : 0;
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

// One after the other: one of them measures how late the client is.
for (const scenario of wanted) {
  const { code, said } = await suite.run("client", "--command", client, "--scenario", scenario, "-o", results);
  const reason = clientExceptions[scenario];
  if ((code === 0) === (reason === undefined)) passed++;
  else failed++;
  if (code === 0) console.log(reason ? `✗ ${scenario} passes now: it is no exception any more` : `✓ ${scenario}`);
  else console.log(reason ? `~ ${scenario}: ${reason}` : `✗ ${scenario}\n${why(said)}`);
  if (values.scenario) console.log(said);
}
for (const name of Object.keys(clientExceptions).filter((name) => !known.includes(name))) {
  console.log(`✗ ${name} is an exception, but no scenario`);
  failed++;
}

writeFileSync(
  "coverage/conformance.json",
  JSON.stringify({ numPassedTests: passed, numFailedTests: failed, numTotalTests: passed + failed }),
);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

/** What went wrong, of all that the suite says. */
function why(said: string): string {
  const [, end = said] = said.split(/^Test Results:$/m);
  return end.trim().replace(/^/gm, "    ");
}
