import { afterEach, describe, expect, it } from "vitest";
import type { Message } from "../../adapters/console/wire.ts";
import type { Tool, Toolbox } from "../../src/agent/tool.ts";
import type { ModelWorld } from "../world/model/model.ts";
import type { Reply } from "../world/model/reply.ts";
import { configOf, leaveTowns, openTown, type Town } from "./town.ts";

afterEach(leaveTowns);

/** A model that is not there for anybody; the provider lets us come back soon, so that nobody waits for this test. */
const unavailable: Reply = { fault: { status: 503, retryAfter: { ms: 1 } } };

const downInWords =
  /I couldn't finish: the model main is not answering \(tried 3 times over \d+ s\)\. Nothing was changed\. · run \w+$/;

/** Asks on the console, and gives what came. */
async function ask({ console }: Town, text: string, as = "ana"): Promise<Message> {
  const root = await console.say(as, `@Bellhop ${text}`);
  return console.answer({ thread: root.id });
}

describe("a model that is down", () => {
  it("is told in one plain sentence; Retry asks it again once it is back, once however often it is pressed", async () => {
    const town = await openTown({ console: true });
    const { console, model } = town;
    model.answer(unavailable);
    const told = await ask(town, "why?");
    expect(told.text).toMatch(downInWords);
    expect(told.text.split("\n")).toHaveLength(1);
    expect(told.card?.buttons?.map((button) => button.text)).toEqual(["Retry"]);
    expect(model.requests).toHaveLength(3);

    model.answer("Because of the deploy.");
    const thread = told.thread ?? "";
    await Promise.all([console.press("ana", told.id, "retry"), console.press("tom", told.id, "retry")]);
    await console.press("tom", told.id, "retry");
    const seen = [told];
    while (seen.length < 4) seen.push(await console.answer({ thread }, seen));
    const open = seen.filter((one) => !one.only).map((one) => one.text);
    expect(open).toEqual([told.text, "Because of the deploy."]);
    expect(model.requests.map((one) => one.user)).toEqual(Array(4).fill("ana: why?"));
  });

  it("is told on Slack after it refused every connection, and Retry works", async () => {
    const { slack, model } = await openTown({ slack: true });
    const ana = slack.person("ana");
    const general = slack.channel("general", { members: [ana] });
    await model.down();
    const root = slack.say(ana, general, "@Bellhop why?");
    const told = await slack.until(
      () => slack.messages(general, root.ts).find((one) => one.shown.includes("not answering")),
      12_000,
    );
    expect(told.shown).toContain("Nothing was changed");
    await model.up();
    model.answer("Because.");
    await slack.press(ana, told, "Retry");
    await slack.until(() => slack.messages(general, root.ts).find((one) => one.shown.includes("Because.")));
    expect(model.requests).toHaveLength(1);
  });

  it("is told on Discord, and Retry works", async () => {
    const { discord, model } = await openTown({ discord: true });
    model.answer(unavailable);
    const ana = discord.person("ana");
    const asked = discord.say(ana, discord.channel("general"), "@Bellhop why?");
    const thread = await discord.until(() => discord.threadOf(asked));
    const told = await discord.until(() => discord.messages(thread).find((one) => one.text.includes("not answering")));
    expect(told.text).toMatch(/Nothing was changed\./);
    model.answer("Because.");
    discord.press(ana, told, "Retry");
    await discord.until(() => discord.messages(thread).find((one) => one.text.includes("Because.")));
    expect(model.requests).toHaveLength(4);
  });

  it("is seen in /healthz until it answers again", async () => {
    const town = await openTown({ console: true });
    const health = async () =>
      ((await (await fetch(`${town.url}/healthz`)).json()) as { models: Record<string, { state: string }> }).models.main
        ?.state;
    expect(await health()).toBe("untried");
    town.model.answer(unavailable);
    await ask(town, "why?");
    expect(await health()).toBe("failing");
    town.model.answer("Back.");
    await ask(town, "and now?");
    expect(await health()).toBe("ok");
  });

  it("is stood in for by a fallback, and the footer says who spoke", async () => {
    const town = await openTown({ console: true, model: { models: ["spare-1"] } });
    town.app.use(withSpare(town.model));
    town.model.on({ model: town.model.model }, unavailable);
    town.model.on({ model: "spare-1" }, "From the spare one.");
    const answer = await ask(town, "why?");
    expect(answer.text).toBe("From the spare one.");
    expect(answer.footer).toMatch(/^ops · spare \(instead of main\) · /);
  });

  it("is told with its fallbacks when none of them answers", async () => {
    const town = await openTown({ console: true, model: { models: ["spare-1"] } });
    town.app.use(withSpare(town.model));
    town.model.answer(unavailable);
    expect((await ask(town, "why?")).text).toMatch(
      /^I couldn't finish: the model main is not answering \(tried 6 times over \d+ s, and spare\)\. Nothing was changed\./,
    );
  });

  it("after a tool has changed something, says that too", async () => {
    const town = await openTown({ console: true, ...withTool({ reads: false, run: async () => ({ text: "moved" }) }) });
    town.model.answer([{ call: "box__do", arguments: {} }], unavailable);
    expect((await ask(town, "move it")).text).toContain(
      "Something may have been changed already; look before you retry.",
    );
  });
});

