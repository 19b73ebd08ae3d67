import { afterEach, describe, expect, it } from "vitest";
import { readLocalKey } from "../../src/store/secret-key.ts";
import { createOAuthWorld, type OAuthOptions, type OAuthWorld } from "../world/oauth/world.ts";
import { type Platform, platforms } from "./anywhere.ts";
import { openPlace, type Place } from "./schedule-place.ts";
import { configOf, leaveTowns, openTown, type Town } from "./town.ts";

const worlds: OAuthWorld[] = [];
afterEach(async () => {
  await leaveTowns();
  for (const world of worlds.splice(0)) {
    await world.stop();
    expect(world.ledger.violations).toEqual([]);
  }
});

describe.each(platforms)("a server of tools that wants a sign-in, on %s", (platform) => {
  it("is signed in by an admin over a link in a DM, works at once, and is signed out again", async () => {
    const { place, world } = await openSigned(platform);
    await place.seen(/\*{0,2}notes\*{0,2} wants somebody to sign in/);

    await place.mention("ana", "connect notes");
    await place.whisper("ana", /Only admins can sign in to servers: kim\./);
    await place.mention("kim", "connect notes");
    const link = await linkFor(place, platform);
    await place.whisper("kim", /I sent you a link by DM\./);

    const back = await world.visit(link, "kim@example.com");
    const page = await fetch(back);
    expect(page.status).toBe(200);
    expect(textOf(await page.text())).toBe("Signed in to notes. You can close this page.");

    const { model } = place.town;
    await settled(place.town, "connected");
    model.on("who", [{ call: "notes__whoami", arguments: {} }], "You are known there.");
    await place.mention("ana", "who are we there?");
    await model.until(({ requests }) =>
      requests.some(({ body }) => JSON.stringify(body.messages).includes("You are kim@example.com.")),
    );

    model.on("tell", [{ call: "notes__leak", arguments: {} }], "It told.");
    await place.mention("ana", "tell me all");
    const told = () => JSON.stringify(model.requests.map(({ body }) => body.messages));
    await model.until(() => told().includes("It came with"));
    expect(told()).toContain("It came with [redacted], so it did.");

    await place.mention("kim", "disconnect notes");
    await place.whisper("kim", /Signed out of \*{0,2}notes\*{0,2}, and its tokens were revoked\./);
    await settled(place.town, "needs sign-in");
    expect(world.ledger.grants.every(({ good }) => !good)).toBe(true);

    const seen = JSON.stringify([await place.all(), await place.whispers("ana"), place.town.log]);
    expect(seen).not.toContain("code_challenge");
    for (const { access, refresh } of world.ledger.grants)
      for (const secret of [access, refresh ?? "?"]) expect(seen).not.toContain(secret);
    expect((await place.all()).filter(({ text }) => text.includes("wants somebody to sign in"))).toHaveLength(1);
  });
});

