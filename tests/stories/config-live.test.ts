import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { type BellhopProcess, startBellhop } from "../world/bellhop-process.ts";
import { createModel, type ModelWorld } from "../world/model/model.ts";
import { type Console, visitConsole } from "./console.ts";

// Each change waits until the folder has been quiet for a second. One process lives through all of them.
vi.setConfig({ testTimeout: 40_000, hookTimeout: 30_000 });

const house = fileURLToPath(new URL("../../dist/src/tools/house-server.js", import.meta.url));

let dir: string;
let model: ModelWorld;
let bellhop: BellhopProcess;
let url: string;
let console: Console;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "bellhop-live-"));
  await mkdir(join(dir, "config"));
  await save("agents.yaml", agents("You are ops."));
  await save("channels.yaml", {
    workspace: { admin_channel: "console:team" },
    // All of them ask as one person.
    limits: { mentions_per_minute: 100 },
  });
  bellhop = startBellhop({ BELLHOP_CONFIG: join(dir, "config"), BELLHOP_DATA: join(dir, "data") });
  url = await bellhop.ready();
  console = visitConsole(() => url);
});

afterAll(async () => {
  await bellhop.kill();
  await rm(dir, { recursive: true, force: true });
});

beforeEach(async () => {
  model = await createModel();
  await save("agents.yaml", agents("You are ops."));
  await save("mcp_servers.yaml", { mcp_servers: [] });
  await use("llm.yaml", models(model.key));
});

afterEach(async () => {
  await model.stop();
  expect(model.violations).toEqual([]);
});

it("an edit is in use for the next question", async () => {
  await ask("hello");
  expect(model.requests.at(-1)?.system).toMatch(/^You are ops\./);
  await use("agents.yaml", agents("You are ops, and in a hurry."));
  await ask("hello again");
  expect(model.requests.at(-1)?.system).toMatch(/^You are ops, and in a hurry\./);
});

it("an agent added can be asked, one taken away can't", async () => {
  const { agents: team } = agents("You are ops.");
  await use("agents.yaml", { agents: [...team, { name: "scribe", llm_model: "main" }] });
  expect((await ask("scribe: note this")).footer).toMatch(/^scribe · /);
  await use("agents.yaml", { agents: team });
  expect((await ask("ask scribe note this")).text).toMatch(/^There is no agent \*scribe\*\./);
});

it("a broken edit keeps the old config, and is told on standard output, in /healthz and to the admins, as is its mending", async () => {
  await saveText("agents.yaml", "agents:\n  - name: ops\n    llm_model: main\n    tiemout: 5m\n");
  await until(() => /· .*agents\.yaml:4:\d+ agents\[0\]\.tiemout: .*did you mean "timeout"/.test(bellhop.out));
  expect(await health()).toMatchObject({
    status: "degraded",
    config: { ok: false, problems: [expect.stringMatching(/agents\.yaml:4:\d+ agents\[0\]\.tiemout/)] },
  });
  const told = await console.answer({ channel: "team" });
  expect(told.text).toMatch(
    /^A change in the config has problems; I go on with the last good one:\n• .*agents\.yaml:4:\d+ agents\[0\]\.tiemout/,
  );
  expect((await ask("hello")).footer).toMatch(/^ops · main · /);
  expect(model.requests.at(-1)?.system).toMatch(/^You are ops\./);

  await save("agents.yaml", agents("You are ops, mended."));
  const mended = await console.answer({ channel: "team" }, [told]);
  expect(mended.text).toBe("The config is good again and in use.");
  expect(await health()).toMatchObject({ status: "ok", config: { ok: true, problems: [] } });
  await ask("hello again");
  expect(model.requests.at(-1)?.system).toMatch(/^You are ops, mended\./);
});

it("a run under way keeps what it had", async () => {
  await use("mcp_servers.yaml", servers());
  await use("agents.yaml", agents("You are ops.", { mcp_servers: ["house"] }));
  await connected("house");
  const { call, release } = heldCall();
  model.on("what time is it?", call, "It is late.");
  const root = await console.say("ana", "@Bellhop what time is it?");
  await model.until((world) => world.inFlight === 1);
  await use("agents.yaml", agents("You are ops, and know no time."));
  await ask("hello");
  expect(model.requests.at(-1)?.system).toMatch(/know no time/);
  expect(JSON.stringify(model.requests.at(-1)?.body.tools)).not.toContain("house__");

  release();
  expect((await console.answer({ thread: root.id })).text).toBe("It is late.");
  const [first, last] = model.requests.filter((one) => one.user.includes("what time"));
  expect(last?.system).toBe(first?.system);
  expect(last?.body.tools).toEqual(first?.body.tools);
  expect(String(last?.body.messages.at(-1)?.content)).toContain("Taipei");
});

