import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { watchAbsence } from "./discord/absence.ts";
import { type Channel, createDiscord, type Discord, type Person } from "./discord/discord.ts";
import { Limits } from "./discord/limits.ts";
import { rest } from "./discord/raw-bot.ts";
import { connectClient } from "./discord/real-bot.ts";
import { createGate, restRoutes } from "./discord/rest/gate.ts";
import { steppedClock } from "./discord/stepped-clock.ts";
import { World } from "./discord/world.ts";

let discord: Discord;
let ana: Person;
let team: Channel;
const clock = steppedClock();

beforeEach(async () => {
  discord = await createDiscord({ clock });
  ana = discord.person("ana");
  team = discord.channel("team");
  clock.advance(60_000);
});
afterEach(() => discord.stop());

const post = (body: object, channel = team) => rest(discord, "POST", `/channels/${channel.id}/messages`, body);
const rules = () => discord.violations.splice(0).map(({ rule }) => rule);
const texts = () => discord.messages(team).map(({ text }) => text);

describe("rate limits", () => {
  it("let five messages through in five seconds, and say so in every header", async () => {
    for (let left = 4; left >= 0; left -= 1) {
      const { headers } = await post({ content: "a" });
      expect(headers.get("x-ratelimit-remaining")).toBe(String(left));
      expect(headers.get("x-ratelimit-limit")).toBe("5");
    }
    clock.advance(1000);
    const { status, body, headers } = await post({ content: "b" });
    expect({ status, body }).toEqual({
      status: 429,
      body: { message: "You are being rate limited.", retry_after: 4, global: false },
    });
    expect(headers.get("retry-after")).toBe("4");
    expect(headers.get("x-ratelimit-scope")).toBe("user");
    expect(rules()).toEqual(["rate limit"]);
    clock.advance(4000);
    expect((await post({ content: "c" })).status).toBe(200);
  });

  it("are no reproach to a bot whose last answer was lost", async () => {
    for (let at = 0; at < 4; at += 1) await post({ content: "a" });
    discord.faults.plan("POST /channels/{channel_id}/messages", { do: "lose" });
    await expect(post({ content: "a" })).rejects.toThrow();
    expect((await post({ content: "a" })).status).toBe(429);
    expect(rules()).toEqual([]);
    expect((await post({ content: "a" })).status).toBe(429);
    expect(rules()).toEqual(["rate limit"]);
  });

  it("are no reproach to a bot that was killed and begins anew", async () => {
    for (let at = 0; at < 5; at += 1) await post({ content: "a" });
    await rest(discord, "GET", "/gateway/bot");
    expect((await post({ content: "a" })).status).toBe(429);
    expect(rules()).toEqual([]);
  });

  it("are counted per channel and per route", async () => {
    for (let at = 0; at < 5; at += 1) await post({ content: "a" });
    expect((await post({ content: "a" }, discord.channel("other"))).status).toBe(200);
    expect((await rest(discord, "POST", `/channels/${team.id}/typing`)).status).toBe(204);
  });

  it("hold the whole bot to fifty requests a second", async () => {
    const statuses = await Promise.all(
      Array.from({ length: 55 }, async () => (await rest(discord, "GET", "/users/@me")).status),
    );
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
    expect(rules()).toHaveLength(5);
    clock.advance(1000);
    expect((await rest(discord, "GET", "/users/@me")).status).toBe(200);
  });

  it("blame a bot for its fifty-first request, unless the fifty before may have been sent a second earlier", () => {
    let awayMs = 0;
    const limits = new Limits(clock, () => awayMs);
    for (let sent = 0; sent < 50; sent += 1) expect(limits.takeGlobal()).toBeUndefined();
    clock.advance(899);
    expect(limits.takeGlobal()).toEqual({ retryAfter: 0.101, isBlamed: true });
    clock.advance(1);
    expect(limits.takeGlobal()).toEqual({ retryAfter: 0.1, isBlamed: false });

    clock.advance(100);
    for (let sent = 0; sent < 50; sent += 1) expect(limits.takeGlobal()).toBeUndefined();
    awayMs = 100;
    clock.advance(499);
    expect(limits.takeGlobal()?.isBlamed).toBe(true);
    clock.advance(1);
    expect(limits.takeGlobal()?.isBlamed).toBe(false);
  });

  it("count as held up for two seconds what this process was kept from for long", () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    let now = 0;
    const absence = watchAbsence(() => now);
    onTestFinished(absence.stop);
    const pass = (ms: number) => {
      now += ms;
      vi.advanceTimersToNextTimer();
    };
    for (let beat = 0; beat < 4; beat += 1) pass(50);
    expect(absence.recentMs()).toBe(0);
    pass(450);
    expect(absence.recentMs()).toBe(400);
    now += 300;
    expect(absence.recentMs()).toBe(400);
    for (let beat = 0; beat < 40; beat += 1) pass(50);
    expect(absence.recentMs()).toBe(0);
  });

  it("let a thread be renamed twice in ten minutes, without a header to tell", async () => {
    const { body } = await rest(discord, "POST", `/channels/${team.id}/threads`, { name: "t", type: 11 });
    const rename = async (name: string) =>
      (await rest(discord, "PATCH", `/channels/${String(body.id)}`, { name })).status;
    expect([await rename("a"), await rename("b"), await rename("c")]).toEqual([200, 200, 429]);
    clock.advance(600_000);
    expect(await rename("c")).toBe(200);
  });

  it("count invalid requests over ten minutes", async () => {
    await rest(discord, "GET", "/users/@me", undefined, { authorization: "Bot x" });
    await rest(discord, "GET", "/users/@me", undefined, { authorization: "Bot x" });
    expect(discord.invalidRequests).toBe(2);
    expect(rules()).toEqual(["kept calling after 401"]);
    clock.advance(600_001);
    expect(discord.invalidRequests).toBe(0);
  });

  it("ban an address for its 10,000th invalid request", () => {
    const limits = new Limits(clock);
    for (let count = 0; count < 10_000; count += 1) limits.noteInvalid();
    const portal = { messageContent: true, members: true };
    const gate = createGate(new World({ clock, seed: 1, portal, botName: "Bot" }), restRoutes, limits);
    const url = new URL("http://localhost/api/v10/webhooks/1/token");
    const incoming = {
      method: "POST",
      url,
      userAgent: "DiscordBot (a, 1)",
      authorization: "",
      body: { json: {}, files: [] },
    };
    expect(gate.pass(incoming, gate.find("POST", url))).toMatchObject({
      status: 429,
      body: { global: true, retry_after: 600 },
    });
    clock.advance(600_001);
    expect(gate.pass(incoming, gate.find("POST", url)).status).toBe(400);
  });
});

