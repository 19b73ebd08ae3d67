import { describe, expect, it } from "vitest";
import type { Post } from "../../src/chat.ts";
import { setConsoleWire } from "./console-wire.ts";

const ana = "console:ana";
const wire = setConsoleWire();

describe("the events", () => {
  it("tells of messages, changes and removals as they come", async () => {
    const events = await wire.listen();
    expect(events.response.headers.get("content-type")).toMatch(/^text\/event-stream/);
    const { body } = await wire.say({ channel: "general", as: ana, text: "hi" });
    expect((await events.next("message")).data).toMatchObject({ id: body.id, author: ana, text: "hi" });
    await wire.workspace.send("/console/edits", { message: body.id, as: ana, text: "hello" });
    expect((await events.next("message")).data).toMatchObject({ id: body.id, text: "hello", edited: true });
    await wire.workspace.send("/console/deletions", { message: body.id, as: ana });
    expect((await events.next("removed")).data).toEqual({ id: body.id, channel: "general" });
  });

  it("goes on where a reader left off, each message once and as it is now", async () => {
    const { cursor } = await wire.workspace.state();
    const first = (await wire.say({ channel: "general", as: ana, text: "one" })).body;
    const events = await wire.listen(`/console/events?since=${cursor}`);
    const seen = await events.next("message");
    expect(seen.data.text).toBe("one");
    await wire.say({ channel: "general", as: ana, text: "two" });
    const gone = (await wire.say({ channel: "general", as: ana, text: "three" })).body;
    await wire.workspace.send("/console/edits", { message: first.id, as: ana, text: "one!" });
    await wire.workspace.send("/console/deletions", { message: gone.id, as: ana });
    const again = await wire.listen("/console/events", { "last-event-id": seen.id });
    expect((await again.next("message")).data.text).toBe("two");
    expect((await again.next("message")).data.text).toBe("one!");
    expect((await again.next("removed")).data.id).toBe(gone.id);
  });

  it("tells a reader from another life to read everything anew", async () => {
    await wire.say({ channel: "general", as: ana, text: "hi" });
    for (const id of ["gone.0", "nonsense", (await wire.workspace.state()).cursor.replace(/\d+$/, "999")]) {
      const events = await wire.listen("/console/events", { "last-event-id": id });
      const { id: cursor } = await events.next("reset");
      expect(cursor).toBe((await wire.workspace.state()).cursor);
    }
  });

  it("sends the latest state of a draft only, however often it changed", async () => {
    const events = await wire.listen();
    const draft = wire.workspace.adapter.draft(wire.workspace.channel, { id: "r1", since: 0 }, { person: ana });
    for (let n = 0; n <= 500; n++) draft.show({ text: `word ${n}`, lines: [] });
    const texts: string[] = [];
    while (texts.at(-1) !== "word 500") texts.push((await events.next("message")).data.text);
    expect(texts.length).toBeLessThanOrEqual(3);
  });

  it("waits for a reader that is slow to take much, and tells it the latest then", async () => {
    const events = await wire.listen();
    const draft = wire.workspace.adapter.draft(wire.workspace.channel, { id: "r1", since: 0 }, { person: ana });
    draft.show({ text: "x".repeat(8_000_000), lines: [] });
    for (let n = 1; n <= 10; n++) {
      draft.show({ text: `word ${n}`, lines: [] });
      await wire.workspace.state();
    }
    expect((await events.next("message")).data.text).toHaveLength(8_000_000);
    expect((await events.next("message")).data.text).toBe("word 10");
  });

  it("numbers what it tells in the order of change, so that the newest number covers all", async () => {
    const events = await wire.listen();
    const draft = wire.workspace.adapter.draft(wire.workspace.channel, { id: "r1", since: 0 }, { person: ana });
    draft.show({ text: "first", lines: [] });
    await events.next("message");
    draft.show({ text: "It", lines: [] });
    await wire.workspace.adapter.post(wire.workspace.channel, { text: "between" }, { id: "r2", since: 0 });
    draft.show({ text: "It is", lines: [] });
    const told = [await events.next("message"), await events.next("message")];
    expect(told.map(({ data }) => data.text)).toEqual(["between", "It is"]);
    expect(told[1]?.id).toBe((await wire.workspace.state()).cursor);
  });

  it("tells a reader who missed more removals than are remembered to read everything anew", async () => {
    const { cursor } = await wire.workspace.state();
    for (let n = 0; n <= 1_000; n++) {
      const draft = wire.workspace.adapter.draft(wire.workspace.channel, { id: `r${n}`, since: 0 }, { person: ana });
      draft.show({ text: "", lines: [], status: "thinking…" });
      await draft.drop();
    }
    const events = await wire.listen(`/console/events?since=${cursor}`);
    await events.next("reset");
  });

  it("gives a sign of life while nothing happens", async () => {
    await wire.open({ heartbeatMs: 10 });
    const events = await wire.listen();
    await events.block();
    expect(await events.block()).toBe(": still here");
  });

  it("ends with the adapter", async () => {
    const events = await wire.listen();
    await wire.workspace.adapter.stop();
    await expect(events.next("message")).rejects.toThrow("the stream ended");
  });
});