it("an MCP server is connected when it is added, and gone when it is taken out", async () => {
  expect((await health()).mcp).toEqual({});
  await use("mcp_servers.yaml", servers());
  await use("agents.yaml", agents("You are ops.", { mcp_servers: ["house"] }));
  await connected("house");
  model.queue([{ call: "house__time", arguments: { place: "Taipei" } }], "It is late.");
  const answer = await ask("what time is it in Taipei?");
  expect(answer.lines?.map(({ title, state }) => `${title} ${state}`)).toEqual(["house time done"]);

  await use("agents.yaml", agents("You are ops."));
  await use("mcp_servers.yaml", { mcp_servers: [] });
  expect((await health()).mcp).toEqual({});
  await ask("and now?");
  expect(JSON.stringify(model.requests.at(-1)?.body.tools)).not.toContain("house__");
});

it("an MCP server taken out under a run is told to its model, which answers all the same", async () => {
  await use("mcp_servers.yaml", servers());
  await use("agents.yaml", agents("You are ops.", { mcp_servers: ["house"] }));
  await connected("house");
  const { call, release } = heldCall();
  model.on("what time is it?", call, "I can't look at the clock any more.");
  const root = await console.say("ana", "@Bellhop what time is it?");
  await model.until((world) => world.inFlight === 1);
  await use("mcp_servers.yaml", { mcp_servers: [] });
  release();
  expect((await console.answer({ thread: root.id })).text).toBe("I can't look at the clock any more.");
  expect(String(model.requests.at(-1)?.body.messages.at(-1)?.content)).toMatch(/not connected/i);
});

it("a key that was changed is used at once, and no key is shown, printed or logged", async () => {
  await use("llm.yaml", models("another-key-of-this-test"));
  expect((await ask("hello")).text).toMatch(/the model main refused the key/);
  // That was the wrong key, as meant.
  expect(model.violations.splice(0)).toEqual([expect.stringContaining("401")]);
  await use("llm.yaml", models(model.key));
  expect((await ask("hello")).footer).toMatch(/^ops · main · /);
  const shown = JSON.stringify([await console.state(), await health()]);
  for (const key of ["another-key-of-this-test", model.key])
    expect(shown + bellhop.out + bellhop.err).not.toContain(key);
});

type Health = { status: string; mcp: Record<string, { state: string; tools: number }>; config: { ok: boolean } };

function agents(system_prompt: string, more: Record<string, unknown> = {}) {
  return { agents: [{ name: "ops", llm_model: "main", system_prompt, ...more }] };
}

function servers() {
  return { mcp_servers: [{ name: "house", command: process.execPath, args: [house] }] };
}

function models(api_key: string) {
  return { models: [{ name: "main", provider: "custom", base_url: model.baseUrl, model: model.model, api_key }] };
}

/** A model's call for the time that comes once it is released. */
function heldCall() {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const call = async () => {
    await held;
    return [{ call: "house__time", arguments: { place: "Taipei" } }];
  };
  return { call, release };
}

/** Saves settings; JSON is YAML too. */
function save(name: string, settings: unknown): Promise<void> {
  return saveText(name, JSON.stringify(settings, null, 2));
}

/** Saves a file of the config at one stroke, so that it is never read half written. */
async function saveText(name: string, text: string): Promise<void> {
  await writeFile(join(dir, name), text);
  await rename(join(dir, name), join(dir, "config", name));
}

/** Saves a good edit, and waits until it is said to be in use. */
async function use(name: string, settings: unknown): Promise<void> {
  const times = () => bellhop.out.split("the changed config is in use").length;
  const before = times();
  await save(name, settings);
  await until(() => times() > before);
}

async function ask(text: string) {
  const root = await console.say("ana", `@Bellhop ${text}`);
  return console.answer({ thread: root.id });
}

async function health(): Promise<Health> {
  return (await (await fetch(`${url}/healthz`)).json()) as Health;
}

async function connected(server: string): Promise<void> {
  await until(async () => (await health()).mcp[server]?.state === "connected");
}

/** Looks again until it is so; in vain it fails with all that was printed. */
async function until(is: () => boolean | Promise<boolean>, deadlineMs = 20_000): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!(await is())) {
    if (Date.now() > deadline) throw new Error(`not so after ${deadlineMs} ms: ${is}\n${bellhop.out}\n${bellhop.err}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
