import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rest } from "../world/discord/raw-bot.ts";
import { type RecordingInbox, recordingInbox } from "./contract/recording-inbox.ts";
import { openDiscord } from "./discord-platform.ts";

type Open = Awaited<ReturnType<typeof openDiscord>>;

let inbox: RecordingInbox;
let open: Open;
beforeEach(async () => {
  inbox = recordingInbox();
  open = await openDiscord(inbox);
});
afterEach(() => open.close());

const here = () => ({ adapter: "discord", channel: open.general.id });
const heard = async (id: string) => (await inbox.next("message", ({ message }) => message.id === id)).message;

describe("what comes with a message on Discord", () => {
  it("is told apart when somebody else's message was replied to: whose it was, its words and its files", async () => {
    const { discord, ana, tom, general } = open;
    const plan = discord.say(tom, general, `<@${ana.id}> ship on Friday?`, {
      files: [{ name: "plan.md", content: "# Plan" }],
    });
    const { id } = discord.say(ana, general, "@Bellhop is that wise?", { replyTo: plan, pingReplied: false });
    const message = await heard(id);
    expect(message).toMatchObject({ text: "is that wise?", mention: true });
    expect(message.quotes).toEqual([{ author: "tom", text: "@ana ship on Friday?" }]);
    expect(message.files.map(({ name }) => name)).toEqual(["plan.md"]);
    const bytes = await open.adapter.read(message.files[0] ?? expect.fail(), new AbortController().signal);
    expect(Buffer.from(bytes).toString()).toBe("# Plan");
  });

  it("is the bot's own message without its notes, when that was replied to", async () => {
    const { discord, ana, general, adapter } = open;
    const lines = [{ id: "1", title: "clock now", state: "done" as const, ms: 90 }];
    const posted = await adapter.post(
      here(),
      { text: "It is noon.", lines, footer: "ops" },
      { id: "r1", since: Date.now() },
    );
    const { id } = discord.say(ana, general, "where?", { replyTo: posted.id });
    expect((await heard(id)).quotes).toEqual([{ author: "Bellhop", text: "It is noon." }]);
  });

  it("is a forwarded message with its files, whose author Discord does not tell", async () => {
    const { discord, ana, tom, general } = open;
    const files = [
      { name: "a.txt", content: "a" },
      { name: "b.png", content: "b" },
    ];
    const said = discord.say(tom, general, "the **deploy** failed", { files });
    const { id } = discord.forward(ana, said, discord.dm(ana));
    const message = await heard(id);
    expect(message).toMatchObject({ text: "", direct: true, quotes: [{ text: "the **deploy** failed" }] });
    expect(message.quotes?.[0]?.author).toBeUndefined();
    expect(message.files.map(({ name, type, size }) => ({ name, type, size }))).toEqual([
      { name: "a.txt", type: "text/plain; charset=utf-8", size: 1 },
      { name: "b.png", type: "image/png", size: 1 },
    ]);
  });

  it("is nothing of a message that is gone", async () => {
    const { discord, ana, tom, general } = open;
    const gone = discord.say(tom, general, "never mind");
    const first = discord.say(ana, general, "@Bellhop what?", { replyTo: gone });
    await heard(first.id);
    discord.delete(gone);
    const [read] = (await open.adapter.history(here(), { limit: 1 })).slice(-1);
    expect(read).toMatchObject({ id: first.id, text: "what?" });
    expect(read?.quotes).toBeUndefined();
  });

  it("is a voice message and a sticker, both by name", async () => {
    const { discord, ana } = open;
    const dm = discord.dm(ana);
    const voice = discord.say(ana, dm, "", { voice: 3 });
    expect((await heard(voice.id)).files).toMatchObject([{ name: "voice-message.ogg", type: "audio/ogg" }]);
    const sticker = discord.say(ana, dm, "", { stickers: ["wave"] });
    expect((await heard(sticker.id)).text).toBe(":wave:");
  });

  it("is everybody whom the text names, but neither the bot nor who is only replied to", async () => {
    const { discord, ana, tom, general } = open;
    const kim = discord.person("kim");
    const question = discord.say(tom, general, "lunch?");
    const { id } = discord.say(ana, general, `@Bellhop ask <@${kim.id}> and <@${kim.id}>`, { replyTo: question });
    const message = await heard(id);
    expect(message.text).toBe("ask @kim and @kim");
    expect(message.people).toEqual([{ id: `discord:${kim.id}`, name: "kim" }]);
  });

  it("is in the history too, except what stands there itself and what the bot's own answers reply to", async () => {
    const { discord, ana, tom, general, adapter } = open;
    const said = discord.say(tom, general, "ship it?");
    const asked = discord.say(ana, general, "@Bellhop shall we?", { replyTo: said });
    await heard(asked.id);
    await adapter.post(here(), { text: "yes" }, { id: "r1", since: Date.now(), answers: asked.id });
    const told = await adapter.history(here(), { limit: 10 });
    expect(told.map(({ text, quotes }) => ({ text, quotes }))).toEqual([
      { text: "ship it?", quotes: undefined },
      { text: "shall we?", quotes: undefined },
      { text: "yes", quotes: undefined },
    ]);
    const [newer] = await adapter.history(here(), { limit: 2 });
    expect(newer).toMatchObject({ text: "shall we?", quotes: [{ author: "tom", text: "ship it?" }] });
  });
});

