/**
 * `npm run conformance:server`: `POST /mcp` of the real program under every server scenario of MCP's own conformance suite.
 * `--scenario NAME` for one of them, told whole.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startBellhop } from "../world/bellhop-process.ts";
import { serverExceptions } from "./server-exceptions.ts";
import { fetchSuite } from "./suite.ts";
import { tryScenarios } from "./trial.ts";

const { values } = parseArgs({ options: { scenario: { type: "string" } } });
const results = "coverage/conformance-server";

const suite = await fetchSuite();
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), "bellhop-conformance-"));
// The welcome set: two agents on the offline model.
const bellhop = startBellhop({ BELLHOP_CONFIG: join(folder, "config"), BELLHOP_DATA: join(folder, "data") });
try {
  const url = `${await bellhop.ready()}/mcp`;
  process.exitCode = await tryScenarios({
    known: await suite.scenarios("server"),
    only: values.scenario,
    exceptions: serverExceptions,
    run: (scenario) => suite.run("server", "--url", url, "--scenario", scenario, "-o", results),
    counts: "coverage/conformance-server.json",
  }).then((failed) => (failed > 0 ? 1 : 0));
} finally {
  await bellhop.terminate();
  rmSync(folder, { recursive: true, force: true });
}