describe("a model that refuses", () => {
  it("the key says so, without showing it: not in chat, not in the log, not over HTTP", async () => {
    const town = await openTown({ console: true });
    const { key } = town.model;
    town.model.answer({ fault: { status: 401, message: `Incorrect API key provided: ${key}.` } });
    const told = await ask(town, "why?");
    expect(told.text).toMatch(
      /^I couldn't finish: the model main refused the key it was given\. An admin must look at it\. Nothing was changed\. · run \w+$/,
    );
    expect(town.model.requests).toHaveLength(1);
    const everything = [JSON.stringify(await town.console.state()), await (await fetch(`${town.url}/healthz`)).text()];
    expect(everything.join() + town.log.join()).not.toContain(key);
  });

  it("for a while (429) is asked again when it said, not before", async () => {
    const town = await openTown({ console: true });
    town.model.queue({ fault: { status: 429, retryAfter: { ms: 400 } } }, "Now I can.");
    expect((await ask(town, "why?")).text).toBe("Now I can.");
    const [first, second] = town.model.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(395);
  });
});

describe("an answer that goes wrong on its way", () => {
  it.each([
    ["cut in the middle", { say: "Half of this answer and no more", fault: { cutAfter: 3 } }],
    ["that breaks into no JSON", { say: "Half of this answer and no more", fault: { brokenJsonAfter: 3 } }],
    ["with an error in the middle", { say: "Half of this answer and no more", fault: { errorEventAfter: 3 } }],
    ["that is a web page", { fault: { html: 502 } }],
  ] satisfies [string, Reply][])("%s is asked for again and stands there whole, once", async (_, broken) => {
    const town = await openTown({ console: true });
    town.model.queue(broken, "The whole answer, from its beginning to its end.");
    const answer = await ask(town, "why?");
    expect(answer.text).toBe("The whole answer, from its beginning to its end.");
    expect(await town.console.messages({ thread: answer.thread ?? "" })).toHaveLength(1);
  });

  it("is whole and once on Slack too", async () => {
    const { slack, model } = await openTown({ slack: true });
    model.queue(
      { say: "one two three four five six", msPerDelta: 60, fault: { cutAfter: 5 } },
      "one two three four five six",
    );
    const ana = slack.person("ana");
    const general = slack.channel("general", { members: [ana] });
    const root = slack.say(ana, general, "@Bellhop count");
    const bots = () => slack.messages(general, root.ts).filter((one) => one.user === slack.bot.userId);
    await slack.until(
      () => bots().find((one) => one.shown.includes("ops · main") && one.streaming !== "in_progress"),
      8000,
    );
    expect(bots()).toHaveLength(1);
    expect(bots()[0]?.shown.match(/one two three four five six/g)).toHaveLength(1);
    expect(bots()[0]?.shown.match(/one/g)).toHaveLength(1);
  });

  it("is whole and once on Discord too", async () => {
    const { discord, model } = await openTown({ discord: true });
    model.queue(
      { say: "one two three four five six", msPerDelta: 60, fault: { cutAfter: 5 } },
      "one two three four five six",
    );
    const ana = discord.person("ana");
    const asked = discord.say(ana, discord.channel("general"), "@Bellhop count");
    const thread = await discord.until(() => discord.threadOf(asked));
    const answer = await discord.until(
      () => discord.messages(thread).find((one) => one.text.includes("ops · main")),
      8000,
    );
    expect(answer.text.match(/one/g)).toHaveLength(1);
    expect(discord.messages(thread).filter((one) => one.author.id === discord.bot.id)).toHaveLength(1);
  });

  it("that never ends is given up in time, with what there was of it", async () => {
    const town = await openTown({ console: true, config: { agents: [agent({ timeout: "1s" })] } });
    town.model.answer({ say: "and on ", msPerDelta: 20, fault: { endless: true } });
    const told = await ask(town, "tell me all");
    expect(told.text).toMatch(
      /^and on [\s\S]*\n\nI couldn't finish: it took longer than 1 s\. Nothing was changed\. · run \w+$/,
    );
    await town.model.until((world) => world.aborted.length === 1);
  });

  it.each([
    ["before its first word", { fault: { stallBeforeHeaders: true } }],
    ["in the middle", { say: "one two three four", fault: { stallAfter: 2 } }],
  ] satisfies [string, Reply][])("that stops coming %s is given up in time", async (_, stalled) => {
    const town = await openTown({ console: true, config: { agents: [agent({ timeout: "1s" })] } });
    town.model.answer(stalled);
    expect((await ask(town, "why?")).text).toMatch(
      /I couldn't finish: it took longer than 1 s\. Nothing was changed\./,
    );
    await town.model.until((world) => world.aborted.length === 1);
  });

  it("and is empty, twice, is no answer", async () => {
    const town = await openTown({ console: true });
    town.model.answer([]);
    expect((await ask(town, "why?")).text).toMatch(
      /^I couldn't finish: the model gave an empty answer, twice\. Nothing was changed\./,
    );
    town.model.queue([], "Now something.");
    expect((await ask(town, "again?")).text).toBe("Now something.");
  });
});

