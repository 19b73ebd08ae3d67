import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport, StreamableHTTPError } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { CallToolResultSchema, ToolListChangedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { matchesGlob } from "../access/glob.ts";
import type { Tool, Toolbox, ToolResult } from "../agent/tool.ts";
import type { McpServer } from "../config/schema/mcp-server.ts";
import type { Logger } from "../watch/log.ts";

/** An MCP server as a toolbox, connected for life. */
export type McpToolbox = Toolbox & {
  state(): { state: "connecting" | "connected" | "waiting"; tools: number; error?: string };
  /** Resolves once the first attempt to connect has ended, well or badly. */
  tried: Promise<void>;
};

const connectMs = 20_000;
const longestCallMs = 600_000;
const [firstWaitMs, longestWaitMs] = [1000, 60_000];

/** Connects to a server and stays connected: what breaks is tried again, ever more slowly, up to once a minute. */
export function connectMcpServer(
  server: McpServer,
  parts: { log: Logger; env: Record<string, string | undefined>; random?: () => number },
): McpToolbox {
  const { env, random = Math.random } = parts;
  const log = parts.log.child({ mcp: server.name });
  let client: Client | undefined;
  let tools: Tool[] = [];
  let failure: string | undefined;
  let waitMs = firstWaitMs;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  async function connect(): Promise<void> {
    const fresh = new Client({ name: "bellhop", version: "0.1.0" });
    fresh.onclose = () => {
      if (client === fresh) retry("the connection was closed");
    };
    fresh.onerror = (error) => log.debug({ err: error }, "mcp error");
    try {
      await reach(fresh);
      fresh.setNotificationHandler(ToolListChangedNotificationSchema, () => list(fresh));
      await list(fresh);
      if (closed) return void (await fresh.close());
      client = fresh;
      failure = undefined;
      waitMs = firstWaitMs;
      log.info({ tools: tools.length }, "mcp server connected");
    } catch (error) {
      await fresh.close().catch(() => {});
      retry(error instanceof Error ? error.message : String(error));
    }
  }

  /** Servers from before streamable HTTP refuse it with a 4xx; they are spoken to over SSE. */
  async function reach(fresh: Client): Promise<void> {
    try {
      await fresh.connect(transportTo(server, env, log), { timeout: connectMs });
    } catch (error) {
      const status = error instanceof StreamableHTTPError ? error.code : undefined;
      if (server.transport !== "http" || status === undefined || ![400, 404, 405].includes(status)) throw error;
      await fresh.connect(transportTo({ ...server, transport: "sse" }, env, log), { timeout: connectMs });
    }
  }

  async function list(from: Client): Promise<void> {
    const found: Tool[] = [];
    let cursor: string | undefined;
    do {
      const page = await from.listTools(cursor ? { cursor } : {}, { timeout: connectMs });
      for (const one of page.tools) {
        if (server.tools && !server.tools.some((glob) => matchesGlob(glob, one.name))) continue;
        if (server.deny.some((glob) => matchesGlob(glob, one.name))) continue;
        found.push({
          name: one.name,
          description: one.description ?? one.title ?? one.name,
          parameters: { ...one.inputSchema },
          reads: one.annotations?.readOnlyHint === true,
          destructive: one.annotations?.destructiveHint === true,
          run: (input, signal) => call(one.name, { ...input, ...server.preset[one.name] }, signal),
        });
      }
      cursor = page.nextCursor;
    } while (cursor);
    tools = found;
  }

  async function call(name: string, input: Record<string, unknown>, signal: AbortSignal): Promise<ToolResult> {
    if (!client)
      return { text: `The MCP server "${server.name}" is not connected (${failure ?? "connecting"}).`, failed: true };
    const asked = client;
    const answer = await asked
      .callTool({ name, arguments: input }, CallToolResultSchema, {
        signal,
        timeout: server.timeout,
        resetTimeoutOnProgress: true,
        maxTotalTimeout: longestCallMs,
        onprogress: () => {},
      })
      .catch((error: unknown) => {
        // The server was restarted and knows nothing of us: a new session is begun.
        if (error instanceof StreamableHTTPError && error.code === 404 && client === asked) {
          retry("its session ended");
          void asked.close().catch(() => {});
        }
        throw error;
      });
    const parsed = CallToolResultSchema.parse(answer);
    const text = parsed.content
      .map((part) =>
        part.type === "text"
          ? part.text
          : part.type === "resource" && "text" in part.resource
            ? part.resource.text
            : `[${part.type}]`,
      )
      .join("\n");
    const whole = text || (parsed.structuredContent ? JSON.stringify(parsed.structuredContent) : "");
    return { text: whole, ...(parsed.isError ? { failed: true } : {}) };
  }

  function retry(why: string): void {
    client = undefined;
    if (closed) return;
    failure = why;
    const wait = waitMs * (0.75 + random() / 2);
    waitMs = Math.min(longestWaitMs, waitMs * 2);
    log.warn({ why, retryInMs: Math.round(wait) }, "mcp server lost");
    timer = setTimeout(() => void connect(), wait);
    timer.unref();
  }

  return {
    name: server.name,
    tools: () => (client ? tools : []),
    state: () =>
      client
        ? { state: "connected", tools: tools.length }
        : { state: failure ? "waiting" : "connecting", tools: 0, ...(failure ? { error: failure } : {}) },
    tried: connect(),
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.close().catch(() => {});
    },
  };
}

function transportTo(server: McpServer, env: Record<string, string | undefined>, log: Logger): Transport {
  if (server.transport === "stdio") {
    const transport = new StdioClientTransport({
      command: server.command,
      args: server.args,
      // Only what the config names and what any program needs; never the bot's own secrets.
      env: { ...pick(env, ["PATH", "HOME", "LANG"]), ...server.env },
      ...(server.cwd ? { cwd: server.cwd } : {}),
      stderr: "pipe",
    });
    transport.stderr?.on("data", (chunk: Buffer) =>
      log.debug({ printed: chunk.toString().slice(0, 2000).trimEnd() }, "mcp server printed"),
    );
    return transport;
  }
  const url = new URL(server.url);
  const requestInit = { headers: server.headers };
  return server.transport === "sse"
    ? new SSEClientTransport(url, { requestInit })
    : new StreamableHTTPClientTransport(url, { requestInit });
}

function pick(env: Record<string, string | undefined>, names: string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
