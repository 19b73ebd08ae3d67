import { afterEach, describe, expect, it } from "vitest";
import { leaveTowns, openTown, type Town } from "./town.ts";

afterEach(leaveTowns);

const main = { llm_model: "main" };
const ops = { ...main, name: "ops", aliases: ["oncall"], system_prompt: "You are ops." };
const scribe = { ...main, name: "scribe", system_prompt: "You are scribe." };

/** Asks on the console and gives the name of the agent that answered. */
async function answererOf({ console }: Town, text: string, channel = "general"): Promise<string | undefined> {
  const root = await console.say("ana", text, { channel });
  return (await console.answer({ channel, thread: root.id })).footer?.split(" · ")[0];
}

describe("the agent that answers", () => {
  it("is the one named, however that is written, who is asked the rest", async () => {
    const town = await openTown({ console: true, config: { agents: [ops, { ...scribe, aliases: ["pen"] }] } });
    const written: [string, string][] = [
      ["scribe: note this", "note this"],
      ["Scribe : note this", "note this"],
      ["SCRIBE: note this", "note this"],
      ["ask scribe note this", "note this"],
      ["Ask Scribe: note this", "note this"],
      ["scribe：記下來", "記下來"],
      ["問 scribe 記下來", "記下來"],
      ["pen: note this", "note this"],
    ];
    for (const [text, rest] of written) {
      expect(await answererOf(town, `@Bellhop ${text}`), text).toBe("scribe");
      expect(town.model.requests.at(-1)?.user, text).toBe(`ana: ${rest}`);
    }
    expect(town.model.requests).toHaveLength(written.length);
  });

  it("is not changed by a word with a colon that names nobody", async () => {
    const town = await openTown({ console: true });
    expect(await answererOf(town, "@Bellhop question: why is it slow?")).toBe("ops");
    expect(town.model.requests[0]?.user).toBe("ana: question: why is it slow?");
  });

  it("is the first rule that fits: the text, the thread, a route, the channel, the workspace", async () => {
    const names = ["one", "two", "three", "four", "five"];
    const town = await openTown({
      console: true,
      config: {
        agents: names.map((name) => ({ ...main, name, system_prompt: "You are one of five." })),
        default_agent: "five",
        channels: [{ match: "console:team", agent: "four" }],
        routes: [
          { match: "checkout", agent: "three" },
          { match: "/inc-[0-9]+/", agent: "two" },
        ],
      },
    });
    const { console } = town;
    expect(await answererOf(town, "@Bellhop hello")).toBe("five");
    expect(await answererOf(town, "@Bellhop hello", "team")).toBe("four");
    expect(await answererOf(town, "@Bellhop Checkout is slow", "team")).toBe("three");
    expect(await answererOf(town, "@Bellhop what of INC-42?", "team")).toBe("two");
    expect(await answererOf(town, "@Bellhop one: Checkout is slow", "team")).toBe("one");

    const root = await console.say("ana", "@Bellhop one: begin");
    const begun = await console.answer({ thread: root.id });
    await console.say("ana", "and checkout?", { thread: root.id });
    const next = await console.answer({ thread: root.id }, [begun]);
    expect(next.footer).toMatch(/^one · /);
    await console.say("ana", "@Bellhop why", { thread: root.id });
    const why = await console.answer({ thread: root.id }, [begun, next]);
    expect(why.text).toContain("*one* answered (rule: the thread's agent)");
  });

  it("stands before its answer in a thread only when it changed", async () => {
    const { console, model } = await openTown({ console: true });
    model.on({ system: "You are ops" }, "From ops.");
    model.on({ system: "You are scribe" }, "From scribe.");
    const root = await console.say("ana", "@Bellhop ops: begin");
    const seen = [await console.answer({ thread: root.id })];
    for (const text of ["go on", "@Bellhop scribe: write it down", "shorter", "@Bellhop oncall: and now?"]) {
      await console.say("ana", text, { thread: root.id });
      seen.push(await console.answer({ thread: root.id }, seen));
    }
    expect(seen.map((one) => one.text)).toEqual([
      "From ops.",
      "From ops.",
      "**scribe:** From scribe.",
      "From scribe.",
      "**ops:** From ops.",
    ]);
  });

  it("is the first that is allowed in the channel, where the workspace's is not", async () => {
    const town = await openTown({
      console: true,
      config: { channels: [{ match: "console:team", agents: ["scribe"] }] },
    });
    expect(await answererOf(town, "@Bellhop hello", "team")).toBe("scribe");
    expect(await answererOf(town, "@Bellhop hello")).toBe("ops");
  });

  it("is the first that can be talked to, when the first of all works on schedules only", async () => {
    const town = await openTown({ console: true, config: { agents: [{ ...ops, mode: "triggers" }, scribe] } });
    expect(await answererOf(town, "@Bellhop hello")).toBe("scribe");
  });
});

