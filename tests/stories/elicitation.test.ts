import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { sitDown } from "../adapters/console-terminal-stage.ts";
import { createFakeTime } from "../schedules/fake-time.ts";
import type { InCall } from "../world/mcp/asking-server.ts";
import { platforms } from "./anywhere.ts";
import { openAsked } from "./asked-place.ts";
import { leaveTowns, type Town } from "./town.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  await leaveTowns();
  for (const end of ends.splice(0)) await end();
});

async function open(...wish: Parameters<typeof openAsked>) {
  const place = await openAsked(...wish);
  ends.push(place.close);
  return place;
}

const asking = (message: string, properties: Record<string, unknown>, required: string[] = []) =>
  ({ message, requestedSchema: { type: "object", properties, required } }) as Parameters<InCall["ask"]>[0];

const table = asking(
  "For whom shall I book?\nSee [the menu](https://evil.example) @everyone",
  {
    name: { type: "string", title: "Name", minLength: 2 },
    guests: { type: "integer", title: "Guests", minimum: 1, maximum: 12 },
    room: {
      type: "string",
      title: "Room",
      oneOf: [
        { const: "r1", title: "Garden" },
        { const: "r2", title: "Hall" },
      ],
    },
  },
  ["name", "guests"],
);

describe.each(platforms)("a server that asks for something, on %s", (platform) => {
  it("gets it from who asked, by a form in the thread; a wrong value is told at its field", async () => {
    const { begin, town } = await open(platform, { book: ({ ask }) => ask(table).then(({ action }) => action) });
    const thread = await begin("ana", "book a table");
    const card = await thread.card(/For whom shall I book/);
    expect(card.text).toMatch(/desk/);
    expect(card.text).toMatch(/Name · Guests · Room/);
    expect(card.text).toMatch(/Only ana can answer, until \d\d:\d\d \(.+\)/);
    // What the server says is only words.
    expect(card.text).not.toMatch(/evil\.example|I am the bot itself/);
    if (platform === "the console") expect(card.text).toMatch(/\n> See the menu @everyone\n\nIt wants to know/);
    expect(card.pings).toHaveLength(1);
    expect(card.buttons).toEqual(["Answer", "Decline"]);
    await thread.press("tom", card, "Decline");
    await thread.whisper("tom", /This question is for ana\./);

    await thread.press("ana", card, "Answer");
    expect(await thread.form("ana")).toMatch(/Name.*Guests.*Room/s);
    const wrong = await thread.fillIn("ana", { 0: "Xanthippe", 1: "Quetzal" });
    if (platform === "Discord") {
      const again = await thread.whisper("ana", /nothing is lost:\n.*Guests: A whole number\. From 1 to 12\./s);
      await thread.press("ana", again, "Answer again");
      expect(await thread.form("ana")).toMatch(/Xanthippe.*Quetzal/s);
    } else expect(JSON.stringify(wrong)).toMatch(/A whole number\. From 1 to 12\./);
    await thread.fillIn("ana", { 0: "Xanthippe", 1: "７", 2: platform === "Slack" ? "Hall" : "1" });
    await thread.card(/It gave: accept/);
    expect(await thread.card(/Answered by ana\./)).toMatchObject({ id: card.id, buttons: [] });

    // What was typed is for the server alone.
    await town.close();
    const files = await readdir(town.dataDir, { recursive: true, withFileTypes: true });
    const kept = await Promise.all(
      files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), "latin1")),
    );
    expect(kept.join("")).toMatch(/For whom shall I book/);
    for (const written of [...kept, ...town.log]) expect(/Xanthippe|Quetzal/.exec(written)?.[0]).toBeUndefined();
  });

  it("has a page opened, whose address is there to be read", async () => {
    const page = { mode: "url" as const, message: "Sign in, please.", elicitationId: "e1" };
    const { begin } = await open(platform, {
      enter: ({ ask }) => ask({ ...page, url: "https://accounts.example.com/in?state=1" }),
    });
    const thread = await begin("ana", "enter");
    const card = await thread.card(/asks you to open a page/);
    expect(card.text).toMatch(/accounts\.example\.com/);
    expect(card.text).toMatch(/https:\/\/accounts\.example\.com\/in\?state=1/);
    expect(card.buttons).toEqual(["I've done it", "Decline"]);
    await thread.press("ana", card, "I've done it");
    await thread.card(/It gave: .*"action":"accept"/);
    expect((await thread.card(/Done\./)).id).toBe(card.id);
  });

  it("takes back its card when the run is stopped, and the server hears of it", async () => {
    let hear = (): void => {};
    const cancelled = new Promise<void>((resolve) => {
      hear = resolve;
    });
    const { begin } = await open(platform, {
      book(call) {
        call.cancelled.addEventListener("abort", () => hear());
        return call.ask(table);
      },
    });
    const thread = await begin("ana", "book a table");
    const card = await thread.card(/For whom/);
    await thread.say("ana", "@Bellhop stop");
    await cancelled;
    await thread.card(/Stopped by ana/);
    expect(await thread.card(/This question is no longer needed\./)).toMatchObject({ id: card.id, buttons: [] });
  });
});

