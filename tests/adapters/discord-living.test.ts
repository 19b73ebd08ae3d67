import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { commands } from "../../adapters/discord/commands.ts";
import { createDiscordAdapter } from "../../adapters/discord/discord.ts";
import { PlatformRefusal } from "../../src/chat.ts";
import { createDiscord, type Discord } from "../world/discord/discord.ts";
import { recordingInbox } from "./contract/recording-inbox.ts";
import { adapterFor, memory, movableClock, openDiscord, watchedLog } from "./discord-platform.ts";

const opened: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.stop();
});

async function world(...options: Parameters<typeof createDiscord>): Promise<Discord> {
  const discord = await createDiscord(...options);
  opened.push(discord);
  return discord;
}

async function open(...options: Parameters<typeof openDiscord>) {
  const one = await openDiscord(...options);
  opened.push({ stop: one.close });
  return one;
}

const forever = new AbortController().signal;

describe("Discord's adapter starts", () => {
  it("not with a wrong token: it says so after one request, without beginning a session", async () => {
    const discord = await world();
    const options = { apiUrl: discord.apiUrl, log: watchedLog().log, kv: memory() };
    const adapter = createDiscordAdapter({ ...options, token: "wrong" });
    opened.push(adapter);
    await expect(adapter.start(recordingInbox(), forever)).rejects.toBeInstanceOf(PlatformRefusal);
    expect(adapter.state()).toMatchObject({ state: "refused", error: expect.stringContaining("DISCORD_TOKEN") });
    expect(discord.calls).toHaveLength(1);
    expect(discord.gateway.identifies).toBe(0);
  });

  it("as soon as Discord can be reached, and says meanwhile that it can't", async () => {
    const free = createServer();
    const port = await new Promise<number>((resolve) => {
      free.listen(0, "127.0.0.1", () => {
        const bound = free.address();
        resolve(bound && typeof bound === "object" ? bound.port : 0);
      });
    });
    await new Promise((resolve) => free.close(resolve));
    // The same moment and the same seed give the same token.
    const moment = Date.now();
    const clock = { ...movableClock().clock, now: () => moment };
    const probe = await createDiscord({ clock });
    const { token } = probe;
    await probe.stop();
    const apiUrl = `http://127.0.0.1:${port}/api`;
    const { log, until } = watchedLog();
    const adapter = createDiscordAdapter({ token, apiUrl, log, kv: memory() });
    opened.push(adapter);
    const started = adapter.start(recordingInbox(), forever);
    await until(() => adapter.state().state === "reconnecting");
    expect(adapter.state().error).toContain("can't be reached");
    await world({ port, clock });
    await started;
    expect(adapter.state()).toEqual({ state: "connected" });
  });

  it("no more sessions than twenty an hour, restarts included", async () => {
    const discord = await world();
    const kv = memory();
    const now = Date.now();
    await kv.set(
      "discord:sessions-begun",
      Array.from({ length: 20 }, (_, n) => now - n * 1_000),
    );
    const { log, until } = watchedLog();
    const adapter = adapterFor(discord, kv, log);
    opened.push(adapter);
    const giveUp = new AbortController();
    const started = adapter.start(recordingInbox(), giveUp.signal);
    await until(() => adapter.state().error?.includes("20 sessions within an hour") ?? false);
    expect(discord.gateway.identifies).toBe(0);
    giveUp.abort();
    await expect(started).rejects.toThrow();
  });

  it("and tells Discord of its commands only when they changed", async () => {
    const one = await open(recordingInbox());
    await one.discord.until(() => one.discord.commands.length > 0);
    expect(one.discord.commands.map(({ name }) => name)).toEqual(commands.map(({ name }) => name));
    await one.kv.until(() => [...one.kv.kept.keys()].some((key) => key.includes("commands")));
    await one.restart();
    one.discord.say(one.ana, one.general, "a whole round trip");
    expect(one.discord.calls.filter(({ method }) => method === "PUT")).toHaveLength(1);
  });
});

