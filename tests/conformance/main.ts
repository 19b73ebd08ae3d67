/**
 * `npm run conformance`: the connection to MCP servers under every client scenario of MCP's own conformance suite.
 * `--scenario NAME` for one of them, told whole.
 */
import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { clientExceptions } from "./exceptions.ts";
import { fetchSuite } from "./suite.ts";
import { tryScenarios } from "./trial.ts";

const { values } = parseArgs({ options: { scenario: { type: "string" } } });
const client = `${process.execPath} --import tsx ${fileURLToPath(new URL("./client.mjs", import.meta.url))}`;
const results = "coverage/conformance";

const suite = await fetchSuite();
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const failed = await tryScenarios({
  known: await suite.scenarios("client"),
  only: values.scenario,
  exceptions: clientExceptions,
  run: (scenario) => suite.run("client", "--command", client, "--scenario", scenario, "-o", results),
  counts: "coverage/conformance.json",
});
process.exit(failed > 0 ? 1 : 0);
