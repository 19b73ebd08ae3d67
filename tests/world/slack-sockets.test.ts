import { App, LogLevel, SocketModeReceiver, webApi } from "@slack/bolt";
import { afterEach, expect, test } from "vitest";
import WebSocket from "ws";
import { createManualClock } from "./slack/clock.ts";
import { createSlack, type SlackOptions } from "./slack/slack.ts";

interface Envelope {
  readonly type: string;
  readonly envelope_id: string;
  readonly reason?: string;
  readonly retry_attempt?: number;
  readonly retry_reason?: string;
  readonly accepts_response_payload?: boolean;
  readonly num_connections?: number;
  readonly payload: { event_id: string; event: { type: string; text?: string } };
}

const open: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function setUp(options: SlackOptions = {}) {
  const clock = createManualClock();
  const slack = await createSlack({ clock, events: ["message.channels"], ...options });
  open.push(slack);
  const ana = slack.person("ana");
  const general = slack.channel("general");
  const api = new webApi.WebClient(slack.tokens.app, { slackApiUrl: slack.apiUrl });

  /** A bare client that acknowledges nothing by itself. */
  const connect = async (url?: string) => {
    const socket = new WebSocket(url ?? (await api.apps.connections.open({})).url ?? "");
    const heard: Envelope[] = [];
    const listeners = new Set<() => void>();
    const tell = () => {
      for (const listener of [...listeners]) listener();
    };
    socket.on("message", (data) => {
      heard.push(JSON.parse(String(data)));
      tell();
    });
    socket.on("close", tell);
    socket.on("error", tell);
    const until = <T>(find: () => T | undefined): Promise<T> =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`not heard: ${find}\n${JSON.stringify(heard)}`)), 3000);
        const look = () => {
          const found = find();
          if (!found) return;
          listeners.delete(look);
          clearTimeout(late);
          resolve(found);
        };
        listeners.add(look);
        look();
      });
    const nth = (count: number) => until(() => heard.filter(({ payload }) => payload)[count]);
    const ack = (envelope: Envelope, payload?: object) =>
      socket.send(JSON.stringify({ envelope_id: envelope.envelope_id, ...(payload ? { payload } : {}) }));
    await until(() => heard.length > 0 || socket.readyState > WebSocket.OPEN);
    return { socket, heard, until, nth, ack };
  };
  return { slack, clock, api, connect, ana, general };
}

test("a connection is greeted with the app's id and how many there are", async () => {
  const { connect, slack } = await setUp();
  const first = await connect();
  expect(first.heard[0]).toMatchObject({
    type: "hello",
    num_connections: 1,
    connection_info: { app_id: slack.bot.appId },
  });
  const second = await connect();
  expect(second.heard[0]?.num_connections).toBe(2);
  expect(slack.sockets.count).toBe(2);
});

test("a ticket opens one socket, within thirty seconds", async () => {
  const { api, connect, clock, slack } = await setUp();
  const { url = "" } = await api.apps.connections.open({});
  expect((await connect(url)).heard).toHaveLength(1);
  expect((await connect(url)).heard).toHaveLength(0);
  const { url: late = "" } = await api.apps.connections.open({});
  await clock.advance(31_000);
  expect((await connect(late)).heard).toHaveLength(0);
  expect(slack.violations).toHaveLength(2);
});

test("an eleventh socket is sent away", async () => {
  const { connect, slack } = await setUp();
  for (let count = 0; count < 10; count += 1) await connect();
  const eleventh = await connect();
  expect(eleventh.heard[0]).toMatchObject({ type: "disconnect", reason: "too_many_websockets" });
  expect(slack.sockets.count).toBe(10);
});

