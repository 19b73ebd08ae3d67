import { type Client, Events } from "discord.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Channel, createDiscord, type Discord, type Person } from "./discord/discord.ts";
import { gatewaySocket, identify, rest } from "./discord/raw-bot.ts";
import { connectClient } from "./discord/real-bot.ts";

const guilds = 1;
const guildMessages = 1 << 9;
const content = 1 << 15;

let discord: Discord;
let ana: Person;
let team: Channel;
const closing: (() => unknown)[] = [];

async function open(options: Parameters<typeof createDiscord>[0] = {}): Promise<void> {
  discord = await createDiscord(options);
  ana = discord.person("ana");
  team = discord.channel("team");
  closing.push(() => discord.stop());
}

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe("the gateway closes on a client", () => {
  beforeEach(() => open());
  const closes: [string, number, (socket: Awaited<ReturnType<typeof gatewaySocket>>) => void][] = [
    ["that sends no JSON", 4002, (socket) => socket.sendText("{")],
    ["whose payload is over 4,096 bytes", 4002, (socket) => socket.send(1, "x".repeat(4096))],
    ["that uses an op of its own", 4001, (socket) => socket.send(99, null)],
    ["that speaks before it identifies", 4003, (socket) => socket.send(3, {})],
    ["with a wrong token", 4004, (socket) => socket.send(2, { ...identify(discord, guilds), token: "x" })],
    ["with intents that are none", 4013, (socket) => socket.send(2, identify(discord, 1 << 30))],
    ["with a shard that is none", 4010, (socket) => socket.send(2, { ...identify(discord, guilds), shard: [1, 1] })],
    ["that asks for presences", 4014, (socket) => socket.send(2, identify(discord, 1 << 8))],
    [
      "that identifies twice",
      4005,
      (socket) => {
        socket.send(2, identify(discord, guilds));
        socket.send(2, identify(discord, guilds));
      },
    ],
    [
      "that sends 121 payloads in a minute",
      4008,
      (socket) => {
        for (let at = 0; at < 121; at += 1) socket.send(1, null);
      },
    ],
    [
      "that acknowledges what was never sent",
      4007,
      (socket) => {
        socket.send(2, identify(discord, guilds));
        socket.send(1, 999);
      },
    ],
  ];
  it.each(closes)("%s", async (_, code, act) => {
    const socket = await gatewaySocket(discord);
    await socket.next(({ op }) => op === 10);
    act(socket);
    expect(await socket.closed).toBe(code);
  });

  it("that sends no heartbeat", async () => {
    await discord.stop();
    await open({ heartbeatMs: 20 });
    expect(await (await gatewaySocket(discord)).closed).toBe(4009);
    expect(discord.violations.map(({ rule }) => rule)).toEqual(["heartbeat missed"]);
  });

  it("of another version", async () => {
    expect(await (await gatewaySocket(discord, "v=6&encoding=json")).closed).toBe(4012);
  });
});

