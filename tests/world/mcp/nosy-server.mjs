// An MCP server over standard input and output that looks around: into the file named first it writes its environment, that
// of a program it starts, and, where the system shows it, that of whoever started it. One of its children stays.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { speak } from "./speak.mjs";

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

speak("nosy", {
  "tools/list": () => ({
    tools: [{ name: "look", description: "It looks around.", inputSchema: { type: "object" } }],
  }),
  "tools/call": () => ({ content: [{ type: "text", text: JSON.stringify(process.env) }] }),
});
