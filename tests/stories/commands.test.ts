import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import type { Message } from "../../adapters/console/wire.ts";
import { readLocalKey } from "../../src/store/secret-key.ts";
import { wordsOf } from "../../src/words/words.ts";
import { startBellhop } from "../world/bellhop-process.ts";
import { fileOf, giver } from "./given-files.ts";
import { configOf, leaveTowns, openTown, type Town } from "./town.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await leaveTowns();
});

describe("/ask", () => {
  it("shows the question in the channel and has it answered in its thread, on the console", async () => {
    const { console, model } = await openTown({ console: true });
    model.on({ system: "You are scribe" }, "Noted.");
    await console.say("ana", "/ask scribe note this");
    const shown = await console.answer({});
    expect(shown.text).toBe("**ana** asked **scribe**: note this");
    const answer = await console.answer({ thread: shown.id });
    expect(answer.text).toBe("Noted.");
    expect(model.requests[0]?.user).toBe("ana: note this");
    const told = await console.answer({}, [shown]);
    expect(told.text).toMatch(/^\*\*scribe\*\* is on it/);
    expect(told.only).toBe("console:ana");

    // The thread goes on as any other.
    await console.say("ana", "and that", { thread: shown.id });
    expect((await console.answer({ thread: shown.id }, [answer])).text).toBe("Noted.");
  });

  it("shows the question in the channel and has it answered in its thread, on Slack", async () => {
    const { slack, model } = await openTown({ slack: true });
    model.on({ system: "You are scribe" }, "Noted.");
    const [ana, tom] = [slack.person("ana"), slack.person("tom")];
    const general = slack.channel("general", { members: [ana, tom] });
    await slack.command(ana, general, "/ask", "scribe note this");
    const shown = await slack.until(() => slack.messages(general)[0]);
    expect(shown.shown).toBe("**ana** asked **scribe**: note this");
    await slack.until(() => slack.messages(general, shown.ts).find((one) => one.shown.includes("Noted.")));
    const told = await slack.until(() => slack.ephemerals(ana, general)[0]);
    expect(told.shown).toMatch(/scribe.* is on it: .*https?:/);
    expect(slack.ephemerals(tom, general)).toEqual([]);
  });

  it("shows the question in the channel and has it answered in its thread, on Discord", async () => {
    const { discord, model } = await openTown({ discord: true });
    model.on({ system: "You are scribe" }, "Noted.");
    const [ana, tom] = [discord.person("ana"), discord.person("tom")];
    const general = discord.channel("general");
    discord.slash(ana, general, "ask", { question: "note this", agent: "scribe" });
    const shown = await discord.until(() => discord.messages(general).find((one) => one.text.includes("asked")));
    expect(shown.text).toBe("**ana** asked **scribe**: note this");
    const thread = await discord.until(() => discord.threadOf(shown));
    await discord.until(() => discord.messages(thread).find((one) => one.text.includes("Noted.")));
    const told = await discord.until(() =>
      discord.messages(general, ana).find((one) => one.ephemeral && one.text.includes("is on it")),
    );
    expect(told.text).toMatch(/\*\*scribe\*\* is on it: .*https?:/);
    expect(discord.messages(general, tom).filter((one) => one.ephemeral)).toEqual([]);
  });

  it("in a thread or a DM shows the question right there, and goes on there, on Discord", async () => {
    const { discord, model } = await openTown({ discord: true });
    model.on("more", "And more.");
    const ana = discord.person("ana");
    for (const place of [discord.dm(ana), discord.thread(discord.channel("general"), { by: ana, name: "talk" })]) {
      discord.slash(ana, place, "ask", { question: "note this" });
      const seen = () => discord.messages(place).map(({ text }) => text.split("\n")[0]);
      await discord.until(() => seen().some((line) => line?.startsWith("Hello from")));
      expect(seen()).toEqual(["**ana** asked **ops**: note this", "Hello from the simulated model."]);
      discord.say(ana, place, "and more?");
      await discord.until(() => seen().includes("And more."));
      expect(model.requests.at(-1)?.body.messages.map(({ role }) => role)).toEqual([
        "system",
        "user",
        "assistant",
        "user",
      ]);
    }
  });

  it("in a DM is answered in the DM, on Slack and on the console", async () => {
    const { slack, console } = await openTown({ slack: true, console: true });
    const ana = slack.person("ana");
    const dm = slack.dm(ana);
    await slack.command(ana, dm, "/ask", "note this");
    await slack.until(() => slack.messages(dm).some(({ shown }) => shown.startsWith("Hello from")));
    expect(slack.messages(dm)[0]?.shown).toBe("**ana** asked **ops**: note this");
    await console.say("ana", "/ask note this", { channel: "dm-ana" });
    const said = async () => (await console.messages({ channel: "dm-ana" })).map(({ text }) => text);
    await console.until(async () => (await said()).length === 2 || undefined);
    expect((await said())[0]).toBe("**ana** asked **ops**: note this");
  });

  it("without a name asks the channel's agent; a name that is none is refused, privately, and shown to nobody", async () => {
    const { console, discord, model } = await openTown({ console: true, discord: true });
    await console.say("ana", "/ask what is new?");
    expect((await console.answer({})).text).toBe("**ana** asked **ops**: what is new?");
    const ana = discord.person("ana");
    const general = discord.channel("general");
    discord.slash(ana, general, "ask", { question: "what is new?", agent: "zebra" });
    const told = await discord.until(() => discord.messages(general, ana).find((one) => one.text !== ""));
    expect(told.text).toBe("There is no agent *zebra*. See `agents` for who is here.");
    expect(discord.messages(general)).toEqual([]);
    await model.until((world) => world.answered === 1);
  });

  it("without a question says how to ask one, and asks nobody where nobody may be asked", async () => {
    const { console, model } = await openTown({
      console: true,
      config: { channels: [{ match: "console:team", agents: ["scribe"] }] },
    });
    await console.say("ana", "/ask");
    const how = await console.answer({});
    expect(how.text).toBe("Ask what? For example `/ask researcher what is new?`");
    expect(how.only).toBe("console:ana");
    await console.say("ana", "/ask ops why?", { channel: "team" });
    const refused = await console.answer({ channel: "team" });
    expect(refused.text).toMatch(/^\*\*ops\*\* is not for this channel\./);
    expect(refused.only).toBe("console:ana");
    expect(model.requests).toHaveLength(0);
  });
});