describe("signing in", () => {
  it("asks which server is meant where there are several, and by the command as by words", async () => {
    const { town, world } = await openConsole({ also: "wiki" });
    await town.console.say("kim", "/bellhop connect");
    const asked = await whisper(town, /Which server\?/);
    const button = asked.card?.buttons?.find(({ text }) => text === "wiki");
    expect(asked.card?.buttons?.map(({ text }) => text)).toEqual(["notes", "wiki"]);
    await town.console.press("kim", asked.id, button?.id ?? "", button?.value);
    await whisper(town, /I sent you a link/);
    const back = await world.visit(await consoleLink(town), "kim");
    expect(textOf(await (await fetch(back)).text())).toContain("Signed in to wiki.");
  });

  it("is a command with a field for the server on Discord, and with words after it on Slack", async () => {
    const world = await openWorld();
    const town = await openTown({ discord: true, slack: true });
    const { discord, slack } = town;
    const [kim, channel] = [discord.person("kim"), discord.channel("team")];
    const [kimOnSlack, general] = [slack.person("kim"), slack.channel("general")];
    const workspace = { admins: [`discord:${kim.id}`, `slack:${kimOnSlack.id}`] };
    town.app.use(configOf(town.model, { workspace, ...serversOf(world, "wiki") }));
    await discord.until(() => discord.commands.length > 0);
    discord.slash(kim, channel, "bellhop", { server: "wiki" }, { subcommand: "connect" });
    const link = await discord.until(() => urlIn(JSON.stringify(discord.messages(discord.dm(kim)))));
    expect((await fetch(await world.visit(link, "kim"))).status).toBe(200);
    await slack.command(kimOnSlack, general, "/bellhop", "disconnect wiki");
    await slack.until(() => slack.ephemerals(kimOnSlack, general).find(({ shown }) => shown.includes("Signed out of")));
    await slack.command(kimOnSlack, general, "/bellhop", "disconnect wiki");
    await slack.until(() =>
      slack.ephemerals(kimOnSlack, general).find(({ shown }) => shown.includes("Nobody was signed")),
    );
  });

  it("says so where its link can't be sent, and gives it right there in a DM", async () => {
    const world = await openWorld();
    const town = await openTown({ discord: true, slack: true });
    const { discord, slack } = town;
    const [kim, channel] = [discord.person("kim", { openToDms: false }), discord.channel("team")];
    const kimOnSlack = slack.person("kim");
    const workspace = { admins: [`discord:${kim.id}`, `slack:${kimOnSlack.id}`] };
    town.app.use(configOf(town.model, { workspace, ...serversOf(world) }));
    await discord.until(() => discord.commands.length > 0);
    discord.slash(kim, channel, "bellhop", { server: "notes" }, { subcommand: "connect" });
    await discord.until(() =>
      discord.messages(channel, kim).find((one) => one.ephemeral && one.text.includes("I can't reach you by DM")),
    );
    // Said in the channel, even that can't be told to kim alone.
    const asked = discord.say(kim, channel, "@Bellhop connect notes");
    const aloud = await discord.until(() => {
      const thread = discord.threadOf(asked);
      return (
        thread && discord.messages(thread).find(({ text }) => text.includes("what I have to say is for you alone"))
      );
    });
    expect(aloud.text).not.toContain("notes");
    const dm = slack.dm(kimOnSlack);
    slack.say(kimOnSlack, dm, "connect notes");
    await slack.until(() => slack.messages(dm).find(({ shown }) => urlIn(shown)));
    slack.say(kimOnSlack, dm, "disconnect notes");
    await slack.until(() => slack.messages(dm).find(({ shown }) => shown.includes("Nobody was signed in")));
    expect(slack.messages(dm).filter(({ shown }) => shown.includes("I sent you"))).toEqual([]);
  });

  it("is a question where no server is meant", async () => {
    const { town } = await openConsole();
    town.model.answer("Ask Tom.");
    const root = await town.console.say("kim", "@Bellhop connect sales");
    expect((await town.console.answer({ thread: root.id })).text).toContain("Ask Tom.");
    await town.console.say("kim", "/bellhop connect sales");
    await whisper(town, /There is no server `?sales`? to sign in to\. There is notes\./);
  });

  it("can't be done where no server wants it", async () => {
    const town = await openTown({ console: true, config: { workspace: { admins: ["console:kim"] } } });
    await town.console.say("kim", "/bellhop connect");
    await whisper(town, /No server .* has `oauth: true`/);
  });

  it("says why it is not possible, in the language of whoever asks", async () => {
    const { town } = await openConsole({ world: { authority: { says: { code_challenge_methods_supported: [] } } } });
    await town.console.say("kim", "/bellhop connect notes");
    await whisper(town, /Signing in to \*\*notes\*\* is not possible: its authorization server does not do PKCE/);
    await town.console.speak("kim", "zh-TW");
    await town.console.say("kim", "/bellhop connect notes");
    await whisper(town, /無法登入 \*\*notes\*\*：它的授權伺服器不支援 PKCE/);
  });

  it("from a shell gives the link to the caller, who has to speak for an admin", async () => {
    const { town, world } = await openConsole();
    const ask = async (as: string) => {
      const response = await fetch(`${town.url}/api/v1/commands`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${await readLocalKey(town.dataDir)}` },
        body: JSON.stringify({ as, text: "connect notes" }),
      });
      return ((await response.json()) as { text: string }).text;
    };
    expect(await ask("console:ana")).toBe(
      "Only admins can sign in to servers: `console:kim`. In a shell, `--as` says on whose behalf.",
    );
    const [, link = ""] = /\((http[^)]+)\)/.exec(await ask("console:kim")) ?? [];
    expect((await fetch(await world.visit(link, "kim"))).status).toBe(200);
  });

  it("survives a restart between the link and the browser's return", async () => {
    const { town, world, config } = await openConsole();
    await town.console.say("kim", "/bellhop connect notes");
    const back = await world.visit(await consoleLink(town), "kim");
    await town.restart({ config });
    const moved = new URL(back.pathname + back.search, town.url);
    expect((await fetch(moved)).status).toBe(200);
    await settled(town, "connected");
  });
});

describe("the page that browsers come back to", () => {
  it("says no more than that for what is made up, missing or used", async () => {
    const { town, world } = await openConsole();
    await town.console.say("kim", "/bellhop connect notes");
    const back = await world.visit(await consoleLink(town), "kim");
    const unknown =
      "This link is not good any more: it was used already, is older than 10 minutes, or its server was signed out since.";
    for (const query of ["", "?state=x&code=y", "?state=<script>alert(1)</script>&error=<b>"]) {
      const page = await fetch(`${town.url}/oauth/callback${query}`);
      expect(page.status).toBe(400);
      expect(textOf(await page.text())).toContain(unknown);
    }
    expect(await (await fetch(back, { method: "HEAD" })).text()).toBe("");
    expect((await fetch(back)).status).toBe(200);
    const again = await fetch(back);
    expect(again.status).toBe(400);
    const text = await again.text();
    expect(textOf(text)).toContain(unknown);
    for (const secret of back.searchParams.values()) expect(text).not.toContain(secret);
  });

  it("shows what a server says as plain text, runs nothing, and is kept nowhere", async () => {
    const { town, world } = await openConsole();
    await town.console.say("kim", "/bellhop connect notes");
    const page = await fetch(await world.visit(await consoleLink(town), "<img src=x onerror=alert(1)>", false));
    expect(page.status).toBe(400);
    const text = await page.text();
    expect(text).toContain("Not signed in to notes.");
    expect(text).not.toMatch(/<img|<b>/);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect(page.headers.get("referrer-policy")).toBe("no-referrer");
  });

  it("is another for each server whose authorization server does not name itself; an answer is good at its own alone", async () => {
    const says = { authorization_response_iss_parameter_supported: undefined };
    const { town, world } = await openConsole({ world: { authority: { iss: undefined, says } }, also: "other" });
    const backFrom = async (name: string) => {
      await town.console.say("kim", `/bellhop connect ${name}`);
      return world.visit(await consoleLink(town, name), "kim");
    };
    const [notes, other] = [await backFrom("notes"), await backFrom("other")];
    expect(notes.pathname).not.toBe(other.pathname);
    const mixed = await fetch(new URL(notes.pathname + other.search, notes));
    expect(mixed.status).toBe(400);
    expect(textOf(await mixed.text())).toContain("Not signed in to other. an answer came from another");
    expect(world.ledger.asked).not.toContain("POST /token");
    expect((await fetch(notes)).status).toBe(200);
    await settled(town, "connected");
  });

  it("has a document of the client beside it where others reach it", async () => {
    const { town } = await openConsole({ parts: { publicUrl: "https://bot.example.com" } });
    expect(await (await fetch(`${town.url}/oauth/client.json`)).json()).toMatchObject({
      client_id: "https://bot.example.com/oauth/client.json",
      redirect_uris: ["https://bot.example.com/oauth/callback"],
    });
    const near = await openTown({ console: true });
    expect((await fetch(`${near.url}/oauth/client.json`)).status).toBe(404);
  });
});

async function openSigned(platform: Platform): Promise<{ place: Place; world: OAuthWorld }> {
  const place = await openPlace(platform);
  const world = await openWorld({ now: place.time.now });
  const admins = [`${place.channel.split(":")[0]}:${place.idOf("kim").replace("console:", "")}`];
  place.town.app.use(
    configOf(place.town.model, { workspace: { admins, admin_channel: place.channel }, ...serversOf(world) }),
  );
  return { place, world };
}

async function openConsole(
  options: { world?: OAuthOptions; also?: string; parts?: Record<string, unknown> } = {},
): Promise<{ town: Town; world: OAuthWorld; config: Record<string, unknown> }> {
  const world = await openWorld(options.world);
  const config = { workspace: { admins: ["console:kim"] }, ...serversOf(world, options.also) };
  const town = await openTown({ console: true, config, ...(options.parts ? { parts: options.parts } : {}) });
  return { town, world, config };
}

async function openWorld(options: OAuthOptions = {}): Promise<OAuthWorld> {
  const world = await createOAuthWorld(options);
  worlds.push(world);
  return world;
}

function serversOf(world: OAuthWorld, also?: string): Record<string, unknown> {
  const names = ["notes", ...(also ? [also] : [])];
  return {
    mcp_servers: names.map((name) => ({ name, url: world.resource, oauth: true })),
    agents: [{ name: "ops", llm_model: "main", system_prompt: "You are ops.", mcp_servers: names }],
  };
}

/** The link in the DM that kim has with the bot. */
async function linkFor(place: Place, platform: Platform): Promise<string> {
  const { town, idOf } = place;
  if (platform === "the console") return consoleLink(town);
  const { slack, discord } = town;
  if (platform === "Slack") {
    const dm = slack.dm(idOf("kim"));
    return slack.until(() => urlIn(JSON.stringify(slack.messages(dm).map(({ shown, text }) => [shown, text]))));
  }
  await place.whisper("kim", /authorize/);
  const texts = (await place.whispers("kim")).map(({ text }) => text);
  return discord.until(() => urlIn(JSON.stringify(texts)));
}

function consoleLink({ console }: Town, name = ""): Promise<string> {
  return console.until(async () => {
    const { messages, channels } = await console.state();
    const dm = channels.find((channel) => channel.with === "console:kim");
    const links = messages.filter(({ channel, text }) => channel === dm?.id && text.includes(`Sign in to ${name}`));
    return urlIn(JSON.stringify(links.map(({ text }) => text)));
  });
}

function urlIn(text: string): string | undefined {
  return /\((http:[^)\s]+authorize[^)\s]+)\)|(http:[^\s|>)"\\]+authorize[^\s|>)"\\]+)/
    .exec(text)
    ?.slice(1)
    .find(Boolean)
    ?.replaceAll("&amp;", "&");
}

function whisper({ console }: Town, words: RegExp) {
  return console.until(async () =>
    (await console.state()).messages.findLast(({ only, text }) => only === "console:kim" && words.test(text)),
  );
}

/** Waits until a server is in a state. */
async function settled({ app }: Town, state: string): Promise<void> {
  const end = performance.now() + 5000;
  while (app.report().mcp.notes?.state !== state) {
    if (performance.now() > end) throw new Error(`notes is ${JSON.stringify(app.report().mcp.notes)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function textOf(page: string): string {
  return page
    .replace(/<title>.*?<\/title>|<style>.*?<\/style>/gs, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}