describe("a nonce that is enforced", () => {
  it("gives back the first message for some minutes, and is not told to readers", async () => {
    const body = { content: "once", nonce: "run-1", enforce_nonce: true };
    const first = await post(body);
    const second = await post(body);
    expect([first.body.nonce, second.body.id]).toEqual(["run-1", first.body.id]);
    expect(texts()).toEqual(["once"]);
    const { list } = await rest(discord, "GET", `/channels/${team.id}/messages`);
    expect(list[0]).not.toHaveProperty("nonce");
    clock.advance(5 * 60_000 + 1);
    await post(body);
    expect(texts()).toEqual(["once", "once"]);
    expect(rules()).toEqual([]);
  });

  it("of another text swallows that text, which no good bot does", async () => {
    await post({ content: "one", nonce: "n", enforce_nonce: true });
    await post({ content: "two", nonce: "n", enforce_nonce: true });
    expect(texts()).toEqual(["one"]);
    expect(rules()).toEqual(["nonce reused"]);
  });

  it("does nothing unless it is enforced", async () => {
    await post({ content: "a", nonce: "n" });
    await post({ content: "a", nonce: "n" });
    expect(texts()).toEqual(["a", "a"]);
  });
});

describe("faults", () => {
  const route = "POST /channels/{channel_id}/messages";

  it("lose the answer of a post that was made, or cut it in the middle", async () => {
    discord.faults.plan(route, { do: "lose" });
    await expect(post({ content: "lost" })).rejects.toThrow();
    discord.faults.plan(route, { do: "cut" });
    await expect(post({ content: "cut" })).rejects.toThrow();
    discord.faults.plan(route, { do: "refuse" });
    await expect(post({ content: "never" })).rejects.toThrow();
    expect(texts()).toEqual(["lost", "cut"]);
    expect(discord.calls.map(({ status }) => status)).toEqual([0, 0, 0]);
  });

  it("answer 5xx after applying or instead", async () => {
    for (const applied of [true, false]) {
      discord.faults.plan(route, { do: "error", status: 503, applied });
      const answer = await fetch(`${discord.apiUrl}/v10/channels/${team.id}/messages`, {
        method: "POST",
        headers: {
          authorization: `Bot ${discord.token}`,
          "user-agent": "DiscordBot (a, 1)",
          "content-type": "application/json",
        },
        body: JSON.stringify({ content: `applied ${applied}` }),
      });
      expect(answer.status).toBe(503);
    }
    expect(texts()).toEqual(["applied true"]);
    discord.faults.plan(route, { do: "error", status: 401, applied: false });
    expect(await post({ content: "a" })).toMatchObject({ status: 401, body: { message: "401: Unauthorized" } });
  });

  it("delay a request, or its answer", async () => {
    discord.faults.plan(route, { do: "delay", ms: 500 });
    const slow = post({ content: "slow" });
    await discord.until(() => discord.calls.length === 1);
    expect(texts()).toEqual([]);
    clock.advance(500);
    expect((await slow).status).toBe(200);
    discord.faults.plan(route, { do: "answer late", ms: 500 });
    const late = post({ content: "late" });
    await discord.until(() => texts().length === 2);
    clock.advance(500);
    expect((await late).status).toBe(200);
  });

  it("answer 429 in every scope", async () => {
    for (const scope of ["user", "shared", "global"] as const) {
      discord.faults.plan("*", { do: "limit", retryAfter: 1.5, scope });
      const { status, body, headers } = await post({ content: "a" });
      expect({ status, retry: body.retry_after, global: body.global, scope: headers.get("x-ratelimit-scope") }).toEqual(
        { status: 429, retry: 1.5, global: scope === "global", scope },
      );
    }
  });
});

