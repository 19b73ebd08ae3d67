// The SDK's own client and transport beside a server over standard input and output, and nothing else: a request over HTTP
// has it make as many calls at once as its path says. raw-mcp.ts SERVER ARGS…
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";

const client = new Client({ name: "raw-mcp", version: "1.0.0" });
await client.connect(new StdioClientTransport({ command: process.execPath, args: process.argv.slice(2) }));
await client.listTools();

const server = createServer(async ({ url = "/1" }, response) => {
  const calls = Array.from({ length: Number(url.slice(1)) }, (_, at) =>
    client.callTool({ name: "look_up_0", arguments: { query: `thing ${at}`, limit: 10 } }),
  );
  const answers = await Promise.all(calls);
  response.end(JSON.stringify({ text: answers.some(({ isError }) => isError) ? "failed" : "All looked up." }));
});
server.listen(0, "127.0.0.1", () => console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}`));
