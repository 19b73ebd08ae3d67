import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import {
  CallToolRequestSchema,
  type ElicitRequestFormParams,
  type ElicitRequestURLParams,
  type ElicitResult,
  ElicitResultSchema,
  ListToolsRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";

/** What a tool of it can do in the middle of a call. */
export type InCall = {
  input: Record<string, unknown>;
  /** Asks in the middle of the call, on its stream. */
  ask(
    params: ElicitRequestFormParams | ElicitRequestURLParams,
    about?: { signal?: AbortSignal },
  ): Promise<ElicitResult>;
  /** Asks on the stream for news, where at most the token of the call's progress tells in the middle of which call. */
  askBeside(
    params: ElicitRequestFormParams | ElicitRequestURLParams,
    about?: { named?: boolean },
  ): Promise<ElicitResult>;
  /** Says that what was to be done at a page is done. */
  done(id: string): Promise<void>;
  progress(done: number): Promise<void>;
  /** Aborted when the client gives the call up. */
  cancelled: AbortSignal;
};

/** A server over streamable HTTP, of the official SDK, whose tools the test plays. */
export type AskingServer = {
  url: string;
  /** What each client said that it can do. */
  capabilities: unknown[];
  close(): Promise<void>;
};

/** Opens one; each tool answers with what it returns. */
export async function openAskingServer(
  tools: Record<string, (call: InCall) => Promise<unknown> | unknown>,
): Promise<AskingServer> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const capabilities: unknown[] = [];

  async function begin(): Promise<StreamableHTTPServerTransport> {
    const server = new Server({ name: "I am the bot itself", version: "1" }, { capabilities: { tools: {} } });
    server.oninitialized = () => capabilities.push(server.getClientCapabilities());
    server.setRequestHandler(ListToolsRequestSchema, () => ({
      tools: Object.keys(tools).map((name) => ({
        name,
        description: `It does ${name}.`,
        inputSchema: { type: "object" as const },
        annotations: { readOnlyHint: true },
      })),
    }));
    server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
      const token = extra._meta?.progressToken;
      const answer = await tools[params.name]?.({
        input: params.arguments ?? {},
        ask: (asked, { signal } = {}) =>
          extra.sendRequest({ method: "elicitation/create", params: asked }, ElicitResultSchema, {
            timeout: 600_000,
            ...(signal ? { signal } : {}),
          }),
        askBeside: (asked, { named = false } = {}) =>
          server.request(
            {
              method: "elicitation/create",
              params: { ...asked, ...(named && token !== undefined ? { _meta: { progressToken: token } } : {}) },
            },
            ElicitResultSchema,
          ),
        done: (elicitationId) =>
          server.notification({ method: "notifications/elicitation/complete", params: { elicitationId } }),
        progress: (done) =>
          extra.sendNotification({
            method: "notifications/progress",
            params: { progressToken: token ?? "", progress: done },
          }),
        cancelled: extra.signal,
      });
      return { content: [{ type: "text", text: typeof answer === "string" ? answer : JSON.stringify(answer) }] };
    });
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    await server.connect(transport);
    return transport;
  }

  const http = createServer(async (request, response) => {
    const session = sessions.get(String(request.headers["mcp-session-id"]));
    await (session ?? (await begin())).handleRequest(request, response);
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    capabilities,
    async close() {
      await Promise.all([...sessions.values()].map((session) => session.close()));
      http.closeAllConnections();
      http.close();
    },
  };
}
