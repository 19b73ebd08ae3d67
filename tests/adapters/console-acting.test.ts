import { describe, expect, it } from "vitest";
import type { Form } from "../../src/chat.ts";
import { setConsoleWire } from "./console-wire.ts";

const [ana, tom] = ["console:ana", "console:tom"] as const;
const wire = setConsoleWire();

const form: Form = {
  id: "ask-about",
  value: "7f3k",
  title: "Ask an agent",
  inputs: [
    { id: "agent", label: "Agent", kind: "choice", options: [{ value: "ops", text: "Operations" }] },
    { id: "question", label: "Question", kind: "text", lines: "one" },
    { id: "note", label: "Note", kind: "text", lines: "many", optional: true },
  ],
  submit: "Ask",
};

/** Ana chose to ask about a message; gives her whisper. */
async function picked() {
  const { body } = await wire.say({ channel: "general", as: ana, text: "the build is red" });
  const pick = { message: body.id, shortcut: "ask-about", as: ana };
  expect((await wire.workspace.send("/console/shortcuts", pick)).status).toBe(202);
  return (await wire.inbox.next("shortcut")).shortcut.whisper;
}
const open = async () => wire.workspace.adapter.open?.(await picked(), form);
const formOf = async (as: string) => (await wire.workspace.state(as)).you?.form;
const submit = async (values: Record<string, string>, as: string = ana, id?: string) =>
  wire.workspace.send("/console/submissions", { form: id ?? (await formOf(ana))?.id, as, values });

describe("a form", () => {
  it("comes to its person wherever they read, and to nobody else", async () => {
    const hers = await wire.listen(`/console/events?as=${ana}`);
    expect((await hers.next("you")).data).toEqual({ prompts: [] });
    await open();
    const { data } = await hers.next("you");
    expect(data).toMatchObject({ form: { form } });
    const later = await wire.listen(`/console/events?as=${ana}`);
    expect((await later.next("you")).data).toEqual(data);
    const his = await wire.listen(`/console/events?as=${tom}`);
    expect((await his.next("you")).data).toEqual({ prompts: [] });
    expect(await formOf(tom)).toBeUndefined();
  });

  it("can be opened once, within three seconds, by whoever's press it answers", async () => {
    let clock = 10_000;
    await wire.open({ now: () => clock });
    const { adapter } = wire.workspace;
    const whisper = await picked();
    const late = { name: "DeliveryError", final: true };
    await expect(adapter.open?.({ ...whisper, person: tom }, form)).rejects.toMatchObject(late);
    await adapter.open?.(whisper, form);
    await expect(adapter.open?.(whisper, form)).rejects.toMatchObject(late);
    await expect(adapter.open?.({ person: ana }, form)).rejects.toMatchObject(late);
    const { id } = await adapter.post(
      wire.workspace.channel,
      { text: "Done.", card: { buttons: [{ id: "edit", text: "Edit", opens: true }] } },
      { id: "r1", since: 0 },
    );
    await wire.workspace.send("/console/presses", { message: id, button: "edit", as: tom });
    const { press } = await wire.inbox.next("press");
    clock += 3_001;
    await expect(adapter.open?.(press.whisper, form)).rejects.toMatchObject(late);
  });

  it("can't be opened from a button that does not say so", async () => {
    const { id } = await wire.workspace.adapter.post(
      wire.workspace.channel,
      { text: "Done.", card: { buttons: [{ id: "why", text: "Why" }] } },
      { id: "r1", since: 0 },
    );
    await wire.workspace.send("/console/presses", { message: id, button: "why", as: ana });
    const { whisper } = (await wire.inbox.next("press")).press;
    expect(whisper).toEqual({ person: ana });
    await expect(wire.workspace.adapter.open?.(whisper, form)).rejects.toThrow("three seconds");
  });

  it.each([
    ["a gap", { agent: "ops" }, "missing", "question", '"Question" must be filled in.'],
    ["only spaces", { agent: "ops", question: " \n" }, "missing", "question", '"Question" must be filled in.'],
    [
      "a choice there is not",
      { agent: "eve", question: "why?" },
      "no_such_choice",
      "agent",
      '"Agent" has no choice "eve".',
    ],
    ["two lines for one", { agent: "ops", question: "a\nb" }, "one_line", "question", /room for one line only/],
    ["too long a text", { agent: "ops", question: "?", note: "x".repeat(3_001) }, "too_long", "note", /3,000/],
    ["an input there is not", { agent: "ops", question: "?", to: "all" }, "no_such_input", "to", /no input "to"/],
  ])("with %s is refused by name, and stays open", async (_what, values, code, input, message) => {
    await open();
    const refused = await submit(values);
    expect(refused).toMatchObject({ status: 400, body: { error: { code, details: { input } } } });
    expect(refused.body.error?.message).toMatch(message);
    expect(wire.inbox.heard.some(({ kind }) => kind === "submit")).toBe(false);
    expect(await formOf(ana)).toBeDefined();
  });

  it("is sent off once, by its person alone, and is gone then", async () => {
    await open();
    const id = (await formOf(ana))?.id;
    const values = { agent: "ops", question: "why?", note: "" };
    expect((await submit(values, tom, id)).status).toBe(409);
    expect((await submit(values)).status).toBe(202);
    expect((await wire.inbox.next("submit")).submit.values).toEqual({ agent: "ops", question: "why?" });
    expect(await formOf(ana)).toBeUndefined();
    expect((await submit(values, ana, id)).body.error?.code).toBe("no_such_form");
  });

  it("stays when it could not be journalled, and goes when it is dismissed", async () => {
    await open();
    wire.inbox.refuseNext();
    expect((await submit({ agent: "ops", question: "why?" })).status).toBe(503);
    const id = (await formOf(ana))?.id;
    expect((await wire.workspace.send("/console/dismissals", { form: id, as: tom })).status).toBe(409);
    expect((await wire.workspace.send("/console/dismissals", { form: id, as: ana })).status).toBe(200);
    expect(await formOf(ana)).toBeUndefined();
    expect(wire.inbox.heard.some(({ kind }) => kind === "submit")).toBe(false);
  });
});