it.each(["Slack", "the console"] as const)(
  "a question is over when the bot is started again, and the run begins anew, on %s",
  async (platform) => {
    const { begin, town } = await open(platform, { book: ({ ask }) => ask(table) });
    const thread = await begin("ana", "book a table");
    const card = await thread.card(/For whom/);
    await town.restart();
    await thread.card(/I was restarted, so this question is over\./);
    const again = await thread.card(/Only ana can answer/);
    expect(again.id).not.toBe(card.id);
    await thread.press("ana", again, "Decline");
    await thread.card(/It gave: .*"action":"decline"/);
  },
);

/** Resolves once the line of the call says that, in the thread that was begun last. */
const noteIn = ({ console }: Town, wanted: string | undefined) =>
  console.until(async () => {
    const lines = (await console.state()).messages.findLast(({ writing }) => writing)?.lines ?? [];
    return lines.some((line) => line.title === "desk book" && line.note === wanted) || undefined;
  });

it("its line says for whom a call waits, and no longer once they have answered", async () => {
  let goOn = () => {};
  const done = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const book = ({ ask }: InCall) => ask(table).finally(() => done);
  const { begin, town } = await open("the console", { book });
  const thread = await begin("ana", "book a table");
  const card = await thread.card(/For whom/);
  await noteIn(town, "waits for ana");
  await thread.press("ana", card, "Decline");
  await noteIn(town, undefined);
  goOn();
  await thread.card(/"action":"decline"/);
});

it("two people who use one server in two threads are each asked in their own, side by side", async () => {
  const { begin } = await open("Slack", { book: ({ ask }) => ask(table) });
  const anas = await begin("ana", "book a table");
  const first = await anas.card(/For whom/);
  const toms = await begin("tom", "book a table too");
  const second = await toms.card(/For whom/);
  expect([first.text, second.text].map((text) => /Only (\w+) can answer/.exec(text)?.[1])).toEqual(["ana", "tom"]);
  await anas.press("tom", first, "Answer");
  await anas.whisper("tom", /This question is for ana\./);
  await toms.press("ana", second, "Decline");
  await toms.whisper("ana", /This question is for tom\./);
  await toms.press("tom", second, "Decline");
  await toms.card(/"action":"decline"/);
  await anas.press("ana", first, "Decline");
  await anas.card(/"action":"decline"/);
});

it("where it can't be told whose a question is they are asked one after the other, and the line of the second says so", async () => {
  const { begin, town } = await open("the console", { book: ({ askBeside }) => askBeside(table) });
  const anas = await begin("ana", "book a table");
  const card = await anas.card(/For whom/);
  const toms = await begin("tom", "book a table too");
  await noteIn(town, "waits for its turn");
  expect((await toms.all()).filter(({ text }) => /For whom/.test(text))).toEqual([]);
  await anas.press("ana", card, "Decline");
  await anas.card(/"action":"decline"/);
  const second = await toms.card(/Only tom can answer/);
  await noteIn(town, "waits for tom");
  await toms.press("tom", second, "Decline");
  await toms.card(/"action":"decline"/);
  expect((await anas.all()).filter(({ text }) => /for tom|Only tom/.test(text))).toEqual([]);
});

