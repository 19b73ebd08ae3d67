import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Channel, Person } from "../world/discord/discord.ts";
import { leaveTowns, openTown, type Town } from "./town.ts";

afterAll(leaveTowns);

const config = { limits: { mentions_per_minute: 1000 } };

describe("a place on Slack", () => {
  let town: Town;
  let [ana, tom]: string[] = [];
  const one = (name: string) => town.slack.person(name).id;
  const at = (channel: string, thread?: string) => ({ channel, ...(thread ? { thread } : {}) });
  const ours = ({ channel, thread }: { channel: string; thread?: string }) =>
    town.slack.messages(channel, thread).filter(({ user }) => user === town.slack.bot.userId);
  const answered = (where: { channel: string; thread?: string }, words: string) =>
    town.slack.until(() => ours(where).find((said) => said.shown.includes(words) && said.streaming !== "in_progress"));
  beforeAll(async () => {
    town = await openTown({ slack: true, config });
    ana = one("ana");
    tom = one("tom");
  });

  it("that is a DM is answered in the DM itself, without a mention", async () => {
    const { slack, model } = town;
    model.answer("Only you and I.");
    const dm = slack.dm(ana ?? "").id;
    slack.say(ana ?? "", dm, "who reads this?");
    await answered(at(dm), "Only you and I.");
    expect(slack.messages(dm)).toHaveLength(2);
  });

  it("that is a thread in a DM is answered in that thread", async () => {
    const { slack, model } = town;
    const dm = slack.dm(tom ?? "").id;
    model.answer("First.");
    const root = slack.say(tom ?? "", dm, "begin");
    await answered(at(dm), "First.");
    model.answer("In the thread.");
    slack.say(tom ?? "", dm, "and here?", { thread: root });
    await answered(at(dm, root.ts), "In the thread.");
    expect(ours(at(dm)).map(({ shown }) => shown)).toEqual([expect.stringContaining("First.")]);
  });

  it("that is a group DM wants a mention, and is answered in the mention's thread", async () => {
    const { slack, model } = town;
    const before = model.requests.length;
    model.answer("At noon.");
    const group = slack.groupDm([ana ?? "", tom ?? ""]).id;
    slack.say(ana ?? "", group, "when do we meet?");
    const asked = slack.say(tom ?? "", group, "@Bellhop when do we meet?");
    await answered(at(group, asked.ts), "At noon.");
    expect(model.requests.length - before).toBe(1);
    expect(slack.messages(group)).toHaveLength(2);
  });

  it("that is a private channel is answered in it, in a thread of its own", async () => {
    const { slack, model } = town;
    model.answer("Nobody else reads it.");
    const secret = slack.channel("secret", { private: true, members: [ana ?? ""] }).id;
    const asked = slack.say(ana ?? "", secret, "@Bellhop is this private?");
    await answered(at(secret, asked.ts), "Nobody else reads it.");
    expect(slack.messages(secret)).toHaveLength(1);
  });

  it("that is a thread in a private channel goes on there, with what was said in it", async () => {
    const { slack, model } = town;
    model.answer("Because of the budget.");
    const board = slack.channel("board", { private: true, members: [ana ?? "", tom ?? ""] }).id;
    const root = slack.say(tom ?? "", board, "We must save money.");
    slack.say(ana ?? "", board, "@Bellhop why?", { thread: root });
    await answered(at(board, root.ts), "Because of the budget.");
    expect(model.requests.at(-1)?.user).toContain("tom: We must save money.");
    expect(slack.messages(board)).toHaveLength(1);
  });

  it("that is a private channel shows what is for the asker alone to nobody else", async () => {
    const { slack, model } = town;
    const before = model.requests.length;
    const secret = slack.channel("whispering", { private: true, members: [ana ?? "", tom ?? ""] }).id;
    await slack.command(ana ?? "", secret, "/ask", "opps: why?");
    await slack.until(() => slack.ephemerals(ana ?? "", secret).find((told) => told.buttons.includes("Ask ops")));
    await slack.command(ana ?? "", secret, "/agents");
    await slack.until(() => slack.ephemerals(ana ?? "", secret).find((told) => told.shown.includes("scribe")));
    expect(slack.ephemerals(tom ?? "", secret)).toEqual([]);
    expect(slack.messages(secret)).toEqual([]);
    expect(model.requests).toHaveLength(before);
  });

  it("that is shared with another company answers its strangers, too", async () => {
    const { slack, model } = town;
    const guest = slack.person("lea", { external: true });
    const shared = slack.channel("with-acme", { shared: true, members: [ana ?? "", guest] }).id;
    model.answer("Welcome.");
    const asked = slack.say(guest, shared, "@Bellhop may I ask?");
    await answered(at(shared, asked.ts), "Welcome.");
    expect(model.requests.at(-1)?.user).toBe("lea: may I ask?");
  });

  it("that is shared answers somebody of whom Slack tells nothing", async () => {
    const { slack, model } = town;
    const hidden = slack.person("unknown", { hidden: true });
    const shared = slack.channel("with-others", { shared: true, members: [ana ?? "", hidden] }).id;
    model.answer("Hello, whoever you are.");
    const asked = slack.say(hidden, shared, "@Bellhop hello?");
    await answered(at(shared, asked.ts), "Hello, whoever you are.");
    expect(ours(at(shared, asked.ts))).toHaveLength(1);
  });

  it("that is a thread whose reply was sent to the channel, too, is answered once, in the thread", async () => {
    const { slack, model } = town;
    const before = model.requests.length;
    model.answer("Once is enough.");
    const team = slack.channel("team", { members: [ana ?? "", tom ?? ""] }).id;
    const root = slack.say(tom ?? "", team, "The report is late.");
    slack.say(ana ?? "", team, "@Bellhop how late?", { thread: root, broadcast: true });
    await answered(at(team, root.ts), "Once is enough.");
    expect(ours(at(team, root.ts))).toHaveLength(1);
    expect(model.requests.length - before).toBe(1);
  });
});