describe("a shortcut", () => {
  it("is one of those that the state tells, in both languages", async () => {
    const { shortcuts, commands } = await wire.workspace.state();
    expect(shortcuts.en.map(({ name }) => name)).toEqual(["ask-about", "schedule-this"]);
    expect(shortcuts["zh-TW"][0]?.title).not.toBe(shortcuts.en[0]?.title);
    expect(commands.en.map(({ name }) => name)).toEqual(["ask", "schedule", "agents", "bellhop"]);
    expect(commands["zh-TW"].map(({ name }) => name)).toEqual(["ask", "schedule", "agents", "bellhop"]);
    const { body } = await wire.say({ channel: "dm-ana", as: ana, text: "secret" });
    const pick = (shortcut: string, as: string) =>
      wire.workspace.send("/console/shortcuts", { message: body.id, shortcut, as });
    expect((await pick("ask-abut", ana)).body.error?.message).toBe(
      "There is no shortcut ask-abut. There is ask-about, schedule-this.",
    );
    expect((await pick("ask-about", tom)).status).toBe(404);
  });
});

describe("a rating", () => {
  const rating = { value: "7f3k", good: "Good", bad: "Bad" };
  const rate = (message: string, rating: string, as: string = ana) =>
    wire.workspace.send("/console/ratings", { message, as, rating });

  it("is each person's own, can be changed, and stays", async () => {
    const { adapter, channel } = wire.workspace;
    const { id } = await adapter.post(channel, { text: "noon", rating }, { id: "r1", since: 0 });
    await rate(id, "good");
    await rate(id, "bad", tom);
    await rate(id, "bad");
    expect(wire.inbox.heard.flatMap((event) => (event.kind === "press" ? event.press.id : []))).toEqual([
      "good",
      "bad",
      "bad",
    ]);
    await adapter.edit({ address: channel, id }, { text: "one o'clock", rating });
    await wire.workspace.restart();
    expect((await wire.workspace.state()).messages[0]).toMatchObject({
      text: "one o'clock",
      rated: { [ana]: "bad", [tom]: "bad" },
    });
  });

  it("is not noted when it could not be journalled, nor where none was asked for", async () => {
    const { adapter, channel } = wire.workspace;
    const { id } = await adapter.post(channel, { text: "noon", rating }, { id: "r1", since: 0 });
    wire.inbox.refuseNext();
    expect((await rate(id, "good")).status).toBe(503);
    expect((await wire.workspace.state()).messages[0]?.rated).toBeUndefined();
    expect((await rate(id, "splendid")).status).toBe(400);
    const plain = await adapter.post(channel, { text: "noon" }, { id: "r2", since: 0 });
    expect((await rate(plain.id, "good")).body.error?.code).toBe("no_rating");
  });
});

