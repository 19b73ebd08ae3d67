import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { createSlackAdapter } from "../../adapters/slack/slack.ts";
import { PlatformRefusal } from "../../src/chat.ts";
import { recordingInbox } from "./contract/recording-inbox.ts";
import { silent } from "./slack-platform.ts";
import { hurried, setSlackStage } from "./slack-stage.ts";

const never = new AbortController().signal;

describe("the Slack adapter's connection", () => {
  const stage = setSlackStage();

  it("is renewed when Slack asks for it, and hears on", async () => {
    const before = stage.slack.sockets.opened;
    stage.slack.sockets.disconnect("refresh_requested");
    await stage.slack.until(() => stage.slack.sockets.opened > before);
    stage.slack.say(stage.ana, stage.general, "after it");
    await stage.inbox.message("after it");
    expect(stage.adapter.state()).toEqual({ state: "connected" });
    await stage.slack.until(() => stage.slack.sockets.count === 1);
  });

  it("comes back after a cut, and hears what was said meanwhile", async () => {
    stage.slack.sockets.admit("nobody");
    stage.slack.sockets.disconnect("cut");
    await stage.slack.until(() => stage.slack.sockets.count === 0);
    stage.slack.say(stage.ana, stage.general, "@Bellhop are you there?");
    await stage.slack.until(
      () => stage.slack.calls.filter(({ method }) => method === "apps.connections.open").length > 1,
    );
    expect(stage.adapter.state()).toMatchObject({
      state: "reconnecting",
      error: expect.stringContaining("trying again"),
    });
    stage.slack.sockets.admit("everybody");
    await stage.inbox.message("are you there?");
    expect(stage.adapter.state()).toEqual({ state: "connected" });
  });

  it("is made anew when a socket opens without a greeting", async () => {
    const adapter = stage.another();
    stage.slack.sockets.admit("without hello");
    const starting = adapter.start(stage.inbox, never);
    await stage.slack.until(() => adapter.state().error?.includes("hello"));
    stage.slack.sockets.admit("everybody");
    await starting;
    expect(adapter.state()).toEqual({ state: "connected" });
  });

  it("posts on while there is no socket", async () => {
    const message = await stage.asked();
    stage.slack.sockets.admit("nobody");
    stage.slack.sockets.disconnect("cut");
    await stage.slack.until(() => stage.slack.sockets.count === 0);
    await stage.adapter.post(message.answerAt, { text: "noon" }, stage.key(message));
    expect(stage.ours(message.answerAt)).toHaveLength(1);
  });

  it("survives that Slack is not there at all: nothing is lost, nothing comes twice", async () => {
    const { adapter } = stage;
    const message = await stage.asked("before");
    const draft = adapter.draft(message.answerAt, stage.key(message), {
      person: message.author.id,
      message: message.id,
    });
    draft.show({ text: "It is", lines: [] });
    await stage.shows(message.answerAt, "It is");
    stage.slack.outage(true);
    draft.show({ text: "It is noon", lines: [] });
    await expect(draft.end({ text: "It is noon." })).rejects.toMatchObject({ final: false });
    expect(adapter.state().state).toBe("reconnecting");
    stage.slack.outage(false);
    await draft.end({ text: "It is noon." });
    expect(stage.ours(message.answerAt).map(({ shown }) => shown)).toEqual(["It is noon."]);
    await stage.slack.until(() => adapter.state().state === "connected", 10_000);
    await stage.asked("after");
  });

  it("reads afterwards what Slack held back because there was too much of it", async () => {
    const hasty = { ...hurried, after: (ms: number, run: () => void) => hurried.after(ms / 20, run) };
    const adapter = stage.another({ clock: hasty });
    await stage.adapter.stop();
    await adapter.start(stage.inbox, never);
    await stage.asked("before");
    stage.slack.rateLimitEvents();
    stage.slack.faults.nextEvent("message", { kind: "drop" });
    stage.slack.faults.nextEvent("app_mention", { kind: "drop" });
    await stage.asked("held back");
    await stage.slack.until(() => stage.slack.pending() === 0);
  });

  it("is refused for good when the token is revoked, and says what to do", async () => {
    stage.slack.revokeToken();
    await stage.slack.until(() => stage.adapter.state().state === "refused");
    expect(stage.adapter.state().error).toMatch(/revoked.*Put the token/);
    const address = { adapter: "slack", channel: stage.general };
    await expect(stage.adapter.post(address, { text: "noon" }, stage.key())).rejects.toMatchObject({ final: true });
  });

  it("stops hearing at once when it is to be quiet, and finishes what it is posting", async () => {
    const message = await stage.asked();
    stage.slack.faults.next("chat.postMessage", { kind: "delay", ms: 100 });
    const posting = stage.adapter.post(message.answerAt, { text: "noon" }, stage.key(message));
    await stage.adapter.quiet();
    await stage.slack.until(() => stage.slack.sockets.count === 0);
    await posting;
    expect(stage.ours(message.answerAt)).toHaveLength(1);
  });

  it("acknowledges before it is quiet what it has taken in", async () => {
    const release = stage.inbox.hold();
    stage.slack.say(stage.ana, stage.general, "the last word");
    await stage.inbox.message("the last word");
    const quiet = stage.adapter.quiet();
    release();
    await quiet;
    await stage.slack.until(() => stage.slack.pending() === 0);
    expect(stage.slack.violations).toEqual([]);
  });

  it("hears after a restart what was said in channels, threads and DMs, oldest first, once each", async () => {
    const root = await stage.asked("before");
    const dm = stage.slack.dm(stage.ana);
    await stage.adapter.stop();
    // Lost for good: as if nobody had been there for longer than Slack keeps things.
    for (let n = 0; n < 6; n++) stage.slack.faults.nextEvent("*", { kind: "drop" });
    stage.slack.say(stage.ana, stage.general, "@Bellhop one");
    const fresh = stage.slack.say(stage.ana, stage.general, "two");
    stage.slack.say(stage.tom, stage.general, "three", { thread: root.id });
    stage.slack.say(stage.tom, stage.general, "four", { thread: fresh });
    stage.slack.say(stage.ana, dm, "five");
    stage.slack.join(stage.slack.person("zoe"), stage.general);
    const adapter = stage.another();
    await adapter.start(stage.inbox, never);
    await stage.inbox.message("five");
    await stage.inbox.message("four");
    const texts = stage.inbox.heard.flatMap((event) => (event.kind === "message" ? [event.message.text] : []));
    expect(texts.filter((text) => text !== "five")).toEqual(["before", "one", "two", "three", "four"]);
    expect((await stage.inbox.message("three")).address.thread).toBe(root.id);
  });

  /** Slack can't be asked at first, and live things are heard before it can. */
  async function missing(memory: Map<string, unknown>) {
    await stage.asked("before");
    await stage.adapter.stop();
    stage.slack.faults.nextEvent("*", { kind: "drop" });
    stage.slack.say(stage.ana, stage.general, "missed");
    const asked = () => stage.slack.calls.filter(({ method }) => method === "users.conversations").length;
    const [before, heardUntil] = [asked(), await stage.inbox.heardUntil("slack")];
    stage.slack.faults.next("users.conversations", { kind: "status", status: 503 });
    // It is asked when it starts and when it is connected; after that something is heard live.
    let asks = 0;
    const inbox = { ...stage.inbox, heardUntil: async () => (asks++ < 2 ? heardUntil : Date.now() + 600_000) };
    const kept = {
      get: async (key: string) => memory.get(key),
      set: async (key: string, value: unknown) => void memory.set(key, value),
    };
    const adapter = stage.another({ memory: kept });
    await adapter.start(inbox, never);
    await stage.slack.until(() => asked() > before);
    return { adapter, inbox, again: () => stage.another({ memory: kept }) };
  }

  it("reads later what it missed, whatever it hears before it can", async () => {
    await missing(new Map());
    await stage.inbox.message("missed");
  });

  it("has the next process read what it missed and did not come to read", async () => {
    const { adapter, inbox, again } = await missing(new Map());
    await adapter.stop();
    await again().start(inbox, never);
    await stage.inbox.message("missed");
  });

  it("catches up elsewhere when Slack refuses to show one place, and later when it can't be reached at all", async () => {
    await stage.asked("before");
    await stage.adapter.stop();
    const other = stage.slack.channel("other").id;
    stage.slack.faults.nextEvent("*", { kind: "drop" });
    stage.slack.faults.nextEvent("*", { kind: "drop" });
    stage.slack.say(stage.ana, stage.general, "not shown");
    stage.slack.say(stage.ana, other, "elsewhere");
    stage.slack.faults.next("users.conversations", { kind: "status", status: 503 });
    stage.slack.faults.next("conversations.history", { kind: "refuse", error: "channel_not_found" });
    const adapter = stage.another();
    await adapter.start(stage.inbox, never);
    await stage.inbox.message("elsewhere");
    await stage.slack.until(() => stage.slack.pending() === 0);
    expect(stage.inbox.heard.some((event) => event.kind === "message" && event.message.text === "not shown")).toBe(
      false,
    );
  });
});

