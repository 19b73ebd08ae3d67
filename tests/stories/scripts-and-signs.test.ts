import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Anywhere, openAnywhere, platforms } from "./anywhere.ts";
import { leaveTowns } from "./town.ts";

afterAll(leaveTowns);

const long = "supercalifragilistic".repeat(60);

describe.each(platforms)("what people write on %s", (platform) => {
  let here: Anywhere;
  beforeAll(async () => {
    here = await openAnywhere(platform, {
      config: {
        agents: [
          { name: "ops", llm_model: "main", system_prompt: "You are ops." },
          { name: "scribe", aliases: ["書記"], llm_model: "main", system_prompt: "You are scribe." },
        ],
      },
    });
    if (platform !== "the console") await here.person("小明");
  });

  it.each([
    ["emoji alone", "@Bellhop 🎉🎉", "🎉🎉"],
    ["zero-width characters inside", "@Bellhop what\u200b is\u200d new?", "what\u200b is\u200d new?"],
    ["right-to-left text", "@Bellhop مرحبا، ما الجديد؟", "مرحبا، ما الجديد؟"],
    ["a sign that turns the direction of text", "@Bellhop abc \u202edef", "abc \u202edef"],
    ["a word of 1,200 letters", `@Bellhop ${long}`, long],
    [
      "code in a block",
      "@Bellhop why?\n```js\nif (a < b && c > d) {}\n```",
      "why?\n```js\nif (a < b && c > d) {}\n```",
    ],
    ["code in a line", "@Bellhop what is `a && b`?", "what is `a && b`?"],
    ["signs that markup is made of", "@Bellhop is 1 < 2 & 3 > 2?", "is 1 < 2 & 3 > 2?"],
    ["Chinese without blanks", "@Bellhop 結帳為什麼這麼慢？", "結帳為什麼這麼慢？"],
  ])("is answered once when it is %s, and reaches the model as it was written", async (_, text, heard) => {
    const { model } = here.town;
    const before = model.requests.length;
    model.answer("Here you are.");
    const talk = await here.open("ana", text);
    await talk.answer("Here you are.");
    // Slack puts the end of a block of code right behind it.
    const written = model.requests.slice(before).map(({ user }) => user.replace(/\n?```$/, "\n```"));
    expect(written).toEqual([`ana: ${heard}`]);
    expect(await talk.ours()).toHaveLength(1);
    expect(await talk.inChannel()).toBe(1);
  });

  it.each([
    ["in the middle of a sentence", "Tell me, @Bellhop, what is new?"],
    ["at its end", "what is new? @Bellhop"],
    ["twice", "@Bellhop what is new? @Bellhop"],
    ["twice in a row", "@Bellhop @Bellhop what is new?"],
    ["on a line of its own", "@Bellhop\nwhat is new?"],
  ])("is answered once when it mentions the bot %s", async (_, text) => {
    const { model } = here.town;
    const before = model.requests.length;
    model.answer("Not much.");
    const talk = await here.open("ana", text);
    await talk.answer("Not much.");
    const heard = model.requests.slice(before).map(({ user }) => user);
    expect(heard).toHaveLength(1);
    expect(heard[0]).toContain("what is new?");
    expect(heard[0]).not.toContain("Bellhop");
    expect(await talk.ours()).toHaveLength(1);
  });

  it.each([
    ["a full-width colon", "@Bellhop scribe：記下來", "記下來"],
    ["a Chinese alias and a full-width colon", "@Bellhop 書記：記下來", "記下來"],
    ["a Chinese alias after 問", "@Bellhop 問 書記 記下來", "記下來"],
  ])("asks the agent named with %s", async (_, text, rest) => {
    const { model } = here.town;
    const before = model.requests.length;
    model.answer("好的。");
    const asker = platform === "the console" ? "ana" : "小明";
    const talk = await here.open(asker, text);
    await talk.answer("好的。");
    expect(model.requests.slice(before).map(({ user }) => user)).toEqual([`${asker}: ${rest}`]);
    expect((await talk.ours())[0]?.text).toContain("scribe · ");
  });

  it("asks the first of two agents named, who hears of the other", async () => {
    const { model } = here.town;
    const before = model.requests.length;
    model.answer("Together, then.");
    const talk = await here.open("ana", "@Bellhop scribe: ask ops: how is it?");
    await talk.answer("Together, then.");
    expect(model.requests.slice(before).map(({ user }) => user)).toEqual(["ana: ask ops: how is it?"]);
    expect((await talk.ours())[0]?.text).toContain("scribe · ");
  });

  it("calls nobody when a question and its answer say @everyone, @here and @channel", async () => {
    const { model } = here.town;
    model.answer("No, @everyone and @here and <!channel> may rest.");
    const talk = await here.open("ana", "@Bellhop shall I call @everyone?");
    const answer = await talk.answer("may rest.");
    expect(answer.pings).toEqual([]);
    expect(answer.text).toContain("@everyone");
  });

  it("is not for the bot when its name stands in code only", async () => {
    const { model } = here.town;
    const before = model.requests.length;
    const quiet = await here.open("ana", "type `@Bellhop help` to begin");
    model.answer("Yes.");
    const loud = await here.open("ana", "@Bellhop are you there?");
    await loud.answer("Yes.");
    expect(await quiet.ours()).toEqual([]);
    expect(model.requests.slice(before)).toHaveLength(1);
  });
});
