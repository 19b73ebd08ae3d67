import { afterEach, describe, expect, it } from "vitest";
import { createDiscord, type Discord } from "./discord/discord.ts";
import { loadOracle } from "./discord/oracle.ts";
import { rest } from "./discord/raw-bot.ts";
import { restRoutes } from "./discord/rest/gate.ts";

const oracle = loadOracle();
if (!oracle)
  console.warn("SKIPPED: Discord's own API description is not at ../shared/data, so nothing is checked against it");

let discord: Discord;
afterEach(() => discord?.stop());

const button = (id: string) => ({ type: 2, style: 1, label: id, custom_id: id });

describe.skipIf(!oracle)("Discord's own description of its API", () => {
  it("knows every route of the simulator", () => {
    const unknown = restRoutes.filter(({ method, path }) => !oracle?.knows(method, path));
    expect(unknown.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  it("agrees with every request taken and every answer given", async () => {
    discord = await createDiscord({ limits: "off" });
    const ana = discord.person("ana", { roles: ["ops"] });
    const team = discord.channel("team", {
      allow: ["ManageMessages", "PinMessages", "ManageThreads", "ManageChannels", "CreatePrivateThreads"],
    });
    const forum = discord.channel("ideas", { type: "forum" });
    const server = team.server?.id ?? "";
    const asked = discord.say(ana, team, "@Bellhop look <@&1> https://example.org", {
      files: [{ name: "a.txt", content: "a" }],
    });
    const app = discord.bot.applicationId;
    const id = async (answer: Promise<{ body: { [key: string]: unknown } }>) => String((await answer).body.id);
    const get = (path: string) => rest(discord, "GET", path);

    for (const path of [
      "/gateway/bot",
      "/users/@me",
      "/users/@me/guilds",
      `/users/${ana.id}`,
      "/oauth2/applications/@me",
      "/applications/@me",
    ])
      await get(path);
    for (const path of [
      "",
      "?with_counts=true",
      "/channels",
      "/roles",
      "/members?limit=10",
      `/members/${ana.id}`,
      "/members/search?query=an",
      "/threads/active",
    ])
      await get(`/guilds/${server}${path}`);
    const dm = await id(rest(discord, "POST", "/users/@me/channels", { recipient_id: ana.id }));
    await rest(discord, "POST", `/channels/${dm}/messages`, { content: "hello" });
    await get(`/channels/${dm}`);
    await get(`/channels/${team.id}`);
    await get(`/channels/${forum.id}`);

    const sent = await id(
      rest(discord, "POST", `/channels/${team.id}/messages`, {
        content: "hi",
        nonce: "n1",
        enforce_nonce: true,
        allowed_mentions: { parse: [] },
        message_reference: { message_id: asked.id },
        embeds: [{ title: "t", fields: [{ name: "a", value: "b", inline: true }], footer: { text: "f" } }],
        components: [
          { type: 1, components: [button("one"), { type: 2, style: 5, label: "link", url: "https://example.org" }] },
        ],
      }),
    );
    const card = await id(
      rest(discord, "POST", `/channels/${team.id}/messages`, {
        flags: 1 << 15,
        components: [
          {
            type: 17,
            accent_color: 255,
            components: [
              { type: 10, content: "# Title" },
              { type: 9, components: [{ type: 10, content: "text" }], accessory: button("go") },
              { type: 14, spacing: 1, divider: true },
              { type: 1, components: [{ type: 3, custom_id: "pick", options: [{ label: "a", value: "a" }] }] },
            ],
          },
        ],
      }),
    );
    await rest(discord, "PATCH", `/channels/${team.id}/messages/${sent}`, {
      content: "edited",
      allowed_mentions: { parse: [] },
    });
    await rest(discord, "PUT", `/channels/${team.id}/messages/${sent}/reactions/${encodeURIComponent("👍")}/@me`);
    discord.react(ana, sent, "👍");
    for (const path of [
      "?limit=100",
      `?after=${asked.id}`,
      `/${sent}`,
      `/${sent}/reactions/${encodeURIComponent("👍")}`,
    ])
      await get(`/channels/${team.id}/messages${path}`);
    await rest(discord, "PUT", `/channels/${team.id}/messages/pins/${sent}`);
    await get(`/channels/${team.id}/messages/pins`);
    await rest(discord, "DELETE", `/channels/${team.id}/messages/pins/${sent}`);
    await rest(discord, "DELETE", `/channels/${team.id}/messages/${sent}/reactions/${encodeURIComponent("👍")}/@me`);
    await rest(discord, "POST", `/channels/${team.id}/typing`);

    const thread = await id(
      rest(discord, "POST", `/channels/${team.id}/messages/${asked.id}/threads`, {
        name: "talk",
        auto_archive_duration: 60,
      }),
    );
    await rest(discord, "POST", `/channels/${thread}/messages`, { content: "in here" });
    await get(`/channels/${thread}/messages`);
    await rest(discord, "PUT", `/channels/${thread}/thread-members/${ana.id}`);
    await get(`/channels/${thread}/thread-members`);
    await get(`/channels/${thread}/thread-members/${ana.id}`);
    await rest(discord, "PATCH", `/channels/${thread}`, { name: "talks", archived: true });
    await get(`/channels/${team.id}/threads/archived/public`);
    await rest(discord, "POST", `/channels/${team.id}/threads`, { name: "public", type: 11 });
    await rest(discord, "POST", `/channels/${forum.id}/threads`, { name: "idea", message: { content: "what if" } });
    await rest(discord, "PATCH", `/channels/${team.id}`, { topic: "work" });

    await rest(discord, "PUT", `/applications/${app}/commands`, [
      {
        name: "ask",
        description: "Ask",
        description_localizations: { "zh-TW": "問" },
        options: [{ type: 3, name: "question", description: "What", autocomplete: true }],
      },
      { name: "Ask an agent about this", type: 3 },
    ]);
    await get(`/applications/${app}/commands`);
    await rest(discord, "PUT", `/applications/${app}/guilds/${server}/commands`, [
      { name: "here", description: "Here" },
    ]);
    await get(`/applications/${app}/guilds/${server}/commands`);

    const answer = (asked: { id: string; token: string }, body: unknown) =>
      rest(discord, "POST", `/interactions/${asked.id}/${asked.token}/callback?with_response=true`, body);
    const slash = discord.slash(ana, team, "ask", { question: "?" });
    await answer(slash, { type: 5, data: { flags: 64 } });
    const hook = `/webhooks/${app}/${slash.token}`;
    await rest(discord, "PATCH", `${hook}/messages/@original`, { content: "done" });
    await get(`${hook}/messages/@original`);
    const more = await id(rest(discord, "POST", hook, { content: "more", flags: 64 }));
    await rest(discord, "DELETE", `${hook}/messages/${more}`);
    await answer(discord.press(ana, card, "go"), {
      type: 9,
      data: {
        custom_id: "m",
        title: "Why?",
        components: [
          { type: 10, content: "Think first." },
          { type: 18, label: "Reason", component: { type: 4, custom_id: "why", style: 1 } },
          {
            type: 18,
            label: "Who",
            description: "One of these",
            component: { type: 3, custom_id: "who", required: false, options: [{ label: "A", value: "a" }] },
          },
        ],
      },
    });
    const passed = discord.forward(ana, discord.say(ana, team, "", { stickers: ["wave"] }), team);
    const spoken = discord.say(ana, team, "", { voice: 2 });
    await get(`/channels/${team.id}/messages/${passed.id}`);
    await get(`/channels/${team.id}/messages/${spoken.id}`);
    await rest(discord, "POST", `/channels/${team.id}/messages`, {
      content: "good?",
      components: [{ type: 1, components: [{ type: 2, style: 2, custom_id: "good", emoji: { name: "👍" } }] }],
    });
    // The description does not name media channels (type 16), which the documentation does.
    await get(`/channels/${discord.channel("lounge", { type: "voice" }).id}`);
    await answer(discord.press(ana, card, "go"), { type: 6 });
    await answer(discord.slash(ana, team, "ask", { question: "!" }), { type: 4, data: { content: "now" } });
    await rest(discord, "DELETE", `/channels/${team.id}/messages/${sent}`);

    const refused = discord.calls.filter(({ status }) => status >= 400);
    expect(
      refused.map(({ method, path, status, answer }) => `${method} ${path} ${status} ${JSON.stringify(answer)}`),
    ).toEqual([]);
    expect(discord.calls.flatMap((call) => oracle?.problems(call) ?? [])).toEqual([]);
    expect(discord.violations).toEqual([]);
  });
});
