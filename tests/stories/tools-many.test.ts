import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { type Anywhere, openAnywhere } from "./anywhere.ts";
import { leaveTowns, openTown } from "./town.ts";

afterEach(leaveTowns);

const program = fileURLToPath(new URL("../world/mcp/answering-server.mjs", import.meta.url));

/** A team whose one agent has a real MCP server of so many tools. */
function settings(more: number, agent: Record<string, unknown> = {}, server: Record<string, unknown> = {}) {
  const ops = { name: "ops", llm_model: "main", system_prompt: "You are ops.", mcp_servers: ["s"], toolboxes: [] };
  const args = [program, String(more)];
  return {
    agents: [{ ...ops, ...agent }],
    mcp_servers: [{ name: "s", command: process.execPath, args, pin: "off", ...server }],
    routes: [{ match: "of topic", agent: "ops", tools: ["s.topic_19*"] }],
  };
}

const town = (...team: Parameters<typeof settings>) => openAnywhere("Slack", { config: settings(...team) });

const offered = (here: Anywhere) =>
  here.town.model.requests.map(({ body }) => (body.tools ?? []).map((tool) => Object(tool).function.name as string));

describe("an agent with two hundred tools", () => {
  it("is shown as many as its prompt should carry, finds another one, and calls it", async () => {
    const here = await town(200);
    here.town.model.on(
      "weather",
      [{ call: "find_tools", arguments: { query: "weather of the next days" } }],
      [{ call: "s__forecast", arguments: { city: "Taipei" } }],
      "It will rain.",
    );
    const talk = await here.open("ana", "@Bellhop what will the weather be?");
    expect((await talk.answer("It will rain.")).text).toContain("s forecast");
    const [first = [], second = []] = offered(here);
    expect(first.length).toBeLessThan(100);
    expect(first).toContain("find_tools");
    expect(first).not.toContain("s__forecast");
    expect(second).toEqual([...first, "s__forecast"]);
    expect(JSON.stringify(here.town.model.requests[2]?.body.messages)).toContain("Rain in Taipei.");
  });

  it("is shown those first that the route names, and those that were used before", async () => {
    const here = await town(200, { tools_budget: 2500 });
    here.town.model.on("Tell", [{ call: "s__topic_199", arguments: {} }], "That was that.");
    here.town.model.on("Again", "I know.");
    const talk = await here.open("ana", "@Bellhop Tell of topic nine");
    await talk.answer("That was that.");
    await talk.say("ana", "Again, please");
    await talk.answer("I know.");
    const all = offered(here);
    expect(all[0]?.filter((name) => name.startsWith("s__topic_19"))).toHaveLength(11);
    // The thread's agent goes on without the route's hint.
    expect(all.at(-1)).toContain("s__topic_199");
    expect(all.at(-1)).not.toContain("s__topic_198");
  });

  it("has them found by the offline model as well", async () => {
    const here = await town(200, { llm_model: "offline" });
    const talk = await here.open("ana", "@Bellhop weather forecast, city: Taipei");
    await talk.answer("Rain in Taipei.");
  });
});

describe("a call that fails", () => {
  it("three times running ends the run with a word", async () => {
    const here = await town(0);
    const failing = [{ call: "s__fail", arguments: { how: "so" } }];
    here.town.model.on("ticket", failing, failing, failing, "never said");
    const talk = await here.open("ana", "@Bellhop look up the ticket");
    await talk.answer("the same tool call failed three times running");
    expect(here.town.model.requests).toHaveLength(3);
  });
});

describe("a result that is too long for a model", () => {
  async function askedForMuch() {
    const town = await openTown({ slack: true, config: settings(0) });
    const { slack } = town;
    const [ana, tom] = [slack.person("ana"), slack.person("tom")];
    const team = slack.channel("team", { members: [ana, tom] });
    town.model.on("everything", [{ call: "s__long", arguments: {} }], "That is much.");
    const asked = slack.say(ana, team, "@Bellhop tell me everything");
    const inThread = (words: string) => slack.messages(team, asked.ts).find(({ shown }) => shown.includes(words));
    await slack.until(() => inThread("That is much."));
    slack.say(ana, team, "@Bellhop why", { thread: asked.ts });
    const why = await slack.until(() => inThread("I kept it whole."));
    return { town, slack, ana, tom, team, why, asked };
  }

  it("is told in short, kept whole without secrets, and sent to whoever asked", async () => {
    const { town, slack, ana, team, why } = await askedForMuch();
    const told = JSON.stringify(town.model.requests[1]?.body.messages);
    expect(told.length).toBeLessThan(70_000);
    expect(told).toContain("characters left out");
    expect(why.shown).toContain("The agent was told the result of s long in short");
    await slack.press(ana, why, "Send me the whole result");
    await slack.until(() => slack.ephemerals(ana, team).find(({ shown }) => shown.startsWith("I sent it to you")));
    const file = await slack.until(
      () => slack.messages(slack.dm(ana)).flatMap((message) => message.files.flatMap((id) => slack.file(id) ?? []))[0],
    );
    expect(file.name).toBe("1-s__long.txt");
    const words = "word ".repeat(20_000);
    expect(file.content?.toString()).toBe(`begin ${words}[redacted] ${words}end`);
  });

  it("is sent to nobody else, and to nobody once it is forgotten", async () => {
    const { slack, ana, tom, team, why, asked } = await askedForMuch();
    await slack.press(tom, why, "Send me the whole result");
    await slack.until(() => slack.ephemerals(tom, team).find(({ shown }) => shown.startsWith("Only whoever asked")));
    slack.say(ana, team, "@Bellhop forget", { thread: asked.ts });
    await slack.until(() => slack.messages(team, asked.ts).find(({ shown }) => shown.includes("Forgotten")));
    await slack.press(ana, why, "Send me the whole result");
    await slack.until(() => slack.ephemerals(ana, team).length > 0);
    expect(slack.messages(slack.dm(ana))).toEqual([]);
  });
});

describe("a result that may be used again", () => {
  it("is not asked for twice, and the record says so", async () => {
    const here = await town(0, {}, { cache: { count: "10m" } });
    here.town.model.on("First", [{ call: "s__count", arguments: {} }], "One.");
    here.town.model.on("Second", [{ call: "s__count", arguments: {} }], "Two.");
    const one = await here.open("ana", "@Bellhop First");
    await one.answer("One.");
    const two = await here.open("tom", "@Bellhop Second");
    await two.answer("Two.");
    const results = here.town.model.requests.map(({ body }) => JSON.stringify([body.messages].flat().at(-1)));
    expect(results[1]).toContain("called 1 times");
    expect(results[3]).toContain("called 1 times");
    await two.say("tom", "@Bellhop why");
    await two.answer("1 result of a tool was known from an identical call.");
  });
});
