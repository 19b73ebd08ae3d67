import { afterEach, describe, expect, it } from "vitest";
import { wordsOf } from "../../src/words/words.ts";
import { leaveTowns, openTown, type Wish } from "../stories/town.ts";
import type { Channel, SeenMessage } from "../world/discord/discord.ts";

afterEach(leaveTowns);

async function openDiscordTown(wish: Partial<Wish> = {}) {
  const town = await openTown({ discord: true, ...wish });
  const { discord, model } = town;
  const [ana, tom] = [discord.person("ana"), discord.person("tom")];
  const general = discord.channel("general");
  await discord.until(() => discord.commands.length > 0);
  const ours = (channel: Channel) => discord.messages(channel).filter(({ author }) => author.id === discord.bot.id);
  /** The bot's message there with these words, once it is written to its end. */
  const answered = (channel: Channel, words: string): Promise<SeenMessage> =>
    discord.until(() =>
      ours(channel).find(({ text, buttons }) => text.includes(words) && !buttons.some(({ label }) => label === "Stop")),
    );
  const privately = (channel: Channel, words: string) =>
    discord.until(() => discord.messages(channel, ana).find((one) => one.ephemeral && one.text.includes(words)));
  return { ...town, discord, model, ana, tom, general, ours, answered, privately };
}

