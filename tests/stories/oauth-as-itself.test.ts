import { generateKeyPairSync } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { createOAuthWorld, type OAuthWorld } from "../world/oauth/world.ts";
import { platforms } from "./anywhere.ts";
import { openPlace } from "./schedule-place.ts";
import { configOf, leaveTowns, openTown, type Town } from "./town.ts";

const worlds: OAuthWorld[] = [];
afterEach(async () => {
  await leaveTowns();
  for (const world of worlds.splice(0)) {
    await world.stop();
    expect(world.ledger.violations).toEqual([]);
  }
});

const secret = "hush-hush-nobody+knows/this";
const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pem = keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString();

describe.each(platforms)("a server of tools that Bellhop signs in to as itself, on %s", (platform) => {
  it("is used with nobody asked, also when its token ends in between, and says so to whoever would sign in or out", async () => {
    const place = await openPlace(platform);
    const { town } = place;
    const { model } = town;
    const world = await openWorld(place.time.now);
    const admins = [`${place.channel.split(":")[0]}:${place.idOf("kim").replace("console:", "")}`];
    const workspace = { admins, admin_channel: place.channel };
    town.app.use(configOf(model, { workspace, ...serversOf(world, { client_secret: secret }) }));
    await settled(town, "connected");

    model.on("who", [{ call: "notes__whoami", arguments: {} }], "You are known there.");
    await place.mention("ana", "who are we there?");
    await model.until(() => told(town).includes("You are bot."));
    const [first] = world.ledger.grants;

    world.ledger.expireAll();
    model.on("tell", [{ call: "notes__leak", arguments: {} }], "It told.");
    await place.mention("ana", "tell me all");
    await model.until(() => told(town).includes("It came with"));
    expect(told(town)).toContain("It came with [redacted], so it did.");
    expect(world.ledger.grants).toHaveLength(2);

    await place.mention("kim", "connect notes");
    await place.whisper("kim", /Nobody has to sign in to \*{0,2}notes\*{0,2}: I do that as myself/);
    await place.mention("kim", "disconnect notes");
    await place.whisper("kim", /Nobody is signed in to \*{0,2}notes\*{0,2} but I myself/);

    const seen = JSON.stringify([await place.all(), await place.whispers("kim"), await place.whispers("ana")]);
    expect(seen).not.toMatch(/wants somebody to sign in|link/);
    await town.close();
    const everything = JSON.stringify([seen, town.log, told(town), await town.kept(admins[0]?.split(":")[0] ?? "")]);
    expect(everything).toContain("You are known there.");
    for (const one of [secret, encodeURIComponent(secret), first?.access ?? "?", world.ledger.grants[1]?.access ?? "?"])
      expect(everything).not.toContain(one);
  });
});

