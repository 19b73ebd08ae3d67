import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { App, HTTPReceiver, LogLevel } from "@slack/bolt";
import { afterEach, expect, test } from "vitest";
import { createManualClock } from "./slack/clock.ts";
import { createSlack, type SlackOptions } from "./slack/slack.ts";

const open: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function start(options?: SlackOptions) {
  const slack = await createSlack(options);
  open.push(slack);
  return { slack, ana: slack.person("ana"), general: slack.channel("general") };
}

async function withBolt(options?: SlackOptions) {
  const { slack, ana, general } = await start(options);
  const receiver = new HTTPReceiver({ signingSecret: slack.tokens.signingSecret, logLevel: LogLevel.ERROR });
  const app = new App({
    token: slack.tokens.bot,
    receiver,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slack.apiUrl },
  });
  const server = await app.start({ port: 0, host: "127.0.0.1" });
  open.push({ stop: () => app.stop() });
  const { port } = server.address() as AddressInfo;
  const requestUrl = await slack.deliverTo(`http://127.0.0.1:${port}/slack/events`);
  return { slack, app, requestUrl, ana, general };
}

/** A request URL that answers just as told. */
async function withServer(
  answer: (response: ServerResponse, headers: IncomingHttpHeaders) => void,
  options?: SlackOptions,
) {
  const { slack, ana, general } = await start({ events: ["message.channels"], ...options });
  const requests: { headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const challenge: unknown = body.startsWith("{") ? JSON.parse(body).challenge : undefined;
      if (challenge) response.end(JSON.stringify({ challenge }));
      else {
        requests.push({ headers: request.headers, body });
        answer(response, request.headers);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({
    stop: async () => {
      server.closeAllConnections();
      server.close();
    },
  });
  const { port } = server.address() as AddressInfo;
  await slack.deliverTo(`http://127.0.0.1:${port}/`);
  return { slack, requests, ana, general };
}

test("a real Bolt HTTP receiver verifies the signature and hears events, commands and presses", async () => {
  const { slack, app, requestUrl, ana, general } = await withBolt();
  const heard: string[] = [];
  app.event("app_mention", async ({ event }) => void heard.push(event.text));
  app.command("/ask", async ({ command, ack }) => ack(`you asked ${command.text}`));
  app.action("go", async ({ ack, action }) => {
    await ack();
    heard.push("value" in action ? String(action.value) : "");
  });
  slack.say(ana, general, "@Bellhop hi");
  await slack.until(() => slack.pending() === 0 && heard.length === 1);
  await slack.command(ana, general, "/ask", "why & how");
  expect(slack.ephemerals(ana, general)[0]?.text).toBe("you asked why &amp; how");
  const button = { type: "button", action_id: "go", value: "1", text: { type: "plain_text", text: "Go" } } as const;
  await app.client.chat.postMessage({
    channel: general.id,
    text: "x",
    blocks: [{ type: "actions", elements: [button] }],
  });
  await slack.press(ana, slack.messages(general).at(-1)?.ts ?? "", "Go");
  expect(heard.at(-1)).toBe("1");
  const types = new Set(requestUrl.sent.map((request) => request.headers["content-type"]));
  expect(types).toEqual(new Set(["application/json", "application/x-www-form-urlencoded"]));
  expect(slack.violations).toEqual([]);
});

test("forgeries can be sent: another secret, an old timestamp, no signature; and replays", async () => {
  const { slack, requestUrl, ana, general } = await withBolt();
  slack.say(ana, general, "hi");
  await slack.until(() => slack.pending() === 0);
  const [genuine] = requestUrl.sent;
  const payload: unknown = JSON.parse(genuine?.body ?? "");
  expect(await requestUrl.forge(payload, {})).toBe(200);
  expect(await requestUrl.forge(payload, { secret: "guessed" })).toBe(401);
  expect(await requestUrl.forge(payload, { offBy: -301 })).toBe(401);
  expect(await requestUrl.forge(payload, { without: ["x-slack-signature"] })).toBe(401);
  // Bolt itself lets a replay through: an app has to know its event ids.
  expect(genuine && (await requestUrl.replay(genuine))).toBe(200);
});

test("a request URL that does not know the challenge is not accepted", async () => {
  const { slack } = await start();
  const server = createServer((_, response) => response.end("hello"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({
    stop: async () => {
      server.closeAllConnections();
      server.close();
    },
  });
  const { port } = server.address() as AddressInfo;
  await expect(slack.deliverTo(`http://127.0.0.1:${port}/`)).rejects.toThrow("challenge");
});

test("an event answered with an error comes again with the retry headers", async () => {
  const clock = createManualClock();
  const { slack, requests, ana, general } = await withServer(
    (response, headers) => response.writeHead(headers["x-slack-retry-num"] === "2" ? 200 : 500).end(),
    { clock },
  );
  slack.say(ana, general, "hi");
  await slack.until(() => requests.length === 2 && slack.violations.length === 2);
  await clock.advance(60_000);
  await slack.until(() => slack.pending() === 0 && requests.length === 3);
  const retries = requests.map(({ headers }) => [headers["x-slack-retry-num"], headers["x-slack-retry-reason"]]);
  expect(retries).toEqual([
    [undefined, undefined],
    ["1", "http_error"],
    ["2", "http_error"],
  ]);
  expect(slack.violations[0]).toMatch(/answered with HTTP 500/);
});

test("an event not answered in three seconds is hung up on and sent again", async () => {
  const clock = createManualClock();
  const { slack, requests, ana, general } = await withServer(
    (response, headers) => {
      if (headers["x-slack-retry-num"]) response.end();
    },
    { clock },
  );
  slack.say(ana, general, "hi");
  await slack.until(() => slack.pending() === 1);
  await clock.advance(3000);
  await slack.until(() => slack.pending() === 0);
  expect(requests.at(-1)?.headers).toMatchObject({ "x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout" });
  expect(slack.violations).toEqual([expect.stringContaining("not acknowledged within 3 s")]);
});

test("x-slack-no-retry spares the app the retries", async () => {
  const { slack, requests, ana, general } = await withServer((response) =>
    response.writeHead(500, { "x-slack-no-retry": "1" }).end(),
  );
  slack.say(ana, general, "hi");
  await slack.until(() => slack.pending() === 0 && slack.violations.length === 1);
  expect(requests).toHaveLength(1);
});

test("a response_url takes five answers in half an hour", async () => {
  const clock = createManualClock();
  const { slack, requests, ana, general } = await withServer((response) => response.end(), { clock });
  await slack.command(ana, general, "/ask", "hi");
  const url = new URLSearchParams(requests[0]?.body).get("response_url") ?? "";
  const respond = async (body: object) =>
    (await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }))
      .status;
  expect(await respond({})).toBe(400);
  expect(await respond({ text: "one" })).toBe(200);
  expect(await respond({ text: "two", response_type: "in_channel" })).toBe(200);
  expect(await respond({ text: "three", blocks: [{ type: "shout" }] })).toBe(400);
  expect(await respond({ text: "five" })).toBe(200);
  expect(slack.violations).toHaveLength(3);
  expect(await respond({ text: "six" })).toBe(404);
  expect(slack.violations.at(-1)).toBe("response_url used up, expired or unknown");
  expect(slack.ephemerals(ana, general).map(({ text }) => text)).toEqual(["one", "five"]);
  expect(slack.messages(general).map(({ text }) => text)).toEqual(["two"]);
  await slack.command(ana, general, "/ask", "hi");
  const second = new URLSearchParams(requests.at(-1)?.body).get("response_url") ?? "";
  await clock.advance(31 * 60_000);
  expect((await fetch(second, { method: "POST", body: "{}" })).status).toBe(404);
});

test("a trigger_id opens one modal within three seconds; three may be stacked", async () => {
  const clock = createManualClock();
  const { slack, requests, ana, general } = await withServer((response) => response.end(), { clock });
  const trigger = async () => {
    await slack.command(ana, general, "/ask", "hi");
    return new URLSearchParams(requests.at(-1)?.body).get("trigger_id") ?? "";
  };
  const call = async (method: string, more: object) => {
    const headers = { authorization: `Bearer ${slack.tokens.bot}`, "content-type": "application/json; charset=utf-8" };
    const view = { type: "modal", title: { type: "plain_text", text: "x" }, blocks: [] };
    const answer = await fetch(slack.apiUrl + method, {
      method: "POST",
      headers,
      body: JSON.stringify({ view, ...more }),
    });
    const { ok, error } = (await answer.json()) as { ok: boolean; error?: string };
    return ok ? "ok" : error;
  };
  const first = await trigger();
  expect(await call("views.push", { trigger_id: await trigger() })).toBe("not_found");
  expect(await call("views.open", { trigger_id: first })).toBe("ok");
  expect(await call("views.open", { trigger_id: first })).toBe("exchanged_trigger_id");
  expect(await call("views.open", { trigger_id: "made.up" })).toBe("invalid_trigger_id");
  const late = await trigger();
  await clock.advance(3001);
  expect(await call("views.open", { trigger_id: late })).toBe("expired_trigger_id");
  expect(await call("views.push", { trigger_id: await trigger() })).toBe("ok");
  expect(await call("views.push", { trigger_id: await trigger() })).toBe("ok");
  expect(await call("views.push", { trigger_id: await trigger() })).toBe("push_limit_reached");
  const [view] = slack.views(ana);
  expect(await call("views.update", { view_id: view?.id, hash: "old" })).toBe("hash_conflict");
  expect(await call("views.update", { view_id: view?.id })).toBe("ok");
  expect(await call("views.update", { view_id: "V1" })).toBe("not_found");
});