describe("a model that calls tools badly", () => {
  it("is told that a tool does not exist, and goes on", async () => {
    const town = await openTown({ console: true, ...withTool({}) });
    town.model.answer([{ call: "box__fly", arguments: {} }], "Then without.");
    expect((await ask(town, "fly")).text).toBe("Then without.");
    expect(lastResult(town.model)).toMatch(/^There is no tool called "box__fly"\. The tools are: box__do, /);
  });

  it("is told that its arguments are no JSON, and mends them", async () => {
    const town = await openTown({ console: true, ...withTool({}) });
    town.model.queue(
      [{ call: "box__do", arguments: '{"what": ' }],
      [{ call: "box__do", arguments: { what: "it" } }],
      "Done.",
    );
    expect((await ask(town, "do it")).text).toBe("Done.");
    const results = town.model.requests.at(-1)?.body.messages.filter((one) => one.role === "tool");
    expect(results?.map((one) => one.content)).toEqual([
      expect.stringMatching(/^The arguments are not valid JSON/),
      "done",
    ]);
  });

  it("without an end is stopped at its last step", async () => {
    const town = await openTown({ console: true, ...withTool({}, { max_steps: 3 }) });
    let calls = 0;
    town.model.answer(() => [{ call: "box__do", arguments: { what: `try ${++calls}` } }]);
    expect((await ask(town, "do it")).text).toMatch(
      /^I couldn't finish: it did not come to an end in 3 steps\. Nothing was changed\./,
    );
    expect(town.model.requests).toHaveLength(3);
  });

  it("is stopped when the same call fails three times", async () => {
    const town = await openTown({
      console: true,
      ...withTool({ run: async () => Promise.reject(new Error("the disk is full")) }),
    });
    town.model.answer([{ call: "box__do", arguments: { what: "it" } }]);
    expect((await ask(town, "do it")).text).toMatch(
      /^I couldn't finish: the same tool call failed three times running\. Nothing was changed\./,
    );
    expect(town.model.requests).toHaveLength(3);
    expect(lastResult(town.model)).toBe("the disk is full");
  });

  it("never sees a key that a tool lets slip", async () => {
    const keys: string[] = [];
    const run = async () => ({ text: `the key is ${keys[0]}, keep it safe` });
    const town = await openTown({ console: true, ...withTool({ run }) });
    keys.push(town.model.key);
    town.model.answer([{ call: "box__do", arguments: {} }], "It is safe.");
    expect((await ask(town, "what is the key?")).text).toBe("It is safe.");
    expect(lastResult(town.model)).toBe("the key is [redacted], keep it safe");
    expect(JSON.stringify(town.model.requests.map((one) => one.body))).not.toContain(town.model.key);
  });
});

