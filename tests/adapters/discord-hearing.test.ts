import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RecordingInbox, recordingInbox } from "./contract/recording-inbox.ts";
import { openDiscord } from "./discord-platform.ts";

type Open = Awaited<ReturnType<typeof openDiscord>>;

describe("Discord hears", () => {
  let inbox: RecordingInbox;
  let open: Open;
  beforeEach(async () => {
    inbox = recordingInbox();
    open = await openDiscord(inbox);
  });
  afterEach(() => open.close());

  const texts = () => inbox.heard.flatMap((event) => (event.kind === "message" ? [event.message.text] : []));

  it("a reply that pings the bot as a mention, and one that does not as none", async () => {
    const { discord, ana, general, adapter } = open;
    const where = { adapter: "discord", channel: general.id };
    const { id } = await adapter.post(where, { text: "noon" }, { id: "r1", since: Date.now() });
    discord.say(ana, general, "are you sure?", { replyTo: id });
    discord.say(ana, general, "I doubt it", { replyTo: id, pingReplied: false });
    expect((await inbox.message("are you sure?")).mention).toBe(true);
    expect((await inbox.message("I doubt it")).mention).toBe(false);
  });

  it("people by the names they go by", async () => {
    const { discord, ana, tom, general } = open;
    discord.say(ana, general, `@Bellhop what did <@${tom.id}> say in <#${general.id}>?`);
    const message = await inbox.message("what did @tom say in #general?");
    expect(message.author).toEqual({ id: `discord:${ana.id}`, name: "ana", bot: false });
  });

  it("other bots as bots", async () => {
    const robot = open.discord.person("robot", { bot: true });
    open.discord.say(robot, open.general, "@Bellhop ping");
    expect((await inbox.message("ping")).author.bot).toBe(true);
  });

  it("a forum's thread under its forum", async () => {
    const { discord, ana } = open;
    const forum = discord.channel("ideas", { type: "forum" });
    const thread = discord.thread(forum, { by: ana, name: "Dark mode", text: "@Bellhop is it hard?" });
    const message = await inbox.message("is it hard?");
    expect(message.address).toEqual({ adapter: "discord", channel: forum.id, thread: thread.id });
    expect(message.answerAt).toEqual(message.address);
  });

  it("in a channel without threads that the answer belongs into the channel", async () => {
    const { discord, ana } = open;
    const strict = discord.channel("strict", { deny: ["CreatePublicThreads"] });
    discord.say(ana, strict, "@Bellhop here?");
    expect((await inbox.message("here?")).answerAt).toEqual({ adapter: "discord", channel: strict.id });
  });

  it("no edits of its own, and people's edits with a key of their own each", async () => {
    const { discord, ana, general, adapter } = open;
    const where = { adapter: "discord", channel: general.id };
    const posted = await adapter.post(where, { text: "noon" }, { id: "r1", since: Date.now() });
    await adapter.edit(posted, { text: "one" });
    const message = discord.say(ana, general, "lunch?");
    discord.edit(message, "lunch at 12?");
    await inbox.next("edited", (event) => event.message.text === "lunch at 12?");
    discord.edit(message, "lunch at 13?");
    await inbox.next("edited", (event) => event.message.text === "lunch at 13?");
    const keys = inbox.heard.flatMap((event) => (event.kind === "edited" ? [event.key] : []));
    expect(new Set(keys).size).toBe(2);
  });

  it("reactions put and taken back, but not its own", async () => {
    const { discord, ana, tom, general } = open;
    const message = discord.say(ana, general, "ship it?");
    discord.react(tom, message, "👍");
    discord.unreact(tom, message, "👍");
    const taken = await inbox.next("reaction", (event) => !event.added);
    expect(taken).toMatchObject({ message: message.id, emoji: "👍", person: { id: `discord:${tom.id}`, name: "tom" } });
    expect(inbox.heard.filter((event) => event.kind === "reaction")).toHaveLength(2);
  });

  it("that somebody joined the server, told where Discord greets", async () => {
    const kim = open.discord.person("kim");
    // The simulated server has no greeting channel of its own.
    const joined = await inbox.next("joined", (event) => event.person.id === `discord:${kim.id}`);
    expect(joined).toMatchObject({ ours: false, person: { name: "kim" }, address: { channel: open.general.id } });
  });

  it("that it was invited to a server a moment ago, once", async () => {
    const { discord, general, ana } = open;
    const joined = await inbox.next("joined", (event) => event.ours);
    expect(joined).toMatchObject({
      person: { id: `discord:${discord.bot.id}`, bot: true },
      address: { channel: general.id },
    });
    await open.restart();
    discord.say(ana, general, "after it");
    await inbox.message("after it");
    expect(inbox.heard.filter((event) => event.kind === "joined" && event.ours)).toHaveLength(1);
  });

  it("that it was brought into a thread, but not into those it makes itself", async () => {
    const { discord, ana, general, adapter } = open;
    discord.say(ana, general, "@Bellhop hi");
    const { id, answerAt } = await inbox.message("hi");
    await adapter.post(answerAt, { text: "hello" }, { id: "r1", since: Date.now(), answers: id });
    const thread = discord.thread(general, { by: ana, name: "plans" });
    discord.joinThread(discord.bot, thread);
    const joined = await inbox.next("joined", (event) => event.ours && !!event.address.thread);
    expect(joined.address).toEqual({ adapter: "discord", channel: general.id, thread: thread.id });
    const threads = inbox.heard.filter((event) => event.kind === "joined" && event.address.thread !== undefined);
    expect(threads).toHaveLength(1);
  });

  it("an event told twice under one key", async () => {
    const { discord, ana, general } = open;
    discord.gateway.fault("MESSAGE_CREATE", "repeat");
    discord.say(ana, general, "once");
    discord.say(ana, general, "after it");
    await inbox.message("after it");
    expect(texts()).toEqual(["once", "after it"]);
  });

  it("again what the journal could not take", async () => {
    const { discord, ana, general } = open;
    inbox.refuseNext();
    discord.say(ana, general, "do not lose me");
    expect(await inbox.message("do not lose me")).toMatchObject({ direct: false });
  });

  it("a thread that nobody told of before, by asking", async () => {
    const { discord, ana, general } = open;
    const thread = discord.thread(general, { by: ana, name: "old" });
    discord.archiveThread(thread);
    await open.restart();
    discord.say(ana, thread, "@Bellhop still there?");
    const message = await inbox.message("still there?");
    expect(message.address).toEqual({ adapter: "discord", channel: general.id, thread: thread.id });
  });

  it("a bot that may not read all: mentions and DMs whole, the rest not at all", async () => {
    await open.close();
    inbox = recordingInbox();
    open = await openDiscord(inbox, { intents: { messageContent: false, members: false } });
    const { discord, ana, general, adapter } = open;
    discord.say(ana, general, "between us people");
    discord.say(ana, general, "@Bellhop for you");
    discord.say(ana, discord.dm(ana), "privately");
    await inbox.message("privately");
    expect(texts()).toEqual(["for you", "privately"]);
    expect(adapter.state().state).toBe("connected");
    expect(adapter.state().error).toContain("Message Content intent");
  });
});

