// Bellhop's own connection, as the conformance suite starts it: with the address of a server as its last argument. It
// connects as the built program does, calls each tool once as a model would, and closes.
import { McpServer } from "../../dist/src/config/schema/mcp-server.js";
import { connectMcpServer } from "../../dist/src/tools/mcp/mcp.js";
import { createLog } from "../../dist/src/watch/log.js";

const url = process.argv.at(-1);
const log = createLog({ level: "debug", redact: (text) => text });
const box = connectMcpServer(McpServer.parse({ name: "conformance", url }), { log, env: process.env });
await box.tried;
const { state, error } = box.state();
if (state !== "connected") console.error(`not connected: ${error}`);

let isGood = state === "connected";
for (const tool of box.tools()) {
  const { text, failed = false } = await tool.run(sample(tool.parameters), new AbortController().signal);
  console.log(`${tool.name}: ${failed ? "failed: " : ""}${text}`);
  isGood &&= !failed;
}
await box.close();
process.exit(isGood ? 0 : 1);

/** Something for each argument that must be given. */
function sample({ properties = {}, required = [] }) {
  const given = { number: 2, integer: 2, boolean: true, array: [], object: {}, string: "text" };
  return Object.fromEntries(required.map((name) => [name, given[properties[name]?.type] ?? "text"]));
}