describe("the real discord.js", () => {
  it("keeps within the limits by itself, and makes one message of a 503 after applying", async () => {
    await discord.stop();
    discord = await createDiscord();
    team = discord.channel("team");
    const client = await connectClient(discord, { enforceNonce: true });
    const channel = await client.channels.fetch(team.id);
    if (!channel?.isSendable()) throw new Error("no channel");
    discord.faults.plan("POST /channels/{channel_id}/messages", { do: "error", status: 503, applied: true });
    await channel.send("one");
    discord.faults.plan("POST /channels/{channel_id}/messages", { do: "limit", retryAfter: 0.05 });
    await channel.send("two");
    expect(texts()).toEqual(["one", "two"]);
    expect(discord.violations).toEqual([]);
    await client.destroy();
  });
});

describe("who is pinged", () => {
  const pings = (content: string, more: object = {}) =>
    post({ content, ...more }).then(() => discord.messages(team).at(-1)?.pings);
  it("is everybody named, unless allowed_mentions says less; an edit starts afresh", async () => {
    discord.permit(team, { allow: ["MentionEveryone"] });
    const role = discord.role("ops", { mentionable: false });
    const all = `@everyone <@${ana.id}> <@&${role.id}>`;
    expect(await pings(all)).toEqual({ everyone: true, users: [ana.id], roles: [role.id] });
    expect(await pings(all, { allowed_mentions: { parse: [] } })).toEqual({ everyone: false, users: [], roles: [] });
    expect(await pings(all, { allowed_mentions: { users: [ana.id] } })).toEqual({
      everyone: false,
      users: [ana.id],
      roles: [],
    });
    const sent = await post({ content: "quiet", allowed_mentions: { parse: [] } });
    await rest(discord, "PATCH", `/channels/${team.id}/messages/${String(sent.body.id)}`, { content: all });
    expect(discord.messages(team).at(-1)?.pings.everyone).toBe(true);
    clock.advance(5000);
    discord.permit(team, { deny: ["MentionEveryone"] });
    expect(await pings(all)).toEqual({ everyone: false, users: [ana.id], roles: [] });
    expect(await pings("`@everyone`")).toEqual({ everyone: false, users: [], roles: [] });
    await post({ flags: 1 << 15, components: [{ type: 10, content: `hi <@${ana.id}>` }] });
    expect(discord.messages(team).at(-1)).toMatchObject({ pings: { users: [ana.id] }, text: `hi <@${ana.id}>` });
  });

  it("is the author of what is replied to, unless told otherwise", async () => {
    const asked = discord.say(ana, team, "hi");
    const message_reference = { message_id: asked.id };
    expect((await pings("yes", { message_reference }))?.users).toEqual([ana.id]);
    expect(
      (await pings("yes", { message_reference, allowed_mentions: { parse: [], replied_user: false } }))?.users,
    ).toEqual([]);
  });

  it("and which links would be fetched for a preview", async () => {
    await post({ content: "see https://a.example/?q=secret and <https://b.example>" });
    await post({ content: "see https://a.example", flags: 4 });
    expect(discord.messages(team).map(({ previews }) => previews)).toEqual([["https://a.example/?q=secret"], []]);
  });
});