describe("Discord's adapter goes on", () => {
  it("after its connection was cut, with all that was said meanwhile", async () => {
    const inbox = recordingInbox();
    const { discord, ana, general, adapter, until } = await open(inbox);
    discord.gateway.disconnect(1006);
    await until(() => adapter.state().state === "reconnecting");
    discord.say(ana, general, "in between");
    await inbox.message("in between");
    await until(() => adapter.state().state === "connected");
    expect(discord.gateway.resumes).toBe(1);
  });

  it("with a new session when Discord forgot the old one, and reads what it missed", async () => {
    // Five seconds must lie between two sessions.
    const inbox = recordingInbox({ within: 12_000 });
    const { discord, ana, tom, general, moveOn } = await open(inbox);
    const thread = discord.thread(general, { by: ana, name: "plans" });
    discord.say(ana, general, "before");
    await inbox.message("before");
    moveOn(5_000);
    discord.gateway.invalidate(false);
    await discord.until(() => discord.gateway.connected === 0);
    discord.say(tom, thread, "@Bellhop in the thread");
    discord.say(ana, general, "@Bellhop in the channel");
    await inbox.message("in the thread");
    await inbox.message("in the channel");
    const texts = inbox.heard.flatMap((event) => (event.kind === "message" ? [event.message.text] : []));
    expect(texts).toEqual(["before", "in the thread", "in the channel"]);
  });

  it("after a restart with what was said in DMs and in threads long asleep, oldest first", async () => {
    const inbox = recordingInbox();
    const one = await open(inbox);
    const { discord, ana, tom, general } = one;
    const dm = discord.dm(ana);
    discord.say(ana, dm, "hello");
    await inbox.message("hello");
    const from = discord.say(tom, general, "@Bellhop start");
    const { answerAt } = await inbox.message("start");
    await one.adapter.post(answerAt, { text: "started" }, { id: "r1", since: Date.now(), answers: from.id });
    const thread = discord.threadOf(from);
    if (!thread) throw new Error("no thread was made");
    await one.restart(() => {
      discord.say(tom, thread, "@Bellhop go on");
      discord.archiveThread(thread);
      discord.say(ana, dm, "are you back?");
      discord.say(ana, general, "lunch?");
    });
    await inbox.message("lunch?");
    const texts = inbox.heard.flatMap((event) => (event.kind === "message" ? [event.message.text] : []));
    expect(texts).toEqual(["hello", "start", "go on", "are you back?", "lunch?"]);
  });

  it("after a restart during which Discord was in trouble, once it answers again", async () => {
    const inbox = recordingInbox({ within: 14_000 });
    const one = await open(inbox);
    const { discord, ana, general } = one;
    discord.say(ana, general, "before");
    await inbox.message("before");
    await one.restart(() => {
      discord.say(ana, general, "meanwhile");
      discord.faults.plan("GET /channels/{channel_id}/messages", { do: "error", status: 503, applied: false }, 4);
    });
    await inbox.message("meanwhile");
  });

  it("after a restart with what was said while it was only finishing its work", async () => {
    const inbox = recordingInbox();
    const one = await open(inbox);
    const { discord, ana, general } = one;
    discord.say(ana, general, "before");
    await inbox.message("before");
    await one.adapter.quiet();
    one.moveOn(60_000);
    discord.say(ana, general, "meanwhile");
    await one.restart();
    await inbox.message("meanwhile");
  });

  it("after a restart with what the process before it had not come to read, whatever that one heard since", async () => {
    const inbox = recordingInbox();
    const one = await open(inbox);
    const { discord, ana, general } = one;
    discord.say(ana, general, "before");
    await inbox.message("before");
    await one.restart(async () => {
      discord.say(ana, general, "missed");
      await one.kv.set("discord:missed-since", Date.now() - 60_000);
      await one.kv.set("discord:listening-until", Date.now() + 600_000);
    });
    await inbox.message("missed");
    await one.kv.until(() => one.kv.kept.get("discord:missed-since") === null);
  });

  it("after a restart with the newest of much, and without what was said while it listened", async () => {
    const inbox = recordingInbox();
    const one = await open(inbox);
    const { discord, ana, general } = one;
    const quiet = discord.channel("quiet");
    discord.say(ana, quiet, "heard long ago");
    await inbox.message("heard long ago");
    inbox.heard.splice(0);
    const day = 86_400_000;
    one.moveOn(day);
    await one.restart(async () => {
      // As if it had listened for that whole day, in which nobody said anything.
      await one.kv.set("discord:listening-until", Date.now() + day);
      for (let n = 0; n < 520; n++) discord.say(ana, general, `number ${n}`);
    });
    await inbox.message("number 519");
    const texts = inbox.heard.flatMap((event) => (event.kind === "message" ? [event.message.text] : []));
    expect(texts.slice(0, 2)).toEqual(["number 20", "number 21"]);
    expect(texts).toHaveLength(500);
  });

  it("with a new session when Discord ended the old one for an intent that was taken and given back", async () => {
    const inbox = recordingInbox();
    const { discord, ana, general, adapter, moveOn, until } = await open(inbox);
    moveOn(5_000);
    discord.gateway.disconnect(4014);
    await until(() => adapter.state().state === "reconnecting");
    discord.say(ana, general, "@Bellhop still there?");
    await inbox.message("still there?");
    expect(adapter.state()).toEqual({ state: "connected" });
  });

  it("with less when Discord refuses an intent that the portal seemed to grant", async () => {
    const discord = await world({ intents: { messageContent: false, members: false } });
    const front = await grantingAll(discord);
    const kv = memory();
    const adapter = createDiscordAdapter({ token: discord.token, apiUrl: front.apiUrl, log: watchedLog().log, kv });
    opened.push(front, adapter);
    const inbox = recordingInbox();
    await adapter.start(inbox, forever);
    expect(adapter.state()).toMatchObject({
      state: "connected",
      error: expect.stringContaining("Message Content intent is off"),
    });
    discord.say(discord.person("ana"), discord.channel("general"), "@Bellhop hi");
    await inbox.message("hi");
  });

  it("refused when its token is taken from it while it runs, and says what to do", async () => {
    const { discord, adapter, until } = await open(recordingInbox());
    discord.gateway.disconnect(4004);
    await until(() => adapter.state().state === "refused");
    expect(adapter.state().error).toContain("DISCORD_TOKEN");
    discord.violations.splice(0);
  });

  it("through one request that Discord wrongly calls unauthorized, and refused when it means it", async () => {
    const discord = await world();
    const front = await grantingAll(discord);
    const { log, until } = watchedLog();
    const adapter = createDiscordAdapter({ token: discord.token, apiUrl: front.apiUrl, log, kv: memory() });
    opened.push(front, adapter);
    await adapter.start(recordingInbox(), forever);
    const here = { adapter: "discord", channel: discord.channel("general").id };
    const post = () => adapter.post(here, { text: "noon" }, { id: "r1", since: Date.now() });
    front.refuse((path) => path.endsWith("/messages"));
    await expect(post()).rejects.toMatchObject({ final: false });
    front.refuse(() => false);
    await post();
    expect(adapter.state()).toEqual({ state: "connected" });
    front.refuse(() => true);
    await expect(post()).rejects.toMatchObject({ final: false });
    await until(() => adapter.state().state === "refused");
  });
});

