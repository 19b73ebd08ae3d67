import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Channel, createDiscord, type Discord, type Interaction, type Person } from "./discord/discord.ts";
import { complaints, gatewaySocket, identify, type RawSocket, rest } from "./discord/raw-bot.ts";
import { steppedClock } from "./discord/stepped-clock.ts";

let discord: Discord;
let ana: Person;
let tom: Person;
let team: Channel;
let socket: RawSocket;
const clock = steppedClock();

beforeEach(async () => {
  discord = await createDiscord({ clock, limits: "off" });
  ana = discord.person("ana", { locale: "zh-TW" });
  tom = discord.person("tom");
  team = discord.channel("team", { deny: ["SendMessages"] });
  await rest(discord, "PUT", `/applications/${discord.bot.applicationId}/commands`, [
    {
      name: "ask",
      description: "Ask",
      options: [{ type: 3, name: "question", description: "What", autocomplete: true }],
    },
  ]);
  socket = await gatewaySocket(discord);
  socket.send(2, identify(discord, 1));
  await socket.next(({ t }) => t === "GUILD_CREATE");
});
afterEach(async () => {
  socket.close();
  await discord.stop();
});

const ask = () => discord.slash(ana, team, "ask", { question: "?" });
const respond = (asked: Interaction, type: number, data?: object) =>
  rest(discord, "POST", `/interactions/${asked.id}/${asked.token}/callback`, { type, ...(data ? { data } : {}) });
const hook = (asked: Interaction, method: string, path = "", body?: object) =>
  rest(discord, method, `/webhooks/${discord.bot.applicationId}/${asked.token}${path}`, body);
const rules = () => discord.violations.splice(0).map(({ rule }) => rule);
const shown = (as?: Person) => discord.messages(team, as).map(({ text }) => text);

describe("an interaction", () => {
  it("tells who asks, where, in which language, and what the bot may do there", async () => {
    ask();
    const { d } = await socket.next(({ t }) => t === "INTERACTION_CREATE");
    expect(d).toMatchObject({
      type: 2,
      locale: "zh-TW",
      channel_id: team.id,
      member: { user: { id: ana.id } },
      data: { name: "ask", options: [{ name: "question", value: "?" }] },
    });
    expect(BigInt(Object(d).app_permissions) & (1n << 11n)).toBe(0n);
  });

  it("is answered within three seconds or not at all", async () => {
    const late = ask();
    clock.advance(3001);
    expect((await respond(late, 4, { content: "sorry" })).body.code).toBe(10062);
    expect(shown()).toEqual([]);
    expect(rules()).toEqual(["interaction not answered", "interaction answered late"]);
  });

  it("is no failure of a bot that lost its connection meanwhile", async () => {
    ask();
    socket.close(4000);
    await socket.closed;
    await discord.until(() => discord.gateway.connected === 0);
    clock.advance(3001);
    expect(rules()).toEqual([]);
  });

  it("is answered once", async () => {
    const asked = ask();
    expect((await respond(asked, 4, { content: "once" })).status).toBe(204);
    expect((await respond(asked, 4, { content: "twice" })).body.code).toBe(40060);
    expect(shown()).toEqual(["once"]);
    expect(rules()).toEqual(["interaction answered twice"]);
  });

  it("of unknown id or token is unknown", async () => {
    const asked = ask();
    expect((await respond({ ...asked, token: "x" }, 4, { content: "a" })).body.code).toBe(10062);
    expect((await respond({ ...asked, id: "1".repeat(18) }, 4, { content: "a" })).body.code).toBe(10062);
  });

  it("takes only the answers of its kind", async () => {
    expect(complaints((await respond(ask(), 7, { content: "a" })).body.errors)).toEqual(["type BASE_TYPE_CHOICES"]);
    expect((await respond(ask(), 4)).body.code).toBe(50035);
    expect((await respond(ask(), 4, {})).body.code).toBe(50006);
    expect((await respond(ask(), 8, { choices: [] })).body.code).toBe(50035);
  });

  it("refused for its content may be answered again", async () => {
    const asked = ask();
    expect((await respond(asked, 4, { content: "x".repeat(2001) })).body.code).toBe(50035);
    expect((await respond(asked, 4, { content: "shorter" })).status).toBe(204);
    expect(rules()).toEqual([]);
  });

  it("may be answered where the bot could not post by itself", async () => {
    discord.permit(team, { deny: ["SendMessages", "EmbedLinks"] });
    await respond(ask(), 4, { content: "here", embeds: [{ title: "a" }] });
    expect(shown()).toEqual(["here"]);
    expect((await rest(discord, "POST", `/channels/${team.id}/messages`, { content: "a" })).body.code).toBe(50013);
  });
});

