import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Channel, createDiscord, type Discord, type Message, type Person } from "./discord/discord.ts";
import { complaints, rest } from "./discord/raw-bot.ts";

let discord: Discord;
let ana: Person;
let team: Channel;
let hers: Message;
let ours: string;
let stranger: Person;

beforeAll(async () => {
  discord = await createDiscord({ limits: "off" });
  ana = discord.person("ana");
  team = discord.channel("team");
  stranger = discord.person("stranger", { server: discord.server("Elsewhere") });
  hers = discord.say(ana, team, "hello");
  ours = String((await post({ content: "ours" })).body.id);
});
afterAll(() => discord.stop());

const post = (body: unknown, channel: Channel = team) =>
  rest(discord, "POST", `/channels/${channel.id}/messages`, body);
const x = (length: number) => "x".repeat(length);
const row = (...components: unknown[]) => ({ type: 1, components });
const button = (more: object = {}) => ({ type: 2, style: 1, label: "ok", custom_id: "ok", ...more });
const text = (content: string) => ({ type: 10, content });
const v2 = (...components: unknown[]) => ({ flags: 1 << 15, components });
const fields = (count: number) => Array.from({ length: count }, () => ({ name: "n", value: "v" }));
const options = (count: number) => Array.from({ length: count }, (_, at) => ({ label: `${at}`, value: `${at}` }));
const select = (count: number) => ({ type: 3, custom_id: "pick", options: options(count) });

