import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Address, Post, PostKey } from "../../src/chat.ts";
import { wordsOf } from "../../src/words/words.ts";
import type { Channel } from "../world/discord/discord.ts";
import { type RecordingInbox, recordingInbox } from "./contract/recording-inbox.ts";
import { openDiscord, ours, untilAsync } from "./discord-platform.ts";

type Open = Awaited<ReturnType<typeof openDiscord>>;

let inbox: RecordingInbox;
let open: Open;
let keys = 0;
beforeEach(async () => {
  inbox = recordingInbox();
  open = await openDiscord(inbox);
});
afterEach(() => open.close());

const key = (answers?: string): PostKey => {
  keys += 1;
  return { id: `r${keys}`, since: Date.now(), ...(answers && { answers }) };
};
const at = (channel: Channel, thread?: string): Address => ({
  adapter: "discord",
  channel: channel.id,
  ...(thread !== undefined && { thread }),
});

async function asked(channel: Channel, text: string) {
  const { id } = open.discord.say(open.ana, channel, `@Bellhop ${text}`);
  return (await inbox.next("message", ({ message }) => message.id === id)).message;
}

async function answered(channel: Channel, text: string, post: Post = { text: "noon" }) {
  const message = await asked(channel, text);
  const posted = await open.adapter.post(message.answerAt, post, key(message.id));
  return { message, posted };
}

describe("the bot answers on Discord", () => {
  it.each(["forum", "media"] as const)(
    "in the post of a %s channel, and can say nothing beside posts",
    async (type) => {
      const { discord, ana, adapter } = open;
      const ideas = discord.channel("ideas", { type });
      const post = discord.thread(ideas, { by: ana, name: "Dark mode", text: "@Bellhop is it hard?" });
      const { message } = await inbox.next("message");
      expect(message).toMatchObject({ id: post.id, answerAt: at(ideas, post.id) });
      await adapter.post(message.answerAt, { text: "no" }, key(message.id));
      expect(ours(discord, post).map(({ text }) => text)).toEqual(["no"]);
      const further = await answered(post, "sure?");
      expect(further.posted.address).toEqual(at(ideas, post.id));
      const told = await adapter.history(at(ideas, post.id), { limit: 10 });
      expect(told.map(({ text }) => text)).toEqual(["is it hard?", "no", "sure?", "noon"]);
      await expect(adapter.post(at(ideas), { text: "to nobody" }, key())).rejects.toMatchObject({
        name: "DeliveryError",
        final: true,
        message: expect.stringContaining("posts only"),
      });
    },
  );

  it("in a thread of an announcement channel", async () => {
    const { discord } = open;
    const news = discord.channel("news", { type: "announcement" });
    const { message } = await answered(news, "what is new?");
    expect(message.answerAt).toEqual(at(news, message.id));
    expect(ours(discord, discord.threadOf(message.id)).map(({ text }) => text)).toEqual(["noon"]);
  });

  it("as a reply in the chat of a voice channel, which has no threads", async () => {
    const { discord } = open;
    const lounge = discord.channel("lounge", { type: "voice" });
    const { message } = await answered(lounge, "what time is it?");
    expect(message.answerAt).toEqual(at(lounge));
    expect(ours(discord, lounge)).toMatchObject([{ text: "noon", repliesTo: message.id }]);
    expect(await open.adapter.canRead(`discord:${open.tom.id}`, at(lounge))).toBe(true);
  });

  it("in a private thread it was brought into, read by those in it alone", async () => {
    const { discord, ana, tom, general, adapter } = open;
    const secret = discord.thread(general, { by: ana, name: "secret", isPrivate: true });
    discord.joinThread(discord.bot, secret);
    const { message } = await answered(secret, "and now?");
    expect(message.answerAt).toEqual(at(general, secret.id));
    expect(ours(discord, secret).map(({ text }) => text)).toEqual(["noon"]);
    expect(await adapter.canRead(`discord:${ana.id}`, message.address)).toBe(true);
    expect(await adapter.canRead(`discord:${tom.id}`, message.address)).toBe(false);
  });

  it("without files where it may attach none: all of it in as many messages as it takes", async () => {
    const { discord } = open;
    const strict = discord.channel("strict", { deny: ["AttachFiles"] });
    const text = Array.from({ length: 120 }, (_, n) => `Paragraph ${n}: ${"word ".repeat(20)}`).join("\n\n");
    const picture = { name: "a.png", type: "image/png", bytes: Buffer.from("png") };
    const files = [{ name: "data.csv", type: "text/csv", text: "a,b\n1,```" }, picture];
    const { message } = await answered(strict, "tell me all", { text, files });
    const seen = ours(discord, discord.threadOf(message.id));
    expect(seen.length).toBeGreaterThan(4);
    expect(seen.flatMap((one) => one.files)).toEqual([]);
    const whole = seen.map((one) => one.text).join("\n\n");
    expect(whole).toContain("Paragraph 119");
    expect(whole).toContain("**data.csv**\n```\na,b");
    expect(whole).toContain(wordsOf("en").filesLeft.notHere(["a.png"]));
    expect(whole).not.toContain(wordsOf("en").theRest("answer.md"));
  });
});

