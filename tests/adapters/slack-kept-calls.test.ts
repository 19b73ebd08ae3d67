import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { text } from "node:stream/consumers";
import { webApi } from "@slack/bolt";
import { expect, onTestFinished, test } from "vitest";
import { keptCalls } from "../../adapters/slack/kept-calls.ts";
import { refusalOf } from "../../adapters/slack/refusals.ts";

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A server that answers as it is told, and Slack's own library calling it. */
async function slackThat(answer: Answer, deadlineMs = 5_000) {
  const bodies: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer(async (request, response) => {
    const body = await text(request);
    bodies.push(body);
    answer(request, response, body);
  });
  server.on("connection", (socket) => sockets.add(socket));
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const logger = {
    debug() {},
    info() {},
    warn() {},
    error() {},
    setLevel() {},
    getLevel: () => webApi.LogLevel.ERROR,
    setName() {},
  };
  const client = new webApi.WebClient("xoxb-1", {
    slackApiUrl: `http://127.0.0.1:${port}/api/`,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger,
    fetch: keptCalls(deadlineMs),
  });
  return { client, bodies, sockets };
}

const json = (response: ServerResponse, answer: unknown, headers = {}) =>
  response.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(answer));

test("one call after the other takes one connection, and words arrive as they were said", async () => {
  const { client, bodies, sockets } = await slackThat((_, response) =>
    json(
      response,
      { ok: true, ts: "1.1", message: { text: "好的 👍" } },
      { "x-oauth-scopes": "chat:write, pins:write" },
    ),
  );
  for (let n = 0; n < 5; n++) {
    const { message, response_metadata } = await client.chat.postMessage({ channel: "C1", text: `哈囉 & ${n}` });
    expect(message?.text).toBe("好的 👍");
    expect(response_metadata?.scopes).toEqual(["chat:write", "pins:write"]);
  }
  expect(bodies.map((body) => new URLSearchParams(body).get("text"))).toEqual(
    [0, 1, 2, 3, 4].map((n) => `哈囉 & ${n}`),
  );
  expect(sockets.size).toBe(1);
});

test("the token goes in the header that Slack reads it from", async () => {
  const seen: (string | undefined)[] = [];
  const { client } = await slackThat((request, response) => {
    seen.push(request.headers.authorization);
    json(response, { ok: true });
  });
  await client.auth.test();
  expect(seen).toEqual(["Bearer xoxb-1"]);
});

test("a call that is not answered in time fails, and nobody knows what was done", async () => {
  const { client, bodies } = await slackThat(() => {}, 100);
  const error = await client.chat.postMessage({ channel: "C1", text: "hi" }).catch((why: unknown) => why);
  expect(error).toBeInstanceOf(webApi.WebAPIRequestError);
  expect(String(error)).toContain("no answer within 0.1 s");
  expect(refusalOf(error)).toBeUndefined();
  expect(bodies).toHaveLength(1);
});

test("an answer that stops half way fails in time too", async () => {
  const { client } = await slackThat((_, response) => response.writeHead(200).write('{"ok":true,'), 100);
  await expect(client.auth.test()).rejects.toThrow("A request error occurred");
});

test("an answer cut off half way is none", async () => {
  const { client } = await slackThat((_, response) => {
    response.writeHead(200, { "content-length": 100 }).write('{"ok":true}', () => response.destroy());
  });
  await expect(client.auth.test()).rejects.toBeInstanceOf(webApi.WebAPIRequestError);
});

test("a kept connection that breaks under a call is not a reason to call again: it may have been heard", async () => {
  const { client, bodies, sockets } = await slackThat((request, response, body) => {
    if (body.includes("second")) request.socket.destroy();
    else json(response, { ok: true });
  });
  await client.chat.postMessage({ channel: "C1", text: "first" });
  const error = await client.chat.postMessage({ channel: "C1", text: "second" }).catch((why: unknown) => why);
  expect(error).toBeInstanceOf(webApi.WebAPIRequestError);
  expect(refusalOf(error)).toBeUndefined();
  expect(bodies).toHaveLength(2);
  expect(sockets.size).toBe(1);
});

test("a connection that Slack closed in peace is not called through again", async () => {
  const { client, bodies, sockets } = await slackThat((_, response) => json(response, { ok: true }));
  await client.auth.test();
  for (const socket of sockets) {
    const closed = once(socket, "close");
    socket.end();
    await closed;
  }
  await client.auth.test();
  expect(bodies).toHaveLength(2);
  expect(sockets.size).toBe(2);
});

test("a redirect is not followed: the token goes to Slack alone", async () => {
  const { client, bodies } = await slackThat((_, response) => {
    response.writeHead(307, { location: "/elsewhere" }).end();
  });
  const error = await client.auth.test().catch((why: unknown) => why);
  expect(error).toBeInstanceOf(webApi.WebAPIRequestError);
  expect(bodies).toHaveLength(1);
});

test("being asked to wait, and a page of an error, are what they were", async () => {
  const { client } = await slackThat((request, response) => {
    if (request.url === "/api/auth.test") response.writeHead(429, { "retry-after": "7" }).end();
    else response.writeHead(503, { "content-type": "text/html" }).end("<h1>later</h1>");
  });
  await expect(client.auth.test()).rejects.toMatchObject({ retryAfter: 7 });
  await expect(client.api.test()).rejects.toMatchObject({ statusCode: 503, body: "<h1>later</h1>" });
});
