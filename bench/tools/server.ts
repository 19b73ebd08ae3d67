// An MCP server with so many tools, each of which says at once what it was told: server.ts TOOLS [NAME]. It reads and writes
// plain lines, so that it costs as little as a server can.
import { createInterface } from "node:readline";

const [count = "1", about = "server"] = process.argv.slice(2);
const inputSchema = {
  type: "object",
  properties: {
    query: { type: "string", description: "What is looked for, in the words of whoever asked" },
    limit: { type: "integer", minimum: 1, maximum: 100, description: "How many at most" },
    since: { type: "string", format: "date-time", description: "Nothing older than this" },
  },
  required: ["query"],
};
const tools = Array.from({ length: Number(count) }, (_, at) => ({
  name: `look_up_${at}`,
  description: `Looks up what ${about} knows of matter ${at}, and tells it in a few words.`,
  inputSchema,
  annotations: { readOnlyHint: true },
}));

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const result =
    method === "initialize"
      ? {
          protocolVersion: params.protocolVersion,
          capabilities: { tools: {} },
          serverInfo: { name: about, version: "1" },
        }
      : method === "tools/list"
        ? { tools }
        : method === "tools/call"
          ? { content: [{ type: "text", text: `Nothing is known of ${params.arguments.query}.` }] }
          : {};
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, result })}\n`);
});
