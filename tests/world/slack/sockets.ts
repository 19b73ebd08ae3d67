import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { Clock } from "./clock.ts";
import { ackMs, type Delivery, type Outcome, type Transport } from "./deliveries.ts";
import type { Ids } from "./ids.ts";
import { isFields } from "./workspace.ts";

const mostSockets = 10;
const ticketMs = 30_000;
const pingMs = 10_000;

/** What tests do to Socket Mode's connections. */
export interface Sockets {
  /** Connections that were greeted and are open. */
  readonly count: number;
  /** All connections ever greeted. */
  readonly opened: number;
  /** Ends every connection: announced as Slack does, by cutting the wire, or by falling silent (no pongs, no events). */
  disconnect(how: "refresh_requested" | "warning" | "link_disabled" | "cut" | "silence"): void;
  /** Whom to let in from now on: everybody, nobody, or with a socket that opens and never says hello. */
  admit(how: "everybody" | "nobody" | "without hello"): void;
}

interface SocketsParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly appId: string;
  violate(what: string): void;
  changed(): void;
  connected(): void;
}

interface Expected {
  readonly what: string;
  readonly payloadAllowed: boolean;
  answer(outcome: Outcome): void;
  state: "open" | "late" | "acked";
}

/** The server's end of Socket Mode. */
export function createSockets(parts: SocketsParts): Sockets & {
  readonly transport: Transport;
  ticket(origin: string): string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  stop(): Promise<void>;
} {
  const { clock, ids, violate, changed } = parts;
  const server = new WebSocketServer({ noServer: true });
  const live = new Set<WebSocket>();
  const wires = new Map<Duplex, () => void>();
  const tickets = new Map<string, number>();
  const expected = new Map<string, Expected>();
  const silent = new WeakSet<WebSocket>();
  let admitting: Parameters<Sockets["admit"]>[0] = "everybody";
  let opened = 0;

  // After the close handshake the wire lives on for a while, but such a connection counts no more.
  const open = () => [...live].filter((socket) => socket.readyState === socket.OPEN);

  const hear = (data: string) => {
    let message: unknown;
    try {
      message = JSON.parse(data);
    } catch {
      return violate(`socket: sent something that is not JSON: ${data.slice(0, 80)}`);
    }
    const id = isFields(message) ? message.envelope_id : undefined;
    const entry = typeof id === "string" ? expected.get(id) : undefined;
    if (!isFields(message) || !entry)
      return violate(`socket: acknowledged an envelope never sent: ${data.slice(0, 120)}`);
    if (entry.state === "acked") return violate(`socket: ${entry.what} acknowledged twice`);
    const payload = message.payload;
    if (!entry.payloadAllowed && isFields(payload) && Object.keys(payload).length > 0) {
      violate(`socket: ${entry.what} acknowledged with a payload, which events do not take`);
    }
    const late = entry.state === "late";
    entry.state = "acked";
    if (!late) entry.answer({ acked: true, answer: payload });
    changed();
  };

  const greet = (socket: WebSocket) => {
    if (admitting === "without hello") return;
    if (open().length >= mostSockets) {
      socket.send(JSON.stringify({ type: "disconnect", reason: "too_many_websockets", debug_info: debugInfo }));
      socket.close(1000);
      violate(`socket: more than ${mostSockets} connections`);
      return;
    }
    live.add(socket);
    opened += 1;
    const pings = setInterval(() => silent.has(socket) || socket.ping(`Ping from ${debugInfo.host}`), pingMs);
    pings.unref();
    socket.on("message", (data, binary) => (binary ? violate("socket: sent a binary frame") : hear(String(data))));
    socket.on("close", () => {
      clearInterval(pings);
      live.delete(socket);
      changed();
    });
    socket.send(
      JSON.stringify({
        type: "hello",
        num_connections: open().length,
        debug_info: { ...debugInfo, build_number: 10, approximate_connection_time: 18060 },
        connection_info: { app_id: parts.appId },
      }),
    );
    parts.connected();
    changed();
  };

  return {
    get count() {
      return open().length;
    },
    get opened() {
      return opened;
    },
    ticket(origin) {
      const ticket = ids.uuid();
      tickets.set(ticket, clock.now() + ticketMs);
      return `${origin.replace("http", "ws")}/link/?ticket=${ticket}&app_id=${ids.secret(64)}`;
    },
    upgrade(request, wire, head) {
      const url = new URL(request.url ?? "/", "http://slack");
      const ticket = url.searchParams.get("ticket") ?? "";
      const expires = tickets.get(ticket);
      tickets.delete(ticket);
      if (admitting === "nobody" || url.pathname !== "/link/" || expires === undefined || expires < clock.now()) {
        if (admitting !== "nobody") violate("socket: connected with a used, expired or unknown ticket");
        wire.on("error", () => wire.destroy());
        wire.end("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n");
        return;
      }
      const end = wire.end.bind(wire);
      wires.set(wire, () => end());
      wire.on("error", () => wire.destroy());
      wire.on("close", () => wires.delete(wire));
      // Slack leaves the TCP connection open after the close handshake; clients wait for it and find out.
      wire.end = () => wire;
      server.handleUpgrade(request, wire, head, greet);
    },
    transport: {
      send(delivery) {
        const socket = ids.pick(open());
        if (!socket) return Promise.resolve({ acked: false, why: "unreachable" });
        return new Promise((answer) => {
          const id = ids.uuid();
          const entry: Expected = {
            what: describe(delivery),
            payloadAllowed: delivery.kind !== "events_api",
            state: "open",
            answer(outcome) {
              cancel();
              answer(outcome);
            },
          };
          const cancel = clock.after(ackMs, () => {
            entry.state = "late";
            // An app that was cut off, or died, is not to blame.
            if (socket.readyState === socket.OPEN && !silent.has(socket))
              violate(`${entry.what} not acknowledged within ${ackMs / 1000} s`);
            answer({ acked: false, why: "timeout" });
          });
          expected.set(id, entry);
          if (!silent.has(socket)) socket.send(JSON.stringify(envelope(id, delivery)));
        });
      },
    },
    disconnect(how) {
      for (const socket of open()) {
        if (how === "cut") socket.terminate();
        else if (how === "silence") {
          // Reads nothing, so answers no pings, and swallows what is sent to it.
          silent.add(socket);
          socket.pause();
        } else socket.send(JSON.stringify({ type: "disconnect", reason: how, debug_info: debugInfo }));
      }
    },
    admit(how) {
      admitting = how;
    },
    async stop() {
      server.close();
      for (const socket of live) socket.close(1001);
      await Promise.all([...wires].map(([wire, end]) => hangUp(wire, end)));
    },
  };
}

// Ends a connection politely, and for good when the other side does not follow.
function hangUp(wire: Duplex, end: () => void): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => wire.destroy(), 100);
    wire.once("close", () => {
      clearTimeout(force);
      resolve();
    });
    // The close frame goes first.
    setImmediate(end);
  });
}

const debugInfo = { host: "applink-simulated" };

function envelope(id: string, delivery: Delivery) {
  const { kind, payload, retry } = delivery;
  return {
    envelope_id: id,
    payload,
    type: kind,
    accepts_response_payload: kind !== "events_api",
    ...(kind === "events_api" ? { retry_attempt: retry?.attempt ?? 0, retry_reason: retry?.reason ?? "" } : {}),
  };
}

/** A delivery in a few words, for violations. */
export function describe({ kind, payload }: Delivery): string {
  const event = payload.event;
  if (isFields(event)) return `event ${event.type}${event.subtype ? `/${event.subtype}` : ""} ${payload.event_id}`;
  if (kind === "slash_commands") return `command ${payload.command}`;
  return `interaction ${payload.type}`;
}