describe("a message is refused", () => {
  const cases: [string, object, string][] = [
    ["over 2,000 characters", { content: x(2001) }, "content BASE_TYPE_MAX_LENGTH"],
    ["with a nonce over 25", { content: "a", nonce: x(26) }, "nonce BASE_TYPE_MAX_LENGTH"],
    ["with 11 embeds", { embeds: Array(11).fill({ title: "a" }) }, "embeds BASE_TYPE_MAX_LENGTH"],
    ["with an embed title over 256", { embeds: [{ title: x(257) }] }, "embeds.0.title BASE_TYPE_MAX_LENGTH"],
    [
      "with a description over 4,096",
      { embeds: [{ description: x(4097) }] },
      "embeds.0.description BASE_TYPE_MAX_LENGTH",
    ],
    ["with 26 fields", { embeds: [{ fields: fields(26) }] }, "embeds.0.fields BASE_TYPE_MAX_LENGTH"],
    [
      "with a field name over 256",
      { embeds: [{ fields: [{ name: x(257), value: "v" }] }] },
      "embeds.0.fields.0.name BASE_TYPE_BAD_LENGTH",
    ],
    [
      "with a field value over 1,024",
      { embeds: [{ fields: [{ name: "n", value: x(1025) }] }] },
      "embeds.0.fields.0.value BASE_TYPE_BAD_LENGTH",
    ],
    [
      "with a field without a value",
      { embeds: [{ fields: [{ name: "n", value: "" }] }] },
      "embeds.0.fields.0.value BASE_TYPE_REQUIRED",
    ],
    [
      "with a footer over 2,048",
      { embeds: [{ footer: { text: x(2049) } }] },
      "embeds.0.footer.text BASE_TYPE_BAD_LENGTH",
    ],
    [
      "with embeds over 6,000 together",
      { embeds: [{ description: x(4000) }, { description: x(2001) }] },
      "embeds MAX_EMBED_SIZE_EXCEEDED",
    ],
    ["with a link that is none", { embeds: [{ url: "javascript:x" }] }, "embeds.0.url URL_TYPE_INVALID_SCHEME"],
    [
      "with 6 rows",
      { content: "a", components: Array.from({ length: 6 }, (_, at) => row(button({ custom_id: `${at}` }))) },
      "components BASE_TYPE_MAX_LENGTH",
    ],
    [
      "with 6 buttons in a row",
      { components: [row(...Array.from({ length: 6 }, (_, at) => button({ custom_id: `${at}` })))] },
      "components.0.components BASE_TYPE_BAD_LENGTH",
    ],
    ["with an empty row", { components: [row()] }, "components.0.components BASE_TYPE_BAD_LENGTH"],
    [
      "with a label over 80",
      { components: [row(button({ label: x(81) }))] },
      "components.0.components.0.label BASE_TYPE_MAX_LENGTH",
    ],
    [
      "with a bare button",
      { components: [row({ type: 2, style: 1, custom_id: "a" })] },
      "components.0.components.0 BUTTON_COMPONENT_REQUIRES_LABEL_OR_EMOJI",
    ],
    [
      "with a custom id over 100",
      { components: [row(button({ custom_id: x(101) }))] },
      "components.0.components.0.custom_id BASE_TYPE_BAD_LENGTH",
    ],
    [
      "with a custom id twice",
      { components: [row(button(), button())] },
      "components.0.components.1.custom_id COMPONENT_CUSTOM_ID_DUPLICATED",
    ],
    [
      "with a link button without link",
      { components: [row({ type: 2, style: 5, label: "a" })] },
      "components.0.components.0.url BASE_TYPE_REQUIRED",
    ],
    [
      "with a select of 26",
      { components: [row(select(26))] },
      "components.0.components.0.options BASE_TYPE_BAD_LENGTH",
    ],
    [
      "with a select beside a button",
      { components: [row(select(1), button())] },
      "components.0.components COMPONENT_LAYOUT_WIDTH_EXCEEDED",
    ],
    ["with a text display but no v2 flag", { components: [text("a")] }, "components.0.type BASE_TYPE_CHOICES"],
    [
      "in v2 with content beside it",
      { ...v2(text("a")), content: "b" },
      "content MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
    ],
    [
      "in v2 with 41 components",
      v2({ type: 17, components: Array.from({ length: 40 }, () => text("a")) }),
      "components COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
    ],
    [
      "in v2 with over 4,000 characters",
      v2(text(x(3000)), text(x(1001))),
      "components COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
    ],
    [
      "in v2 with a section of four texts",
      v2({ type: 9, components: Array(4).fill(text("a")), accessory: button() }),
      "components.0.components BASE_TYPE_BAD_LENGTH",
    ],
    [
      "in v2 with a container in a container",
      v2({ type: 17, components: [{ type: 17, components: [text("a")] }] }),
      "components.0.components.0.type BASE_TYPE_CHOICES",
    ],
    [
      "in v2 with a file nobody sent",
      v2({ type: 13, file: { url: "attachment://a.md" } }),
      "components.0.file.url URL_TYPE_INVALID_URL",
    ],
    [
      "as a reply to nothing",
      { content: "a", message_reference: { message_id: "1".repeat(18) } },
      "message_reference REPLIES_UNKNOWN_MESSAGE",
    ],
    [
      "naming a user both ways",
      { content: "a", allowed_mentions: { parse: ["users"], users: ["1".repeat(18)] } },
      "allowed_mentions MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
    ],
    [
      "parsing what can't be pinged",
      { content: "a", allowed_mentions: { parse: ["all"] } },
      "allowed_mentions.parse.0 BASE_TYPE_CHOICES",
    ],
    [
      "with a file it does not bring",
      { content: "a", attachments: [{ id: "0", filename: "a" }] },
      "attachments.0 ATTACHMENT_NOT_FOUND",
    ],
    ["with a list that is none", { content: "a", embeds: "x" }, "embeds LIST_TYPE_CONVERT"],
  ];

  it.each(cases)("%s", async (_, body, complaint) => {
    const { status, body: answer } = await post(body);
    expect({ status, code: answer.code, complaints: complaints(answer.errors) }).toEqual({
      status: 400,
      code: 50035,
      complaints: [complaint],
    });
  });

  it("naming all that is wrong with it at once", async () => {
    const { body } = await post({ content: x(2001), nonce: x(26), embeds: [{ title: x(257) }] });
    expect(complaints(body.errors)).toHaveLength(3);
  });

  it("as a reply to a message of another channel", async () => {
    const elsewhere = discord.say(ana, discord.channel("elsewhere"), "over here");
    const { body } = await post({ content: "a", message_reference: { message_id: elsewhere.id } });
    expect(complaints(body.errors)).toEqual(["message_reference REPLIES_UNKNOWN_MESSAGE"]);
    const posted = await post({
      content: "a",
      message_reference: { message_id: elsewhere.id, fail_if_not_exists: false },
    });
    expect(posted.body.message_reference).toBeUndefined();
  });

  it("when it is empty, or blank, or emptied", async () => {
    expect((await post({ content: " " })).body.code).toBe(50006);
    expect((await post({})).body.code).toBe(50006);
    expect((await rest(discord, "PATCH", `/channels/${team.id}/messages/${ours}`, { content: "" })).body.code).toBe(
      50006,
    );
  });

  it("with a file over 10 MB, or with broken JSON", async () => {
    const form = new FormData();
    form.set("files[0]", new Blob([new Uint8Array(10 * 1024 * 1024 + 1)]), "big.bin");
    form.set("payload_json", JSON.stringify({ content: "a" }));
    expect((await post(form)).body).toMatchObject({ code: 40005 });
    expect((await rest(discord, "POST", `/channels/${team.id}/messages`, "{")).body.code).toBe(50109);
  });
});

