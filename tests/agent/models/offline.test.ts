import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { offlineModel } from "../../../src/agent/models/offline.ts";
import type { ToolSpec } from "../../../src/agent/tool.ts";
import type { Turn } from "../../../src/agent/turn.ts";
import { ask } from "./asking.ts";

const offline = offlineModel({ name: "offline", provider: "offline", model: "offline" });

function tool(
  name: string,
  description: string,
  properties: Record<string, unknown>,
  required: string[] = [],
): ToolSpec {
  return { name, description, parameters: { type: "object", properties, required } };
}

const tools = [
  tool(
    "house__time",
    "What time and date it is now in a city or time zone.",
    { place: { type: "string", description: "A city or an IANA zone" } },
    ["place"],
  ),
  tool(
    "house__days_until",
    "How many days there are from today until a date.",
    { date: { type: "string", description: "A date as YYYY-MM-DD" } },
    ["date"],
  ),
  tool("house__roll_dice", "Rolls dice, to settle who goes for coffee.", {
    dice: { type: "integer" },
    sides: { type: "integer" },
  }),
  tool("web__search", "Searches the web.", { query: { type: "string" }, fresh: { type: "boolean" } }, ["query"]),
  tool("fs__read_file", "Reads a file.", { path: { type: "string" } }, ["path"]),
  tool("alerts__silence", "Silences an alert.", {
    level: { enum: ["low", "very_high"] },
    tags: { type: "array", items: { enum: ["db", "web", "mail"] } },
  }),
];

async function called(text: string): Promise<unknown> {
  const { end } = await ask(offline, { turns: [{ role: "user", text }], tools });
  const [call] = end.calls;
  return call === undefined ? undefined : [call.name, JSON.parse(call.input)];
}

async function reply(text: string, offered = tools): Promise<string> {
  return (await ask(offline, { turns: [{ role: "user", text }], tools: offered })).text;
}

describe("a tool that the message names is called with what the message says", () => {
  test.each([
    ["ana: what time is it in Taipei?", "house__time", { place: "Taipei" }],
    ["what time is it in new york now?", "house__time", { place: "new york" }],
    ["What time is it in New York?", "house__time", { place: "New York" }],
    ["ana lee: the time in Asia/Tokyo please", "house__time", { place: "Asia/Tokyo" }],
    ["time UTC", "house__time", { place: "UTC" }],
    ["台北現在幾點?", "house__time", { place: "台北" }],
    ["請問現在東京是幾點", "house__time", { place: "東京" }],
    ["請問 Berlin 現在幾點", "house__time", { place: "Berlin" }],
    ["how many days until 2027-01-01?", "house__days_until", { date: "2027-01-01" }],
    ["距離 2027-02-01 還有幾天", "house__days_until", { date: "2027-02-01" }],
    ["roll two dice with 20 sides", "house__roll_dice", { dice: 2, sides: 20 }],
    ["roll dice", "house__roll_dice", {}],
    ["幫我擲兩顆骰子", "house__roll_dice", { dice: 2 }],
    ["search the web for croner dst bugs", "web__search", { query: "croner dst bugs" }],
    ['please search "two words" fresh', "web__search", { query: "two words", fresh: true }],
    ["search query: bree", "web__search", { query: "bree" }],
    ["read file docs/readme.md", "fs__read_file", { path: "docs/readme.md" }],
    ['fs__read_file {"path":"docs/to do.md"}', "fs__read_file", { path: "docs/to do.md" }],
    ['roll dice with { "sides": 20, "dice": 3 }, please', "house__roll_dice", { sides: 20, dice: 3 }],
    ['roll {"eggs": 2} dice', "house__roll_dice", { dice: 2 }],
    [
      "silence the alert, level very high, for web and db",
      "alerts__silence",
      { level: "very_high", tags: ["db", "web"] },
    ],
    ["<said>\n[2026-11-20 09:00] tom: search the web\n</said>\n\nana: roll 3 dice", "house__roll_dice", { dice: 3 }],
  ])("%s", async (text, name, input) => {
    const asked = await called(text);
    if (name === "alerts__silence") expect(asked).toMatchObject([name, { level: "very_high" }]);
    else expect(asked).toEqual([name, input]);
  });

  test("one that is named whole before one of whose description more is said", async () => {
    const path = { path: { type: "string" } };
    const files = [
      tool("files__create_directory", "Creates a directory, or makes sure that the path of one is there.", path, [
        "path",
      ]),
      tool("files__list_directory", "Lists what is there.", path, ["path"]),
    ];
    const turns: Turn[] = [{ role: "user", text: "use list_directory with the path /srv/docs" }];
    const { end } = await ask(offline, { turns, tools: files });
    expect(end.calls).toMatchObject([{ name: "files__list_directory", input: '{"path":"/srv/docs"}' }]);
  });

  test("and when it says too little, that is told", async () => {
    expect(await reply("what time is it?")).toContain("I couldn't find place in your message");
    expect(await reply("現在幾點?")).toContain("找不到 place");
  });
});

