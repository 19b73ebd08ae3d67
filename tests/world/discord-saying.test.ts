import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Channel, createDiscord, type Discord, type Person } from "./discord/discord.ts";
import { complaints, gatewaySocket, identify, type RawSocket, rest } from "./discord/raw-bot.ts";

let discord: Discord;
let ana: Person;
let tom: Person;
let team: Channel;
let socket: RawSocket;

async function open(messageContent = true) {
  discord = await createDiscord({ limits: "off", intents: { messageContent } });
  [ana, tom] = [discord.person("ana"), discord.person("tom")];
  team = discord.channel("team");
  socket = await gatewaySocket(discord);
  // Servers, messages and direct messages; their content too where the portal grants it.
  const intents = (1 << 0) | (1 << 9) | (1 << 12) | (messageContent ? 1 << 15 : 0);
  socket.send(2, identify(discord, intents));
  await socket.next(({ t }) => t === "GUILD_CREATE");
}
beforeEach(() => open());
afterEach(async () => {
  socket.close();
  await discord.stop();
});

const told = async (id: string) =>
  Object((await socket.next(({ t, d }) => t === "MESSAGE_CREATE" && Object(d).id === id)).d);

describe("a forwarded message", () => {
  it("holds what was said and its files, but not who said it", async () => {
    const said = discord.say(tom, team, "look", { files: [{ name: "a.txt", content: "a" }] });
    const wire = await told(discord.forward(ana, said, discord.dm(ana)).id);
    expect(wire).toMatchObject({
      content: "",
      flags: 1 << 14,
      author: { id: ana.id },
      message_reference: { type: 1, message_id: said.id, channel_id: team.id },
      message_snapshots: [{ message: { content: "look", attachments: [{ filename: "a.txt", size: 1 }] } }],
    });
    expect(wire.message_snapshots[0].message).not.toHaveProperty("author");
    expect(wire.referenced_message).toBeUndefined();
  });

  it("stays as it was when the first one is changed or deleted", async () => {
    const said = discord.say(tom, team, "look");
    const passed = discord.forward(ana, said, team);
    discord.edit(said, "do not look");
    discord.delete(said);
    const { body } = await rest(discord, "GET", `/channels/${team.id}/messages/${passed.id}`);
    expect(body).toMatchObject({ message_snapshots: [{ message: { content: "look" } }] });
  });

  it("is as blank as others to a bot without the Message Content intent, except in direct messages", async () => {
    socket.close();
    await discord.stop();
    await open(false);
    const said = discord.say(tom, team, "look", { files: [{ name: "a.txt", content: "a" }] });
    const blank = await told(discord.forward(ana, said, team).id);
    expect(blank.message_snapshots).toMatchObject([{ message: { content: "", attachments: [] } }]);
    const whole = await told(discord.forward(ana, said, discord.dm(ana)).id);
    expect(whole.message_snapshots).toMatchObject([{ message: { content: "look", attachments: [{ size: 1 }] } }]);
  });

  it("is none of a place that the person does not see", () => {
    const hidden = discord.channel("hidden", { type: "private", members: [ana] });
    const secret = discord.say(ana, hidden, "secret");
    expect(() => discord.forward(tom, secret, team)).toThrow("may not pass");
  });
});