/** Stands before the simulator's API: says that every intent is granted, and calls requests unauthorized if told to. */
async function grantingAll(discord: Discord) {
  let refused = (_path: string) => false;
  const front = createHttpServer(async (request, response) => {
    const path = request.url ?? "";
    const answer = (status: number, body: string) => {
      response.writeHead(status, { "content-type": "application/json" }).end(body);
    };
    if (refused(path)) return answer(401, JSON.stringify({ message: "401: Unauthorized", code: 0 }));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = "GET", headers } = request;
    const passed = await fetch(new URL(path, discord.apiUrl), {
      method,
      headers: {
        authorization: headers.authorization ?? "",
        "user-agent": headers["user-agent"] ?? "",
        "content-type": "application/json",
      },
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    });
    const body = await passed.text();
    const application = path.includes("oauth2/applications");
    answer(passed.status, application ? JSON.stringify({ ...JSON.parse(body), flags: (1 << 18) | (1 << 14) }) : body);
  });
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
  const bound = front.address();
  const port = bound && typeof bound === "object" ? bound.port : 0;
  return {
    apiUrl: `http://127.0.0.1:${port}/api`,
    refuse(paths: (path: string) => boolean) {
      refused = paths;
    },
    stop: () => new Promise((resolve) => front.close(resolve).closeAllConnections()),
  };
}