describe("the bot's own page", () => {
  it("is drawn for whoever looks, and its buttons can be pressed", async () => {
    const events = await wire.listen(`/console/events?as=${ana}`);
    await events.next("you");
    expect((await wire.get(`/console/home?as=${ana}`)).status).toBe(200);
    const opened = await wire.inbox.next("opened");
    expect(opened).toMatchObject({ what: "home", person: { id: ana }, address: { channel: "dm-ana" } });
    const card = { buttons: [{ id: "ask", text: "Ask ops", value: "ops", opens: true as const }] };
    await wire.workspace.adapter.home?.(ana, { text: "**ops** looks after production", card });
    expect((await events.next("you")).data).toMatchObject({ home: { text: "**ops** looks after production", card } });
    const press = (as: string) => wire.workspace.send("/console/presses", { message: "home", button: "ask", as });
    expect((await press(tom)).status).toBe(409);
    expect((await press(ana)).status).toBe(202);
    const heard = (await wire.inbox.next("press")).press;
    expect(heard).toMatchObject({ id: "ask", value: "ops", message: "home", address: { channel: "dm-ana" } });
    await wire.workspace.adapter.open?.(heard.whisper, form);
    expect(await formOf(ana)).toBeDefined();
  });

  it("is for people who are here, and ways to begin are for their DMs", async () => {
    const { adapter } = wire.workspace;
    await expect(adapter.home?.("console:eve", { text: "hi" })).rejects.toThrow("nobody called console:eve");
    const prompts = [{ title: "Who is here?", text: "agents" }];
    await expect(adapter.prompt?.(wire.workspace.channel, prompts)).rejects.toThrow("in a DM only");
    await wire.get(`/console/direct?as=${tom}`);
    const { what, address } = await wire.inbox.next("opened");
    expect([what, address.channel]).toEqual(["direct", "dm-tom"]);
    await adapter.prompt?.(address, prompts);
    expect((await wire.workspace.state(tom)).you).toEqual({ prompts });
    expect((await wire.workspace.state(ana)).you).toEqual({ prompts: [] });
    expect((await wire.get("/console/home?as=console:eve")).status).toBe(400);
  });
});

describe("what people tell of themselves, and of others", () => {
  it("keeps the language that somebody chose", async () => {
    const choose = (as: string, language: string) => wire.workspace.send("/console/language", { as, language });
    expect((await choose(tom, "zh-TW")).status).toBe(200);
    expect((await choose(tom, "fr")).status).toBe(400);
    expect((await wire.workspace.state(tom)).you?.language).toBe("zh-TW");
    await wire.workspace.restart();
    expect(await wire.workspace.adapter.who(tom)).toMatchObject({ language: "zh-TW" });
    expect(await wire.workspace.adapter.who(ana)).not.toHaveProperty("language");
    const { people } = await wire.workspace.state();
    expect(people.map(({ language }) => language)).toEqual([undefined, "zh-TW", undefined]);
  });

  it("completes names of agents where they may be asked", async () => {
    const complete = async (query: string) => wire.get(`/console/suggestions?${query}`);
    const { body } = await complete(`field=agent&typed=o&channel=general&as=${ana}`);
    expect(JSON.parse(body)).toEqual({ suggestions: [{ text: "ops", value: "ops" }] });
    expect((await complete(`field=agent&typed=o&channel=dm-tom&as=${ana}`)).status).toBe(400);
    expect((await complete(`field=what&typed=o&channel=general&as=${ana}`)).status).toBe(400);
  });

  it("names whom a text calls, in any spelling, and nobody by a part of a word", async () => {
    const told = async (text: string) => {
      const { body } = await wire.say({ channel: "general", as: ana, text });
      const { message } = await wire.inbox.next("message", ({ message }) => message.id === body.id);
      return [message.text, message.people?.map(({ id }) => id)];
    };
    expect(await told("＠Tom and @KIM: lunch?")).toEqual(["@tom and @kim: lunch?", [tom, "console:kim"]]);
    expect(await told("mail me@tom.example or @tomato")).toEqual(["mail me@tom.example or @tomato", undefined]);
  });

  it("passes on what the person sees only, with who said it", async () => {
    const { body } = await wire.say({ channel: "dm-tom", as: tom, text: "my secret" });
    const pass = (as: string) => wire.say({ channel: "general", as, text: "", quotes: body.id });
    expect((await pass(ana)).status).toBe(404);
    expect((await pass(tom)).status).toBe(201);
    const { message } = await wire.inbox.next("message", ({ message }) => message.quotes !== undefined);
    expect(message).toMatchObject({ text: "", quotes: [{ author: "tom", text: "my secret" }] });
    expect((await wire.workspace.state()).messages.at(-1)?.quotes).toMatchObject([{ message: body.id }]);
  });

  it("calls by a post only those whom the post may call", async () => {
    const { adapter, channel } = wire.workspace;
    const people = [{ id: tom, name: "tom" }];
    await adapter.post(channel, { text: "@tom, ask @ana", people }, { id: "r1", since: 0 });
    await adapter.post(channel, { text: "nobody here", people }, { id: "r2", since: 0 });
    const { messages } = await wire.workspace.state();
    expect(messages.map((message) => message.people)).toEqual([people, undefined]);
  });
});