describe("what other apps say on Discord", () => {
  it("is read from their embeds, but no previews of links", async () => {
    const { discord, ana, general, adapter } = open;
    const alert = { title: "p95 is high", description: "checkout", fields: [{ name: "now", value: "1.9 s" }] };
    await rest(discord, "POST", `/channels/${general.id}/messages`, { embeds: [alert] });
    const said = discord.say(ana, general, "see https://example.com/graph");
    await discord.until(() => said.linkPreviews.length > 0);
    const told = await adapter.history(here(), { limit: 10 });
    expect(told.map(({ text }) => text)).toEqual([
      "p95 is high\ncheckout\nnow: 1.9 s",
      "see https://example.com/graph",
    ]);
  });
});

describe("changes on Discord", () => {
  it("are heard when an edit calls the bot, with what the message passes on", async () => {
    const { discord, ana, tom, general } = open;
    const said = discord.say(tom, general, "ship it?");
    const message = discord.say(ana, general, "shall we?", { replyTo: said });
    expect((await heard(message.id)).mention).toBe(false);
    discord.edit(message, "@Bellhop shall we?");
    const edited = await inbox.next("edited");
    expect(edited.message).toMatchObject({ mention: true, text: "shall we?", quotes: [{ text: "ship it?" }] });
    expect(edited.message.answerAt).toEqual({ ...here(), thread: message.id });
  });

  it("are heard one by one when many messages are deleted at one stroke", async () => {
    const { discord, ana, general } = open;
    const messages = ["one", "two", "three"].map((text) => discord.say(ana, general, text));
    await inbox.message("three");
    discord.deleteMany(messages);
    for (const { id } of messages) {
      expect(await inbox.next("deleted", (event) => event.message === id)).toMatchObject({ address: here() });
    }
  });
});