describe("where not all tools are offered", () => {
  const finds = tool(
    "find_tools",
    "Finds more tools: 90 that you may use are not shown here.",
    { query: { type: "string" } },
    ["query"],
  );
  const forecast = tool("wetter__forecast", "Weather of the next days.", { city: { type: "string" } });
  const few = [...tools, finds];
  const looked = (found: string): Turn[] => [
    { role: "assistant", text: "", calls: [{ id: "c1", name: "find_tools", input: "{}" }] },
    { role: "tool", call: "c1", text: found },
  ];

  test("others are looked for by the question, once, and what was found is called", async () => {
    const asked: Turn = { role: "user", text: "ana: weather forecast, city: Taipei" };
    const first = await ask(offline, { turns: [asked], tools: few });
    expect(first.end.calls).toMatchObject([
      { name: "find_tools", input: '{"query":"weather forecast, city: Taipei"}' },
    ]);
    const second = await ask(offline, { turns: [asked, ...looked("found")], tools: [...few, forecast] });
    expect(second.end.calls).toMatchObject([{ name: "wetter__forecast", input: '{"city":"Taipei"}' }]);
    const nothing = await ask(offline, { turns: [asked, ...looked("No tool matches.")], tools: few });
    expect(nothing.end.calls).toEqual([]);
    expect(nothing.text).toContain("offline model");
  });

  test("one that is named is called at once", async () => {
    const { end } = await ask(offline, { turns: [{ role: "user", text: "roll dice" }], tools: few });
    expect(end.calls).toMatchObject([{ name: "house__roll_dice" }]);
  });
});

describe("the answer", () => {
  const asked: Turn[] = [
    { role: "user", text: "ana: what time is it in Taipei?" },
    { role: "assistant", text: "", calls: [{ id: "c", name: "house__time", input: '{"place":"Taipei"}' }] },
  ];

  test("is what the tool gave back", async () => {
    const { text } = await ask(offline, {
      turns: [...asked, { role: "tool", call: "c", text: "It is 12:00." }],
      tools,
    });
    expect(text).toBe("house time says: It is 12:00.");
  });

  test("says plainly that a tool failed", async () => {
    const turns: Turn[] = [...asked, { role: "tool", call: "c", text: "no such place", failed: true }];
    expect((await ask(offline, { turns, tools })).text).toBe("house time couldn't do it: no such place");
  });

  test("to anything else says what this model is and what it can do", async () => {
    expect(await reply("hello")).toMatch(/^I'm the offline model.*house time/);
    expect(await reply("hello", [])).toContain("This agent has no tools.");
    expect(await reply("你好")).toContain("我是離線模型");
  });

  test("fits a schema where one is asked for", async () => {
    const output = {
      type: "object",
      properties: {
        title: { type: "string" },
        n: { type: "integer", minimum: 1 },
        kind: { enum: ["a"] },
        tags: { type: "array" },
      },
    };
    const { text } = await ask(offline, { turns: [{ role: "user", text: "make a title" }], output });
    expect(JSON.parse(text)).toEqual({ title: "make a title", n: 1, kind: "a", tags: [] });
  });

  test("is the same for the same question, and comes in a few pieces", async () => {
    const [one, other] = [await ask(offline, { tools }), await ask(offline, { tools })];
    expect(one).toEqual(other);
    const pieces = one.parts.filter(({ kind }) => kind === "text");
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces.length).toBeLessThan(10);
  });

  test("is never a fault, whatever is asked", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), async (text) => {
        await ask(offline, { turns: [{ role: "user", text: `search ${text} dice 台北` }], tools });
      }),
    );
  });
});

describe("a digest", () => {
  const channel = [
    "[2026-11-20 09:00] mia: Refunds fail for PayPal orders over €500. (https://chat.test/1)",
    "[2026-11-20 09:02] tom: I see the same, refunds fail for PayPal orders. (https://chat.test/2)",
    "[2026-11-20 09:20] kim: lunch?",
    "[2026-11-20 10:00] tom: Fixed the login loop and deployed 4.1.2.",
    "It took a while.",
    "[2026-11-20 10:05] ana: nice (https://chat.test/5)",
  ].join("\n");

  test("is made of people's own sentences, with who said them and a link, the same thing told once", async () => {
    expect(await reply(`<said>\n${channel}\n</said>\n\nana: a digest please`)).toBe(
      [
        "**5 messages, 4 people**",
        "",
        "- Refunds fail for PayPal orders over €500. — *mia*, +1 ([link](https://chat.test/1))",
        "- Fixed the login loop and deployed 4.1.2. — *tom*",
        "",
        "*Picked by the offline model: people's own sentences, not a summary.*",
      ].join("\n"),
    );
  });

  test("is made in Chinese of what was said in Chinese", async () => {
    const said =
      "[09:00] 小明：付款服務今天早上壞了，正在修。\n[09:30] 小華：付款服務已經修復並上線。\n[09:31] 小美：好";
    const digest = await reply(`<said>\n${said}\n</said>\n\n安娜: 整理一下重點`);
    expect(digest).toContain("**3 則訊息，3 人**");
    expect(digest).toMatch(/付款服務.*— \*小明\*|付款服務.*— \*小華\*/);
  });

  test("is made of the messages a tool brings", async () => {
    const turns: Turn[] = [
      { role: "user", text: "summarise this channel" },
      { role: "assistant", text: "", calls: [{ id: "c", name: "chat__read", input: "{}" }] },
      { role: "tool", call: "c", text: channel },
    ];
    expect((await ask(offline, { turns })).text).toContain("**5 messages, 4 people**");
  });

  test("takes no Markdown link for a message", async () => {
    expect(await reply("summarise this:\n[docs](https://chat.test/1): read them", [])).toContain("no messages here");
  });

  test("of nothing says that there is nothing", async () => {
    expect(await reply("summarise this", [])).toContain("no messages here");
  });

  test("of many messages stays short", async () => {
    const many = Array.from({ length: 300 }, (_, nth) => `[10:00] p${nth % 9}: Topic ${nth} failed on host${nth}.`);
    const digest = await reply(`digest of these:\n${many.join("\n")}`, []);
    expect(digest.split("\n").filter((row) => row.startsWith("- ")).length).toBeLessThanOrEqual(7);
    expect(digest).toContain("**300 messages, 9 people**");
  });
});
