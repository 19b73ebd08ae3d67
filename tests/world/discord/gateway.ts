import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { GatewayConnection, identifiesPerDay, type SharedState } from "./gateway-connection.ts";
import { type EventFault, GatewaySessions } from "./gateway-sessions.ts";
import { ok, type Route } from "./rest/route.ts";
import type { Violations } from "./violations.ts";
import type { World } from "./world.ts";

/** The socket side of the simulator, as tests steer it. */
export interface Gateway {
  /** Connections that are open now and past their handshake. */
  readonly connected: number;
  /** How many IDENTIFYs were taken. */
  readonly identifies: number;
  /** How many RESUMEs were taken. */
  readonly resumes: number;
  /** What the bot said of itself last, by op 3. */
  readonly presence: unknown;
  /** Closes every connection with a code; 1006 cuts it without a goodbye. */
  disconnect(code: number): void;
  /** Asks for a reconnect (op 7). */
  reconnect(): void;
  /** Tells that the session is invalid (op 9); a session that can't be resumed is forgotten. */
  invalidate(resumable: boolean): void;
  /** Stops or starts answering heartbeats: a connection that looks alive and is not. */
  deaf(on: boolean): void;
  /** Turns connections away while on. */
  refuse(on: boolean): void;
  /** Plans a fault for the next events of a name: repeated, delayed, dropped, or swapped with the one after. */
  fault(event: string, fault: EventFault, times?: number): void;
}

interface GatewayParts {
  world: World;
  violations: Violations;
  heartbeatMs: number;
  limits: boolean;
}

/** The gateway, its sessions, and the routes that lead to it. */
export function createGateway(
  parts: GatewayParts,
): Gateway & { routes: Route[]; attach(server: HttpServer): void; stop(): void } {
  const { world } = parts;
  const connections = new Set<GatewayConnection>();
  const sessions = new GatewaySessions(world);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1024 * 1024 });
  const state: SharedState = {
    deaf: false,
    refusing: false,
    identifyTimes: [],
    turnedDownAt: undefined,
    resumes: 0,
    presence: undefined,
  };
  world.onDispatch((dispatch) => sessions.tell(dispatch));

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (state.refusing) {
      socket.end("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => {
      const query = new URL(request.url ?? "/", "http://localhost").searchParams;
      const connection = new GatewayConnection({ ...parts, socket: opened, sessions, state });
      connections.add(connection);
      opened.on("close", () => {
        connections.delete(connection);
        world.changed();
      });
      connection.begin(query);
    });
  }

  const address = () => world.origin.replace(/^http/, "ws");
  const routes: Route[] = [
    { method: "GET", path: "/gateway", open: true, run: () => ok({ url: address() }) },
    {
      method: "GET",
      path: "/gateway/bot",
      limit: [2, 5000],
      run: () => {
        // Who asks begins anew, and can't know what its process before was told.
        state.turnedDownAt = undefined;
        const remaining = Math.max(0, identifiesPerDay - state.identifyTimes.length);
        return ok({
          url: address(),
          shards: 1,
          session_start_limit: { total: identifiesPerDay, remaining, reset_after: 86_400_000, max_concurrency: 1 },
        });
      },
    },
  ];

  return {
    routes,
    attach(server) {
      server.on("upgrade", upgrade);
    },
    stop() {
      for (const connection of connections) connection.cut();
      sockets.close();
    },
    get connected() {
      return [...connections].filter((connection) => connection.ready).length;
    },
    get identifies() {
      return state.identifyTimes.length;
    },
    get resumes() {
      return state.resumes;
    },
    get presence() {
      return state.presence;
    },
    disconnect(code) {
      for (const connection of connections) {
        if (code === 1006) connection.cut();
        else connection.close(code, "closed by the test");
      }
    },
    reconnect() {
      for (const connection of connections) connection.send(7, null);
    },
    invalidate(resumable) {
      for (const connection of connections) connection.invalidate(resumable);
      if (!resumable) sessions.forgetAll();
    },
    deaf(on) {
      state.deaf = on;
    },
    refuse(on) {
      state.refusing = on;
    },
    fault(event, fault, times = 1) {
      sessions.plan(event, fault, times);
    },
  };
}