describe("a place on Discord", () => {
  let town: Town;
  let [ana, tom]: Person[] = [];
  const ours = (channel: Channel) =>
    town.discord.messages(channel).filter(({ author }) => author.id === town.discord.bot.id);
  const answered = (channel: Channel, words: string) =>
    town.discord.until(() => ours(channel).find(({ text }) => text.includes(words) && text.includes(" · main")));
  const [a, t] = [() => ana as Person, () => tom as Person];
  beforeAll(async () => {
    town = await openTown({ discord: true, config });
    ana = town.discord.person("ana");
    tom = town.discord.person("tom");
  });

  it("that is a DM is answered in the DM itself, without a mention, and nowhere else", async () => {
    const { discord, model } = town;
    model.answer("Only you and I.");
    discord.say(a(), discord.dm(a()), "who reads this?");
    await answered(discord.dm(a()), "Only you and I.");
    expect(discord.messages(discord.dm(t()))).toEqual([]);
  });

  it("that is a private channel is answered in a thread of it", async () => {
    const { discord, model } = town;
    model.answer("Nobody else reads it.");
    const secret = discord.channel("secret", { type: "private", members: [a()] });
    const asked = discord.say(a(), secret, "@Bellhop is this private?");
    const thread = await discord.until(() => discord.threadOf(asked));
    await answered(thread, "Nobody else reads it.");
    expect(() => discord.say(t(), thread, "hm")).toThrow("may not write");
  });

  it("that is a private thread is answered in it", async () => {
    const { discord, model } = town;
    model.answer("Between us.");
    const thread = discord.thread(discord.channel("open"), { by: a(), name: "closed", isPrivate: true });
    discord.joinThread(discord.bot, thread);
    discord.say(a(), thread, "@Bellhop between us?");
    await answered(thread, "Between us.");
    expect(() => discord.say(t(), thread, "hm")).toThrow("may not write");
  });

  it("that is a forum's post is answered in the post, which goes on without a mention", async () => {
    const { discord, model } = town;
    model.answer("Not hard.");
    const forum = discord.channel("ideas", { type: "forum" });
    const post = discord.thread(forum, { by: a(), name: "Dark mode", text: "@Bellhop is it hard?" });
    await answered(post, "Not hard.");
    model.answer("Two days.");
    discord.say(a(), post, "how long?");
    await answered(post, "Two days.");
    expect(ours(post)).toHaveLength(2);
  });

  it("that is another forum's post nobody mentioned it in is left alone", async () => {
    const { discord, model } = town;
    const before = model.requests.length;
    const forum = discord.channel("wishes", { type: "forum" });
    const quiet = discord.thread(forum, { by: a(), name: "Light mode", text: "is it hard?" });
    model.answer("Yes.");
    const loud = discord.thread(forum, { by: t(), name: "No mode", text: "@Bellhop is it harder?" });
    await answered(loud, "Yes.");
    expect(ours(quiet)).toEqual([]);
    expect(model.requests.length - before).toBe(1);
  });

  it("that is an announcement channel is answered in a thread", async () => {
    const { discord, model } = town;
    model.answer("On Monday.");
    const news = discord.channel("news", { type: "announcement" });
    const asked = discord.say(a(), news, "@Bellhop when is the release?");
    await answered(await discord.until(() => discord.threadOf(asked)), "On Monday.");
    expect(discord.messages(news)).toHaveLength(1);
  });

  it("that is the text of a voice channel, where there are no threads, is answered in it", async () => {
    const { discord, model } = town;
    model.answer("I can't hear you, but I read.");
    const voice = discord.channel("voice", { type: "voice" });
    discord.say(a(), voice, "@Bellhop do you hear us?");
    await answered(voice, "I can't hear you, but I read.");
    expect(ours(voice)).toHaveLength(1);
  });

  it("that is an archived thread wakes up for the answer", async () => {
    const { discord, model } = town;
    model.answer("Good morning.");
    const thread = discord.thread(discord.channel("naps"), { by: a(), name: "nap" });
    discord.archiveThread(thread);
    discord.say(a(), thread, "@Bellhop are you awake?");
    await answered(thread, "Good morning.");
    expect(thread.thread?.archived).toBe(false);
  });

  it("where it may open no threads is answered right there", async () => {
    const { discord, model } = town;
    model.answer("Right here.");
    const plain = discord.channel("plain", { deny: ["CreatePublicThreads"] });
    discord.say(a(), plain, "@Bellhop where do you answer?");
    await answered(plain, "Right here.");
    expect(ours(plain)).toHaveLength(1);
  });

  it("on another server is its own: what was said there is not told here", async () => {
    const { discord, model } = town;
    const elsewhere = discord.server("Elsewhere");
    const kim = discord.person("kim", { server: elsewhere });
    const theirs = discord.channel("theirs", { server: elsewhere });
    model.answer("Noted, swordfish.");
    const asked = discord.say(kim, theirs, "@Bellhop the word is swordfish");
    await answered(await discord.until(() => discord.threadOf(asked)), "swordfish");
    model.answer("I know of none.");
    const here = discord.say(a(), discord.channel("mine"), "@Bellhop which word?");
    await answered(await discord.until(() => discord.threadOf(here)), "I know of none.");
    expect(JSON.stringify(model.requests.at(-1)?.body.messages)).not.toContain("swordfish");
  });
});