describe("a bot on Discord without the Message Content intent", () => {
  const content = { messageContent: false, members: false };
  beforeEach(async () => {
    await open.close();
    inbox = recordingInbox();
    open = await openDiscord(inbox, { intents: content });
  });

  it("hears mentions, pinging replies and direct messages whole, in threads as well, and nothing of the rest", async () => {
    const { discord, ana, tom, general, adapter } = open;
    const thread = discord.thread(general, { by: ana, name: "plans" });
    const posted = await adapter.post(
      { ...here(), thread: thread.id },
      { text: "noon" },
      { id: "r1", since: Date.now() },
    );
    discord.say(ana, thread, "going on without a mention");
    discord.say(ana, thread, "quietly", { replyTo: posted.id, pingReplied: false });
    const secret = discord.say(tom, general, "a secret");
    discord.forward(ana, secret, thread);
    discord.say(ana, thread, "", { files: [{ name: "a.txt", content: "a" }] });
    const silent = discord.say(ana, thread, "not yet");
    discord.say(ana, thread, "are you sure?", { replyTo: posted.id });
    discord.say(ana, thread, "@Bellhop and now?", { replyTo: silent });
    discord.edit(silent, "@Bellhop after all");
    const edited = await inbox.next("edited");
    discord.say(ana, discord.dm(ana), "privately");
    await inbox.message("privately");
    const texts = inbox.heard.flatMap((event) => (event.kind === "message" ? [event.message] : []));
    expect(texts.map(({ text, mention }) => ({ text, mention }))).toEqual([
      { text: "are you sure?", mention: true },
      { text: "and now?", mention: true },
      { text: "privately", mention: false },
    ]);
    // What was replied to is as blank for it as everything else.
    expect(texts[1]?.quotes).toBeUndefined();
    expect(edited.message).toMatchObject({ text: "after all", mention: true });
  });

  it("reads no blanks: its own messages and those that call it are all there is", async () => {
    const { discord, ana, tom, general, adapter } = open;
    const thread = discord.thread(general, { from: discord.say(tom, general, "between us people") });
    discord.say(tom, thread, "a secret");
    const { id } = discord.say(ana, thread, "@Bellhop what is it about?");
    await adapter.post(
      { ...here(), thread: thread.id },
      { text: "no idea" },
      { id: "r1", since: Date.now(), answers: id },
    );
    const read = await adapter.history({ ...here(), thread: thread.id }, { limit: 10 });
    expect(read.map(({ text }) => text)).toEqual(["what is it about?", "no idea"]);
    expect(await adapter.history(here(), { limit: 10 })).toEqual([]);
  });

  it("says what does not work in its state, and once in the log", async () => {
    const { discord, adapter, until, log } = open;
    const missing = () => log.filter((line) => line.includes("Message Content intent"));
    expect(adapter.state()).toMatchObject({ state: "connected", error: expect.stringContaining("Message Content") });
    expect(missing()).toHaveLength(1);
    discord.gateway.disconnect(1006);
    await until(() => adapter.state().state === "reconnecting");
    await until(() => adapter.state().state === "connected");
    expect(adapter.state().error).toContain("Message Content");
    expect(missing()).toHaveLength(1);
  });
});

describe("who somebody is on Discord", () => {
  const person = () => open.adapter.who(`discord:${open.ana.id}`);

  it("says nothing of a language that nobody chose", async () => {
    expect((await person())?.language).toBeUndefined();
  });

  it("has the language of a Community's owner until they are known better, and then their own, restarts included", async () => {
    const { discord, general } = open;
    await discord.until(() => discord.commands.length > 0);
    discord.community("zh-TW");
    discord.say(open.ana, general, "after it");
    await inbox.message("after it");
    expect((await person())?.language).toBe("zh-TW");
    discord.slash(open.ana, general, "agents");
    const { command } = await inbox.next("command");
    expect((await person())?.language).toBe("en-US");
    await open.adapter.post(here(), { text: "ops", only: command.whisper }, { id: "r1", since: Date.now() });
    await open.restart();
    expect((await person())?.language).toBe("en-US");
  });

  it("has their roles and is no guest while in a server, and a guest after it", async () => {
    const { discord } = open;
    const kim = discord.person("kim", { roles: ["ops"] });
    const ops = discord.role("ops");
    expect(await open.adapter.who(`discord:${kim.id}`)).toMatchObject({
      guest: false,
      roles: [`discord:role:${ops.id}`],
    });
    const lee = discord.person("lee");
    discord.leave(lee);
    expect(await open.adapter.who(`discord:${lee.id}`)).toMatchObject({ guest: true, roles: [] });
  });

  it("is asked once for each, however many ask at once, and never past what Discord allows", async () => {
    const { discord, adapter } = open;
    const ids = ["a", "b", "c", "d", "e", "f", "g"].map((name) => discord.person(name).id);
    const found = await Promise.all([...ids, ...ids].map((id) => adapter.who(`discord:${id}`)));
    expect(found.filter((person) => person?.guest === false)).toHaveLength(14);
    const asked = discord.calls.filter(({ route }) => route === "/guilds/{guild_id}/members/{user_id}");
    expect(asked.map(({ status }) => status)).toEqual(ids.map(() => 200));
  });
});