describe("/ask that is not answered", () => {
  it("shows nothing in the channel when nothing was asked, or too often", async () => {
    const { console, model } = await openTown({ console: true, config: { limits: { mentions_per_minute: 1 } } });
    await console.say("ana", "/ask ops:");
    const told = [await console.answer({})];
    expect(told[0]?.text).toMatch(/^Yes\? Ask me something after the mention/);
    await console.say("ana", "/ask what is new?");
    told.push(await console.answer({}, told));
    expect(told[1]?.text).toMatch(/^That was more than 1 question in a minute\./);
    expect(told.map((one) => one.only)).toEqual(["console:ana", "console:ana"]);
    expect((await console.messages()).filter((one) => !one.only)).toEqual([]);
    expect(model.requests).toHaveLength(0);
  });

  it("says so where the bot may not write", async () => {
    const { slack, model } = await openTown({ slack: true });
    const ana = slack.person("ana");
    const closed = slack.channel("closed", { private: true, botIsMember: false });
    await slack.command(ana, closed, "/ask", "ops why?");
    const told = await slack.until(() => slack.ephemerals(ana, closed)[0]);
    expect(told.shown).toBe("I can't write there. Invite me to that channel, then ask again.");
    expect(model.requests).toHaveLength(0);
  });

  it("for a name that is nearly an agent's offers that one, and shows the question when it is taken", async () => {
    const { slack, model } = await openTown({ slack: true });
    model.answer("Because.");
    const ana = slack.person("ana");
    const general = slack.channel("general");
    await slack.command(ana, general, "/ask", "opps: why?");
    const offer = await slack.until(() => slack.ephemerals(ana, general).find((one) => one.buttons.length > 0));
    expect(slack.messages(general)).toEqual([]);
    await slack.press(ana, offer, "Ask ops");
    const shown = await slack.until(() => slack.messages(general)[0]);
    expect(shown.shown).toBe("**ana** asked **ops**: why?");
    await slack.until(() => slack.messages(general, shown.ts).find((one) => one.shown.includes("Because.")));
    expect(slack.messages(general)).toHaveLength(1);
    expect(model.requests).toHaveLength(1);
  });
});

