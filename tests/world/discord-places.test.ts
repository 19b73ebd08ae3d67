import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Channel, createDiscord, type Discord, type Person } from "./discord/discord.ts";
import { complaints, rest } from "./discord/raw-bot.ts";

let discord: Discord;
let ana: Person;
let team: Channel;

beforeAll(async () => {
  discord = await createDiscord({ limits: "off" });
  ana = discord.person("ana");
  team = discord.channel("team");
});
afterAll(() => discord.stop());

const post = (body: unknown, channel: Channel = team) =>
  rest(discord, "POST", `/channels/${channel.id}/messages`, body);

describe("without a permission", () => {
  it("a channel that may not be seen is closed altogether", async () => {
    const hidden = discord.channel("hidden", { type: "private", members: [ana], deny: ["ViewChannel"] });
    const message = discord.say(ana, hidden, "secret");
    for (const [method, path] of [
      ["GET", ""],
      ["GET", "/messages"],
      ["GET", `/messages/${message.id}`],
      ["POST", "/messages"],
      ["POST", "/typing"],
    ] as const)
      expect(
        (await rest(discord, method, `/channels/${hidden.id}${path}`, method === "POST" ? { content: "a" } : undefined))
          .body.code,
      ).toBe(50001);
  });

  it("posting, embeds, files, reactions, threads and reading back are each refused", async () => {
    const channel = discord.channel("narrow", { deny: ["SendMessages"] });
    const message = discord.say(ana, channel, "hi");
    const at = `/channels/${channel.id}`;
    expect((await post({ content: "a" }, channel)).body.code).toBe(50013);
    discord.permit(channel, {
      deny: ["EmbedLinks", "AttachFiles", "AddReactions", "CreatePublicThreads", "CreatePrivateThreads"],
    });
    expect((await post({ embeds: [{ title: "a" }] }, channel)).body.code).toBe(50013);
    const form = new FormData();
    form.set("files[0]", new Blob(["a"]), "a.txt");
    expect((await post(form, channel)).body.code).toBe(50013);
    const thumb = `${at}/messages/${message.id}/reactions/${encodeURIComponent("👍")}/@me`;
    expect((await rest(discord, "PUT", thumb)).body.code).toBe(50013);
    discord.react(ana, message, "👍");
    expect((await rest(discord, "PUT", thumb)).status).toBe(204);
    expect((await rest(discord, "POST", `${at}/messages/${message.id}/threads`, { name: "t" })).body.code).toBe(50013);
    expect((await rest(discord, "POST", `${at}/threads`, { name: "t" })).body.code).toBe(50013);
    discord.permit(channel, { deny: ["ReadMessageHistory"] });
    expect((await rest(discord, "GET", `${at}/messages`)).list).toEqual([]);
    expect((await rest(discord, "GET", `${at}/messages/${message.id}`)).body.code).toBe(50013);
    expect((await post({ content: "a", message_reference: { message_id: message.id } }, channel)).body.code).toBe(
      160002,
    );
  });

  it("a thread is closed to those who may not write in threads", async () => {
    const channel = discord.channel("no-threads", { deny: ["SendMessagesInThreads"] });
    const thread = discord.thread(channel, { by: ana });
    expect((await post({ content: "a" }, thread)).body.code).toBe(50013);
    expect((await post({ content: "a" }, channel)).status).toBe(200);
  });

  it("direct messages to who takes none are refused", async () => {
    const shy = discord.person("shy", { openToDms: false });
    expect((await post({ content: "a" }, discord.dm(shy))).body.code).toBe(50007);
  });

  it("a server the bot was taken out of is gone", async () => {
    const server = discord.server("Left");
    const channel = discord.channel("there", { server });
    discord.kickBot(server);
    expect((await rest(discord, "GET", `/guilds/${server.id}`)).body.code).toBe(10004);
    expect((await post({ content: "a" }, channel)).body.code).toBe(50001);
  });
});

describe("threads", () => {
  const open = (path: string, body: object) =>
    rest(discord, "POST", `/channels/${team.id}${path}`, { name: "t", ...body });

  it("grow once from a message, and bear its id", async () => {
    const message = discord.say(ana, team, "discuss");
    expect((await open(`/messages/${message.id}/threads`, {})).body.id).toBe(message.id);
    expect((await open(`/messages/${message.id}/threads`, {})).body.code).toBe(160004);
    const thread = discord.threadOf(message);
    expect(thread && discord.messages(thread)).toEqual([]);
    expect(thread && (await rest(discord, "GET", `/channels/${thread.id}/messages`)).list[0]?.type).toBe(21);
  });

  it("need a name, a known time, and a place that has threads", async () => {
    expect(complaints((await open("/threads", { name: "" })).body.errors)).toEqual(["name BASE_TYPE_REQUIRED"]);
    expect(complaints((await open("/threads", { name: "x".repeat(101) })).body.errors)).toEqual([
      "name BASE_TYPE_BAD_LENGTH",
    ]);
    expect(complaints((await open("/threads", { auto_archive_duration: 5 })).body.errors)).toEqual([
      "auto_archive_duration BASE_TYPE_CHOICES",
    ]);
    const dm = discord.dm(ana);
    const message = discord.say(ana, dm, "a");
    expect(
      (await rest(discord, "POST", `/channels/${dm.id}/messages/${message.id}/threads`, { name: "t" })).body.code,
    ).toBe(50003);
    const inThread = discord.say(ana, discord.thread(team, { by: ana }), "b");
    expect(
      (await rest(discord, "POST", `/channels/${inThread.channel.id}/messages/${inThread.id}/threads`, { name: "t" }))
        .body.code,
    ).toBe(50024);
    // Discord's own default is a private thread.
    expect((await open("/threads", {})).body.type).toBe(12);
  });

  it("that are archived wake for a post, not for an edit; locked ones do not wake", async () => {
    const thread = discord.thread(team, { by: ana });
    const { body } = await post({ content: "a" }, thread);
    discord.archiveThread(thread);
    const edit = () => rest(discord, "PATCH", `/channels/${thread.id}/messages/${body.id}`, { content: "b" });
    expect((await edit()).body.code).toBe(50083);
    expect(
      (
        await rest(
          discord,
          "PUT",
          `/channels/${thread.id}/messages/${body.id}/reactions/${encodeURIComponent("👍")}/@me`,
        )
      ).body.code,
    ).toBe(50083);
    expect((await post({ content: "wake" }, thread)).status).toBe(200);
    expect(thread.thread?.archived).toBe(false);
    expect((await edit()).status).toBe(200);
    discord.lockThread(thread);
    expect((await post({ content: "a" }, thread)).body.code).toBe(160005);
    discord.archiveThread(thread);
    expect((await post({ content: "a" }, thread)).body.code).toBe(50083);
  });

  it("of a forum begin with a message of the same id", async () => {
    const forum = discord.channel("forum", { type: "forum" });
    expect((await post({ content: "a" }, forum)).body.code).toBe(50024);
    const { body } = await rest(discord, "POST", `/channels/${forum.id}/threads`, {
      name: "idea",
      message: { content: "what if" },
    });
    expect(body.message).toMatchObject({ id: body.id, content: "what if" });
    expect(
      complaints((await rest(discord, "POST", `/channels/${forum.id}/threads`, { name: "idea" })).body.errors),
    ).toEqual(["message BASE_TYPE_REQUIRED"]);
  });
});
