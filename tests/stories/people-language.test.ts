import { afterEach, describe, expect, it } from "vitest";
import { openAnywhere, type Platform, platforms } from "./anywhere.ts";
import { leaveTowns, type Wish } from "./town.ts";

afterEach(leaveTowns);

const adapters = { Slack: "slack", Discord: "discord", "the console": "console" } as const;

/** A town with kim, who uses the platform in a language of her own; Discord tells it with her first command. */
async function withKim(platform: Platform, locale: string, wish: Wish = {}) {
  const here = await openAnywhere(platform, wish);
  await here.person("kim", { locale });
  if (platform === "Discord") await (await here.command("kim", "/agents")).whisper("kim", "ops");
  return here;
}

const inChinese = (platform: Platform): Wish => ({
  config: { channels: [{ match: `${adapters[platform]}:*`, language: "zh-TW" }] },
});

describe.each(platforms)("the bot's words on %s", (platform) => {
  it("are in the asker's own language, footer and private words, too; others are spoken to in theirs", async () => {
    const here = await withKim(platform, "zh-TW");
    await (await here.open("kim", "@Bellhop")).answer("在呢。請在提及我之後寫下問題");
    here.town.model.answer("好的。");
    expect((await (await here.open("kim", "@Bellhop 你好")).answer("好的。")).text).toMatch(/ops · main · .*秒/);
    await (await here.command("kim", "/bellhop status")).whisper("kim", "已連線：");
    await (await here.open("ana", "@Bellhop")).answer("Yes? Ask me something");
  });

  it("are in the channel's language for those whose own is not spoken here", async () => {
    const here = await withKim(platform, "fr-FR", inChinese(platform));
    await (await here.open("kim", "@Bellhop")).answer("在呢。");
    await (await here.open("kim", "@Bellhop statsu")).answer("我不認得 *statsu*。你是指 `status` 嗎？");
  });

  it("are in the workspace's language where nothing else is said", async () => {
    const here = await withKim(platform, "fr-FR", { config: { workspace: { language: "zh-TW" } } });
    await (await here.open("kim", "@Bellhop 說明")).answer("提及我並提問");
  });
});

describe("a language chosen in the middle of a talk", () => {
  it("in the console is spoken from the next word on", async () => {
    const here = await openAnywhere("the console");
    await (await here.open("ana", "@Bellhop")).answer("Yes? Ask me something");
    await here.town.console.speak("ana", "zh-TW");
    await (await here.open("ana", "@Bellhop")).answer("在呢。");
    await here.town.console.speak("ana", "en");
    await (await here.open("ana", "@Bellhop")).answer("Yes? Ask me something");
  });

  it("on Discord is spoken from the command on that tells it", async () => {
    const here = await openAnywhere("Discord");
    await (await here.open("ana", "@Bellhop")).answer("Yes? Ask me something");
    await here.person("kim", { locale: "zh-TW" });
    await (await here.open("kim", "@Bellhop")).answer("Yes? Ask me something");
    await (await here.command("kim", "/agents")).whisper("kim", "ops");
    await (await here.open("kim", "@Bellhop")).answer("在呢。");
  });
});

describe.each(platforms)("the bot itself on %s", (platform) => {
  it("offers the nearest word for one that was misspelled, and asks no model", async () => {
    const { town, open } = await openAnywhere(platform);
    const talk = await open("ana", "@Bellhop statsu");
    await talk.answer("I don't know *statsu*. Did you mean `status`?");
    expect(await talk.ours()).toHaveLength(1);
    expect(town.model.requests).toEqual([]);
  });

  it("is quiet in a thread after `mute`, until it is mentioned or told `unmute`", async () => {
    const { town, open } = await openAnywhere(platform);
    town.model.answer("First.");
    const talk = await open("ana", "@Bellhop begin");
    await talk.answer("First.");
    await talk.say("ana", "mute");
    await talk.answer("I'll keep quiet here");
    await talk.say("ana", "is anybody there?");
    town.model.answer("Second.");
    await talk.say("ana", "@Bellhop unmute");
    await talk.answer("I'm back.");
    await talk.say("ana", "and now?");
    await talk.answer("Second.");
    expect(town.model.requests.map(({ user }) => user.split("\n").at(-1))).toEqual(["ana: begin", "ana: and now?"]);
  });

  it("goes on without what was said after `new`", async () => {
    const { town, open } = await openAnywhere(platform);
    town.model.answer("Noted.");
    const talk = await open("ana", "@Bellhop my colour is red");
    await talk.answer("Noted.");
    await talk.say("ana", "@Bellhop new");
    await talk.answer("A fresh start");
    town.model.answer("I can't say.");
    await talk.say("ana", "@Bellhop which colour?");
    await talk.answer("I can't say.");
    const asked = town.model.requests.at(-1)?.body.messages ?? [];
    expect(JSON.stringify(asked.filter(({ role }) => role === "assistant"))).toBe("[]");
    expect(JSON.stringify(asked)).not.toContain("red");
  });

  it("forgets what it kept when those ask who had asked, and nobody else", async () => {
    const { town, open } = await openAnywhere(platform);
    town.model.answer("Noted.");
    const talk = await open("ana", "@Bellhop the word is swordfish");
    await talk.answer("Noted.");
    await talk.say("tom", "@Bellhop forget");
    await talk.answer("Only those who asked me here");
    await talk.say("ana", "@Bellhop forget");
    await talk.answer("Forgotten: 1 answer");
    await town.close();
    expect(await town.kept(adapters[platform])).toEqual([]);
  });

  it("tells by `usage` what was used, to the one who asks", async () => {
    const { town, open } = await openAnywhere(platform);
    town.model.answer("Yes.");
    const talk = await open("ana", "@Bellhop are you there?");
    await talk.answer("Yes.");
    await talk.say("ana", "@Bellhop usage");
    const { text } = await talk.answer("Last 24 hours here: 1 answer");
    expect(text).toContain("ana: 1 answer");
  });

  it("answers commands to the one who gave them, and nobody else", async () => {
    const { command, town } = await openAnywhere(platform);
    for (const [typed, words] of [
      ["/bellhop status", "Connected:"],
      ["/bellhop why", "I have nothing on record"],
      ["/bellhop mute", "I'll keep quiet here"],
      ["/agents", "looks after production"],
    ] as const) {
      const told = await command("ana", typed);
      await told.whisper("ana", words);
      expect(await told.privately("tom")).toEqual([]);
      expect(await told.inChannel()).toBe(0);
    }
    expect(town.model.requests).toEqual([]);
  });

  it("refuses by `/ask`, privately, an agent that is not for this channel, and shows nothing", async () => {
    const config = { channels: [{ match: `${adapters[platform]}:*`, agents: ["scribe"] }] };
    const { command, town } = await openAnywhere(platform, { config });
    const told = await command("ana", "/ask ops why?");
    await told.whisper("ana", "Here you can talk to **scribe**");
    expect(await told.privately("tom")).toEqual([]);
    expect(await told.inChannel()).toBe(0);
    expect(town.model.requests).toEqual([]);
  });
});