describe("what follows an answer", () => {
  it("needs an answer first, and ends after 15 minutes", async () => {
    const asked = ask();
    expect((await hook(asked, "POST", "", { content: "a" })).body.code).toBe(10015);
    await respond(asked, 5);
    clock.advance(15 * 60_000 + 1);
    expect((await hook(asked, "PATCH", "/messages/@original", { content: "a" })).body).toMatchObject({
      message: "Invalid Webhook Token",
      code: 50027,
    });
    expect(rules()).toEqual(["webhook used before the first response", "interaction token used after 15 minutes"]);
  });

  it("completes a deferred answer, whose privacy was settled when deferring", async () => {
    const asked = ask();
    await respond(asked, 5, { flags: 64 });
    expect(discord.messages(team, ana)[0]).toMatchObject({ thinking: true, ephemeral: true });
    await hook(asked, "POST", "", { content: "for you" });
    expect(shown()).toEqual([]);
    expect(shown(ana)).toEqual(["for you"]);
    await hook(asked, "POST", "", { content: "for all" });
    expect(shown(tom)).toEqual(["for all"]);
    expect(discord.messages(team, ana).map(({ thinking }) => thinking)).toEqual([false, false]);
  });

  it("edits, reads and deletes by token alone what only one person sees", async () => {
    const asked = ask();
    await respond(asked, 4, { content: "a", flags: 64 });
    const { body } = await hook(asked, "GET", "/messages/@original");
    expect(body).toMatchObject({ content: "a", flags: 64 });
    const alone = `/channels/${team.id}/messages/${String(body.id)}`;
    expect((await rest(discord, "GET", alone)).body.code).toBe(10008);
    expect((await rest(discord, "PATCH", alone, { content: "b" })).body.code).toBe(10008);
    expect((await rest(discord, "GET", `/channels/${team.id}/messages`)).list).toEqual([]);
    await hook(asked, "PATCH", "/messages/@original", { content: "c" });
    expect(shown(ana)).toEqual(["c"]);
    expect((await hook(asked, "DELETE", "/messages/@original")).status).toBe(204);
    expect((await hook(asked, "GET", "/messages/@original")).body.code).toBe(10008);
  });
});

describe("suggestions", () => {
  it("are at most 25, each with a name and a value of 100", async () => {
    const type = async (choices: object[]) => {
      const waiting = discord.autocomplete(ana, team, "ask", "question", "w");
      waiting.catch(() => undefined);
      const { d } = await socket.next(
        ({ t, d }) => t === "INTERACTION_CREATE" && Object(d).type === 4 && !done.has(Object(d).id),
      );
      const { id, token } = Object(d);
      done.add(id);
      return (await rest(discord, "POST", `/interactions/${id}/${token}/callback`, { type: 8, data: { choices } }))
        .body;
    };
    const done = new Set<string>();
    const choice = { name: "a", value: "a" };
    expect(complaints((await type(Array(26).fill(choice))).errors)).toEqual(["data.choices BASE_TYPE_MAX_LENGTH"]);
    expect(complaints((await type([{ name: "x".repeat(101), value: "a" }])).errors)).toEqual([
      "data.choices.0.name BASE_TYPE_BAD_LENGTH",
    ]);
    expect(await type([choice])).toEqual({});
  });
});

