// An MCP server over standard input and output with every bad habit, each asked for by a tool of that name; or, by its
// first argument, from the beginning on: deaf, garbage, flood, crash, endless (page after page of its list is empty), huge
// (tools that say of themselves more than is read), restless (they change while they are listed), frail (it ends when it
// is asked for its prompts). What it is told to cancel, it prints to standard error.
import { spawn } from "node:child_process";
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";

const [habit = "good"] = process.argv.slice(2);
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const text = (id, said) => send({ id, result: { content: [{ type: "text", text: said }] } });

const saying = { jsonrpc: "2.0", method: "notifications/message", params: { level: "info", data: "I am at work." } };

let tools = [
  "echo",
  "hang",
  "die",
  "leave",
  "huge",
  "huge-backwards",
  "garbage",
  "flood",
  "change",
  "progress",
  "odd-result",
  "refuse",
].map((name) => ({ name, description: `It does ${name}.`, inputSchema: { type: "object" } }));
// Not as MCP has them: no schema, a schema of no object.
tools.push({ name: "no-schema" }, { name: "array", inputSchema: { type: "array" } });

/** One beyond measure, and more of the rest than is taken of all. */
function hugeTools() {
  const long = (name, size) => ({ name, description: "x".repeat(size), inputSchema: { type: "object" } });
  const rest = Array.from({ length: 45 }, (_, n) => long(`long_${n}`, 200_000));
  return [long("longest", 300_000), ...rest];
}
let changed = false;

if (habit === "crash") {
  console.error("no database at db.example");
  process.exit(3);
}
if (habit === "flood") for (;;) writeSync(1, `${"log ".repeat(16_000)}\n`);

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (habit === "deaf") return;
  if (habit === "garbage") process.stdout.write("starting up, please wait…\n{ half a message\n");
  switch (method) {
    case "initialize":
      return send({
        id,
        result: {
          protocolVersion: params.protocolVersion,
          capabilities: { tools: { listChanged: true }, ...(habit === "frail" && { prompts: {} }) },
          serverInfo: { name: "odd", version: "1" },
        },
      });
    case "tools/list":
      if (habit === "endless")
        return send({ id, result: { tools: id < 10 ? tools : [], nextCursor: `page after ${id}` } });
      if (habit === "huge") return send({ id, result: { tools: hugeTools() } });
      if (habit === "restless" && !changed) {
        changed = true;
        send({ method: "notifications/tools/list_changed" });
        send({ id, result: { tools } });
        tools = [{ name: "echo", description: "It echoes otherwise.", inputSchema: { type: "object" } }];
        return;
      }
      return send({ id, result: { tools } });
    case "prompts/list":
      // Not before its tools were told.
      return setTimeout(() => process.exit(4), 50);
    case "ping":
      return send({ id, result: {} });
    case "notifications/cancelled":
      return console.error(`cancelled ${params.requestId}: ${params.reason}`);
    case "tools/call":
      return call(id, params);
    default:
      if (id !== undefined) send({ id, error: { code: -32601, message: `no method ${method}` } });
  }
});

function call(id, { name, arguments: input, _meta }) {
  switch (name) {
    case "echo":
      // Behind much that nobody asked for, or in no form of MCP's.
      if (input.talk) process.stdout.write(`${JSON.stringify(saying)}\n`.repeat(input.talk));
      if (input.spoilt) return send({ id, error: "boom" });
      return text(id, JSON.stringify(input));
    case "hang":
      return console.error(`hanging ${id}`);
    case "die":
      return process.exit(1);
    case "leave":
      // It leaves the group and the session, and holds what the server printed to.
      spawn("sleep", ["30"], { detached: true, stdio: "inherit" }).once("spawn", () => process.exit(5));
      return;
    case "huge":
      return send({ id, result: { content: [{ type: "text", text: "x".repeat(50 * 1024 * 1024) }] } });
    case "huge-backwards":
      return process.stdout.write(
        `{"result":{"content":[{"type":"text","text":"${"x".repeat(11 * 1024 * 1024)}"}]},"jsonrpc":"2.0","id":${id}}\n`,
      );
    case "garbage":
      process.stdout.write("debug: thinking\n\n[1,2]\n{}\n");
      return text(id, "done");
    case "flood":
      for (;;) writeSync(1, `${"log ".repeat(16_000)}\n`);
    case "change":
      tools = [{ name: "echo", description: "It echoes otherwise.", inputSchema: { type: "object" } }];
      send({ method: "notifications/tools/list_changed" });
      return text(id, "changed");
    case "progress":
      for (const step of [1, 2, 3])
        send({
          method: "notifications/progress",
          params: { progressToken: _meta.progressToken, progress: step, total: 3, message: `step ${step}` },
        });
      // In time for all three to be heard.
      return setTimeout(() => text(id, "there"), 20);
    case "odd-result":
      return send({ id, result: { content: "not a list" } });
    default:
      return send({ id, error: { code: input?.code ?? -32602, message: `${name} is not to be called` } });
  }
}