describe("an agent that can't be asked", () => {
  it("here is refused to the asker alone, with those that can, on the console", async () => {
    const { console, model } = await openTown({
      console: true,
      config: { channels: [{ match: "console:team", agents: ["scribe"] }] },
    });
    const root = await console.say("ana", "@Bellhop ops: why?", { channel: "team" });
    const told = await console.answer({ channel: "team", thread: root.id });
    expect(told.text).toBe("**ops** is not for this channel. Here you can talk to **scribe**. Admins can change that.");
    expect(told.only).toBe("console:ana");
    expect(model.requests).toHaveLength(0);
  });

  it("here is refused to the asker alone, on Slack", async () => {
    const { slack, model } = await openTown({
      slack: true,
      config: { channels: [{ match: "slack:*", agents: ["scribe"] }] },
    });
    const [ana, tom] = [slack.person("ana"), slack.person("tom")];
    const general = slack.channel("general", { members: [ana, tom] });
    slack.say(ana, general, "@Bellhop ops: why?");
    const told = await slack.until(() => slack.ephemerals(ana, general)[0]);
    expect(told.shown).toContain("is not for this channel. Here you can talk to **scribe**.");
    expect(slack.ephemerals(tom, general)).toEqual([]);
    expect(slack.messages(general)).toHaveLength(1);
    expect(model.requests).toHaveLength(0);
  });

  it("here is refused without a word in the channel, on Discord", async () => {
    const { discord, model } = await openTown({
      discord: true,
      config: { channels: [{ match: "discord:*", agents: ["scribe"] }] },
    });
    const ana = discord.person("ana");
    const general = discord.channel("general");
    discord.say(ana, general, "@Bellhop ops: why?");
    const told = await discord.until(() => discord.messages(discord.dm(ana)).at(-1));
    expect(told.text).toContain("Here you can talk to **scribe**.");
    expect(discord.messages(general)).toHaveLength(1);
    expect(model.requests).toHaveLength(0);
  });

  it("is not found when it is disabled", async () => {
    const { console } = await openTown({ console: true, config: { agents: [{ ...ops, enabled: false }, scribe] } });
    const root = await console.say("ana", "@Bellhop ask ops why?");
    expect((await console.answer({ thread: root.id })).text).toMatch(/^There is no agent \*ops\*\./);
  });

  it("says so when it works on schedules and events only", async () => {
    const { console } = await openTown({ console: true, config: { agents: [scribe, { ...ops, mode: "triggers" }] } });
    const root = await console.say("ana", "@Bellhop ops: why?");
    const told = await console.answer({ thread: root.id });
    expect(told.text).toBe("**ops** works on schedules and events only; it can't be asked in chat.");
    expect(told.only).toBe("console:ana");
  });

  it("is refused to those who may not talk to agents here", async () => {
    const { console, model } = await openTown({
      console: true,
      config: { channels: [{ match: "console:team", talkers: ["console:kim"] }] },
    });
    const refused = await console.say("ana", "@Bellhop hello", { channel: "team" });
    expect((await console.answer({ channel: "team", thread: refused.id })).text).toBe(
      "**ops** is not open to you here. Admins can change that.",
    );
    const root = await console.say("kim", "@Bellhop hello", { channel: "team" });
    expect((await console.answer({ channel: "team", thread: root.id })).footer).toMatch(/^ops · /);
    expect(model.requests).toHaveLength(1);
  });
});