describe("a modal", () => {
  const label = (more: object = {}) => ({
    type: 18,
    label: "Reason",
    component: { type: 4, custom_id: "why", style: 1 },
    ...more,
  });
  const modal = (more: object = {}) => ({ custom_id: "m", title: "Why?", components: [label()], ...more });
  it.each([
    ["a title over 45", modal({ title: "x".repeat(46) }), "data.title BASE_TYPE_BAD_LENGTH"],
    [
      "6 rows",
      modal({
        components: Array.from({ length: 6 }, (_, at) =>
          label({ component: { type: 4, custom_id: `${at}`, style: 1 } }),
        ),
      }),
      "data.components BASE_TYPE_BAD_LENGTH",
    ],
    [
      "a label over 45",
      modal({ components: [label({ label: "x".repeat(46) })] }),
      "data.components.0.label BASE_TYPE_BAD_LENGTH",
    ],
    [
      "a field that is a button",
      modal({ components: [label({ component: { type: 2 } })] }),
      "data.components.0.component.type BASE_TYPE_CHOICES",
    ],
    [
      "a field twice",
      modal({ components: [label(), label()] }),
      "data.components.1.component.custom_id COMPONENT_CUSTOM_ID_DUPLICATED",
    ],
  ])("with %s is refused", async (_, data, complaint) => {
    expect(complaints((await respond(ask(), 9, data)).body.errors)).toEqual([complaint]);
  });

  it("can be filled in by label, and not with what it has no field for", async () => {
    const asked = ask();
    await respond(asked, 9, modal());
    expect(() => discord.submitModal(asked, { Colour: "red" })).toThrow(/needs "Reason"/);
    const sent = discord.submitModal(asked, { Reason: "because" });
    const { d } = await socket.next(({ d }) => Object(d).id === sent.id);
    expect(Object(d).data.components).toMatchObject([{ type: 18, component: { custom_id: "why", value: "because" } }]);
    expect((await respond(sent, 7, { content: "a" })).body.code).toBe(50035);
    expect((await respond(sent, 4, { content: "noted" })).status).toBe(204);
  });
});

describe("a card", () => {
  it("is picked from only as it offers, and pressed only where it is seen and enabled", async () => {
    discord.permit(team, { allow: ["SendMessages"] });
    const select = {
      type: 3,
      custom_id: "pick",
      max_values: 2,
      options: ["a", "b", "c"].map((value) => ({ label: value, value })),
    };
    const off = { type: 2, style: 1, label: "Off", custom_id: "off", disabled: true };
    const { body } = await rest(discord, "POST", `/channels/${team.id}/messages`, {
      content: "card",
      components: [
        { type: 1, components: [select] },
        { type: 1, components: [off] },
      ],
    });
    const card = String(body.id);
    expect(() => discord.choose(ana, card, "pick", ["z"])).toThrow("not offered: z");
    expect(() => discord.choose(ana, card, "pick", ["a", "b", "c"])).toThrow("pick 1 to 2");
    expect(() => discord.press(ana, card, "Off")).toThrow("disabled");
    expect(() => discord.press(ana, card, "pick")).toThrow("select menu");
    const picked = discord.choose(ana, card, "pick", ["a", "b"]);
    const { d } = await socket.next(({ d }) => Object(d).id === picked.id);
    expect(d).toMatchObject({ type: 3, data: { custom_id: "pick", values: ["a", "b"] }, message: { id: card } });
    await respond(picked, 7, { content: "picked", components: [] });
    expect(shown()).toEqual(["picked"]);

    const asked = ask();
    await respond(asked, 4, { flags: 64, components: [{ type: 1, components: [{ ...off, disabled: false }] }] });
    const mine = discord.messages(team, ana).at(-1);
    expect(mine?.buttons).toEqual([{ label: "Off", customId: "off", url: undefined, disabled: false }]);
    expect(() => discord.press(tom, mine?.id ?? "", "Off")).toThrow("does not see");
  });
});
