// An MCP server over standard input and output that gives a file, another one for each number it is asked for.
import { createInterface } from "node:readline";

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const draw = {
  name: "draw",
  description: "Draws a number.",
  inputSchema: { type: "object", properties: { number: { type: "number" } }, required: ["number"] },
  annotations: { readOnlyHint: true },
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  if (method === "initialize") {
    const { protocolVersion } = params;
    const serverInfo = { name: "drawing", version: "1" };
    return send({ id, result: { protocolVersion, capabilities: { tools: {} }, serverInfo } });
  }
  if (method === "ping") return send({ id, result: {} });
  if (method === "tools/list") return send({ id, result: { tools: [draw] } });
  if (method !== "tools/call") return send({ id, error: { code: -32601, message: `no method ${method}` } });
  const { number } = params.arguments;
  const blob = Buffer.alloc(20_000, `\0${number}\0`).toString("base64");
  const resource = { uri: `drawing://${number}.bin`, mimeType: "application/octet-stream", blob };
  return send({ id, result: { content: [{ type: "resource", resource }] } });
});