describe("Discord's adapter knows", () => {
  it("a person's roles and name in the server, and the language of their client once they used a command", async () => {
    const inbox = recordingInbox();
    const { discord, general, adapter } = await open(inbox);
    const mia = discord.person("mia", { roles: ["oncall"], locale: "zh-TW" });
    const role = discord.role("oncall");
    expect(await adapter.who(`discord:${mia.id}`)).toEqual({
      id: `discord:${mia.id}`,
      name: "mia",
      bot: false,
      guest: false,
      roles: [`discord:role:${role.id}`],
    });
    await discord.until(() => discord.commands.length > 0);
    discord.slash(mia, general, "agents");
    await inbox.next("command");
    expect((await adapter.who(`discord:${mia.id}`))?.language).toBe("zh-TW");
  });

  it("who speaks without asking Discord", async () => {
    const inbox = recordingInbox();
    const { discord, ana, general, adapter } = await open(inbox);
    discord.say(ana, general, "hello");
    const { author } = await inbox.message("hello");
    const before = discord.calls.filter(({ method }) => method === "GET").length;
    await adapter.who(author.id);
    await adapter.canRead(author.id, { adapter: "discord", channel: general.id });
    expect(discord.calls.filter(({ method }) => method === "GET")).toHaveLength(before);
  });

  it("that private channels and private threads are for those in them", async () => {
    const { discord, ana, tom, general, adapter } = await open(recordingInbox());
    const secret = discord.channel("secret", { type: "private", members: [ana] });
    const thread = discord.thread(general, { by: ana, name: "two of us", isPrivate: true });
    discord.joinThread(discord.bot, thread);
    const may = (person: { id: string }, channel: string, inThread?: string) =>
      adapter.canRead(`discord:${person.id}`, { adapter: "discord", channel, ...(inThread && { thread: inThread }) });
    expect(await may(ana, secret.id)).toBe(true);
    expect(await may(tom, secret.id)).toBe(false);
    expect(await may(ana, general.id, thread.id)).toBe(true);
    expect(await may(tom, general.id, thread.id)).toBe(false);
  });

  it("a long history page by page, and a forum's thread from its own first message", async () => {
    const { discord, ana, general, adapter } = await open(recordingInbox());
    for (let n = 0; n < 130; n++) discord.say(ana, general, `line ${n}`);
    const told = await adapter.history({ adapter: "discord", channel: general.id }, { limit: 120 });
    expect(told.map(({ text }) => text)).toEqual(Array.from({ length: 120 }, (_, n) => `line ${n + 10}`));
    const forum = discord.channel("ideas", { type: "forum" });
    const thread = discord.thread(forum, { by: ana, name: "Dark mode", text: "how hard?" });
    discord.say(ana, thread, "and light mode?");
    const post = await adapter.history({ adapter: "discord", channel: forum.id, thread: thread.id }, { limit: 30 });
    expect(post.map(({ text }) => text)).toEqual(["how hard?", "and light mode?"]);
  });

  it("its own earlier answers without their tool lines and footers", async () => {
    const { general, adapter } = await open(recordingInbox());
    const here = { adapter: "discord", channel: general.id };
    const lines = [{ id: "1", title: "clock now", state: "done" as const }];
    await adapter.post(here, { text: "It is noon.", lines, footer: "ops" }, { id: "r1", since: Date.now() });
    expect((await adapter.history(here, { limit: 5 })).map(({ text }) => text)).toEqual(["It is noon."]);
  });

  it("where it does not fetch files from", async () => {
    const { adapter } = await open(recordingInbox());
    for (const ref of [
      "http://169.254.169.254/latest",
      "https://cdn.discordapp.com.evil.test/x",
      "file:///etc/passwd",
    ]) {
      const file = { name: "x", type: "text/plain", size: 1, ref };
      await expect(adapter.read(file, forever)).rejects.toThrow(/hosts|host/);
    }
  });
});