describe("slash commands and buttons on Discord", () => {
  let inbox: RecordingInbox;
  let open: Open;
  beforeEach(async () => {
    inbox = recordingInbox();
    open = await openDiscord(inbox);
    await open.discord.until(() => open.discord.commands.length > 0);
  });
  afterEach(() => open.close());

  const here = () => ({ adapter: "discord", channel: open.general.id });

  it("are told with the agent apart, a subcommand as its word", async () => {
    const { discord, ana, general } = open;
    discord.slash(ana, general, "ask", { question: "why is it slow?", agent: "ops" });
    const { command } = await inbox.next("command");
    expect(command).toMatchObject({ name: "ask", text: "why is it slow?", agent: "ops", address: here() });
    discord.slash(ana, general, "bellhop", {}, { subcommand: "why" });
    const second = await inbox.next("command", (event) => event.command.name === "bellhop");
    expect(second.command).toMatchObject({ text: "why", person: { id: `discord:${ana.id}` } });
    expect(second.command.agent).toBeUndefined();
  });

  it("are acknowledged once journalled, and not before", async () => {
    const { discord, ana, general, adapter } = open;
    const release = inbox.hold();
    const asked = discord.slash(ana, general, "agents");
    await inbox.next("command");
    await adapter.post(here(), { text: "a whole round trip" }, { id: "r1", since: Date.now() });
    expect(asked.answeredAt).toBeUndefined();
    release();
    await discord.until(() => asked.answeredAt);
  });

  it("are journalled even when it is too late for Discord, and answered by direct message then", async () => {
    const { discord, ana, general, adapter, moveOn } = open;
    const release = inbox.hold();
    const asked = discord.slash(ana, general, "agents");
    const { command } = await inbox.next("command");
    moveOn(4_000);
    release();
    await adapter.post(here(), { text: "researcher, ops", only: command.whisper }, { id: "r1", since: Date.now() });
    const [told] = discord.messages(discord.dm(ana));
    expect(told?.text).toContain("researcher, ops");
    expect(told?.text).toContain(`<#${general.id}>`);
    expect(asked.answeredAt).toBeUndefined();
    // Answering late is a violation in the simulator's book, and here it is the lesser evil.
    discord.violations.splice(0);
  });

  it("are answered in place of “thinking…”, seen by the asker only, further words after it", async () => {
    const { discord, ana, tom, general, adapter } = open;
    discord.slash(ana, general, "agents");
    const { command } = await inbox.next("command");
    await adapter.post(here(), { text: "researcher", only: command.whisper }, { id: "r1", since: Date.now() });
    await adapter.post(here(), { text: "ops", only: command.whisper }, { id: "r2", since: Date.now() });
    const seen = discord.messages(general, ana);
    expect(seen.map(({ text, thinking, ephemeral }) => ({ text, thinking, ephemeral }))).toEqual([
      { text: "researcher", thinking: false, ephemeral: true },
      { text: "ops", thinking: false, ephemeral: true },
    ]);
    expect(discord.messages(general, tom)).toEqual([]);
  });

  it("are answered in place of “thinking…” too when something public came first", async () => {
    const { discord, ana, general, adapter } = open;
    discord.slash(ana, general, "ask", { question: "what time is it?" });
    const { command } = await inbox.next("command");
    await adapter.post(here(), { text: "ana asks researcher: what time is it?" }, { id: "r1", since: Date.now() });
    await adapter.post(here(), { text: "see the thread", only: command.whisper }, { id: "r2", since: Date.now() });
    const [whispered, asked] = discord.messages(general, ana);
    expect(whispered).toMatchObject({ text: "see the thread", thinking: false, ephemeral: true });
    expect(asked).toMatchObject({ ephemeral: false });
  });

  it("leave no “thinking…” behind when the answer is for everybody", async () => {
    const { discord, ana, general, adapter } = open;
    discord.slash(ana, general, "ask", { question: "what time is it?" });
    const { command } = await inbox.next("command");
    await adapter.post(command.address, { text: "noon" }, { id: "r1", since: Date.now() });
    await discord.until(() => discord.messages(general, ana).every(({ thinking }) => !thinking));
    expect(discord.messages(general, ana).map(({ text }) => text)).toEqual(["noon"]);
  });

  it("are whispered to by direct message after a quarter of an hour, and honestly not at all when that is closed", async () => {
    const { discord, ana, tom, general, adapter, moveOn } = open;
    const asked = discord.slash(ana, general, "agents");
    const { command } = await inbox.next("command");
    await discord.until(() => asked.answeredAt);
    moveOn(16 * 60_000);
    const old = { ...command.whisper, via: `100000:${command.whisper.via?.split(":")[1]}` };
    await adapter.post(here(), { text: "late news", only: old }, { id: "r1", since: Date.now() });
    expect(discord.messages(discord.dm(ana)).map(({ text }) => text)).toEqual([`-# <#${general.id}>\nlate news`]);
    const shy = discord.person("shy", { openToDms: false });
    const only = { person: `discord:${shy.id}` as const };
    await expect(adapter.post(here(), { text: "psst", only }, { id: "r2", since: Date.now() })).rejects.toMatchObject({
      name: "DeliveryError",
      final: true,
    });
    expect(discord.messages(general, tom)).toEqual([]);
  });

  it("change what only one person sees for that person, and never make it public", async () => {
    const { discord, ana, tom, general, adapter } = open;
    discord.slash(ana, general, "agents");
    const { command } = await inbox.next("command");
    const card = { buttons: [{ id: "create", text: "Create" }] };
    const only = command.whisper;
    const posted = await adapter.post(here(), { text: "Create it?", card, only }, { id: "r1", since: Date.now() });
    await adapter.edit(posted, { text: "Shall I create it?", card });
    await open.restart();
    discord.press(ana, posted.id, "Create");
    await inbox.next("press");
    await adapter.edit(posted, { text: "created" }).catch(() => {});
    await open.adapter.edit(posted, { text: "created" });
    expect(discord.messages(general, ana).map(({ text, ephemeral }) => ({ text, ephemeral }))).toEqual([
      { text: "created", ephemeral: true },
    ]);
    await open.restart();
    const edit = open.adapter.edit(posted, { text: "secret" });
    await expect(edit).rejects.toMatchObject({ name: "DeliveryError", final: true });
    expect(discord.messages(general, tom)).toEqual([]);
  });

  it("are told once by direct message, when Discord's answer to it is lost", async () => {
    const { discord, ana, adapter } = open;
    discord.faults.plan("POST /channels/{channel_id}/messages", { do: "lose" });
    const only = { person: `discord:${ana.id}` as const };
    await adapter.post(here(), { text: "psst", only }, { id: "r1", since: Date.now() });
    expect(discord.messages(discord.dm(ana))).toHaveLength(1);
  });

  it("tell in the direct message itself what is changed in it later", async () => {
    const { discord, ana, adapter } = open;
    const only = { person: `discord:${ana.id}` as const };
    const posted = await adapter.post(here(), { text: "psst", only }, { id: "r1", since: Date.now() });
    await adapter.edit(posted, { text: "never mind" });
    expect(discord.messages(discord.dm(ana)).map(({ text }) => text)).toEqual(["never mind"]);
  });
});