describe("what an answer took", () => {
  it("is told by `why`, in tokens, and in dollars once a price is set", async () => {
    const town = await openTown({ console: true });
    const { console, model } = town;
    model.answer({ say: "Because.", usage: { input: 1200, output: 34 } });
    const free = await ask(town, "why?");
    expect(free.footer).not.toContain("$");
    await console.say("ana", "@Bellhop why", { thread: free.thread ?? "" });
    const freely = await console.answer({ thread: free.thread ?? "" }, [free]);
    expect(freely.text).toContain("1,200 + 34 tokens. It was answered.");

    town.app.use(priced(model));
    const paid = await ask(town, "why?");
    expect(paid.footer).toMatch(/^ops · main · .* · \$0\.0027$/);
    await console.say("ana", "@Bellhop why", { thread: paid.thread ?? "" });
    expect((await console.answer({ thread: paid.thread ?? "" }, [paid])).text).toContain("1,200 + 34 tokens, $0.0027.");
  });

  it("is estimated when the provider tells nothing", async () => {
    const town = await openTown({ console: true });
    town.model.answer({ say: "Because.", usage: "none" });
    const answer = await ask(town, "why?");
    await town.console.say("ana", "@Bellhop why", { thread: answer.thread ?? "" });
    expect((await town.console.answer({ thread: answer.thread ?? "" }, [answer])).text).toMatch(
      /About \d+ \+ \d+ tokens\./,
    );
  });

  it("is hidden from those who may not see it", async () => {
    const town = await openTown({ console: true });
    town.app.use(
      priced(town.model, {
        workspace: { admins: ["console:kim"] },
        channels: [{ match: "console:general", see_cost: "admins" }],
      }),
    );
    town.model.answer({ say: "Because.", usage: { input: 1200, output: 34 } });
    const hidden = await ask(town, "why?");
    expect(hidden.footer).toMatch(/^ops · main · /);
    expect(hidden.footer).not.toContain("$");
    await town.console.say("ana", "@Bellhop why", { thread: hidden.thread ?? "" });
    const why = await town.console.answer({ thread: hidden.thread ?? "" }, [hidden]);
    expect(why.text).toContain("1,200 + 34 tokens.");
    expect(why.text).not.toContain("$");
    // Under an answer everybody reads it, whoever asked.
    expect((await ask(town, "why?", "kim")).footer).not.toContain("$");
    await town.console.say("kim", "@Bellhop why", { thread: hidden.thread ?? "" });
    const aloud = await town.console.answer({ thread: hidden.thread ?? "" }, [hidden, why]);
    expect(aloud.text).not.toContain("$");
    await town.console.say("kim", "/bellhop why", { thread: hidden.thread ?? "" });
    const told = await town.console.answer({ thread: hidden.thread ?? "" }, [hidden, why, aloud]);
    expect(told).toMatchObject({ only: "console:kim", text: expect.stringContaining("$0.0027") });
  });
});

function agent(more: Record<string, unknown> = {}) {
  return { name: "ops", llm_model: "main", system_prompt: "You are ops.", ...more };
}

/** An agent with one tool, which reads and says "done" unless told otherwise. */
function withTool(how: Partial<Tool>, more: Record<string, unknown> = {}) {
  const box: Toolbox = {
    name: "box",
    tools: () => [
      {
        name: "do",
        description: "Does it.",
        parameters: { type: "object", properties: { what: { type: "string" } } },
        reads: true,
        run: async () => ({ text: "done" }),
        ...how,
      },
    ],
    async close() {},
  };
  return { parts: { toolboxes: [box] }, config: { agents: [agent({ mcp_servers: ["box"], ...more })] } };
}

/** The usual model with another one to fall back on. */
function withSpare(model: ModelWorld) {
  const at = { provider: "custom", base_url: model.baseUrl, api_key: model.key };
  return configOf(model, {
    models: [
      { ...at, name: "main", model: model.model },
      { ...at, name: "spare", model: "spare-1" },
    ],
    agents: [agent({ fallbacks: ["spare"] })],
  });
}

/** The usual team on a model with a price: two dollars per million tokens read, ten per million written. */
function priced(model: ModelWorld, wish: Record<string, unknown> = {}) {
  const { baseUrl, key } = model;
  const price = { input: 2, output: 10 };
  return configOf(model, {
    models: [{ name: "main", provider: "custom", base_url: baseUrl, model: model.model, api_key: key, price }],
    ...wish,
  });
}

function lastResult(model: ModelWorld): unknown {
  return model.requests.at(-1)?.body.messages.findLast((one) => one.role === "tool")?.content;
}