test("an event not acknowledged in three seconds comes again at once, after a minute and after five", async () => {
  const { connect, slack, clock, ana, general } = await setUp();
  const client = await connect();
  slack.say(ana, general, "hi");
  const attempts = [await client.nth(0)];
  for (const pause of [0, 60_000, 300_000]) {
    await clock.advance(3000 + pause);
    attempts.push(await client.nth(attempts.length));
  }
  expect(attempts.map(({ retry_attempt }) => retry_attempt)).toEqual([0, 1, 2, 3]);
  expect(attempts[1]).toMatchObject({ retry_reason: "timeout" });
  expect(new Set(attempts.map(({ payload }) => payload.event_id)).size).toBe(1);
  expect(new Set(attempts.map(({ envelope_id }) => envelope_id)).size).toBe(4);
  expect(slack.violations[0]).toMatch(/event message Ev\w+ not acknowledged within 3 s/);
  await clock.advance(3000);
  await slack.until(() => slack.lost.length === 1);
});

test("acknowledgements are checked: late, twice, unknown, with a payload, not JSON", async () => {
  const { connect, slack, clock, ana, general } = await setUp();
  const client = await connect();
  slack.say(ana, general, "hi");
  const event = await client.nth(0);
  client.ack(event, { text: "no" });
  client.ack(event);
  client.ack({ ...event, envelope_id: "other" });
  client.socket.send("hello?");
  client.socket.send(Buffer.from("bytes"));
  await slack.until(() => slack.violations.length === 5);
  expect(slack.violations).toEqual([
    expect.stringContaining("acknowledged with a payload"),
    expect.stringContaining("acknowledged twice"),
    expect.stringContaining("never sent"),
    expect.stringContaining("not JSON"),
    expect.stringContaining("binary frame"),
  ]);
  slack.say(ana, general, "again");
  await client.nth(1);
  await clock.advance(3001);
  expect(slack.violations.at(-1)).toContain("not acknowledged within 3 s");
});

test("a command's envelope takes a payload with its acknowledgement", async () => {
  const { connect, slack, ana, general } = await setUp();
  const client = await connect();
  const typed = slack.command(ana, general, "/ask", "hi");
  const envelope = await client.nth(0);
  expect(envelope).toMatchObject({ type: "slash_commands", accepts_response_payload: true });
  client.ack(envelope, { text: "on it" });
  expect(await typed).toEqual({ acked: true, answer: { text: "on it" } });
  expect(slack.ephemerals(ana, general)).toMatchObject([{ text: "on it" }]);
  expect(slack.violations).toEqual([]);
});

test("events wait six minutes for somebody to connect, then they are lost", async () => {
  const { connect, slack, clock, ana, general } = await setUp();
  slack.say(ana, general, "too early");
  await clock.advance(180_000);
  slack.say(ana, general, "in time");
  await clock.advance(200_000);
  const client = await connect();
  const event = await client.nth(0);
  expect(event).toMatchObject({ retry_attempt: 1, payload: { event: { text: "in time" } } });
  expect(slack.lost).toMatchObject([{ event: { text: "too early" } }]);
  client.ack(event);
  await slack.until(() => slack.pending() === 0);
});

test("each event goes to one of the open sockets", async () => {
  const { connect, slack, ana, general } = await setUp();
  const clients = [await connect(), await connect()];
  for (let count = 0; count < 20; count += 1) slack.say(ana, general, `hi ${count}`);
  const heard = () => clients.map((client) => client.heard.filter(({ payload }) => payload).length);
  await clients[0]?.until(() => heard()[0]);
  await clients[1]?.until(() => heard()[0] !== undefined && (heard()[0] ?? 0) + (heard()[1] ?? 0) === 20);
  expect(Math.min(...heard())).toBeGreaterThan(3);
});

test("what a cut socket left unacknowledged goes to the next one, and is not held against the app", async () => {
  const { connect, slack, clock, ana, general } = await setUp();
  const first = await connect();
  slack.say(ana, general, "hi");
  await first.nth(0);
  slack.sockets.disconnect("cut");
  await slack.until(() => slack.sockets.count === 0);
  const second = await connect();
  await clock.advance(3000);
  expect(await second.nth(0)).toMatchObject({ retry_attempt: 1 });
  expect(slack.violations).toEqual([]);
});

