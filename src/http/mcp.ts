import express, { type ErrorRequestHandler, type Express, type Request, type Response } from "express";
import { LRUCache } from "lru-cache";
import type { Logger } from "../watch/log.ts";
import type { ApiDoor } from "./door.ts";
import { checkAdminKey, createGuard, type Keys } from "./guard.ts";
import type { AgentServer, OfferedAgent } from "./mcp-agents.ts";
import { HttpError, knownError } from "./server.ts";

/** `POST /mcp`: the agents as tools for other programs, over MCP's streamable HTTP. */
export type McpRoom = {
  room(app: Express): void;
  /** Other agents may be offered now. */
  changed(): void;
  close(): void;
};

const path = "/mcp";
const mostSessions = 200;
const idleMs = 60 * 60_000;
const noSession = -32_001;
/** What JSON-RPC calls a message that can't be read, and one that is none. */
const [unreadable, invalid] = [-32_700, -32_600];

/** The room over the door that every program comes in by. */
export function createMcpRoom(parts: {
  door: ApiDoor;
  keys: Keys;
  /** The agents that the API's person may talk to, as of now. */
  agents(): OfferedAgent[];
  /** Whether the settings make that person an admin. */
  isAdmin(): boolean;
  now(): number;
  log: Logger;
}): McpRoom {
  const { keys, log } = parts;
  /** Threads whose question is being answered. */
  const busy = new Set<string>();
  /** They end when their clients say so, when nothing was heard of them for long, or for newer ones. */
  const sessions = new LRUCache<string, AgentServer>({
    max: mostSessions,
    ttl: idleMs,
    updateAgeOnGet: true,
    dispose: (server) =>
      void server.close().catch((error: unknown) => log.warn({ err: error }, "an MCP session could not be closed")),
  });

  async function begin(request: Request, response: Response): Promise<void> {
    // Read once somebody needs it: most Bellhops are spoken to in chat alone.
    const { openAgentServer } = await import("./mcp-agents.ts");
    const server: AgentServer = await openAgentServer(
      { ...parts, busy },
      { opened: (id) => sessions.set(id, server), closed: (id) => sessions.delete(id) },
    );
    await server.handle(request, response, request.body);
  }

  async function answer(request: Request, response: Response): Promise<void> {
    const id = request.headers["mcp-session-id"];
    if (request.method === "POST" && id === undefined && isGreeting(request.body)) return begin(request, response);
    if (id === undefined) throw new HttpError(400, "no_session", "Begin with an `initialize` request.");
    const session = typeof id === "string" ? sessions.get(id) : undefined;
    if (!session) throw new HttpError(404, "session_gone", "There is no such session (any more): initialize anew.");
    await session.handle(request, response, request.body);
  }

  /** What can't be answered is told as JSON-RPC tells it. */
  const failed: ErrorRequestHandler = (error: unknown, request, response, next) => {
    const known = knownError(error);
    if (response.headersSent) return next(error);
    if (!known) log.error({ err: error }, "an MCP request failed");
    const { status, code, message } = known ?? new HttpError(500, "internal", "Bellhop failed at this; see its log.");
    if (status === 401) response.setHeader("WWW-Authenticate", "Bearer");
    const number = { bad_json: unreadable, session_gone: noSession, internal: -32_603 }[code] ?? invalid;
    response.status(status).json({ jsonrpc: "2.0", error: { code: number, message }, id: idOf(request.body) });
  };

  return {
    room(app) {
      app.use(path, createGuard(keys), (_request, response, next) => {
        checkAdminKey(response, parts.isAdmin());
        next();
      });
      app.post(path, express.json({ limit: "1mb" }), async (request, response) => {
        if (!request.is("application/json")) throw new HttpError(415, "not_json", "Send the body as application/json.");
        await answer(request, response);
      });
      app.get(path, answer);
      app.delete(path, answer);
      app.use(path, failed);
    },
    changed() {
      for (const server of sessions.values()) server.changed();
    },
    close() {
      sessions.clear();
    },
  };
}

function isGreeting(body: unknown): boolean {
  return typeof body === "object" && body !== null && "method" in body && body.method === "initialize";
}

/** The id of a single request, so that its caller knows what was refused. */
function idOf(body: unknown): string | number | null {
  const id = typeof body === "object" && body !== null && "id" in body ? body.id : undefined;
  return typeof id === "string" || typeof id === "number" ? id : null;
}
