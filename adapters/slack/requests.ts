import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { Route } from "../../src/chat.ts";
import type { Clock } from "./clock.ts";
import { type Fields, isFields } from "./fields.ts";
import type { Receive } from "./receiver.ts";

const mostBytes = 4 * 1024 * 1024;
const window = 5 * 60_000;

/** Where Slack's HTTP mode sends everything: events, commands, interactions. */
export const requestPath = "/slack/events";

/** Routes for Slack's HTTP mode. `receive` is undefined while nothing can be taken in: Slack comes again then. */
export function createRoutes(options: {
  signingSecret: string;
  receive(): Receive | undefined;
  log: Logger;
  clock: Clock;
}): Route[] {
  const { signingSecret, log, clock } = options;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await read(request);
    if (!raw) return end(response.setHeader("connection", "close"), 413);
    if (!isSigned(request, raw, signingSecret, clock.now())) {
      log.warn("a request to Slack's address was not signed by Slack, or too long ago; check SLACK_SIGNING_SECRET");
      return end(response, 401);
    }
    const body = parse(request.headers["content-type"] ?? "", raw.toString());
    if (!body) return end(response, 400);
    if (body.type === "url_verification") return end(response, 200, { challenge: body.challenge });
    if (body.ssl_check !== undefined) return end(response, 200);
    const receive = options.receive();
    if (!receive) return end(response, 503);
    try {
      const attempt = Number(request.headers["x-slack-retry-num"] ?? 0);
      const reason = String(request.headers["x-slack-retry-reason"] ?? "");
      end(response, 200, await receive(body, attempt > 0 ? { number: attempt, reason } : undefined));
    } catch (error) {
      log.warn({ err: error }, "a request from Slack was not taken in; events are sent again");
      end(response, 500);
    }
  }

  return [
    {
      method: "POST",
      path: requestPath,
      answer(request, response) {
        answer(request, response).catch((error) => {
          log.debug({ err: error }, "a request to Slack's address broke off");
          response.destroy();
        });
      },
    },
  ];
}

/** The whole body, or nothing when it is too large. */
async function read(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > mostBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Slack's signature over the time and the body, by our secret, within five minutes either way. */
function isSigned({ headers }: IncomingMessage, raw: Buffer, secret: string, now: number): boolean {
  const signature = headers["x-slack-signature"];
  const sent = headers["x-slack-request-timestamp"];
  if (typeof signature !== "string" || typeof sent !== "string" || !/^\d{1,12}$/.test(sent)) return false;
  if (Math.abs(now - Number(sent) * 1000) > window) return false;
  const expected = Buffer.from(`v0=${createHmac("sha256", secret).update(`v0:${sent}:`).update(raw).digest("hex")}`);
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Events come as JSON, commands as a form, interactions as JSON in a form. */
function parse(type: string, text: string): Fields | undefined {
  try {
    if (!type.startsWith("application/x-www-form-urlencoded")) return object(JSON.parse(text));
    const form = new URLSearchParams(text);
    const payload = form.get("payload");
    return payload === null ? Object.fromEntries(form) : object(JSON.parse(payload));
  } catch {
    return undefined;
  }
}

function object(value: unknown): Fields | undefined {
  return isFields(value) ? value : undefined;
}

function end(response: ServerResponse, status: number, answer?: unknown): void {
  const text =
    answer === undefined || answer === "" ? "" : typeof answer === "string" ? answer : JSON.stringify(answer);
  const type = typeof answer === "string" ? "text/plain; charset=utf-8" : "application/json; charset=utf-8";
  response.writeHead(status, text ? { "content-type": type } : {}).end(text);
}
