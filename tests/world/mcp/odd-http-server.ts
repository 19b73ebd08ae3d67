import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { z } from "zod";

/** An MCP server over the network with every bad habit, each asked for by a tool of that name. */
export type OddHttpServer = {
  url: string;
  /** What was cancelled, by the ids of the calls. */
  cancelled: unknown[];
  /** What came with each request. */
  headers: IncomingHttpHeaders[];
  /** How many sessions were begun. */
  readonly sessions: number;
  /** Forgets everybody, as a restart does. */
  forget(): void;
  /** Cuts the streams that news come by. */
  cutStreams(): void;
  /** Is gone, with every connection; `back` at the same address. */
  stop(): Promise<void>;
  back(): Promise<void>;
  /** Resolves once somebody calls that tool, sends that message (or that kind of request), or opens a stream of news. */
  called(tool: string): Promise<void>;
  told(method: string): Promise<void>;
  streamed(): Promise<void>;
};

const Message = z.object({
  id: z.union([z.number(), z.string()]).optional(),
  method: z.string().optional(),
  params: z.looseObject({}).default({}),
});
type Message = z.infer<typeof Message>;

const habits = [
  "echo",
  "hang",
  "huge",
  "huge-event",
  "large",
  "change",
  "cut",
  "html",
  "broken",
  "garbage",
  "elsewhere",
  "mute",
  "talk",
];
const hugeText = "x".repeat(1024 * 1024);
const hugeEvent = `event: message\ndata: ${hugeText.repeat(11)}`;

const saying = { jsonrpc: "2.0", method: "notifications/message", params: { level: "info", data: "I am at work." } };
const talk = `event: message\ndata: ${JSON.stringify(saying)}\n\n`.repeat(4000);

