// What a bot does with a server, in a process that can be killed: orphan-bot.ts SERVER PID-FILE prints what the server started.
import { McpServer } from "../../src/config/schema/mcp-server.ts";
import { connectMcpServer } from "../../src/tools/mcp/mcp.ts";
import { createLog } from "../../src/watch/log.ts";

const [server = "", file = ""] = process.argv.slice(2);
const box = connectMcpServer(
  McpServer.parse({ name: "odd", command: process.execPath, args: [server, "stubborn", file] }),
  { log: createLog({ level: "silent", redact: (text) => text }), env: process.env },
);
await box.tried;
const children = box.tools().find(({ name }) => name === "children");
const { text = "" } = (await children?.run({}, new AbortController().signal)) ?? {};
console.log(text);