it("a person may take longer to answer than their run may take", async () => {
  const agents = [
    { name: "ops", llm_model: "main", system_prompt: "You are ops.", mcp_servers: ["desk"], timeout: "3s" },
  ];
  const { begin, town } = await open("the console", { book: ({ ask }) => ask(table) }, { config: { agents } });
  town.model.on("dream", () => new Promise(() => {}));
  const thread = await begin("ana", "book a table");
  const card = await thread.card(/For whom/);
  // A run of the same patience, begun later, is over meanwhile.
  await (await begin("tom", "dream")).card(/it took longer than/);
  await thread.press("ana", card, "Decline");
  await thread.card(/"action":"decline"/);
});

it("a run that the clock started asks nobody, and its agent is told so", async () => {
  const { begin, town } = await open("the console", { book: ({ ask }) => ask(table) });
  const { console } = town;
  await begin("ana", "hello");
  await console.say("ana", "/schedule every day 9:00 book a table", { channel: "team" });
  const find = (words: RegExp) =>
    console.until(async () => (await console.state()).messages.findLast(({ text }) => words.test(text)));
  await console.press("ana", (await find(/book a table\n/)).id, "schedule-create");
  await find(/is scheduled/);
  await console.say("ana", "/schedule run book a table", { channel: "team" });
  await find(/It gave: \{"action":"decline"\}\n\[desk asked something .*nobody waits for this run/s);
  expect((await console.state()).messages.filter(({ text }) => /For whom/.test(text))).toEqual([]);
});

it.each(["Slack", "Discord"] as const)(
  "a form of every kind of field can be shown and filled in on %s",
  async (platform) => {
    const long = "x".repeat(400);
    const pick = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ const: `c${n}`, title: `Choice ${n} ${long}` }));
    const fields = {
      text: { type: "string", title: long, description: long, default: "once upon a time", maxLength: 5000 },
      mail: { type: "string", format: "email", default: "ana@example.com" },
      number: { type: "number", title: "Number", minimum: -1, default: 0 },
      yes: { type: "boolean", title: "Yes?", description: "Or no", default: false },
      one: { type: "string", oneOf: pick(25), default: "c24" },
      few: { type: "array", items: { anyOf: pick(3) }, default: ["c0", "c2"], minItems: 1 },
      many: { type: "string", enum: Array.from({ length: 200 }, (_, n) => `m${n}`), default: "m199" },
      old: { type: "string", title: "Old", enum: ["a", "b"], enumNames: ["", "B & <b>"], default: "b" },
    };
    const message = "*Many* things <!channel>\n".repeat(40);
    const { begin } = await open(platform, { book: ({ ask }) => ask(asking(message, fields, Object.keys(fields))) });
    const thread = await begin("ana", "book");
    const card = await thread.card(/Many things/);
    await thread.press("ana", card, "Part 1 of 2");
    const presets = platform === "Discord" ? { 0: "once", 1: "ana@example.com", 2: "0", 3: "no", 4: "24" } : {};
    expect(await thread.fillIn("ana", presets)).toEqual({});
    await thread.card(/1 of 2 parts are filled in/);
    await thread.press("ana", card, "Part 2 of 2");
    const others = platform === "Discord" ? { 0: ["0", "2"], 1: "m199", 2: "1" } : {};
    expect(await thread.fillIn("ana", others)).toEqual({});
    await thread.card(/"number":0,"yes":false,"one":"c24","few":\["c0","c2"\],"many":"m199","old":"b"/);
  },
);