describe("a request is refused", () => {
  const nobody = "1".repeat(18);
  const cases: [string, () => string, number, number, unknown?][] = [
    ["for an unknown channel", () => `GET /channels/${nobody}`, 404, 10003],
    ["for an unknown message", () => `GET /channels/${team.id}/messages/${nobody}`, 404, 10008],
    ["for an unknown user", () => `GET /users/${nobody}`, 404, 10013],
    ["for an unknown server", () => `GET /guilds/${nobody}`, 404, 10004],
    ["for a member that is none", () => `GET /guilds/${team.server?.id}/members/${nobody}`, 404, 10013],
    ["for a member of another server", () => `GET /guilds/${team.server?.id}/members/${stranger.id}`, 404, 10007],
    ["for an id that is none", () => "GET /channels/team", 400, 50035],
    ["for a page over 100", () => `GET /channels/${team.id}/messages?limit=101`, 400, 50035],
    [
      "for editing another's message",
      () => `PATCH /channels/${team.id}/messages/${hers.id}`,
      403,
      50005,
      { content: "mine now" },
    ],
    ["for deleting another's message", () => `DELETE /channels/${team.id}/messages/${hers.id}`, 403, 50013],
    [
      "for pinning without the right",
      () => {
        discord.permit(team, { deny: ["PinMessages"] });
        return `PUT /channels/${team.id}/messages/pins/${hers.id}`;
      },
      403,
      50013,
    ],
    [
      "for an emoji that is none",
      () => `PUT /channels/${team.id}/messages/${hers.id}/reactions/thumbsup/@me`,
      400,
      10014,
    ],
    ["for a DM with itself", () => "POST /users/@me/channels", 400, 50033, { recipient_id: nobody }],
    ["for renaming a channel without the right", () => `PATCH /channels/${team.id}`, 403, 50013, { name: "ours" }],
    ["for another's application", () => `PUT /applications/${nobody}/commands`, 403, 20012, []],
  ];

  it.each(cases)("%s", async (_, path, status, code, body) => {
    const [method = "", url = ""] = path().split(" ");
    const answer = await rest(discord, method, url, body);
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
  });

  it("with a wrong token, no user agent, an old version or a route that is none", async () => {
    expect(await rest(discord, "GET", "/users/@me", undefined, { authorization: "Bot x" })).toMatchObject({
      status: 401,
      body: { message: "401: Unauthorized", code: 0 },
    });
    expect(await rest(discord, "GET", "/users/@me", undefined, { "user-agent": "curl" })).toMatchObject({
      status: 403,
      body: { code: 40333 },
    });
    expect(
      (await fetch(`${discord.apiUrl}/v6/users/@me`, { headers: { "user-agent": "DiscordBot (a, 1)" } })).status,
    ).toBe(400);
    expect(await rest(discord, "GET", "/nothing")).toMatchObject({
      status: 404,
      body: { message: "404: Not Found", code: 0 },
    });
    expect((await rest(discord, "PUT", `/channels/${team.id}/typing`)).status).toBe(405);
    expect(discord.violations.splice(0).map(({ rule }) => rule)).toEqual([
      "user agent",
      "unknown route",
      "unknown route",
    ]);
  });
});