describe("a name that is nearly an agent's", () => {
  it("is answered with the nearest one and a button that asks it, once however often it is pressed", async () => {
    const { console, model } = await openTown({ console: true });
    model.answer("Slow because of the deploy.");
    const root = await console.say("ana", "@Bellhop opps: why is it slow?");
    const offer = await console.answer({ thread: root.id });
    expect(offer.text).toBe("There is no agent *opps*. Did you mean **ops**? Or see `agents`.");
    expect(offer.card?.buttons?.map((button) => button.text)).toEqual(["Ask ops"]);
    await Promise.all([console.press("ana", offer.id, "ask"), console.press("tom", offer.id, "ask")]);
    await console.press("tom", offer.id, "ask");
    const said = [offer];
    while (said.length < 4) said.push(await console.answer({ thread: root.id }, said));
    expect(said.map((one) => one.text).sort()).toEqual([
      "Slow because of the deploy.",
      "That was done already.",
      "That was done already.",
      offer.text,
    ]);
    // Whoever was first.
    expect(model.requests.map((one) => one.user)).toEqual([expect.stringMatching(/^(ana|tom): why is it slow\?$/)]);
  });

  it("is asked by the button on Slack", async () => {
    const { slack, model } = await openTown({ slack: true });
    model.answer("Because.");
    const ana = slack.person("ana");
    const general = slack.channel("general", { members: [ana] });
    const root = slack.say(ana, general, "@Bellhop opps: why?");
    const offer = await slack.until(() => slack.messages(general, root.ts).find((one) => one.buttons.length > 0));
    await slack.press(ana, offer, "Ask ops");
    await slack.press(ana, offer, "Ask ops");
    await slack.until(() => slack.messages(general, root.ts).find((one) => one.shown.includes("Because.")));
    await slack.until(() => slack.ephemerals(ana, general).find((one) => one.shown === "That was done already."));
    expect(model.requests).toHaveLength(1);
  });

  it("is asked by the button on Discord", async () => {
    const { discord, model } = await openTown({ discord: true });
    model.answer("Because.");
    const ana = discord.person("ana");
    const asked = discord.say(ana, discord.channel("general"), "@Bellhop opps: why?");
    const thread = await discord.until(() => discord.threadOf(asked));
    const offer = await discord.until(() => discord.messages(thread).find((one) => one.buttons.length > 0));
    discord.press(ana, offer, "Ask ops");
    await discord.until(() => discord.messages(thread).find((one) => one.text.includes("Because.")));
    expect(model.requests).toHaveLength(1);
  });

  it("is no agent's at all: it is said where to look", async () => {
    const { console } = await openTown({ console: true });
    const root = await console.say("ana", "@Bellhop ask zebra why?");
    const told = await console.answer({ thread: root.id });
    expect(told.text).toBe("There is no agent *zebra*. See `agents` for who is here.");
    expect(told.card).toBeUndefined();
  });
});

