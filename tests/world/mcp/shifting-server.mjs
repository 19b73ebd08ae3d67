// An MCP server over standard input and output whose tools stand in a file, named by its first argument: write the file
// anew, and the server says that its tools have changed.
import { readFileSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { createInterface } from "node:readline";

const [file = ""] = process.argv.slice(2);
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
let written = readFileSync(file, "utf8");

watch(dirname(file), (_event, name) => {
  if (name !== basename(file)) return;
  const now = readFileSync(file, "utf8");
  // While it is being written it is not whole.
  if (now === written || !now.endsWith("]")) return;
  written = now;
  send({ method: "notifications/tools/list_changed" });
});

const input = createInterface({ input: process.stdin });
input.on("close", () => process.exit());
input.on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  switch (method) {
    case "initialize":
      return send({
        id,
        result: {
          protocolVersion: params.protocolVersion,
          capabilities: { tools: { listChanged: true } },
          serverInfo: { name: "shifting", version: "1" },
        },
      });
    case "tools/list":
      return send({ id, result: { tools: JSON.parse(written) } });
    case "tools/call":
      return send({ id, result: { content: [{ type: "text", text: `${params.name} was called` }] } });
    default:
      if (id !== undefined) send({ id, result: {} });
  }
});
