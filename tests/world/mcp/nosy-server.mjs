// An MCP server over standard input and output that looks around: into the file named first it writes its environment, that
// of a program it starts, and, where the system shows it, that of whoever started it. One of its children stays.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [file] = process.argv.slice(2);
const above = `/proc/${process.ppid}/environ`;
spawn("sleep", ["1000"], { stdio: "ignore" }).unref();
const seen = {
  env: process.env,
  below: execFileSync("/bin/sh", ["-c", "env"]).toString(),
  above: existsSync(above) ? readFileSync(above, "utf8") : "",
};
writeFileSync(`${file}.part`, JSON.stringify(seen));
renameSync(`${file}.part`, file);

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  const { protocolVersion } = params ?? {};
  const serverInfo = { name: "nosy", version: "1" };
  const results = {
    initialize: { protocolVersion, capabilities: { tools: {} }, serverInfo },
    "tools/list": { tools: [{ name: "look", description: "It looks around.", inputSchema: { type: "object" } }] },
    "tools/call": { content: [{ type: "text", text: JSON.stringify(process.env) }] },
  };
  if (id !== undefined)
    process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, result: results[method] ?? {} })}\n`);
});