describe("while it answers on Discord", () => {
  async function begin() {
    const message = await asked(open.general, "tell me");
    const draft = open.adapter.draft(message.answerAt, key(message.id), {
      person: message.author.id,
      message: message.id,
    });
    draft.show({ text: "It is", lines: [] });
    const seen = () => ours(open.discord, open.discord.threadOf(message.id));
    await untilAsync(open.discord, async () => seen().length > 0);
    const thread = open.discord.threadOf(message.id) ?? expect.fail();
    return { draft, seen, thread };
  }

  it("a thread that was closed meanwhile is opened for the end", async () => {
    const { draft, seen, thread } = await begin();
    open.discord.archiveThread(thread);
    await draft.end({ text: "It is noon." });
    expect(seen().map(({ text }) => text)).toEqual(["It is noon."]);
    expect(thread.thread?.archived).toBe(false);
  });

  it.each([
    [
      "a thread is locked",
      (_: Channel, thread: Channel) => {
        open.discord.lockThread(thread);
        open.discord.archiveThread(thread);
      },
      /archived|locked/,
    ],
    ["it is thrown out of the server", () => open.discord.kickBot(), /can't see|is gone/],
    ["the channel is deleted", (general: Channel) => open.discord.deleteChannel(general), /is gone/],
    ["the thread is deleted", (_: Channel, thread: Channel) => open.discord.deleteChannel(thread), /is gone/],
  ] as const)("%s: it says for good why the end can't be delivered", async (_, happen, words) => {
    const { draft, thread } = await begin();
    happen(open.general, thread);
    await expect(draft.end({ text: "It is noon." })).rejects.toMatchObject({
      name: "DeliveryError",
      final: true,
      message: expect.stringMatching(words),
    });
  });
});

describe("a long answer growing on Discord", () => {
  it("stays within four messages, and ends with all of it in a file", async () => {
    const message = await asked(open.general, "tell me all");
    const draft = open.adapter.draft(message.answerAt, key(message.id), {
      person: message.author.id,
      message: message.id,
    });
    const seen = () => ours(open.discord, open.discord.threadOf(message.id));
    const text = Array.from({ length: 120 }, (_, n) => `Paragraph ${n}: ${"word ".repeat(20)}`).join("\n\n");
    draft.show({ text, lines: [] });
    await untilAsync(open.discord, async () => seen().length === 4);
    await draft.end({ text, files: [{ name: "data.csv", type: "text/csv", text: "a,b" }] });
    expect(seen()).toHaveLength(4);
    expect(seen()[3]?.files.map(({ name, text: held }) => ({ name, held }))).toEqual([
      { name: "answer.md", held: text },
      { name: "data.csv", held: "a,b" },
    ]);
    expect(
      seen()
        .slice(0, 3)
        .flatMap(({ files }) => files),
    ).toEqual([]);
  });
});

describe("what is shown on Discord", () => {
  it("names the people it may name, and pings none of them", async () => {
    const { discord, ana, tom, general, adapter } = open;
    const people = [{ id: `discord:${tom.id}` as const, name: "tom" }];
    const text = "@tom and @ana and @everyone: see `@tom`.\n\n| who |\n|---|\n| @tom |";
    await adapter.post(at(general), { text, people }, key());
    const [seen] = discord.messages(general);
    expect(seen?.text).toContain(`<@${tom.id}> and @ana and @everyone: see \`@tom\`.`);
    expect(seen?.text.match(/<@\d+>/g)).toHaveLength(1);
    expect(seen?.text).not.toContain(ana.id);
    expect(seen?.pings).toEqual({ everyone: false, users: [], roles: [] });
  });

  it("hides no link behind another host's name, and shows no preview", async () => {
    const { discord, general, adapter } = open;
    const text = "[docs.example.com](https://evil.example/x) ![pixel](https://evil.example/p.png?d=secret)";
    await adapter.post(at(general), { text }, key());
    const [seen] = discord.messages(general);
    expect(seen?.text).toMatch(/docs\.example\.com.*evil\.example/);
    expect(seen?.text).not.toContain("![");
    expect(seen?.previews).toEqual([]);
  });
});

describe("brought to a server on Discord", () => {
  it("the bot hears of it where it may write", async () => {
    const { discord } = open;
    await inbox.next("joined", (event) => event.ours);
    const server = discord.server("Second");
    discord.channel("rules", { server, deny: ["SendMessages"] });
    const lobby = discord.channel("lobby", { server });
    await open.restart();
    const joined = await inbox.next("joined", (event) => event.ours && event.address.channel === lobby.id);
    expect(joined.person).toMatchObject({ id: `discord:${discord.bot.id}`, bot: true });
  });
});
