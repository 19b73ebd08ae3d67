import { describe, expect, it } from "vitest";
import { setConsoleWire } from "./console-wire.ts";

const ana = "console:ana";
const wire = setConsoleWire();

describe("what people send", () => {
  it("takes @Bellhop as a mention however it is written, and leaves other words alone", async () => {
    const told = async (text: string) => {
      const { body } = await wire.say({ channel: "general", as: ana, text });
      const { message } = await wire.inbox.next("message", ({ message }) => message.id === body.id);
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
    const { body } = await wire.say({ channel: "general", as: ana, text: "deploys are slow" });
    const { status } = await wire.say({ channel: "general", thread: body.id, as: ana, text: "/Ask ops\nwhy?" });
    expect(status).toBe(202);
    const { command } = await wire.inbox.next("command");
    expect(command).toMatchObject({ name: "ask", text: "ops\nwhy?", address: { thread: body.id } });
    const unknown = await wire.say({ channel: "general", as: ana, text: "/aks why?" });
    expect(unknown.status).toBe(400);
    expect(unknown.body.error?.message).toBe("There is no /aks here. There are /ask, /schedule, /agents, /bellhop.");
    await wire.say({ channel: "general", as: ana, text: "/etc/hosts is wrong" });
    expect((await wire.inbox.message("/etc/hosts is wrong")).mention).toBe(false);
    expect((await wire.workspace.state()).messages).toHaveLength(2);
  });

  it("makes one message of one key, and tells of it under one key", async () => {
    const body = { channel: "general", as: ana, text: "once", key: "k1" };
    const first = await wire.say(body);
    const second = await wire.say(body);
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body.id).toBe(first.body.id);
    expect(wire.inbox.heard).toHaveLength(1);
  });

  it("takes a message back and says so when it could not be journalled", async () => {
    wire.inbox.refuseNext();
    const refused = await wire.say({ channel: "general", as: ana, text: "keep this", key: "k1" });
    expect(refused.status).toBe(503);
    expect(refused.body.error?.message).toBe("Bellhop could not keep this. Try again in a moment.");
    expect((await wire.workspace.state()).messages).toEqual([]);
    expect((await wire.say({ channel: "general", as: ana, text: "keep this", key: "k1" })).status).toBe(201);
    expect((await wire.workspace.state()).messages).toHaveLength(1);
  });

  it("takes a message back and says so when its own store fails, and the bot never hears of it", async () => {
    wire.workspace.store.failing = true;
    expect((await wire.say({ channel: "general", as: ana, text: "keep this" })).status).toBe(503);
    wire.workspace.store.failing = false;
    expect((await wire.workspace.state()).messages).toEqual([]);
    expect(wire.inbox.heard).toEqual([]);
  });

  it.each([
    ["no JSON", "not json", 400, "The body is not JSON."],
    ["no text", { channel: "general", as: ana, text: " " }, 400, "This can't be read: text: there is nothing in it."],
    ["a field too many", { channel: "general", as: ana, text: "hi", to: "all" }, 400, /Unrecognized key: "to"/],
    [
      "nobody we know",
      { channel: "general", as: "console:eve", text: "hi" },
      400,
      "There is nobody called console:eve here. There are console:ana, console:tom, console:kim.",
    ],
    ["the bot itself", { channel: "general", as: "console:bellhop", text: "hi" }, 400, /nobody called console:bellhop/],
    [
      "somebody else's DM",
      { channel: "dm-ana", as: "console:tom", text: "hi" },
      400,
      "console:tom can't talk in dm-ana, but in general, team, dm-tom.",
    ],
    ["a thread that is not there", { channel: "general", thread: "1", as: ana, text: "hi" }, 400, /no thread 1/],
    ["a text too long", { channel: "general", as: ana, text: "x".repeat(40_001) }, 400, /longer than 40,000/],
    ["a body over 1 MB", { channel: "general", as: ana, text: "x".repeat(1_100_000) }, 413, /larger than 1 MB/],
  ])("refuses %s, and says why", async (_what, body, status, message) => {
    const refused = await wire.workspace.send("/console/messages", body);
    expect(refused.status).toBe(status);
    expect(refused.body.error?.message).toMatch(message);
    expect(wire.inbox.heard).toEqual([]);
  });

  it("lets only the author edit or remove a message, and only those who see a button press it", async () => {
    const { body } = await wire.say({ channel: "general", as: ana, text: "mine" });
    const edit = { message: body.id, as: "console:tom", text: "his" };
    expect((await wire.workspace.send("/console/edits", edit)).status).toBe(403);
    expect((await wire.workspace.send("/console/deletions", { message: body.id, as: "console:tom" })).status).toBe(403);
    const { id } = await wire.workspace.adapter.post(
      wire.workspace.channel,
      { text: "Create?", card: { buttons: [{ id: "create", text: "Create" }] }, only: { person: ana } },
      { id: "r1", since: 0 },
    );
    const press = (as: string, button = "create") =>
      wire.workspace.send("/console/presses", { message: id, button, as });
    expect((await press("console:tom")).status).toBe(404);
    expect((await press(ana, "delete")).body.error?.message).toBe("This button is no longer there.");
    expect((await press(ana)).status).toBe(202);
  });

  it("grows a thread from a message of the channel only, not from a reply or from elsewhere", async () => {
    const root = (await wire.say({ channel: "general", as: ana, text: "root" })).body.id;
    const reply = (await wire.say({ channel: "general", thread: root, as: ana, text: "reply" })).body.id;
    expect((await wire.say({ channel: "general", thread: reply, as: ana, text: "deeper" })).status).toBe(400);
    expect((await wire.say({ channel: "team", thread: root, as: ana, text: "elsewhere" })).status).toBe(400);
    const post = wire.workspace.adapter.post(
      { ...wire.workspace.channel, thread: "1" },
      { text: "hi" },
      { id: "r1", since: 0 },
    );
    await expect(post).rejects.toMatchObject({ name: "DeliveryError", final: true });
  });

  it("lets a thread go on whose first message was deleted", async () => {
    const root = (await wire.say({ channel: "general", as: ana, text: "root" })).body.id;
    await wire.say({ channel: "general", thread: root, as: ana, text: "reply" });
    await wire.workspace.send("/console/deletions", { message: root, as: ana });
    expect((await wire.say({ channel: "general", thread: root, as: ana, text: "still here" })).status).toBe(201);
  });

  it("turns an answer that was begun for all into a whisper without leaving a word of it", async () => {
    const draft = wire.workspace.adapter.draft(wire.workspace.channel, { id: "r1", since: 0 }, { person: ana });
    draft.show({ text: "It is", lines: [] });
    await draft.end({ text: "for you", only: { person: ana } });
    expect((await wire.workspace.state()).messages).toMatchObject([{ text: "for you", only: ana }]);
  });

  it("tells two buttons of one id apart by their values", async () => {
    const buttons = ["05:00", "17:00"].map((value) => ({ id: "at", text: value, value }));
    const { id } = await wire.workspace.adapter.post(
      wire.workspace.channel,
      { text: "At 5?", card: { buttons } },
      { id: "r1", since: 0 },
    );
    await wire.workspace.send("/console/presses", { message: id, button: "at", value: "17:00", as: ana });
    expect((await wire.inbox.next("press")).press.value).toBe("17:00");
  });

  it("turns people away in plain words while it does not listen", async () => {
    await wire.workspace.adapter.quiet();
    const refused = await wire.say({ channel: "general", as: ana, text: "hello?" });
    expect([refused.status, refused.body.error?.code]).toEqual([503, "not_listening"]);
    expect((await wire.workspace.state()).messages).toEqual([]);
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
      const refused = await wire.get(path, headers);
      expect(refused.status).toBe(403);
      expect(JSON.parse(refused.body).error.message).toMatch(why);
    }
  });

  it("lets the page itself in, by each name of this machine", async () => {
    for (const name of ["localhost", "127.0.0.1", "[::1]"]) {
      const host = `${name}:3000`;
      expect((await wire.get("/console/state", { host, origin: `http://${host}` })).status).toBe(200);
    }
  });

  it("takes JSON only, which a foreign page can't send unasked", async () => {
    const refused = await wire.say({ channel: "general", as: ana, text: "hi" }, { "content-type": "text/plain" });
    expect(refused.status).toBe(415);
  });
});
