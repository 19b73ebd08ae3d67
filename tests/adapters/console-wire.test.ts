import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Message } from "../../adapters/console/wire.ts";
import type { Post } from "../../src/chat.ts";
import { type ConsolePlatform, openConsole } from "./console-platform.ts";
import { type RecordingInbox, recordingInbox } from "./contract/recording-inbox.ts";

const ana = "console:ana";
let inbox: RecordingInbox;
let workspace: ConsolePlatform;
const stops: (() => Promise<unknown>)[] = [];

async function open(options: Parameters<typeof openConsole>[1] = {}): Promise<void> {
  inbox = recordingInbox();
  const opened = await openConsole(inbox, options);
  workspace = opened;
  stops.push(() => opened.stop());
}
beforeEach(() => open());
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const say = (body: object, headers?: Record<string, string>) => workspace.send("/console/messages", body, headers);

/** A GET with headers that `fetch` would not let one send. */
function get(path: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request(`${workspace.url}${path}`, { headers }, async (response) => {
      let body = "";
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode ?? 0, body });
    })
      .on("error", reject)
      .end();
  });
}

/** An open event stream; `next` resolves with the next event of a name. */
async function listen(path = "/console/events", headers: Record<string, string> = {}) {
  const stop = new AbortController();
  const response = await fetch(`${workspace.url}${path}`, { headers, signal: stop.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  stops.unshift(async () => stop.abort());
  let buffer = "";
  const block = async (): Promise<string> => {
    for (;;) {
      const end = buffer.indexOf("\n\n");
      if (end >= 0) {
        const found = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        return found;
      }
      const { value, done } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) throw new Error("the stream ended");
      buffer += value;
    }
  };
  const next = async (name: string): Promise<{ id: string; data: Message }> => {
    for (;;) {
      const fields = `\n${await block()}`;
      const [id, event, data] = ["id", "event", "data"].map((name) => fields.split(`\n${name}: `)[1]?.split("\n")[0]);
      if (event === name) return { id: id ?? "", data: JSON.parse(data ?? "{}") };
    }
  };
  return { response, block, next };
}

describe("what people send", () => {
  it("takes @Bellhop as a mention however it is written, and leaves other words alone", async () => {
    const told = async (text: string) => {
      const { body } = await say({ channel: "general", as: ana, text });
      const { message } = await inbox.next("message", ({ message }) => message.id === body.id);
      return [message.text, message.mention];
    };
    expect(await told("@Bellhop what time is it?")).toEqual(["what time is it?", true]);
    expect(await told("@bellHOP ops: why is checkout slow?")).toEqual(["ops: why is checkout slow?", true]);
    expect(await told("thanks, @bellhop")).toEqual(["thanks,", true]);
    expect(await told("@Bellhop，台北現在幾點？")).toEqual(["台北現在幾點？", true]);
    expect(await told("請@bellhop看一下")).toEqual(["請看一下", true]);
    expect(await told("@Bellhop")).toEqual(["", true]);
    expect(await told("write to team@bellhop.example or @bellhops")).toEqual([
      "write to team@bellhop.example or @bellhops",
      false,
    ]);
    expect(await told("@tom lunch?")).toEqual(["@tom lunch?", false]);
  });

  it("takes slash commands, in threads too, and says which there are", async () => {
    const { body } = await say({ channel: "general", as: ana, text: "deploys are slow" });
    const { status } = await say({ channel: "general", thread: body.id, as: ana, text: "/Ask ops\nwhy?" });
    expect(status).toBe(202);
    const { command } = await inbox.next("command");
    expect(command).toMatchObject({ name: "ask", text: "ops\nwhy?", address: { thread: body.id } });
    const unknown = await say({ channel: "general", as: ana, text: "/aks why?" });
    expect(unknown.status).toBe(400);
    expect(unknown.body.error?.message).toBe("There is no /aks here. There are /ask, /agents, /bellhop.");
    await say({ channel: "general", as: ana, text: "/etc/hosts is wrong" });
    expect((await inbox.message("/etc/hosts is wrong")).mention).toBe(false);
    expect((await workspace.state()).messages).toHaveLength(2);
  });

  it("makes one message of one key, and tells of it under one key", async () => {
    const body = { channel: "general", as: ana, text: "once", key: "k1" };
    const first = await say(body);
    const second = await say(body);
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body.id).toBe(first.body.id);
    expect(inbox.heard).toHaveLength(1);
  });

  it("takes a message back and says so when it could not be journalled", async () => {
    inbox.refuseNext();
    const refused = await say({ channel: "general", as: ana, text: "keep this", key: "k1" });
    expect(refused.status).toBe(503);
    expect(refused.body.error?.message).toBe("Bellhop could not keep this. Try again in a moment.");
    expect((await workspace.state()).messages).toEqual([]);
    expect((await say({ channel: "general", as: ana, text: "keep this", key: "k1" })).status).toBe(201);
    expect((await workspace.state()).messages).toHaveLength(1);
  });

  it("takes a message back and says so when its own store fails, and the bot never hears of it", async () => {
    workspace.store.failing = true;
    expect((await say({ channel: "general", as: ana, text: "keep this" })).status).toBe(503);
    workspace.store.failing = false;
    expect((await workspace.state()).messages).toEqual([]);
    expect(inbox.heard).toEqual([]);
  });

  it.each([
    ["no JSON", "not json", 400, "The body is not JSON."],
    ["no text", { channel: "general", as: ana, text: " " }, 400, "This can't be read: text: there is nothing in it."],
    ["a field too many", { channel: "general", as: ana, text: "hi", to: "all" }, 400, /Unrecognized key: "to"/],
    ["nobody we know", { channel: "general", as: "console:eve", text: "hi" }, 400, /console:eve can't talk in general/],
    ["the bot itself", { channel: "general", as: "console:bellhop", text: "hi" }, 400, /can't talk in general/],
    [
      "somebody else's DM",
      { channel: "dm-ana", as: "console:tom", text: "hi" },
      400,
      /console:tom can't talk in dm-ana/,
    ],
    ["a thread that is not there", { channel: "general", thread: "1", as: ana, text: "hi" }, 400, /no thread 1/],
    ["a body over 1 MB", { channel: "general", as: ana, text: "x".repeat(1_100_000) }, 413, /larger than 1 MB/],
  ])("refuses %s, and says why", async (_what, body, status, message) => {
    const refused = await workspace.send("/console/messages", body);
    expect(refused.status).toBe(status);
    expect(refused.body.error?.message).toMatch(message);
    expect(inbox.heard).toEqual([]);
  });

  it("lets only the author edit or remove a message, and only those who see a button press it", async () => {
    const { body } = await say({ channel: "general", as: ana, text: "mine" });
    const edit = { message: body.id, as: "console:tom", text: "his" };
    expect((await workspace.send("/console/edits", edit)).status).toBe(403);
    expect((await workspace.send("/console/deletions", { message: body.id, as: "console:tom" })).status).toBe(403);
    const { id } = await workspace.adapter.post(
      workspace.channel,
      { text: "Create?", card: { buttons: [{ id: "create", text: "Create" }] }, only: { person: ana } },
      { id: "r1", since: 0 },
    );
    const press = (as: string, button = "create") => workspace.send("/console/presses", { message: id, button, as });
    expect((await press("console:tom")).status).toBe(404);
    expect((await press(ana, "delete")).body.error?.message).toBe("This button is no longer there.");
    expect((await press(ana)).status).toBe(202);
  });

  it("tells two buttons of one id apart by their values", async () => {
    const buttons = ["05:00", "17:00"].map((value) => ({ id: "at", text: value, value }));
    const { id } = await workspace.adapter.post(
      workspace.channel,
      { text: "At 5?", card: { buttons } },
      { id: "r1", since: 0 },
    );
    await workspace.send("/console/presses", { message: id, button: "at", value: "17:00", as: ana });
    expect((await inbox.next("press")).press.value).toBe("17:00");
  });

  it("turns people away in plain words while it does not listen", async () => {
    await workspace.adapter.quiet();
    const refused = await say({ channel: "general", as: ana, text: "hello?" });
    expect([refused.status, refused.body.error?.code]).toEqual([503, "not_listening"]);
    expect((await workspace.state()).messages).toEqual([]);
  });
});

describe("who may come in", () => {
  it.each([
    ["a name that only resolves here", { host: "evil.example:3000" }, /you asked for the host "evil.example:3000"/],
    ["a page of another site", { origin: "https://evil.example" }, /from a page of https:\/\/evil.example/],
    ["a page of another port", { origin: "http://localhost:1" }, /from a page of http:\/\/localhost:1/],
    ["a page without a name", { origin: "null" }, /from a page of null/],
  ])("turns away %s", async (_what, headers, why) => {
    for (const path of ["/console/state", "/console/events", "/"]) {
      const refused = await get(path, headers);
      expect(refused.status).toBe(403);
      expect(JSON.parse(refused.body).error.message).toMatch(why);
    }
  });

  it("lets the page itself in, by each name of this machine", async () => {
    for (const name of ["localhost", "127.0.0.1", "[::1]"]) {
      const host = `${name}:3000`;
      expect((await get("/console/state", { host, origin: `http://${host}` })).status).toBe(200);
    }
  });

  it("takes JSON only, which a foreign page can't send unasked", async () => {
    const refused = await say({ channel: "general", as: ana, text: "hi" }, { "content-type": "text/plain" });
    expect(refused.status).toBe(415);
  });
});

describe("the events", () => {
  it("tells of messages, changes and removals as they come", async () => {
    const events = await listen();
    expect(events.response.headers.get("content-type")).toMatch(/^text\/event-stream/);
    const { body } = await say({ channel: "general", as: ana, text: "hi" });
    expect((await events.next("message")).data).toMatchObject({ id: body.id, author: ana, text: "hi" });
    await workspace.send("/console/edits", { message: body.id, as: ana, text: "hello" });
    expect((await events.next("message")).data).toMatchObject({ id: body.id, text: "hello", edited: true });
    await workspace.send("/console/deletions", { message: body.id, as: ana });
    expect((await events.next("removed")).data).toEqual({ id: body.id, channel: "general" });
  });

  it("goes on where a reader left off, each message once and as it is now", async () => {
    const { cursor } = await workspace.state();
    const first = (await say({ channel: "general", as: ana, text: "one" })).body;
    const events = await listen(`/console/events?since=${cursor}`);
    const seen = await events.next("message");
    expect(seen.data.text).toBe("one");
    await say({ channel: "general", as: ana, text: "two" });
    const gone = (await say({ channel: "general", as: ana, text: "three" })).body;
    await workspace.send("/console/edits", { message: first.id, as: ana, text: "one!" });
    await workspace.send("/console/deletions", { message: gone.id, as: ana });
    const again = await listen("/console/events", { "last-event-id": seen.id });
    expect((await again.next("message")).data.text).toBe("two");
    expect((await again.next("message")).data.text).toBe("one!");
    expect((await again.next("removed")).data.id).toBe(gone.id);
  });

  it("tells a reader from another life to read everything anew", async () => {
    for (const id of ["gone.1", "nonsense", (await workspace.state()).cursor.replace(/\d+$/, "999")]) {
      const events = await listen("/console/events", { "last-event-id": id });
      const { id: cursor } = await events.next("reset");
      expect(cursor).toBe((await workspace.state()).cursor);
    }
  });

  it("sends the latest state of a draft only, however often it changed", async () => {
    const events = await listen();
    const draft = workspace.adapter.draft(workspace.channel, { id: "r1", since: 0 }, { person: ana });
    for (let n = 0; n <= 500; n++) draft.show({ text: `word ${n}`, lines: [] });
    const texts: string[] = [];
    while (texts.at(-1) !== "word 500") texts.push((await events.next("message")).data.text);
    expect(texts.length).toBeLessThanOrEqual(3);
  });

  it("gives a sign of life while nothing happens", async () => {
    await open({ heartbeatMs: 10 });
    const events = await listen();
    await events.block();
    expect(await events.block()).toBe(": still here");
  });

  it("ends with the adapter", async () => {
    const events = await listen();
    await workspace.adapter.stop();
    await expect(events.next("message")).rejects.toThrow("the stream ended");
  });
});

describe("what is kept", () => {
  it("is there after a restart: messages, threads, cards, whispers, edits", async () => {
    const { body } = await say({ channel: "general", as: ana, text: "one" });
    await say({ channel: "general", thread: body.id, as: "console:tom", text: "two" });
    await workspace.send("/console/edits", { message: body.id, as: ana, text: "one!" });
    const card = { buttons: [{ id: "a", text: "A" }] };
    const post: Post = { text: "yours", footer: "ops", card, only: { person: ana } };
    await workspace.adapter.post(workspace.channel, post, { id: "r1", since: 0 });
    const { messages } = await workspace.state();
    await workspace.restart();
    expect((await workspace.state()).messages).toEqual(messages);
  });

  it("forgets what was half said without a word, and what was half said stays as it was", async () => {
    const status = workspace.adapter.draft(workspace.channel, { id: "r1", since: 0 }, { person: ana });
    status.show({ text: "", lines: [], status: "thinking…" });
    const words = workspace.adapter.draft(workspace.channel, { id: "r2", since: 0 }, { person: ana });
    words.show({ text: "It is", lines: [], stop: { id: "stop", text: "Stop" } });
    await workspace.restart();
    const { messages } = await workspace.state();
    expect(messages).toMatchObject([{ text: "It is", author: "console:bellhop" }]);
    expect(messages[0]?.writing).toBeUndefined();
    expect(messages[0]?.card).toBeUndefined();
  });

  it("is bounded: past a thousand messages the oldest go, and those left are in order", async () => {
    for (let n = 1; n <= 1_101; n++)
      await workspace.adapter.post(workspace.channel, { text: String(n) }, { id: `r${n}`, since: 0 });
    const texts = async () => (await workspace.state()).messages.map((message) => Number(message.text));
    const before = await texts();
    expect(before.length).toBeLessThanOrEqual(1_000);
    expect(before.at(-1)).toBe(1_101);
    expect(before).toEqual([...before].sort((a, b) => a - b));
    await workspace.restart();
    expect(await texts()).toEqual(before);
  });

  it("gives messages of one moment, or of a clock set back, ids that sort by age all the same", async () => {
    let clock = 2_000;
    await open({ now: () => clock });
    for (const text of ["one", "two"]) await say({ channel: "general", as: ana, text });
    await workspace.restart();
    clock = 1_000;
    await say({ channel: "general", as: ana, text: "three" });
    const ids = (await workspace.state()).messages.map((message) => message.id);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(3);
  });
});

describe("the page", () => {
  let webRoot: string;
  beforeEach(async () => {
    webRoot = await mkdtemp(join(tmpdir(), "console-page-"));
    stops.push(() => rm(webRoot, { recursive: true }));
    await mkdir(join(webRoot, "assets"));
    await writeFile(join(webRoot, "index.html"), "<!doctype html>");
    await writeFile(join(webRoot, "assets/main-1a2b.js"), "export {};");
    await writeFile(join(webRoot, "secret.js"), "secret");
    await open({ webRoot });
  });

  it("comes with a policy that lets it run its own script only", async () => {
    const page = await fetch(`${workspace.url}/`);
    expect(await page.text()).toBe("<!doctype html>");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'");
    const script = await fetch(`${workspace.url}/assets/main-1a2b.js`);
    expect(script.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(script.headers.get("cache-control")).toContain("immutable");
  });

  it("gives nothing but what was built", async () => {
    for (const path of [
      "/assets/../secret.js",
      "/assets/..%2fsecret.js",
      "/assets/%2e%2e/secret.js",
      "/assets/none.js",
      "/assets/",
    ])
      expect((await get(path, {})).status).toBe(404);
  });

  it("says what to do when it was not built", async () => {
    await open({ webRoot: join(webRoot, "nowhere") });
    expect((await get("/", {})).body).toContain("run `npm run build`");
  });
});