describe("what is kept", () => {
  it("is there after a restart: messages, threads, cards, whispers, edits", async () => {
    const { body } = await wire.say({ channel: "general", as: ana, text: "one" });
    await wire.say({ channel: "general", thread: body.id, as: "console:tom", text: "two" });
    await wire.workspace.send("/console/edits", { message: body.id, as: ana, text: "one!" });
    const card = { buttons: [{ id: "a", text: "A" }] };
    const post: Post = { text: "yours", footer: "ops", card, only: { person: ana } };
    await wire.workspace.adapter.post(wire.workspace.channel, post, { id: "r1", since: 0 });
    const { messages } = await wire.workspace.state();
    await wire.workspace.restart();
    expect((await wire.workspace.state()).messages).toEqual(messages);
  });

  it("forgets what was half said without a word, and what was half said stays as it was", async () => {
    const status = wire.workspace.adapter.draft(wire.workspace.channel, { id: "r1", since: 0 }, { person: ana });
    status.show({ text: "", lines: [], status: "thinking…" });
    const words = wire.workspace.adapter.draft(wire.workspace.channel, { id: "r2", since: 0 }, { person: ana });
    words.show({ text: "It is", lines: [], stop: { id: "stop", text: "Stop" } });
    await wire.workspace.restart();
    const { messages } = await wire.workspace.state();
    expect(messages).toMatchObject([{ text: "It is", author: "console:bellhop" }]);
    expect(messages[0]?.writing).toBeUndefined();
    expect(messages[0]?.card).toBeUndefined();
  });

  it("is whole once the adapter has stopped", async () => {
    const release = wire.workspace.store.hold();
    const draft = wire.workspace.adapter.draft(wire.workspace.channel, { id: "r1", since: 0 }, { person: ana });
    draft.show({ text: "It is", lines: [] });
    const order: string[] = [];
    const stopping = wire.workspace.adapter.stop().then(() => order.push("stopped"));
    await wire.workspace.state();
    order.push("written");
    release();
    await stopping;
    expect(order).toEqual(["written", "stopped"]);
  });

  it("is bounded: past a thousand messages the oldest go, and those left are in order", async () => {
    for (let n = 1; n <= 1_101; n++)
      await wire.workspace.adapter.post(wire.workspace.channel, { text: String(n) }, { id: `r${n}`, since: 0 });
    const texts = async () => (await wire.workspace.state()).messages.map((message) => Number(message.text));
    const before = await texts();
    expect(before.length).toBeLessThanOrEqual(1_000);
    expect(before.at(-1)).toBe(1_101);
    expect(before).toEqual([...before].sort((a, b) => a - b));
    await wire.workspace.restart();
    expect(await texts()).toEqual(before);
  });

  it("gives messages of one moment, or of a clock set back, ids that sort by age all the same", async () => {
    let clock = 2_000;
    await wire.open({ now: () => clock });
    for (const text of ["one", "two"]) await wire.say({ channel: "general", as: ana, text });
    await wire.workspace.restart();
    clock = 1_000;
    await wire.say({ channel: "general", as: ana, text: "three" });
    const ids = (await wire.workspace.state()).messages.map((message) => message.id);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(3);
  });
});
