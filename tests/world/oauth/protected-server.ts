import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { SSEServerTransport } from "@modelcontextprotocol/sdk/server/sse.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { Grant, Ledger } from "./grants.ts";

/** How a protected server behaves; what is not said is as it should be. */
export type ProtectedOptions = {
  /** What it says with a 401: where to read more and which scope it wants, or nothing at all. */
  challenge?: "whole" | "none";
  /** false: it says nothing of who lets people in. */
  about?: boolean;
  /** It speaks as servers did before streamable HTTP. */
  sse?: boolean;
  /** The scope that all its tools need. */
  scope?: string;
  /** Put over what it says of itself, for servers that lie. */
  says?: Record<string, unknown> | ((issuer: string) => Record<string, unknown>);
};

/** An MCP server that lets in who has a token of its authorization server; `write_note` wants the scope `notes:write`. */
export function protectedServer(options: ProtectedOptions, ledger: Ledger, at: { issuer: string; resource: string }) {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const streams = new Map<string, SSEServerTransport>();
  const about = new URL("/.well-known/oauth-protected-resource/mcp", at.resource).href;
  let calls = 0;

  function tools(): McpServer {
    const server = new McpServer({ name: "notes", version: "1.0.0" });
    server.registerTool("whoami", { description: "Whose account this is" }, (extra) => {
      calls += 1;
      return { content: [{ type: "text", text: `You are ${String(extra.authInfo?.clientId)}.` }] };
    });
    server.registerTool("leak", { description: "Says what should not be said" }, (extra) => {
      calls += 1;
      return { content: [{ type: "text", text: `It came with ${extra.authInfo?.token}, so it did.` }] };
    });
    server.registerTool("write_note", { description: "Writes a note" }, () => {
      calls += 1;
      return { content: [{ type: "text", text: "Written." }] };
    });
    return server;
  }

  async function open(): Promise<StreamableHTTPServerTransport> {
    const server = tools();
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    return transport;
  }

  function turnAway(response: ServerResponse, status: number, parts: Record<string, string>): void {
    const said = Object.entries(parts).map(([name, value]) => `${name}="${value}"`);
    const header = options.challenge === "none" ? {} : { "www-authenticate": `Bearer ${said.join(", ")}` };
    response.writeHead(status, header).end();
  }

  function admit(request: IncomingMessage, response: ServerResponse): Grant | undefined {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    const holder = token ? ledger.holder(token) : undefined;
    if (new URL(request.url ?? "", at.resource).searchParams.has("access_token"))
      ledger.violations.push("a token stands in an address");
    const lacks = options.scope && !holder?.scope.split(" ").includes(options.scope);
    if (holder && !lacks) return holder;
    const scope = options.scope ? { scope: options.scope } : {};
    const more = options.about === false ? {} : { resource_metadata: about };
    if (holder) turnAway(response, 403, { error: "insufficient_scope", ...scope, ...more });
    else turnAway(response, 401, { ...(token ? { error: "invalid_token" } : {}), ...scope, ...more });
    return undefined;
  }

  return {
    get calls() {
      return calls;
    },
    async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const url = new URL(request.url ?? "", at.resource);
      if (url.pathname.startsWith("/.well-known/oauth-protected-resource") && options.about !== false) {
        const put = typeof options.says === "function" ? options.says(at.issuer) : options.says;
        const says = { resource: at.resource, authorization_servers: [at.issuer], ...put };
        return void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(says));
      }
      if (url.pathname !== "/mcp" && !(options.sse && url.pathname === "/mcp/messages"))
        return void response.writeHead(404).end();
      const holder = admit(request, response);
      if (!holder) return;
      let text = "";
      for await (const chunk of request) text += chunk;
      const body: unknown = text ? JSON.parse(text) : undefined;
      const { method, params } = Object(body);
      const wants = method === "tools/call" && Object(params).name === "write_note" ? "notes:write" : undefined;
      if (wants && !holder.scope.split(" ").includes(wants))
        return turnAway(response, 403, { error: "insufficient_scope", scope: wants, resource_metadata: about });
      const auth = { token: holder.access, clientId: holder.person, scopes: holder.scope.split(" ") };
      if (options.sse && request.method === "GET") {
        const stream = new SSEServerTransport("/mcp/messages", response);
        streams.set(stream.sessionId, stream);
        return tools().connect(stream);
      }
      const stream = streams.get(url.searchParams.get("sessionId") ?? "");
      if (stream) return stream.handlePostMessage(Object.assign(request, { auth }), response, body);
      if (options.sse) return void response.writeHead(404).end();
      const id = request.headers["mcp-session-id"]?.toString();
      const session = id === undefined ? await open() : sessions.get(id);
      if (!session) return void response.writeHead(404).end();
      await session.handleRequest(Object.assign(request, { auth }), response, body);
    },
    async stop(): Promise<void> {
      await Promise.all([...sessions.values(), ...streams.values()].map((session) => session.close()));
    },
  };
}