describe("starting the Slack adapter", () => {
  const stage = setSlackStage({ start: false });

  it.each([
    ["the bot token", { botToken: "xoxb-wrong" }, "SLACK_BOT_TOKEN"],
    ["the app token", { appToken: "xapp-wrong" }, "SLACK_APP_TOKEN"],
  ])("is refused when Slack does not know %s, and says which", async (_, wrong, name) => {
    stage.objections = /unknown token/;
    const adapter = stage.another(wrong);
    await expect(adapter.start(stage.inbox, never)).rejects.toThrow(PlatformRefusal);
    expect(adapter.state()).toMatchObject({ state: "refused", error: expect.stringContaining(name) });
  });

  it("is refused when the bot token is an app token", async () => {
    const adapter = stage.another({ botToken: stage.slack.tokens.app });
    stage.objections = /app token/;
    await expect(adapter.start(stage.inbox, never)).rejects.toThrow(PlatformRefusal);
  });

  it("needs a way for Slack to reach it", () => {
    expect(() => createSlackAdapter({ botToken: "xoxb-1", log: silent })).toThrow("SLACK_SIGNING_SECRET");
  });

  it("keeps trying while Slack can't be reached, says so, and connects when it can", async () => {
    stage.slack.faults.next("auth.test", { kind: "status", status: 503 });
    const starting = stage.adapter.start(stage.inbox, never);
    await stage.slack.until(() => stage.adapter.state().error?.includes("can't be reached"));
    expect(stage.adapter.state().state).toBe("starting");
    await starting;
    expect(stage.adapter.state()).toEqual({ state: "connected" });
  });

  it("keeps trying while no socket opens", async () => {
    stage.slack.faults.next("apps.connections.open", { kind: "status", status: 500 });
    await stage.adapter.start(stage.inbox, never);
    expect(stage.adapter.state()).toEqual({ state: "connected" });
  });

  it("can be called off", async () => {
    stage.slack.faults.always("auth.test", { kind: "status", status: 503 });
    const off = new AbortController();
    const starting = stage.adapter.start(stage.inbox, off.signal);
    await stage.slack.until(() => stage.adapter.state().error);
    off.abort();
    await expect(starting).rejects.toThrow("stopped");
  });

  it("goes on when the signal that could have called it off is given later", async () => {
    const off = new AbortController();
    await stage.adapter.start(stage.inbox, off.signal);
    off.abort();
    const message = await stage.asked();
    await stage.adapter.post(message.answerAt, { text: "noon" }, stage.key(message));
  });

  it("says which permissions are missing, and works with the others", async () => {
    stage.slack.removeScope("reactions:read");
    stage.slack.removeScope("usergroups:read");
    await stage.adapter.start(stage.inbox, never);
    const { state, error } = stage.adapter.state();
    expect(state).toBe("connected");
    expect(error).toMatch(/reactions:read, usergroups:read.*reinstall the app/);
    expect((await stage.adapter.who(`slack:${stage.ana}`))?.roles).toEqual([]);
  });

  it("refuses to post before it is connected, but not for good", async () => {
    const address = { adapter: "slack", channel: stage.general };
    await expect(stage.adapter.post(address, { text: "noon" }, stage.key())).rejects.toMatchObject({ final: false });
  });
});

