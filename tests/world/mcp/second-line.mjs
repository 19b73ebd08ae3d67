// A server made with the second line of the official SDK: over standard input and output, or with `http`, over streamable
// HTTP at the address that it prints.
import { createServer } from "node:http";
import { Readable } from "node:stream";
import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

function serve() {
  const server = new McpServer({ name: "second-line", version: "1.0.0" });
  server.registerTool(
    "add",
    { description: "Adds two numbers.", inputSchema: z.object({ a: z.number(), b: z.number() }) },
    ({ a, b }) => ({ content: [{ type: "text", text: String(a + b) }] }),
  );
  return server;
}

if (process.argv[2] === "http") {
  const handler = createMcpHandler(serve);
  const http = createServer(async (request, response) => {
    const { method, headers, url } = request;
    const body = method === "GET" ? undefined : Readable.toWeb(request);
    const answer = await handler.fetch(
      new Request(`http://${headers.host}${url}`, { method, headers, body, duplex: "half" }),
    );
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    if (answer.body) Readable.fromWeb(answer.body).pipe(response);
    else response.end();
  });
  http.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${http.address().port}/mcp`));
} else await serve().connect(new StdioServerTransport());