it("in the terminal a question is answered line by line", async () => {
  const { town } = await open("the console", { book: ({ ask }) => ask(table) });
  const me = sitDown(town.url, { columns: 100, rows: 40 }, {});
  ends.push(() => me.end());
  await me.until(() => me.screen.typed === "dm ›");
  me.line("book a table");
  await me.shows("For whom shall I book?");
  const [, number = ""] = /\[(\d+)\W*Answer/.exec(me.screen.text) ?? [];
  me.line(number);
  await me.until(() => me.screen.typed === "?");
  await me.shows("At least 2 characters.");
  me.line("Ana Ng");
  await me.shows("From 1 to 12.");
  me.line("4");
  await me.shows("Garden");
  me.line("2");
  await me.shows('"guests":4,"room":"r2"');
  await me.shows("Answered by ana.");
});

describe("a question", () => {
  it("of more than five things is asked in parts, each kept until all are there", async () => {
    const fields = Object.fromEntries(
      ["One", "Two", "Three", "Four", "Five", "Six"].map((title) => [title.toLowerCase(), { type: "string", title }]),
    );
    const { begin } = await open("the console", { book: ({ ask }) => ask(asking("Six things", fields, ["six"])) });
    const thread = await begin("ana", "book");
    const card = await thread.card(/Six things/);
    await thread.press("ana", card, "Part 1 of 2");
    await thread.fillIn("ana", { 0: "first" });
    await thread.card(/1 of 2 parts are filled in\./);
    await thread.press("ana", card, "Part 2 of 2");
    expect(await thread.form("ana")).toMatch(/Six/);
    await thread.fillIn("ana", { 0: "last" });
    await thread.card(/"one":"first","six":"last"/);
  });

  it("of yes or no, of few choices, and of nothing but a yes are buttons", async () => {
    const room = { type: "string", title: "Room", enum: ["garden", "hall"], default: "hall" };
    const { begin } = await open("the console", {
      sure: ({ ask }) => ask(asking("Sure?", { sure: { type: "boolean" } }, ["sure"])),
      room: ({ ask }) => ask(asking("Where?", { room }, ["room"])),
      plain: ({ ask }) => ask(asking("Go on?", {})),
    });
    for (const [tool, question, buttons, press, given] of [
      ["sure", /Sure/, ["Yes", "No", "Decline"], "No", /"sure":false/],
      ["room", /Where/, ["garden", "hall", "Decline"], "hall", /"room":"hall"/],
      ["plain", /Go on\?/, ["Go on", "Decline"], "Go on", /"action":"accept"/],
    ] as const) {
      const thread = await begin("ana", tool);
      const card = await thread.card(question);
      expect(card.buttons).toEqual(buttons);
      await thread.press("ana", card, press);
      await thread.card(given);
    }
  });

  it.each(platforms)("of several choices has a control for them, on %s", async (platform) => {
    const toppings = {
      type: "array",
      title: "Toppings",
      minItems: 1,
      maxItems: 2,
      items: {
        anyOf: [
          { const: "t1", title: "Ham" },
          { const: "t2", title: "Cheese, grated" },
          { const: "t3", title: "Basil" },
        ],
      },
      default: ["t1"],
    };
    const { begin } = await open(platform, {
      pizza: ({ ask }) => ask(asking("Which?", { toppings }, ["toppings"])),
    });
    const thread = await begin("ana", "pizza");
    await thread.press("ana", await thread.card(/Which/), "Answer");
    expect(await thread.form("ana")).toMatch(platform === "Slack" ? /Toppings/ : /Choose 1 to 2/);
    await expect(thread.fillIn("ana", { 0: ["0", "1", "2"] })).rejects.toThrow(/1 to 2|at most 2|takes/);
    await thread.fillIn("ana", { 0: ["1", "2"] });
    await thread.card(/"toppings":\["t2","t3"\]/);
  });

  it("that nobody answers is over after ten minutes", async () => {
    const time = createFakeTime(Date.parse("2026-11-21T14:22:00Z"));
    const { begin, town } = await open(
      "the console",
      { book: ({ ask }) => ask(table) },
      { parts: { time, now: time.now } },
    );
    const thread = await begin("ana", "book a table");
    const card = await thread.card(/until 14:32 \(UTC\)/);
    await time.pass(599_000);
    expect((await thread.card(/For whom/)).buttons).toHaveLength(2);
    await time.pass(1000);
    await thread.card(/Nobody answered by 14:32\./);
    await thread.card(/"action":"cancel"\}.*nobody answered within 10 minutes/s);
    expect(card.buttons).toEqual(["Answer", "Decline"]);
    expect(town.model.requests).toHaveLength(2);
  });

  it("is asked in the language of who is asked", async () => {
    const { begin } = await open("the console", { book: ({ ask }) => ask(table) }, { locale: "zh-TW" });
    const thread = await begin("ana", "book a table");
    const card = await thread.card(/要先問你一件事才能繼續/);
    expect(card.buttons).toEqual(["回答", "拒絕"]);
    expect(card.text).toMatch(/只有 ana 可以回答，到 \d\d:\d\d/);
    await thread.press("ana", card, "拒絕");
    await thread.card(/ana 拒絕了。/);
  });
});