describe("/agents", () => {
  it("says of each model that somebody uses what the settings say it is good for, once", async () => {
    const { app, console, model } = await openTown({ console: true });
    const at = { provider: "custom", base_url: model.baseUrl, model: model.model, api_key: model.key };
    const agent = (name: string, llm_model: string) => ({ name, llm_model, system_prompt: `You are ${name}.` });
    app.use(
      configOf(model, {
        models: [
          { ...at, name: "deep", display_name: "Deep", description: "Hard *questions*\nasked slowly." },
          { ...at, name: "main" },
          { ...at, name: "spare", description: "Nobody's." },
        ],
        agents: [agent("ops", "deep"), agent("scribe", "main"), agent("sage", "deep")],
      }),
    );
    await console.say("ana", "/agents");
    expect((await console.answer({})).text).toBe(
      "**ops** · Deep · 0 tools\n**scribe** · main · 0 tools\n**sage** · Deep · 0 tools\nModel *Deep*: Hard questions asked slowly.",
    );
  });

  it("tells the asker alone who is here, with model and tools, and what is wrong with them", async () => {
    const { console } = await openTown({
      console: true,
      config: {
        agents: [
          { name: "ops", role: "looks after production", llm_model: "main", mcp_servers: ["nowhere"] },
          { name: "scribe", llm_model: "main" },
          { name: "hidden", llm_model: "main", enabled: false },
        ],
      },
    });
    await console.say("ana", "/agents");
    const told = await console.answer({});
    expect(told.text.split("\n")).toEqual([
      '**ops** — looks after production · main · 0 tools · ⚠ MCP server "nowhere" is not set up',
      "**scribe** · main · 0 tools",
    ]);
    expect(told.only).toBe("console:ana");
  });

  it("is private on Slack and on Discord", async () => {
    const { slack, discord } = await openTown({ slack: true, discord: true });
    const [ana, tom] = [slack.person("ana"), slack.person("tom")];
    const general = slack.channel("general", { members: [ana, tom] });
    await slack.command(ana, general, "/agents");
    expect((await slack.until(() => slack.ephemerals(ana, general)[0])).shown).toContain("looks after production");
    expect(slack.ephemerals(tom, general)).toEqual([]);
    expect(slack.messages(general)).toEqual([]);

    const [kim, mia] = [discord.person("kim"), discord.person("mia")];
    const place = discord.channel("place");
    discord.slash(kim, place, "agents");
    await discord.until(() => discord.messages(place, kim).find((one) => one.text.includes("looks after production")));
    expect(discord.messages(place, mia)).toEqual([]);
  });
});

