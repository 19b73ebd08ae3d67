import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { type Fault, type Faults, pause } from "../faults.ts";
import type { World } from "../world.ts";
import { serveAttachment } from "./attachments.ts";
import { type Gate, type Reply, tooMany } from "./gate.ts";
import { readBody } from "./request-body.ts";

/** One request as it was made and answered, for tests to read. */
export interface CallRecord {
  method: string;
  /** The route as documented, or the bare path when there is none. */
  route: string;
  path: string;
  body: unknown;
  at: number;
  /** The status answered; 0 when the connection was cut instead. */
  status: number;
  /** The JSON answered. */
  answer?: unknown;
  /** The code of the refusal, if it was one. */
  code?: number;
}

/** What the REST side of the simulator is made of. */
export interface RestParts {
  world: World;
  faults: Faults;
  gate: Gate;
  calls: CallRecord[];
}

/** Answers every HTTP request as Discord would, faults included. */
export function createRest(parts: RestParts): (request: IncomingMessage, response: ServerResponse) => void {
  const { world, faults, gate, calls } = parts;
  /** Answers that the other side is not known to have read. */
  const onTheirWay = new WeakMap<Socket, () => void>();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Who asks again on a connection has read what was answered there before.
    onTheirWay.get(request.socket)?.();
    onTheirWay.delete(request.socket);
    const url = new URL(request.url ?? "/", "http://localhost");
    if (url.pathname.startsWith("/attachments/")) {
      serveAttachment(world, url, response);
      return;
    }
    const body = await readBody(request);
    const { method = "GET", headers } = request;
    const match = gate.find(method, url);
    const record: CallRecord = {
      method,
      route: match?.route.path ?? url.pathname,
      path: url.pathname + url.search,
      body: body.json,
      at: world.clock.now(),
      status: 0,
    };
    calls.push(record);
    world.changed();
    const fault = faults.next(method, record.route);
    if (fault?.do === "delay") await pause(world.clock, fault.ms);
    const userAgent = headers["user-agent"] ?? "";
    const incoming = { method, url, userAgent, authorization: headers.authorization ?? "", body };
    const reply = insteadOf(fault) ?? gate.pass(incoming, match);
    if (fault?.do === "answer late") await pause(world.clock, fault.ms);
    const answer = fault?.do === "error" ? outage(fault.status) : reply;
    const isWhole = finish(request, response, record, answer, fault);
    if (isWhole && answer.told) onTheirWay.set(request.socket, answer.told);
    world.changed();
  }

  return (request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  };
}

/** Writes the answer; true when all of it was. */
function finish(
  request: IncomingMessage,
  response: ServerResponse,
  record: CallRecord,
  reply: Reply,
  fault: Fault | undefined,
): boolean {
  if (fault?.do === "lose" || fault?.do === "refuse") {
    request.socket.destroy();
    return false;
  }
  const text = typeof reply.body === "string" ? reply.body : reply.body === undefined ? "" : JSON.stringify(reply.body);
  const about = text === "" ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
  response.writeHead(reply.status, { ...about, ...reply.headers });
  if (fault?.do === "cut") {
    const bytes = Buffer.from(text);
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => request.socket.destroy());
    return false;
  }
  record.status = reply.status;
  record.answer = reply.body;
  if (reply.code !== undefined) record.code = reply.code;
  response.end(text);
  return true;
}

/** What a fault answers without anything being applied; undefined when the request is to be applied. */
function insteadOf(fault: Fault | undefined): Reply | undefined {
  if (fault?.do === "refuse") return { status: 0, headers: {} };
  if (fault?.do === "error" && !fault.applied) return outage(fault.status);
  return fault?.do === "limit" ? tooMany(fault.retryAfter, fault.scope ?? "user") : undefined;
}

function outage(status: number): Reply {
  if (status < 500) return { status, headers: {}, body: { message: `${status}: ${STATUS_CODES[status]}`, code: 0 } };
  const body = `<html><head><title>${status}</title></head><body>upstream connect error</body></html>`;
  return { status, headers: { "content-type": "text/html" }, body };
}
