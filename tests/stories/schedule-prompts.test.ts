import { afterEach, describe, expect, it } from "vitest";
import { libraryProgram } from "../tools/library.ts";
import { platforms } from "./anywhere.ts";
import { connected } from "./connected.ts";
import { pass, until } from "./due.ts";
import { openPlace, type Place } from "./schedule-place.ts";
import { configOf, leaveTowns } from "./town.ts";

afterEach(leaveTowns);

const minute = 60_000;
const library = { name: "library", command: process.execPath, args: [libraryProgram] };
const away = { ...library, command: "no-such-program", args: [] };
const agents = [
  { name: "scribe", llm_model: "main", system_prompt: "You are scribe." },
  { name: "ops", llm_model: "main", system_prompt: "You are ops.", mcp_servers: ["library"] },
];
const team = (more: Record<string, unknown> = {}) => ({ mcp_servers: [library], agents, ...more });
const heard = ({ town }: Place) => town.model.requests.map(({ user }) => user);
const unmarked = (text: string) => text.replace(/[*`]/g, "");

async function openLibrary(...how: Parameters<typeof openPlace>): Promise<Place> {
  const [platform, settings, locale] = how;
  const place = await openPlace(platform, settings ?? (() => team()), locale);
  await connected(place.town);
  return place;
}

/** Other settings of the place are in force from now on. */
function use({ town, settings }: Place, more: Record<string, unknown>): void {
  town.app.use(configOf(town.model, { ...settings(), ...more }));
}

/** The channel's schedules are known from the settings. */
async function kept({ town }: Place, count: number): Promise<void> {
  await until(() => town.app.report().schedules.kept === count);
}

describe.each(platforms)("a schedule that uses a prompt of a server, on %s", (platform) => {
  it("has its agent read what the server makes of it, each time anew", async () => {
    const place = await openLibrary(platform);
    const { town, time } = place;
    town.model.on("the team, please", "Hello, team!");
    town.model.on("the team, today", "Good day, team!");
    await place.order("ana", "every 10 minutes use library.greet");
    const card = await place.whisper("ana", /only you can press/);
    expect(unmarked(card.text)).toMatch(/ops does this .*: use library\.greet$/m);
    await place.press("ana", card, "Create");
    await place.whisper("ana", /is scheduled/);
    await pass(town, time, 10 * minute, 1);
    await place.seen(/Hello, team!/);
    use(place, { mcp_servers: [{ ...library, env: { BOOK: "today" } }] });
    await connected(town);
    await pass(town, time, 10 * minute, 2);
    await place.seen(/Good day, team!/);
    // Now it has none.
    use(place, { mcp_servers: [{ ...library, args: [libraryProgram, "bare"] }] });
    await connected(town);
    await pass(town, time, 10 * minute);
    await pass(town, time, 10 * minute);
    await place.order("ana", "history");
    await place.whisper("ana", /failed: There is no prompt .?library\.greet/);
    expect(heard(place)).toEqual(["ana: Say hello to the team, please.", "ana: Say hello to the team, today."]);
  });
});

describe("the card of a schedule that uses a prompt", () => {
  it("is not shown for a slip in its name or for a gap: that is said, with how it is written", async () => {
    const place = await openLibrary("the console");
    await place.order("ana", "every day 9:00 use library.sumarize service=checkout");
    await place.whisper(
      "ana",
      /^There is no prompt \*library\.sumarize\* here\. Did you mean `use library\.summarize`\?/,
    );
    await place.order("ana", "every weekday 9:00 ops: use library.sumarize the checkout");
    await until(async () => (await place.whispers("ana")).filter(({ text }) => /Did you mean/.test(text)).length === 2);
    await place.order("ana", "every day 9:00 use library.summarize range=1d");
    await place.whisper("ana", /also needs `service`\. For example: `use library\.summarize service=… range=1d`/);
    await place.order("ana", "every day 9:00 use libary.greet");
    await place.whisper("ana", /There is no prompt \*libary\.greet\* here\. Did you mean `use library\.greet`\?/);
    await place.order("ana", "every day 9:00 scribe: use library.greet");
    await place.whisper("ana", /\*\*scribe\*\* has no prompts of \*library\*\. \*\*ops\*\* can be asked for them\./);
    await place.order("ana", "every day 9:00 use library.greet --digest true");
    await place.whisper("ana", /A digest is made of what was said, so it can't use a prompt of a server\./);
    expect((await place.whispers("ana")).filter(({ text }) => /only you can press/.test(text))).toEqual([]);
    expect(place.town.app.report().schedules.kept).toBe(0);
  });

  it("says so in Chinese", async () => {
    const place = await openLibrary("Discord", () => team(), "zh-TW");
    await place.order("ana", "每天 9:00 使用 library.sumarize service=checkout");
    await place.whisper("ana", /這裡沒有「library\.sumarize」這個提示。你是指 `use library\.summarize` 嗎？/);
    await place.order("ana", "每天 9:00 使用 library.summarize");
    await place.whisper("ana", /「library\.summarize」還需要 `service`。/);
    await place.order("ana", "每天 9:00 使用 library.greet --digest true");
    await place.whisper("ana", /摘要整理的是大家說過的話，不能使用伺服器的提示。/);
  });

  it("is shown for what only looks like a prompt, which is the work in plain words", async () => {
    const place = await openLibrary("the console");
    place.town.model.answer("Found it.");
    await place.order("ana", "every 10 minutes use example.com to find the news");
    await place.press("ana", await place.whisper("ana", /only you can press/), "Create");
    await place.whisper("ana", /is scheduled/);
    await pass(place.town, place.time, 10 * minute, 1);
    expect(heard(place)).toEqual(["ana: use example.com to find the news"]);
  });

  it("tries it with what the server makes of it", async () => {
    const place = await openLibrary("the console");
    place.town.model.on("Say hello to the team", "Hello, team!");
    await place.order("ana", "every day 9:00 use library.greet");
    await place.press("ana", await place.whisper("ana", /only you can press/), "Test now");
    await place.whisper("ana", /Hello, team!/);
    expect(heard(place)).toEqual(["ana: Say hello to the team, please."]);
  });
});

describe("while the server is away", () => {
  it("the schedule is made, its run fails with that reason, and is tried again until the server is back", async () => {
    const place = await openPlace("Slack", () => team({ mcp_servers: [away] }));
    await until(() => place.town.app.report().mcp.library?.state === "waiting");
    await place.order("ana", "every 10 minutes use library.summarize the checkout");
    const card = await place.whisper("ana", /only you can press/);
    expect(unmarked(card.text)).toMatch(
      /The server library is not connected just now, so its prompt can't be looked at/,
    );
    await place.press("ana", card, "Create");
    await place.whisper("ana", /is scheduled/);
    await pass(place.town, place.time, 10 * minute);
    use(place, { mcp_servers: [library] });
    await connected(place.town);
    place.town.model.on("Sum up how the checkout did", "Checkout is fine.");
    await pass(place.town, place.time, minute, 1);
    await place.seen(/Checkout is fine\./);
    use(place, { mcp_servers: [away] });
    await until(() => place.town.app.report().mcp.library?.state === "waiting");
    await place.order("ana", "run");
    await place.whisper("ana", /is running/);
    for (const ms of [1, 30_000, 120_000]) await pass(place.town, place.time, ms);
    await pass(place.town, place.time, 600_000);
    await place.order("ana", "history");
    await place.whisper("ana", /failed: the server library, which has the prompt, is not connected\./);
    expect(heard(place)).toEqual(["ana: Sum up how the checkout did over an hour."]);
  });

  it("all of this is said in Chinese too", async () => {
    const place = await openPlace("the console", () => team({ mcp_servers: [away] }), "zh-TW");
    await until(() => place.town.app.report().mcp.library?.state === "waiting");
    await place.order("ana", "每10分鐘 使用 library.greet --retries 0");
    const card = await place.whisper(
      "ana",
      /伺服器「library」現在沒有連上，還看不到它的提示；每次執行時都會再向它要。/,
    );
    await place.press("ana", card, "建立");
    await until(() => place.town.app.report().schedules.kept === 1);
    await pass(place.town, place.time, 10 * minute);
    await place.order("ana", "紀錄");
    await place.whisper("ana", /提供這個提示的伺服器「library」沒有連上。/);
    expect(heard(place)).toEqual([]);
  });
});

describe("a schedule of the settings that uses a prompt", () => {
  const due = (channel: string, more: Record<string, unknown>) => ({
    name: "check",
    when: "every 10 minutes",
    to: [channel],
    ...more,
  });

  it("goes to the agent that has it, where it names none; one the server refused is asked for again", async () => {
    const place = await openLibrary("the console", ({ channel }) =>
      team({ schedules: [due(channel, { prompt: "use library.shy" })] }),
    );
    await kept(place, 1);
    place.town.model.on("Say it at last", "At last.");
    await pass(place.town, place.time, 10 * minute);
    expect(heard(place)).toEqual([]);
    await pass(place.town, place.time, minute / 2, 1);
    await place.seen(/At last\./);
    expect(JSON.stringify(place.town.model.requests[0]?.body.messages[0])).toContain("You are ops.");
  });

  it("fails with the reason for what is wrong with it, and its words are never the question", async () => {
    const wrong = [
      { name: "one", prompt: "use library.summarize" },
      { name: "two", prompt: "use library.digset now please" },
      { name: "three", prompt: "use shelf.greet to=all" },
      { name: "four", prompt: "use library.greet", digest: true },
    ];
    const place = await openLibrary("the console", ({ channel }) =>
      team({ schedules: wrong.map((one) => due(channel, { agent: "ops", retries: 0, ...one })) }),
    );
    await kept(place, wrong.length);
    await pass(place.town, place.time, 10 * minute);
    for (const [name, why] of [
      ["one", /\*library\.summarize\* also needs `service`/],
      ["two", /There is no prompt \*library\.digset\*/],
      ["three", /There is no prompt \*shelf\.greet\*/],
      ["four", /A digest is made of what was said/],
    ] as const) {
      await place.order("ana", `history ${name}`);
      await place.whisper("ana", why);
    }
    expect(heard(place)).toEqual([]);
  });
});