describe("people on Discord", () => {
  it("send voice messages alone, and stickers by name", async () => {
    const voice = await told(discord.say(ana, team, "", { voice: 3 }).id);
    expect(voice).toMatchObject({
      content: "",
      flags: 1 << 13,
      attachments: [{ filename: "voice-message.ogg", content_type: "audio/ogg", duration_secs: 3 }],
    });
    const sticker = await told(discord.say(ana, team, "", { stickers: ["wave"] }).id);
    expect(sticker.sticker_items).toMatchObject([{ name: "wave", format_type: 1 }]);
    expect(() => discord.say(ana, team, "words", { voice: 3 })).toThrow("stands alone");
    expect(() => discord.say(ana, team, "")).toThrow("nothing to send");
    const files = Array.from({ length: 11 }, (_, n) => ({ name: `${n}.txt`, content: "a" }));
    expect(() => discord.say(ana, team, "", { files })).toThrow("10 files");
  });

  it("delete many messages of one channel at one stroke, told as one", async () => {
    const messages = ["one", "two", "three"].map((text) => discord.say(ana, team, text));
    discord.deleteMany(messages);
    const { d } = await socket.next(({ t }) => t === "MESSAGE_DELETE_BULK");
    expect(d).toMatchObject({ ids: messages.map(({ id }) => id), channel_id: team.id, guild_id: team.server?.id });
    expect(discord.messages(team)).toEqual([]);
    const other = discord.channel("other");
    const apart = [discord.say(ana, team, "a"), discord.say(ana, other, "b")];
    expect(() => discord.deleteMany(apart)).toThrow("one channel");
  });

  it("write in the posts of a media channel, and nobody beside them", async () => {
    const media = discord.channel("shots", { type: "media" });
    expect(() => discord.say(ana, media, "a")).toThrow("threads only");
    expect((await rest(discord, "POST", `/channels/${media.id}/messages`, { content: "a" })).body.code).toBe(50024);
    const post = discord.thread(media, { by: ana, text: "sunset" });
    expect((await told(post.id)).channel_id).toBe(post.id);
  });

  it("write beside a voice channel that they may enter, where no threads are", async () => {
    const lounge = discord.channel("lounge", { type: "voice" });
    const said = discord.say(ana, lounge, "hi");
    const threads = `/channels/${lounge.id}/messages/${said.id}/threads`;
    expect((await rest(discord, "POST", threads, { name: "a" })).body.code).toBe(50024);
    const closed = discord.channel("closed", { type: "voice", deny: ["Connect"] });
    expect((await rest(discord, "POST", `/channels/${closed.id}/messages`, { content: "a" })).body.code).toBe(50013);
  });

  it("press buttons by their emoji, which must be one", async () => {
    const post = (emoji: object) =>
      rest(discord, "POST", `/channels/${team.id}/messages`, {
        content: "a",
        components: [{ type: 1, components: [{ type: 2, style: 2, custom_id: "good", emoji }] }],
      });
    const { body } = await post({ name: "👍" });
    discord.press(ana, String(body.id), "👍");
    const { d } = await socket.next(({ t }) => t === "INTERACTION_CREATE");
    const asked = Object(d);
    expect(asked.data.custom_id).toBe("good");
    await rest(discord, "POST", `/interactions/${asked.id}/${asked.token}/callback`, { type: 6 });
    for (const name of ["up", "👍👎", ""])
      expect(complaints((await post({ name })).body.errors)).toEqual([
        "components.0.components.0.emoji.name BUTTON_COMPONENT_INVALID_EMOJI",
      ]);
    expect(discord.violations).toEqual([]);
  });

  it("leave a menu in a form as it was set, and pick only what it offers", async () => {
    const { body } = await rest(discord, "POST", `/channels/${team.id}/messages`, {
      content: "a",
      components: [{ type: 1, components: [{ type: 2, style: 2, label: "Go", custom_id: "go" }] }],
    });
    const options = [
      { label: "One", value: "1", default: true },
      { label: "Two", value: "2" },
    ];
    const pressed = discord.press(ana, String(body.id), "Go");
    const modal = {
      custom_id: "m",
      title: "Which?",
      components: [{ type: 18, label: "Number", component: { type: 3, custom_id: "n", options } }],
    };
    await rest(discord, "POST", `/interactions/${pressed.id}/${pressed.token}/callback`, { type: 9, data: modal });
    expect(() => discord.submitModal(pressed, { Number: ["3"] })).toThrow("not offered");
    const sent = discord.submitModal(pressed, {});
    const { d } = await socket.next(({ t, d }) => t === "INTERACTION_CREATE" && Object(d).id === sent.id);
    expect(Object(d).data.components).toMatchObject([{ type: 18, component: { custom_id: "n", values: ["1"] } }]);
    await rest(discord, "POST", `/interactions/${sent.id}/${sent.token}/callback`, { type: 6 });
  });

  it("are told in a Community in the language its owner chose", async () => {
    discord.community("zh-TW");
    const { d } = await socket.next(({ t }) => t === "GUILD_UPDATE");
    expect(d).toMatchObject({ preferred_locale: "zh-TW", features: ["COMMUNITY"] });
  });
});