describe("a program", () => {
  it("whose secret is wrong is told of to admins with the reason, and works as soon as that is mended", async () => {
    const world = await openWorld();
    const config = (client_secret: string) => ({
      workspace: { admins: ["console:kim"] },
      ...serversOf(world, { client_secret }),
    });
    const town = await openTown({ console: true, config: config("this-is-not-it-at-all") });
    await settled(town, "waiting");
    await town.console.say("kim", "/agents");
    await whisper(town, "kim", /notes.*does not let Bellhop in as itself: invalid_client I do not know you/s);
    await town.console.say("ana", "/agents");
    const others = await whisper(town, "ana", /notes.*lost/s);
    expect(others).not.toContain("invalid_client");
    const health = JSON.stringify(await (await fetch(`${town.url}/healthz`)).json());
    expect(health).toContain("waiting");
    expect(town.log.join()).toContain("invalid_client I do not know you");
    expect(JSON.stringify([town.log, health, others])).not.toContain("this-is-not-it-at-all");

    town.app.use(configOf(town.model, config(secret)));
    await settled(town, "connected");
    await town.console.say("kim", "/bellhop status");
    await whisper(town, "kim", /notes \(connected, 3 tools\)/);
  });

  it("that has a key needs no secret, and shows nothing of it", async () => {
    const world = await openWorld();
    const town = await openTown({ console: true, config: serversOf(world, { private_key: pem }) });
    await settled(town, "connected");
    town.model.on("who", [{ call: "notes__whoami", arguments: {} }], "You are known there.");
    const root = await town.console.say("kim", "@Bellhop who are we there?");
    await town.console.answer({ thread: root.id });
    expect(told(town)).toContain("You are bot.");
    await town.close();
    const [, line = "?"] = pem.split("\n");
    const everything = JSON.stringify([town.log, told(town), await town.kept("console")]);
    expect(everything).not.toMatch(/PRIVATE KEY|eyJ/);
    expect(everything).not.toContain(line);
  });

  it("is no server to sign in to: by the command, in the language of whoever asks, alone or beside one that is", async () => {
    const world = await openWorld();
    const workspace = { admins: ["console:kim"] };
    const one = serversOf(world, { client_secret: secret });
    const town = await openTown({ console: true, config: { workspace, ...one } });
    await town.console.say("kim", "/bellhop connect");
    await whisper(town, "kim", /Nobody has to sign in to \*\*notes\*\*/);
    await town.console.say("kim", "/bellhop connect wiki");
    await town.console.speak("kim", "zh-TW");
    await town.console.say("kim", "/bellhop disconnect notes");
    await whisper(town, "kim", /登入 \*\*notes\*\* 的只有我自己/);
    await town.console.say("kim", "@Bellhop 登入 notes");
    await whisper(town, "kim", /\*\*notes\*\* 不需要任何人登入/);
    const wiki = { name: "wiki", url: world.resource, oauth: true };
    town.app.use(configOf(town.model, { workspace, ...one, mcp_servers: [...one.mcp_servers, wiki] }));
    await town.console.say("kim", "/bellhop disconnect");
    await whisper(town, "kim", /沒有人登入 \*\*wiki\*\*/);
  });
});

/** A world in which a program called bot may come as itself. */
async function openWorld(now: () => number = Date.now): Promise<OAuthWorld> {
  const methods = ["client_secret_basic", "private_key_jwt", "none"];
  const grants = ["client_credentials", "authorization_code", "refresh_token"];
  const world = await createOAuthWorld({ now, authority: { grants, methods } });
  worlds.push(world);
  return world;
}

/** The settings of a server that takes this proof of the program. */
function serversOf(world: OAuthWorld, proof: { client_secret: string } | { private_key: string }) {
  const common = { id: "bot", redirects: [], program: { scopes: [] } };
  const key = { pem: keys.publicKey.export({ type: "spki", format: "pem" }).toString() };
  world.ledger.clients.set(
    "bot",
    "private_key" in proof
      ? { ...common, secret: undefined, method: "private_key_jwt", key }
      : { ...common, secret, method: "client_secret_basic" },
  );
  return {
    mcp_servers: [{ name: "notes", url: world.resource, oauth: { as: "itself", client_id: "bot", ...proof } }],
    agents: [{ name: "ops", llm_model: "main", system_prompt: "You are ops.", mcp_servers: ["notes"] }],
  };
}

/** All that models were told. */
function told({ model }: Town): string {
  return JSON.stringify(model.requests.map(({ body }) => body.messages));
}

function whisper({ console }: Town, who: string, words: RegExp): Promise<string> {
  return console.until(
    async () =>
      (await console.state()).messages.findLast(({ only, text }) => only === `console:${who}` && words.test(text))
        ?.text,
  );
}

/** Waits until the server is in a state. */
async function settled({ app }: Town, state: string): Promise<void> {
  const end = performance.now() + 5000;
  while (app.report().mcp.notes?.state !== state) {
    if (performance.now() > end) throw new Error(`notes is ${JSON.stringify(app.report().mcp.notes)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