describe("odd things from Slack's socket", () => {
  it("do no harm", async () => {
    const api = createServer((request, response) => {
      const { port } = api.address() as AddressInfo;
      const answer = request.url?.endsWith("auth.test")
        ? { ok: true, user_id: "U0BOT", bot_id: "B0BOT", team_id: "T0", url: "https://acme.slack.com/" }
        : { ok: true, url: `ws://127.0.0.1:${port}/link`, members: [], channels: [] };
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(answer));
    });
    const sockets = new WebSocketServer({ server: api });
    const acked: unknown[] = [];
    const odd = [
      "no json",
      JSON.stringify({
        type: "events_api",
        envelope_id: "1",
        payload: { type: "app_rate_limited", minute_rate_limited: 1 },
      }),
      JSON.stringify({ type: "news", envelope_id: "2" }),
      JSON.stringify({ type: "interactive", envelope_id: "3", payload: { type: "shortcut" } }),
      JSON.stringify({ type: "slash_commands", envelope_id: "4", payload: { command: "/ask" } }),
      JSON.stringify({
        type: "events_api",
        envelope_id: "5",
        payload: { type: "event_callback", event: { type: "message" } },
      }),
      JSON.stringify({
        type: "events_api",
        envelope_id: "6",
        payload: { type: "event_callback", event: { type: "new_kind" } },
      }),
      JSON.stringify({
        type: "interactive",
        envelope_id: "7",
        payload: { type: "block_actions", actions: [], user: { id: "U0" }, team: { id: "T0" } },
      }),
    ];
    const said = JSON.stringify({
      type: "events_api",
      envelope_id: "last",
      payload: {
        type: "event_callback",
        team_id: "T0",
        event: { type: "message", channel: "C0", user: "U0", text: "hi", ts: "1700000000.000100" },
      },
    });
    const done = new Promise<void>((resolve) => {
      sockets.on("connection", (socket) => {
        socket.on("message", (data) => {
          const { envelope_id: id } = JSON.parse(String(data));
          acked.push(id);
          if (id === "last") resolve();
        });
        for (const text of [JSON.stringify({ type: "hello" }), ...odd, said]) socket.send(text);
      });
    });
    await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
    const { port } = api.address() as AddressInfo;
    const inbox = recordingInbox();
    const adapter = createSlackAdapter({
      botToken: "xoxb-1",
      appToken: "xapp-1",
      apiUrl: `http://127.0.0.1:${port}/api/`,
      log: silent,
    });
    await adapter.start(inbox, never);
    await inbox.message("hi");
    await done;
    expect(adapter.state().state).toBe("connected");
    expect(inbox.heard).toHaveLength(1);
    expect(acked).toEqual(expect.arrayContaining(["1", "3", "4", "5", "6", "7"]));
    await adapter.stop();
    for (const socket of sockets.clients) socket.terminate();
    await new Promise((resolve) => api.close(resolve));
  });
});
