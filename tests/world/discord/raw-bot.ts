import { WebSocket } from "ws";
import type { Discord } from "./discord.ts";
import { isObject, type JsonObject } from "./form.ts";

/** What a raw request got back. */
export interface RawAnswer {
  status: number;
  headers: Headers;
  /** The JSON answered; empty for none. */
  body: JsonObject;
  /** The same when it is a list. */
  list: JsonObject[];
}

/** Sends one REST request as the bot, without a library in between. */
export async function rest(
  discord: Discord,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<RawAnswer> {
  const answer = await fetch(`${discord.apiUrl}/v10${path}`, {
    method,
    headers: {
      authorization: `Bot ${discord.token}`,
      "user-agent": "DiscordBot (https://example.org, 1.0)",
      ...(body === undefined || body instanceof FormData ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined
      ? {}
      : { body: body instanceof FormData || typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json: unknown = text === "" ? {} : JSON.parse(text);
  return {
    status: answer.status,
    headers: answer.headers,
    body: isObject(json) ? json : {},
    list: Array.isArray(json) ? json.filter(isObject) : [],
  };
}

/** A payload of the gateway. */
export interface Payload {
  op: number;
  d: unknown;
  s: number | null;
  t: string | null;
}

/** A gateway connection without a library in between. */
export interface RawSocket {
  received: Payload[];
  send(op: number, d: unknown): void;
  sendText(text: string): void;
  /** Resolves with the first payload, past or coming, that fits. */
  next(fits: (payload: Payload) => boolean): Promise<Payload>;
  /** Resolves with the code the other side closed with. */
  closed: Promise<number>;
  close(code?: number): void;
}

/** Connects to the gateway as `query` says. */
export async function gatewaySocket(discord: Discord, query = "v=10&encoding=json"): Promise<RawSocket> {
  const socket = new WebSocket(`${discord.apiUrl.replace(/^http/, "ws").replace(/\/api$/, "")}/?${query}`);
  const received: Payload[] = [];
  const waiting = new Set<() => void>();
  socket.on("message", (data) => {
    const payload: Payload = JSON.parse(data.toString());
    received.push(payload);
    for (const look of [...waiting]) look();
  });
  const closed = new Promise<number>((resolve) => {
    socket.on("close", resolve);
  });
  await new Promise((resolve, reject) => {
    socket.on("open", resolve);
    socket.on("error", reject);
  });
  return {
    received,
    closed,
    send: (op, d) => socket.send(JSON.stringify({ op, d })),
    sendText: (text) => socket.send(text),
    next: (fits) =>
      new Promise((resolve) => {
        const look = () => {
          const found = received.find(fits);
          if (!found) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    close: (code = 1000) => socket.close(code),
  };
}

/** What a bot says to open a session. */
export function identify(discord: Discord, intents: number): JsonObject {
  return { token: discord.token, intents, properties: { os: "linux", browser: "raw", device: "raw" } };
}

/** The places complained of in a 50035, as dotted paths with their codes. */
export function complaints(errors: unknown, path = ""): string[] {
  return Object.entries(Object(errors)).flatMap(([key, value]) =>
    key === "_errors"
      ? Object.values(Object(value)).map((error) => `${path.slice(1)} ${Object(error).code}`)
      : complaints(value, `${path}.${key}`),
  );
}