describe("/bellhop", () => {
  it("tells how it is, what can be said, and what it does not know, to the asker alone", async () => {
    const { console } = await openTown({ console: true });
    const told: Message[] = [];
    for (const words of ["status", "help", "", "why", "stop", "statsu", "fly me to the moon"]) {
      await console.say("ana", `/bellhop ${words}`);
      told.push(await console.answer({}, told));
    }
    expect(told.map((one) => one.only)).toEqual(told.map(() => "console:ana"));
    const [status, help, nothing, why, stop, nearly, unknown] = told.map((one) => one.text);
    expect(status).toBe("Connected: console.\n0 runs going, 0 waiting, 1 worker.");
    expect(help).toMatch(/^Mention me and ask: `@Bellhop what is new\?`/);
    expect(nothing).toBe(help);
    expect(why).toBe("I have nothing on record for this place yet.");
    expect(stop).toBe("Nothing is running here.");
    expect(nearly).toMatch(/^I don't know \*statsu\*\. Did you mean `status`\?/);
    expect(unknown).toMatch(/^I don't know \*fly me to the moon\*\.\nTry `status`/);
  });

  it("why, in a channel, tells of the latest answer in any of its threads", async () => {
    const { slack } = await openTown({ slack: true });
    const ana = slack.person("ana");
    const [general, other] = [slack.channel("general"), slack.channel("other")];
    const root = slack.say(ana, general, "@Bellhop scribe: hello");
    await slack.until(() => slack.messages(general, root.ts).find((one) => one.shown.includes("scribe · main")));
    await slack.command(ana, general, "/bellhop", "why");
    const why = await slack.until(() => slack.ephemerals(ana, general)[0]);
    expect(why.shown).toMatch(/scribe.* answered \(rule: named in the text\)/);
    await slack.command(ana, other, "/bellhop", "why");
    const nothing = await slack.until(() => slack.ephemerals(ana, other)[0]);
    expect(nothing.shown).toBe("I have nothing on record for this place yet.");
  });

  it("stop ends what goes on in a DM; the answer itself says so", async () => {
    const { slack, model } = await openTown({ slack: true });
    model.answer({ say: "word ".repeat(300), msPerDelta: 20 });
    const ana = slack.person("ana");
    const dm = slack.dm(ana);
    slack.say(ana, dm, "tell me all");
    await model.until(() => model.inFlight === 1);
    await slack.command(ana, dm, "/bellhop", "stop");
    await model.until(() => model.aborted.length === 1);
    await slack.until(() => slack.messages(dm).find((one) => one.shown.includes("Stopped by ana.")));
    expect(slack.messages(dm)).toHaveLength(2);
  });

  it("answers on Discord by its subcommands", async () => {
    const { discord } = await openTown({ discord: true });
    const ana = discord.person("ana");
    const general = discord.channel("general");
    for (const [subcommand, words] of [
      ["status", "Connected: discord."],
      ["help", "Mention me and ask"],
      ["why", "nothing on record"],
    ] as const) {
      discord.slash(ana, general, "bellhop", {}, { subcommand });
      await discord.until(() =>
        discord.messages(general, ana).find((one) => one.ephemeral && one.text.includes(words)),
      );
    }
    expect(discord.messages(general)).toEqual([]);
  });
});

describe("a verb alone after a mention", () => {
  it("is answered in the thread, from what is known: no model is asked", async () => {
    const { console, model } = await openTown({ console: true });
    for (const [verb, said] of [
      ["status", /^Connected: console\./],
      ["Help", /^Mention me and ask/],
      ["agents", /^\*\*ops\*\* — looks after production/],
      ["why", /^I have nothing on record/],
      ["stop", /^Nothing is running here\.$/],
      ["狀態", /^Connected: console\./],
    ] as const) {
      const root = await console.say("ana", `@Bellhop ${verb}`);
      const told = await console.answer({ thread: root.id });
      expect(told.text).toMatch(said);
      expect(told.only).toBeUndefined();
    }
    expect(model.requests).toHaveLength(0);
  });
});

describe("POST /api/v1/commands", () => {
  const json = { "content-type": "application/json" };
  const post = async ({ url }: { url: string }, body: unknown, headers: Record<string, string> = json) => {
    const sent = { method: "POST", headers, body: typeof body === "string" ? body : JSON.stringify(body) };
    const response = await fetch(`${url}/api/v1/commands`, sent);
    return { status: response.status, body: (await response.json()) as Answer };
  };

  /** What a program sends that may read the data folder. */
  const local = async ({ dataDir }: Town) => ({ ...json, authorization: `Bearer ${await readLocalKey(dataDir)}` });

  it("asks an agent and answers with what it said", async () => {
    const town = await openTown({ console: true });
    town.model.on({ system: "You are scribe" }, "Noted.");
    expect(await post(town, { text: "ask scribe: note this" })).toEqual({
      status: 200,
      body: { text: "Noted.", footer: expect.stringMatching(/^scribe · main · /) },
    });
    expect(town.model.requests[0]?.user).toBe("operator: note this");
    expect((await post(town, { text: "ask what is new?" })).body.footer).toMatch(/^ops · /);
    expect((await post(town, { text: "ask zebra: what is new?" })).body.text).toMatch(/^There is no agent \*zebra\*\./);
    expect((await post(town, { text: "agents" })).body.text).toMatch(/^\*\*ops\*\*/);
    expect((await post(town, { text: "status" })).body.text).toMatch(/^Connected: console\./);
    expect((await post(town, { text: "ask" })).body.text).toMatch(/^Ask what\?/);
  });

  it("asks on somebody's behalf in a channel, where the answer is posted", async () => {
    const town = await openTown({ console: true });
    town.model.answer("All is well.");
    const asked = { text: "ask ops: how is it?", as: "console:kim", channel: "console:team" };
    const said = await post(town, asked, await local(town));
    expect(said.body.text).toMatch(/^\*\*ops\*\* is on it/);
    const shown = await town.console.answer({ channel: "team" });
    expect(shown.text).toBe("**kim** asked **ops**: how is it?");
    expect((await town.console.answer({ channel: "team", thread: shown.id })).text).toBe("All is well.");
  });

  it("refuses a channel of a platform that is not connected, and says when one is not there", async () => {
    const town = await openTown({ console: true });
    const key = await local(town);
    expect(await post(town, { text: "ask what is new?", channel: "telegram:1" }, key)).toMatchObject({
      status: 400,
      body: { error: { code: "bad_command", message: "channel: telegram is not connected here; there is console." } },
    });
    const nowhere = await post(town, { text: "ask what is new?", channel: "console:nowhere" }, key);
    expect(nowhere.body.text).toBe("I can't write there. Invite me to that channel, then ask again.");
    expect(town.model.requests).toHaveLength(0);
  });

  it("stops what goes on in a DM, and says so", async () => {
    const town = await openTown({ console: true });
    town.model.answer({ say: "word ".repeat(300), msPerDelta: 20 });
    await town.console.say("ana", "tell me all", { channel: "dm-ana" });
    await town.model.until((world) => world.inFlight === 1);
    const stop = { text: "stop", as: "console:ana", channel: "console:dm-ana" };
    const said = await post(town, stop, await local(town));
    expect(said.body.text).toBe("*Stopped by ana.*");
    expect((await town.console.answer({ channel: "dm-ana" })).text).toMatch(/^\*Stopped by ana\.\*/);
  });

  it("refuses what it can't read, and says what is wanted", async () => {
    const town = await openTown({});
    const refused: [string, unknown, number, string, RegExp][] = [
      ["no JSON", "{", 400, "bad_json", /must be JSON/],
      ["no object", "[]", 400, "bad_command", /^The body: wanted an object/],
      ["no text", {}, 400, "bad_command", /^text: wanted a command/],
      ["an empty text", { text: "  " }, 400, "bad_command", /^text: wanted a command/],
      ["a setting there is not", { text: "status", form: "long" }, 400, "bad_command", /^The body: wanted an object/],
      ["a person of nowhere", { text: "status", as: "ana" }, 400, "bad_command", /^as: wanted a person such as/],
      ["the program as a person", { text: "status", as: "bellhop:config" }, 400, "bad_command", /^as: wanted a person/],
      ["a channel of nowhere", { text: "status", channel: "#team" }, 400, "bad_command", /^channel: wanted a channel/],
      ["more than 1 MB", { text: "x".repeat(1_100_000) }, 413, "too_large", /at most 1 MB/],
    ];
    for (const [what, body, status, code, message] of refused) {
      expect(await post(town, body), what).toEqual({
        status,
        body: { error: { code, message: expect.stringMatching(message), timestamp: expect.stringMatching(/^\d{4}-/) } },
      });
    }
    // Forms on foreign pages are sent as these.
    for (const type of ["text/plain", "application/x-www-form-urlencoded"])
      expect(await post(town, '{"text":"status"}', { "content-type": type }), type).toMatchObject({
        status: 415,
        body: { error: { code: "not_json" } },
      });
  });

  it("without a key is for programs of this machine only: not for pages, nor for names that lead here", async () => {
    const town = await openTown({});
    const body = { text: "status" };
    expect((await post(town, body, { ...json, origin: "https://evil.example" })).body.error?.code).toBe(
      "loopback_only",
    );
    expect((await post(town, body, { ...json, origin: "null" })).status).toBe(403);
    expect((await post(town, body, { ...json, origin: "http://localhost:3000" })).status).toBe(200);
    expect(await statusFor(town, "evil.example")).toBe(403);
    expect(await statusFor(town, "localhost.evil.example")).toBe(403);
    expect(await statusFor(town, "localhost:1")).toBe(200);
  });

  const outside = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === "IPv4" && !one.internal)?.address;
  it.skipIf(outside === undefined)("without a key is closed to other machines, with one it is open", async () => {
    const open = async (parts: { apiKey?: string }) => {
      const town = await openTown({ parts: { host: "0.0.0.0", ...parts } });
      return { url: town.url.replace("0.0.0.0", outside ?? "") };
    };
    expect((await post(await open({}), { text: "status" })).body.error?.code).toBe("loopback_only");
    const keyed = await open({ apiKey: "key-of-this-test" });
    expect((await post(keyed, { text: "status" })).body.error?.code).toBe("unauthorized");
    expect((await post(keyed, { text: "status" }, { ...json, authorization: "Bearer key-of-this-test" })).status).toBe(
      200,
    );
  });

  it("without a key speaks for nobody else and in no channel: any program here can be made to send a request", async () => {
    const town = await openTown({ console: true, config: { workspace: { admins: ["console:kim"] } } });
    const refused = { status: 403, body: { error: { code: "key_wanted" } } };
    const tools = { text: "tools", as: "console:kim" };
    expect(await post(town, tools)).toMatchObject(refused);
    expect(await post(town, { text: "status", as: "api:somebody" })).toMatchObject(refused);
    expect(await post(town, { text: "ask what is new?", channel: "console:team" })).toMatchObject(refused);
    expect(await post(town, tools, { ...json, authorization: `Bearer ${"0".repeat(64)}` })).toMatchObject(refused);
    expect(await post(town, tools, await local(town))).toMatchObject({
      status: 200,
      body: { text: wordsOf("en").tools.noServers },
    });
    expect((await post(town, { text: "status", as: "api:operator" })).status).toBe(200);
  });

  it("without a key is closed where the settings make its own person an admin", async () => {
    const town = await openTown({ config: { workspace: { admins: ["api:operator"] } } });
    expect(await post(town, { text: "tools" })).toMatchObject({
      status: 403,
      body: { error: { code: "key_wanted", message: expect.stringContaining("make api:operator an admin") } },
    });
    expect((await post(town, { text: "tools" }, await local(town))).status).toBe(200);
  });

  it("names the files of an answer", async () => {
    const { agents, toolbox, give } = giver();
    const town = await openTown({ parts: { toolboxes: [toolbox] }, config: { agents } });
    town.model.queue([give(fileOf("notes.txt", "hello"))], "There it is.");
    expect((await post(town, { text: "ask draw" })).body).toMatchObject({
      text: "There it is.",
      files: [{ name: "notes.txt", type: "text/plain", bytes: 5 }],
    });
  });

  it("with a key wants that key from everybody", async () => {
    const town = await openTown({ parts: { apiKey: "key-of-this-test" } });
    const status = async (headers: Record<string, string>) =>
      (await post(town, { text: "status" }, { ...json, ...headers })).status;
    expect(await status({})).toBe(401);
    expect(await status({ authorization: "Bearer another-key" })).toBe(401);
    expect(await status({ authorization: "key-of-this-test" })).toBe(401);
    expect(await status(await local(town))).toBe(401);
    expect(await status({ authorization: "Bearer key-of-this-test" })).toBe(200);
  });
});

describe("the command line", () => {
  it("asks a running Bellhop found by its port, and prints the answer with its footer", async () => {
    const dir = await mkdtemp(join(tmpdir(), "bellhop-commands-"));
    closing.push(() => rm(dir, { recursive: true, force: true }));
    const bellhop = startBellhop({ BELLHOP_CONFIG: join(dir, "config"), BELLHOP_DATA: join(dir, "data") });
    closing.push(() => bellhop.kill());
    const { port } = new URL(await bellhop.ready());
    const asked = await cli(["ask", "concierge", "what time is it in Taipei?"], { PORT: port });
    expect(asked).toMatchObject({ code: 0, err: "" });
    expect(asked.out).toMatch(/Taipei[\s\S]*\n— concierge · offline model · 1 tool · .*\n$/);
    expect((await cli(["agents"], { PORT: port })).out).toMatch(/concierge[\s\S]*scribe/);
    expect((await cli(["status"], { PORT: port })).out).toMatch(/^Connected: console\.\n/);
  });

  it("speaks for somebody in a channel, and sends the key it is given", async () => {
    const town = await openTown({ console: true, parts: { apiKey: "key-of-this-test" } });
    town.model.answer("All is well.");
    const args = [
      "ask",
      "ops",
      "how",
      "is",
      "it?",
      "--url",
      town.url,
      "--as",
      "console:kim",
      "--channel",
      "console:team",
    ];
    expect(await cli(args)).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringMatching(/^Send the key of BELLHOP_API_KEY/),
    });
    expect(await cli(args, { BELLHOP_API_KEY: "key-of-this-test" })).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\*\*ops\*\* is on it/),
    });
    expect((await town.console.answer({ channel: "team" })).text).toBe("**kim** asked **ops**: how is it?");
  });

  it("says in a line what it wants, and ends with 1", async () => {
    const refused = async (...args: string[]) => {
      const { code, out, err } = await cli(args);
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err).not.toMatch(/\bat .*:\d+:\d+/);
      return err;
    };
    expect(await refused("ask", "ops")).toBe(
      'ask wants an agent and a question: bellhop ask researcher "what is new?"\n',
    );
    expect(await refused("aks")).toMatch(/^There is no "bellhop aks"\. Did you mean "bellhop ask"\?/);
    expect(await refused("status", "--colour")).toMatch(/--colour[\s\S]*Usage:/);
    expect(await refused("status", "--url", "http://127.0.0.1:9")).toBe(
      "Nothing answers at http://127.0.0.1:9. Start Bellhop there, or give --url.\n",
    );
  });

  it("shows what it can do, and ends with 0", async () => {
    expect(await cli(["--help"])).toMatchObject({ code: 0, err: "", out: expect.stringMatching(/^Usage:/) });
    expect((await cli([])).out).toMatch(/^Usage:/);
  });
});

type Answer = { text?: string; footer?: string; error?: { code: string; message: string } };

/** The status of a command sent to this town under another host's name. */
function statusFor({ url }: Town, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", host };
    const asked = request(`${url}/api/v1/commands`, { method: "POST", headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on("error", reject);
    asked.end('{"text":"status"}');
  });
}

/** Runs the command line with this environment and nothing else of ours, in a folder without a `.env`. */
function cli(args: string[], env: Record<string, string> = {}): Promise<{ code: number; out: string; err: string }> {
  const program = fileURLToPath(new URL("../../dist/src/cli.js", import.meta.url));
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [program, ...args],
      { env: { PATH: process.env.PATH ?? "", ...env }, cwd: tmpdir() },
      (_error, out, err) => resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}