describe("privileged intents", () => {
  it("that the portal does not grant end the connection", async () => {
    await open({ intents: { messageContent: false } });
    const socket = await gatewaySocket(discord);
    socket.send(2, identify(discord, guilds | content));
    expect(await socket.closed).toBe(4014);
    await expect(connectClient(discord)).rejects.toThrow("disallowed intents");
  });

  it("hide what was said from a bot without them, but not its own, mentions and direct messages", async () => {
    await open({ intents: { messageContent: false } });
    const client = await connectClient(discord, { intents: ["Guilds", "GuildMessages", "DirectMessages"] });
    closing.push(() => client.destroy());
    const heard: string[] = [];
    client.on("messageCreate", (message) => heard.push(message.content));
    discord.say(ana, team, "secret");
    discord.say(ana, team, "@Bellhop open");
    const own = await rest(discord, "POST", `/channels/${team.id}/messages`, { content: "mine" });
    discord.say(ana, team, "yes", { replyTo: String(own.body.id) });
    discord.say(ana, discord.dm(ana), "direct");
    await new Promise((resolve) => client.on("messageCreate", () => heard.length === 5 && resolve(heard)));
    expect(heard).toEqual(["", `<@${discord.bot.id}> open`, "mine", "yes", "direct"]);
    const { list } = await rest(discord, "GET", `/channels/${team.id}/messages`);
    expect(list.map((message) => message.content)).toEqual(["yes", "mine", `<@${discord.bot.id}> open`, ""]);
  });

  it("taken away while it runs count from the next IDENTIFY on", async () => {
    await open({ limits: "off" });
    for (const granted of [true, false]) {
      discord.portal.messageContent = granted;
      const socket = await gatewaySocket(discord);
      socket.send(2, identify(discord, guilds | content));
      if (granted) await socket.next(({ t }) => t === "READY");
      else expect(await socket.closed).toBe(4014);
      socket.close();
    }
  });

  it("decide who may ask for all members of a server", async () => {
    await open();
    discord.person("anton");
    const socket = await gatewaySocket(discord);
    socket.send(2, identify(discord, guilds));
    socket.send(8, { guild_id: team.server?.id, query: "an", limit: 5, nonce: "n" });
    const { d } = await socket.next(({ t }) => t === "GUILD_MEMBERS_CHUNK");
    expect(Object(d).members.map((member: object) => Object(member).user.global_name)).toEqual(["ana", "anton"]);
    socket.send(8, { guild_id: team.server?.id, query: "", limit: 0 });
    expect(await socket.closed).toBe(4014);
  });

  it("decide which events come at all", async () => {
    await open();
    const socket = await gatewaySocket(discord);
    socket.send(2, identify(discord, guilds));
    await socket.next(({ t }) => t === "GUILD_CREATE");
    discord.say(ana, team, "hi");
    discord.thread(team, { by: ana });
    await socket.next(({ t }) => t === "THREAD_CREATE");
    expect(socket.received.map(({ t }) => t)).not.toContain("MESSAGE_CREATE");
  });
});

describe("a session", () => {
  let client: Client<true>;
  const heard: string[] = [];
  beforeEach(async () => {
    heard.length = 0;
    await open({ heartbeatMs: 60 });
    client = await connectClient(discord);
    client.on("messageCreate", (message) => heard.push(message.content));
    closing.push(() => client.destroy());
  });
  const hears = (text: string) =>
    new Promise((resolve) => {
      const look = () => heard.includes(text) && resolve(text);
      client.on("messageCreate", look);
      look();
    });

  it.each([
    ["is cut", 1006],
    ["closes with 4000", 4000],
  ])("is resumed with all it missed after the connection %s", async (_, code) => {
    discord.gateway.refuse(true);
    discord.gateway.disconnect(code);
    await discord.until(() => discord.gateway.connected === 0);
    discord.say(ana, team, "one");
    discord.say(ana, team, "two");
    discord.gateway.refuse(false);
    await hears("two");
    expect(heard).toEqual(["one", "two"]);
    expect(discord.gateway).toMatchObject({ identifies: 1, resumes: 1 });
  });

  it("is resumed when the gateway asks for a reconnect", async () => {
    discord.gateway.reconnect();
    await discord.until(() => discord.gateway.resumes === 1);
    discord.say(ana, team, "still here");
    await hears("still here");
  });

  it("that is invalid but resumable is resumed", async () => {
    discord.gateway.invalidate(true);
    await discord.until(() => discord.gateway.resumes === 1);
  });

  it("that is silent towards heartbeats is given up as dead and resumed", async () => {
    discord.gateway.deaf(true);
    await discord.until(() => discord.gateway.connected === 0);
    discord.gateway.deaf(false);
    await discord.until(() => discord.gateway.resumes === 1);
    expect(discord.violations).toEqual([]);
  });

  it("hears of an event twice, late, in the wrong order or never, as planned", async () => {
    // The client itself swallows a message told twice: count what comes over the wire.
    const told: string[] = [];
    client.on("raw", ({ t }: { t: string }) => told.push(t));
    discord.gateway.fault("TYPING_START", "repeat");
    discord.type(ana, team);
    discord.gateway.fault("MESSAGE_CREATE", "swap");
    discord.say(ana, team, "second");
    discord.say(ana, team, "first");
    discord.gateway.fault("MESSAGE_CREATE", "drop");
    discord.say(ana, team, "never");
    discord.gateway.fault("MESSAGE_CREATE", { delay: 30 });
    discord.say(ana, team, "late");
    discord.say(ana, team, "meanwhile");
    await hears("late");
    expect(told.filter((name) => name === "TYPING_START")).toHaveLength(2);
    expect(heard).toEqual(["first", "second", "meanwhile", "late"]);
  });

  it("learns of the server it is taken out of", async () => {
    const gone = new Promise((resolve) => client.once(Events.GuildDelete, resolve));
    discord.kickBot();
    await gone;
    expect(client.guilds.cache.size).toBe(0);
  });

  it("is told of a link preview as an update that is no edit", async () => {
    const update = new Promise<{ editedTimestamp: number | null; embeds: unknown[] }>((resolve) =>
      client.once("messageUpdate", (_, message) => resolve(message)),
    );
    discord.say(ana, team, "see https://example.org");
    expect(await update).toMatchObject({ editedTimestamp: null, embeds: [{}] });
  });
});