test("events can be dropped, repeated, delayed and swapped", async () => {
  const { connect, slack, clock, ana, general } = await setUp();
  const client = await connect();
  const say = (text: string, fault?: Parameters<typeof slack.faults.nextEvent>[1]) => {
    if (fault) slack.faults.nextEvent("message", fault);
    slack.say(ana, general, text);
  };
  say("dropped", { kind: "drop" });
  say("twice", { kind: "repeat" });
  say("second", { kind: "reorder" });
  say("first");
  say("late", { kind: "delay", ms: 1000 });
  say("before it");
  await clock.advance(1000);
  await client.nth(5);
  const texts = client.heard.flatMap(({ payload }) => payload?.event.text ?? []);
  expect(texts).toEqual(["twice", "twice", "first", "second", "before it", "late"]);
  expect(slack.lost).toMatchObject([{ event: { text: "dropped" } }]);
});

test("Bolt comes back by itself after a refresh, and hears what was said meanwhile", async () => {
  const slack = await createSlack({ events: ["message.channels"] });
  open.push(slack);
  const clientOptions = { slackApiUrl: slack.apiUrl };
  const receiver = new SocketModeReceiver({
    appToken: slack.tokens.app,
    clientPingTimeout: 300,
    logLevel: LogLevel.ERROR,
    installerOptions: { clientOptions },
  });
  const app = new App({ token: slack.tokens.bot, receiver, clientOptions, logLevel: LogLevel.ERROR });
  open.push(app);
  const heard: string[] = [];
  app.message(async ({ message }) => void heard.push("text" in message ? String(message.text) : ""));
  await app.start();
  const ana = slack.person("ana");
  const general = slack.channel("general");
  slack.sockets.disconnect("refresh_requested");
  await slack.until(() => slack.sockets.count === 0);
  slack.say(ana, general, "while away");
  await slack.until(() => slack.sockets.opened === 2, 10_000);
  await slack.until(() => slack.pending() === 0);
  expect(heard).toEqual(["while away"]);
  expect(slack.violations).toEqual([]);
});

test("while connections are refused nobody gets in", async () => {
  const { connect, slack } = await setUp();
  slack.sockets.admit("nobody");
  expect((await connect()).heard).toEqual([]);
  slack.sockets.admit("everybody");
  expect((await connect()).heard).toHaveLength(1);
  expect(slack.violations).toEqual([]);
});

test("a socket can open and never say hello, or fall silent", async () => {
  const { api, connect, slack, clock, ana, general } = await setUp();
  slack.sockets.admit("without hello");
  const mute = new WebSocket((await api.apps.connections.open({})).url ?? "");
  await new Promise((resolve) => mute.once("open", resolve));
  expect(slack.sockets.count).toBe(0);
  slack.sockets.admit("everybody");
  const client = await connect();
  slack.sockets.disconnect("silence");
  slack.say(ana, general, "into the void");
  await clock.advance(3000);
  expect(client.heard).toHaveLength(1);
  expect(slack.violations).toEqual([]);
});

test("in an outage nothing answers, and afterwards everything does", async () => {
  const { slack, connect, ana, general } = await setUp();
  await connect();
  slack.outage(true);
  await slack.until(() => slack.sockets.count === 0);
  await expect(fetch(`${slack.apiUrl}api.test`)).rejects.toThrow("fetch failed");
  slack.say(ana, general, "meanwhile");
  slack.outage(false);
  const client = await connect();
  expect(await client.nth(0)).toMatchObject({ payload: { event: { text: "meanwhile" } } });
});

test("an app that gets too many events is told so", async () => {
  const { slack, connect } = await setUp();
  const client = await connect();
  slack.rateLimitEvents();
  expect(await client.nth(0)).toMatchObject({ type: "events_api", payload: { type: "app_rate_limited" } });
});