describe("talking on Discord", () => {
  it("asks an agent about a message from its menu: a form, a private word, the answer in the message's thread", async () => {
    const { discord, model, ana, tom, general, answered } = await openDiscordTown();
    model.on({ system: "You are scribe" }, "It is about pizza.");
    const message = discord.say(tom, general, "Pizza at noon?");
    const asked = discord.contextMenu(ana, message, "Ask an agent about this");
    await discord.until(() => asked.modal);
    discord.submitModal(asked, { agent: ["scribe"], question: "What is this about?" });
    const thread = await discord.until(() => discord.threadOf(message));
    await answered(thread, "It is about pizza.");
    expect(model.requests[0]?.user).toContain("Pizza at noon?");
    await discord.until(() => discord.messages(general, ana).every(({ thinking }) => !thinking));
    expect(discord.messages(general, tom).some(({ ephemeral }) => ephemeral)).toBe(false);
  });

  it("completes the names of the agents one may ask, and asks the one chosen", async () => {
    const { discord, model, ana, general, ours } = await openDiscordTown();
    model.on({ system: "You are scribe" }, "Written down.");
    const choices = await discord.autocomplete(ana, general, "ask", "agent", "scr");
    expect(choices).toMatchObject([{ value: "scribe" }]);
    discord.slash(ana, general, "ask", { question: "note this", agent: "scribe" });
    const thread = await discord.until(() => ours(general).flatMap((one) => discord.threadOf(one) ?? [])[0]);
    await discord.until(() => ours(thread).find(({ text }) => text.includes("Written down.")));
  });

  it("takes a thumb under an answer, and says so in private", async () => {
    const { discord, model, ana, tom, general, answered } = await openDiscordTown();
    model.answer("Yes.");
    const root = discord.say(ana, general, "@Bellhop are you sure?");
    const thread = await discord.until(() => discord.threadOf(root));
    const answer = await answered(thread, "Yes.");
    expect(answer.buttons.map(({ label }) => label)).toEqual(["👍", "👎"]);
    const pressed = discord.press(ana, answer, "👎");
    await discord.until(() => pressed.answeredAt);
    await discord.until(() => discord.messages(thread, ana).some(({ ephemeral }) => ephemeral));
    expect(discord.messages(thread, tom).filter(({ author }) => author.id === discord.bot.id)).toHaveLength(1);
  });

  it("answers a message that was edited to mention it, once, however often it is edited", async () => {
    const { discord, model, ana, general, answered, ours } = await openDiscordTown();
    model.answer("Noon.");
    const message = discord.say(ana, general, "what time is it?");
    discord.edit(message, "@Bellhop what time is it?");
    const thread = await discord.until(() => discord.threadOf(message));
    await answered(thread, "Noon.");
    discord.edit(message, "@Bellhop what time is it, please?");
    const next = discord.say(ana, general, "@Bellhop and now?");
    await answered(await discord.until(() => discord.threadOf(next)), "Noon.");
    expect(ours(thread)).toHaveLength(1);
  });

  it("reads what is replied to and what is forwarded, with their files, as somebody else's words", async () => {
    const { discord, model, ana, tom, general, answered } = await openDiscordTown();
    model.answer("Because of the disk.");
    const report = discord.say(tom, general, "the build is red", {
      files: [{ name: "log.txt", content: "disk full" }],
    });
    const root = discord.say(ana, general, "@Bellhop why?", { replyTo: report, pingReplied: false });
    await answered(await discord.until(() => discord.threadOf(root)), "Because of the disk.");
    expect(JSON.stringify(model.requests.at(-1)?.body.messages)).toContain("the build is red");
    expect(JSON.stringify(model.requests.at(-1)?.body.messages)).toContain("disk full");
    model.answer("A red build.");
    const dm = discord.dm(ana);
    discord.forward(ana, report, dm);
    await answered(dm, "A red build.");
    expect(JSON.stringify(model.requests.at(-1)?.body.messages)).toContain("the build is red");
  });

  it("answers in a forum's post and goes on there without a mention", async () => {
    const { discord, model, ana, answered } = await openDiscordTown();
    model.answer("Not hard.");
    const forum = discord.channel("ideas", { type: "forum" });
    const post = discord.thread(forum, { by: ana, name: "Dark mode", text: "@Bellhop is it hard?" });
    await answered(post, "Not hard.");
    model.answer("Two days.");
    discord.say(ana, post, "how long?");
    await answered(post, "Two days.");
  });

  it("draws tables in columns and attaches a very long answer whole, in the reader's language", async () => {
    const { discord, model, general, answered } = await openDiscordTown();
    const mei = discord.person("mei", { locale: "zh-TW" });
    const asked = discord.slash(mei, general, "agents");
    await discord.until(() => asked.answeredAt);
    const table = "| 服務 | p95 |\n|---|--:|\n| 結帳 | 1.9 s |";
    const long = Array.from({ length: 150 }, (_, n) => `第 ${n} 段：${"結帳很慢。".repeat(12)}`).join("\n\n");
    model.answer(`${table}\n\n${long}`);
    const root = discord.say(mei, general, "@Bellhop 結帳為什麼慢？");
    const thread = await discord.until(() => discord.threadOf(root));
    const last = await answered(thread, wordsOf("zh-TW").theRest("answer.md"));
    expect(last.files[0]?.text).toContain("第 149 段");
    expect(last.files[0]?.text).toContain("| 結帳 | 1.9 s |");
    expect(discord.messages(thread)[0]?.text).toContain("```\n服務    p95\n────  ─────\n結帳  1.9 s\n```");
  });

  it("names whom the asker named, and pings nobody, whatever the model says", async () => {
    const { discord, model, ana, tom, general, answered } = await openDiscordTown();
    model.answer("Ask @tom, not @everyone: [docs.example.com](https://evil.example/).");
    const root = discord.say(ana, general, `@Bellhop shall I ask <@${tom.id}>?`);
    const answer = await answered(await discord.until(() => discord.threadOf(root)), "not @everyone");
    expect(answer.text).toContain(`<@${tom.id}>`);
    expect(answer.text).toContain("evil.example");
    expect(answer.pings).toEqual({ everyone: false, users: [], roles: [] });
    expect(answer.previews).toEqual([]);
  });

  it.each([
    ["emoji alone", "🎉🎉"],
    ["zero-width characters", "what\u200b is\u200d new?"],
    ["right-to-left text", "مرحبا، ما الجديد؟ \u202eabc"],
    ["two mentions of it", "@Bellhop what is new?"],
  ])("answers %s exactly once", async (_, text) => {
    const { discord, model, ana, general, answered, ours } = await openDiscordTown();
    model.answer("Here you are.");
    const root = discord.say(ana, general, `@Bellhop ${text}`);
    const thread = await discord.until(() => discord.threadOf(root));
    await answered(thread, "Here you are.");
    expect(ours(thread)).toHaveLength(1);
    expect(model.requests).toHaveLength(1);
  });

  it("answers in a private thread, where nobody else can read it", async () => {
    const { discord, model, ana, tom, general, answered } = await openDiscordTown();
    model.answer("Only here.");
    const secret = discord.thread(general, { by: ana, name: "secret", isPrivate: true });
    discord.joinThread(discord.bot, secret);
    discord.say(ana, secret, "@Bellhop between us?");
    await answered(secret, "Only here.");
    expect(() => discord.say(tom, secret, "hm")).toThrow("may not write");
  });

  it("ends an answer once although Discord limits it in the middle", async () => {
    const { discord, model, ana, general, answered, ours } = await openDiscordTown();
    model.answer({ say: "word ".repeat(60), msPerDelta: 30 });
    const root = discord.say(ana, general, "@Bellhop go on");
    const thread = await discord.until(() => discord.threadOf(root));
    await discord.until(() => ours(thread).length > 0);
    const edits = "PATCH /channels/{channel_id}/messages/{message_id}";
    discord.faults.plan(edits, { do: "limit", retryAfter: 0.5 });
    const answer = await answered(thread, "word ");
    expect(answer.text.match(/word/g)).toHaveLength(60);
    expect(ours(thread)).toHaveLength(1);
  });

  it("goes on with others after it was thrown out of a server in the middle of an answer", async () => {
    const { discord, model, ana, general, ours, answered, log } = await openDiscordTown();
    model.answer({ say: "word ".repeat(60), msPerDelta: 30 });
    const root = discord.say(ana, general, "@Bellhop go on");
    const thread = await discord.until(() => discord.threadOf(root));
    await discord.until(() => ours(thread).length > 0);
    discord.kickBot();
    await model.until(() => model.inFlight === 0);
    model.answer("Still here.");
    const dm = discord.dm(ana);
    discord.say(ana, dm, "are you there?");
    await answered(dm, "Still here.");
    expect(log.join("")).not.toContain("uncaught");
  });
});