it("a token that was reset ends the connection and is refused from then on", async () => {
  await open({ token: "old" });
  const socket = await gatewaySocket(discord);
  socket.send(2, identify(discord, guilds));
  await socket.next(({ t }) => t === "READY");
  discord.resetToken();
  expect(await socket.closed).toBe(4004);
  expect(discord.token).not.toBe("old");
  expect((await rest(discord, "GET", "/users/@me", undefined, { authorization: "Bot old" })).status).toBe(401);
});

describe("IDENTIFY", () => {
  it("is taken once in five seconds and counted", async () => {
    await open();
    for (const answer of [0, 9]) {
      const socket = await gatewaySocket(discord);
      socket.send(2, identify(discord, guilds | guildMessages));
      await socket.next(({ op }) => op === answer);
      socket.close();
    }
    expect(discord.gateway.identifies).toBe(1);
    expect(discord.violations).toEqual([]);
    const tryAgain = async () => {
      const again = await gatewaySocket(discord);
      again.send(2, identify(discord, guilds));
      await again.next(({ op }) => op === 9);
      return discord.violations.map(({ rule }) => rule);
    };
    expect(await tryAgain()).toEqual(["identify rate"]);
    const { body } = await rest(discord, "GET", "/gateway/bot");
    expect(body.session_start_limit).toMatchObject({ total: 1000, remaining: 999, max_concurrency: 1 });
    // Whoever asked that begins anew: nothing more is held against it.
    expect(await tryAgain()).toEqual(["identify rate"]);
  });

  it("costs the token when it comes more than 1,000 times a day", async () => {
    await open({ limits: "off" });
    const { token } = discord;
    const socket = await gatewaySocket(discord);
    for (let count = 1; count <= 1000; count += 1) {
      socket.send(2, identify(discord, guilds));
      await discord.until(() => discord.gateway.connected === 1);
      discord.gateway.invalidate(false);
    }
    socket.send(2, identify(discord, guilds));
    expect(await socket.closed).toBe(4004);
    expect(discord.token).not.toBe(token);
    expect(discord.gateway.identifies).toBe(1001);
  });

  it("after a goodbye does not find the old session", async () => {
    await open({ limits: "off" });
    const socket = await gatewaySocket(discord);
    socket.send(2, identify(discord, guilds));
    const ready = await socket.next(({ t }) => t === "READY");
    socket.close(1000);
    await socket.closed;
    await discord.until(() => discord.gateway.connected === 0);
    const next = await gatewaySocket(discord);
    next.send(6, { token: discord.token, session_id: Object(ready.d).session_id, seq: 1 });
    expect((await next.next(({ op }) => op === 9)).d).toBe(false);
  });
});