describe("a mention", () => {
  it("with nothing after it is asked for a question, with those who are here", async () => {
    const { console, model } = await openTown({ console: true });
    const root = await console.say("ana", "@Bellhop");
    expect((await console.answer({ thread: root.id })).text).toBe(
      "Yes? Ask me something after the mention, or name one of us: **ops**, **scribe**. `help` tells more.",
    );
    const named = await console.say("ana", "@Bellhop ops:");
    expect((await console.answer({ thread: named.id })).text).toContain("or name one of us: **ops**.");
    expect(model.requests).toHaveLength(0);
  });

  it("more often than the limit in a minute gets a friendly word, privately; others may go on", async () => {
    const { console, model } = await openTown({ console: true, config: { limits: { mentions_per_minute: 2 } } });
    const ask = async (who: string) => console.answer({ thread: (await console.say(who, "@Bellhop hello")).id });
    await ask("ana");
    await ask("ana");
    const told = await ask("ana");
    expect(told.text).toMatch(/^That was more than 2 questions in a minute\. I'm listening again in \d+ s\.$/);
    expect(told.only).toBe("console:ana");
    await ask("tom");
    expect(model.requests).toHaveLength(3);
  });

  it("of 100,000 characters is told how long a message may be", async () => {
    const { slack, model } = await openTown({ slack: true });
    const ana = slack.person("ana");
    const dm = slack.dm(ana);
    slack.say(ana, dm, "word ".repeat(20_000));
    const told = await slack.until(() => slack.messages(dm).find((one) => one.user === slack.bot.userId));
    expect(told.shown).toMatch(/^That message has \d+,\d+ characters; I read up to 50,000 at once\./);
    expect(model.requests).toHaveLength(0);
  });

  it("is answered in Chinese where Chinese is spoken, the words of the bot too", async () => {
    const { console } = await openTown({
      console: true,
      config: { channels: [{ match: "console:team", language: "zh-TW" }] },
    });
    const empty = await console.say("ana", "@Bellhop", { channel: "team" });
    expect((await console.answer({ channel: "team", thread: empty.id })).text).toBe(
      "在呢。請在提及我之後寫下問題，或指名其中一位：**ops**、**scribe**。`help` 有更多說明。",
    );
    const root = await console.say("ana", "@Bellhop 你好", { channel: "team" });
    expect((await console.answer({ channel: "team", thread: root.id })).footer).toMatch(/^ops · main · .*秒$/);
    const english = await console.say("ana", "@Bellhop");
    expect((await console.answer({ thread: english.id })).text).toMatch(/^Yes\?/);
  });
});

describe("what is said without a mention", () => {
  /** A town whose team channel has this rule, and a mention in its general one that shows when all before is handled. */
  async function townThatReplies(reply: string) {
    const town = await openTown({ console: true, config: { channels: [{ match: "console:team", reply }] } });
    const settled = async () => {
      const root = await town.console.say("kim", "@Bellhop are you done?");
      await town.console.answer({ thread: root.id });
      return town.model.requests.filter((one) => !one.user.includes("are you done?")).map((one) => one.user);
    };
    return { ...town, console: town.console, settled };
  }

  it("is not answered in a channel", async () => {
    const { console, settled } = await townThatReplies("thread");
    await console.say("ana", "hello all", { channel: "team" });
    expect(await settled()).toEqual([]);
  });

  it("is answered everywhere where the channel says `all`", async () => {
    const { console, settled } = await townThatReplies("all");
    const root = await console.say("ana", "hello all", { channel: "team" });
    await console.answer({ channel: "team", thread: root.id });
    expect(await settled()).toEqual(["ana: hello all"]);
  });

  it("is not answered in a thread either where the channel says `mention`", async () => {
    const { console, settled } = await townThatReplies("mention");
    const root = await console.say("ana", "@Bellhop one", { channel: "team" });
    const seen = [await console.answer({ channel: "team", thread: root.id })];
    await console.say("ana", "two", { channel: "team", thread: root.id });
    expect(await settled()).toEqual(["ana: one"]);
    await console.say("ana", "@Bellhop three", { channel: "team", thread: root.id });
    await console.answer({ channel: "team", thread: root.id }, seen);
    expect((await settled())[1]).toMatch(/ana: two[\s\S]*ana: three$/);
  });

  it("is not answered where the channel says `off`, nor is a mention", async () => {
    const { console, settled } = await townThatReplies("off");
    await console.say("ana", "hello all", { channel: "team" });
    await console.say("ana", "@Bellhop hello", { channel: "team" });
    expect(await settled()).toEqual([]);
    expect((await console.messages({ channel: "team" })).map((one) => one.author)).toEqual([
      "console:ana",
      "console:ana",
    ]);
  });
});

describe("another bot", () => {
  it("is never answered on Slack, mention or not, so that two can't talk for ever", async () => {
    const { slack, model } = await openTown({ slack: true, config: { channels: [{ match: "*", reply: "all" }] } });
    const [ana, parrot] = [slack.person("ana"), slack.person("parrot", { bot: true })];
    const general = slack.channel("general", { members: [ana, parrot] });
    slack.say(parrot, general, "@Bellhop hello");
    const root = slack.say(ana, general, "@Bellhop hello");
    const answered = (times: number) =>
      slack.until(
        () =>
          slack
            .messages(general, root.ts)
            .filter((one) => one.user === slack.bot.userId && one.streaming !== "in_progress").length === times,
      );
    await answered(1);
    slack.say(parrot, general, "@Bellhop I heard you", { thread: root });
    slack.say(ana, general, "@Bellhop once more", { thread: root });
    await answered(2);
    expect(model.requests).toHaveLength(2);
    expect(slack.messages(general)).toHaveLength(2);
  });

  it("is never answered on Discord", async () => {
    const { discord, model } = await openTown({
      discord: true,
      config: { channels: [{ match: "*", reply: "all" }] },
    });
    const [ana, parrot] = [discord.person("ana"), discord.person("parrot", { bot: true })];
    const general = discord.channel("general");
    const loop = discord.say(parrot, general, "@Bellhop hello");
    const root = discord.say(ana, general, "@Bellhop hello");
    const thread = await discord.until(() => discord.threadOf(root));
    const footers = () => discord.messages(thread).filter((one) => one.text.includes("ops · main")).length;
    await discord.until(() => footers() === 1);
    discord.say(parrot, thread, "@Bellhop I heard you");
    discord.say(ana, thread, "@Bellhop once more");
    await discord.until(() => footers() === 2);
    expect(model.requests).toHaveLength(2);
    expect(discord.threadOf(loop)).toBeUndefined();
  });
});