/** Answers over streamable HTTP, where each has a response of its own. */
const spoiltAnswers: Record<string, (response: ServerResponse) => void> = {
  "huge-event": (response) => response.writeHead(200, { "content-type": "text/event-stream" }).write(hugeEvent),
  cut(response) {
    response.writeHead(200, { "content-type": "application/json" }).write('{"jsonrpc":"2.0","id"');
    setImmediate(() => response.destroy());
  },
  html: (response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>Sign in</html>"),
  broken: (response) => response.writeHead(500, { "content-type": "text/plain" }).end("it broke"),
  garbage: (response) => response.writeHead(200, { "content-type": "application/json" }).end("{ half"),
  elsewhere: (response) => response.writeHead(307, { location: "http://169.254.169.254/latest" }).end(),
  // A stream that ends without a word of the answer.
  mute: (response) => response.writeHead(200, { "content-type": "text/event-stream" }).end(": bye\n\n"),
};

/**
 * Starts one. `deaf`: it takes connections and never says a word; `returns`: its lines end as those of Python's
 * servers; `busy`: it fails to open the first stream of news; `shelf`: it has a resource and a prompt, which change with its tools.
 */
export async function startOddHttpServer(
  speaks: "http" | "sse",
  habit?: "deaf" | "returns" | "busy" | "shelf",
): Promise<OddHttpServer> {
  const sessions = new Map<string, Set<ServerResponse>>();
  const cancelled: unknown[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const waiting = new Map<string, () => void>();
  let [begun, failed] = [0, false];
  let tools = toolsNamed(habits, "It does");
  let onShelf = "old";
  const lineEnd = habit === "returns" ? "\r\n" : "\n";
  const event = (stream: ServerResponse, data: object) =>
    stream.write(["event: message", `data: ${JSON.stringify(data)}`, "", ""].join(lineEnd));
  const server = createServer((request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    headers.push(request.headers);
    if (habit === "deaf") return;
    const url = new URL(request.url ?? "/", "http://odd");
    const session = speaks === "sse" ? url.searchParams.get("session") : request.headers["mcp-session-id"];
    if (request.method === "GET" && habit === "busy" && !failed) {
      failed = true;
      return void response.writeHead(503).end("try again later");
    }
    if (request.method === "GET") return void openStream(session, response);
    if (request.method === "DELETE") {
      response.writeHead(sessions.delete(String(session)) ? 200 : 404).end();
      return happened(request.method);
    }
    if (request.method !== "POST") return void response.writeHead(405).end();
    const message = Message.parse(await json(request));
    if (speaks === "sse") {
      const stream = [...(sessions.get(String(session)) ?? [])][0];
      if (!stream) return void response.writeHead(404).end("no such session");
      response.writeHead(202).end();
      return tell(message, (result) => event(stream, result), stream);
    }
    if (message.method !== "initialize" && !sessions.has(String(session)))
      return void response.writeHead(404).end("no such session");
    if (message.method === "initialize") response.setHeader("mcp-session-id", begin());
    if (message.id === undefined) response.writeHead(202).end();
    tell(
      message,
      (result) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(result)),
      response,
    );
  }

  function happened(what = ""): void {
    waiting.get(what)?.();
    waiting.delete(what);
  }
  const happens = (what: string) => new Promise<void>((resolve) => waiting.set(what, resolve));

  function begin(): string {
    const id = randomUUID();
    sessions.set(id, new Set());
    begun++;
    return id;
  }

  function openStream(session: unknown, response: ServerResponse): void {
    const id = speaks === "sse" ? begin() : String(session);
    const streams = sessions.get(id);
    if (!streams) return void response.writeHead(404).end();
    streams.add(response);
    response.once("close", () => streams.delete(response));
    response.writeHead(200, { "content-type": "text/event-stream" });
    happened("stream");
    response.write(speaks === "sse" ? `event: endpoint\ndata: /messages?session=${id}\n\n` : ": hello\n\n");
  }

  function tell(message: Message, send: (answer: object) => unknown, response: ServerResponse): void {
    const { id, method, params } = message;
    const reply = (result: object) => send({ jsonrpc: "2.0", id, result });
    if (method === "notifications/cancelled") cancelled.push(params.requestId);
    happened(method);
    if (id === undefined) return;
    if (method === "initialize") {
      const shelf = habit === "shelf" ? { resources: { listChanged: true }, prompts: { listChanged: true } } : {};
      const capabilities = { tools: { listChanged: true }, ...shelf };
      reply({ protocolVersion: params.protocolVersion, capabilities, serverInfo: { name: "odd", version: "1" } });
    } else if (method === "tools/list") reply({ tools });
    else if (method === "prompts/list") reply({ prompts: [{ name: onShelf }] });
    else if (method === "resources/list") reply({ resources: [{ uri: `shelf://${onShelf}`, name: onShelf }] });
    else if (method === "resources/templates/list") reply({ resourceTemplates: [] });
    else if (method === "tools/call") act(String(params.name), reply, response);
    else reply({});
  }

  function act(tool: string, reply: (result: object) => void, response: ServerResponse): void {
    happened(tool);
    const spoilt = speaks === "http" ? spoiltAnswers[tool] : undefined;
    const said: Record<string, string> = { huge: hugeText.repeat(50), large: hugeText.repeat(3), change: "changed" };
    if (tool === "change") {
      tools = toolsNamed(["echo"], "Since then it does");
      onShelf = "new";
      for (const stream of [...sessions.values()].flatMap((streams) => [...streams]))
        event(stream, { jsonrpc: "2.0", method: "notifications/tools/list_changed" });
    }
    if (tool === "talk")
      for (const stream of [...sessions.values()].flatMap((streams) => [...streams])) stream.write(talk);
    if (spoilt) spoilt(response);
    else if (tool === "huge-event") response.write(hugeEvent);
    else if (tool !== "hang") reply({ content: [{ type: "text", text: said[tool] ?? "here" }] });
  }

  let port = 0;
  async function listen(): Promise<void> {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
  }
  async function stop(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    sessions.clear();
    await closed;
  }
  await listen();
  return {
    url: `http://127.0.0.1:${port}/${speaks === "sse" ? "sse" : "mcp"}`,
    cancelled,
    headers,
    get sessions() {
      return begun;
    },
    forget: () => sessions.clear(),
    cutStreams() {
      for (const streams of sessions.values()) for (const stream of streams) stream.destroy();
    },
    stop,
    back: listen,
    called: happens,
    told: happens,
    streamed: () => happens("stream"),
  };
}

function toolsNamed(names: string[], says: string) {
  return names.map((name) => ({ name, description: `${says} ${name}.`, inputSchema: { type: "object" } }));
}
