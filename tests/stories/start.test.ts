import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { botScopes } from "../../adapters/slack/manifest.ts";
import { type BellhopProcess, startBellhop } from "../world/bellhop-process.ts";
import { createDiscord } from "../world/discord/discord.ts";
import { createSlack } from "../world/slack/slack.ts";
import { visitConsole } from "./console.ts";

let dir: string;
const running: BellhopProcess[] = [];
const closing: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "bellhop-start-"));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.kill()));
  for (const close of closing.splice(0)) await close();
  await rm(dir, { recursive: true, force: true });
});

function start(env: Record<string, string> = {}): BellhopProcess {
  const bellhop = startBellhop({ BELLHOP_CONFIG: join(dir, "config"), BELLHOP_DATA: join(dir, "data"), ...env });
  running.push(bellhop);
  return bellhop;
}

async function config(files: Record<string, string>): Promise<void> {
  await mkdir(join(dir, "config"), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, "config", name), text);
}

/** Starts it, waits for its refusal, and gives what it said last. */
async function refusal(env: Record<string, string> = {}): Promise<string> {
  const bellhop = start({ LOG_LEVEL: "silent", ...env });
  expect(await bellhop.exited).toBe(2);
  expect(bellhop.err).not.toMatch(/\bat .*:\d+:\d+\)?\n/);
  return bellhop.err.trim();
}

const plainSlack = (slack: Awaited<ReturnType<typeof createSlack>>) => ({
  SLACK_BOT_TOKEN: slack.tokens.bot,
  SLACK_APP_TOKEN: slack.tokens.app,
  SLACK_API_URL: slack.apiUrl,
});

describe("with nothing set up", () => {
  let home: string;
  let bellhop: BellhopProcess;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "bellhop-start-"));
    bellhop = startBellhop({ BELLHOP_CONFIG: join(home, "config"), BELLHOP_DATA: join(home, "data") });
  });
  afterAll(async () => {
    await bellhop.kill();
    await rm(home, { recursive: true, force: true });
  });

  it("says what it uses, prints one address, and answers there with a tool", async () => {
    const url = await bellhop.ready();
    expect(bellhop.out).toMatch(/using the welcome set, agents concierge and scribe/);
    expect(bellhop.out).toMatch(/bellhop ready http:\/\/127\.0\.0\.1:\d+ \(console\)\n$/);
    const console = visitConsole(() => url);
    const root = await console.say("ana", "@Bellhop what time is it in Taipei?");
    const answer = await console.answer({ thread: root.id });
    expect(answer.text).toMatch(/Taipei/);
    expect(answer.lines?.map(({ title, state }) => `${title} ${state}`)).toEqual(["house time done"]);
    expect(answer.footer).toMatch(/^concierge · offline model · 1 tool · /);
  });

  it("keeps another one from its data, which says whose they are and how to go on", async () => {
    await bellhop.ready();
    await config({
      "agents.yaml": "agents: [{ name: ops }]",
      "llm.yaml": "models: [{ name: main, provider: ollama, model: llama3 }]",
    });
    const second = start({ BELLHOP_DATA: join(home, "data") });
    expect(await second.exited).toBe(2);
    expect(second.out).toBe("");
    expect(second.err).toContain(`process ${bellhop.pid} on`);
    expect(second.err).toContain("belongs to one Bellhop at a time");
    expect(second.err).not.toMatch(/\bat .*:\d+:\d+\)?\n/);
  });

  it("ends by SIGTERM with 0, and says so", async () => {
    await bellhop.ready();
    expect(await bellhop.terminate()).toBe(0);
    expect(bellhop.out).toContain("SIGTERM");
  });

  it("tells every problem of the settings at once, at its line", async () => {
    await config({
      "agents.yaml": "agents:\n  - name: ops\n    llm_model: gpt5\n  - name: dev\n    tiemout: 5m\n",
      "llm.yaml": `models:\n  - name: gpt-5\n    api_key: \${NOT_SET_ANYWHERE}\n`,
    });
    const said = await refusal();
    expect(said).toMatch(/agents\.yaml:3:\d+ agents\[0\]\.llm_model: no model named "gpt5" — did you mean "gpt-5"\?/);
    expect(said).toMatch(/agents\.yaml:5:\d+ agents\[1\]\.tiemout: .*did you mean "timeout"/);
    expect(said).toMatch(/llm\.yaml:3:\d+ models\[0\]\.api_key: .*NOT_SET_ANYWHERE/);
  });
});

describe("refuses to start, in one clear line, when", () => {
  it("a Slack token is of the wrong kind, which is named and not shown", async () => {
    const said = await refusal({ SLACK_BOT_TOKEN: "xapp-1-A0-123456-secretsecret", SLACK_APP_TOKEN: "xapp-1-A0-1-x" });
    expect(said).toMatch(/^SLACK_BOT_TOKEN: wanted a bot token \(xoxb-…\), came an app-level token \(xapp-…\)/);
    expect(said).not.toContain("secretsecret");
  });

  it("Slack refuses the token", async () => {
    const slack = await createSlack({ scopes: botScopes });
    closing.push(() => slack.stop());
    slack.revokeToken();
    expect(await refusal(plainSlack(slack))).toMatch(/^Slack refuses SLACK_BOT_TOKEN: .* then start again\.$/);
  });

  it("Discord refuses the token", async () => {
    const discord = await createDiscord();
    closing.push(() => discord.stop());
    const said = await refusal({
      DISCORD_TOKEN: `${"M".repeat(24)}.abcdef.${"x".repeat(27)}`,
      DISCORD_API_URL: discord.apiUrl,
    });
    expect(said).toMatch(/DISCORD_TOKEN/);
    expect(said.split("\n")).toHaveLength(1);
  });

  it("the data folder can't be written", async () => {
    await writeFile(join(dir, "data"), "a file, where a folder should be");
    expect(await refusal()).toMatch(/must be writable.*BELLHOP_DATA/);
  });

  it("the data file is damaged", async () => {
    await mkdir(join(dir, "data"));
    await writeFile(join(dir, "data/bellhop.sqlite"), "not a database at all, ".repeat(200));
    expect(await refusal()).toMatch(/is damaged .*Put back a backup/);
    expect(await readFile(join(dir, "data/bellhop.sqlite"), "utf8")).toContain("not a database at all");
  });

  it("the port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    closing.push(() => new Promise((resolve) => other.close(resolve)));
    await new Promise((resolve) => other.once("listening", resolve));
    const address = other.address();
    const port = typeof address === "object" && address ? address.port : 0;
    expect(await refusal({ PORT: String(port) })).toMatch(new RegExp(`^PORT ${port} on 127\\.0\\.0\\.1 is taken`));
  });

  it("the log file can't be written", async () => {
    const said = await refusal({ LOG_FILE: join(dir, "nowhere/bellhop.log") });
    expect(said).toMatch(/^LOG_FILE: wanted a file that can be written, and writing it failed — .*ENOENT/);
    expect(said.split("\n")).toHaveLength(1);
  });

  it("a port is no port", async () => {
    expect(await refusal({ PORT: "http" })).toBe('PORT: wanted a whole number from 0 to 65535, came "http"');
  });
});

describe("starts all the same, and says what is missing, when", () => {
  const health = async (url: string) =>
    (await (await fetch(`${url}/healthz`)).json()) as { adapters: Record<string, { state: string; error?: string }> };

  it("a Slack scope was not granted", async () => {
    const slack = await createSlack({ scopes: botScopes.filter((scope) => scope !== "channels:history") });
    closing.push(() => slack.stop());
    const url = await start(plainSlack(slack)).ready();
    expect((await health(url)).adapters.slack).toMatchObject({
      state: "connected",
      error: expect.stringContaining("channels:history"),
    });
  });

  it("the Message Content intent is off", async () => {
    const discord = await createDiscord({ intents: { messageContent: false } });
    closing.push(() => discord.stop());
    const url = await start({ DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.apiUrl }).ready();
    expect((await health(url)).adapters.discord).toMatchObject({
      state: "connected",
      error: expect.stringContaining("Message Content"),
    });
  });

  it("the console runs beside a platform: its kim, whom any program here can act as, is an admin no more", async () => {
    const slack = await createSlack({ scopes: botScopes });
    closing.push(() => slack.stop());
    await config({
      "agents.yaml": "agents: [{ name: ops }]",
      "channels.yaml": 'workspace: { admins: ["slack:U1"] }',
    });
    const url = await start({ ...plainSlack(slack), BELLHOP_CONSOLE: "on" }).ready();
    const console = visitConsole(() => url);
    await console.say("kim", "/bellhop tools", { channel: "dm-kim" });
    expect((await console.answer({ channel: "dm-kim" })).text).toMatch(/^Only admins can look at servers/);
  });

  it("a platform can't be reached yet: it keeps trying, and is not ready until then", async () => {
    const slack = await createSlack({ scopes: botScopes });
    const tokens = plainSlack(slack);
    await slack.stop();
    const bellhop = start({ ...tokens, BELLHOP_CONSOLE: "on", PORT: "0" });
    void bellhop.ready(60_000).catch(() => {});
    const url = await listening(bellhop);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect((await health(url)).adapters.slack?.error).toMatch(/^Slack can't be reached/);
  });
});

/** The address it listens at before it is ready, from its log. */
async function listening(bellhop: BellhopProcess): Promise<string> {
  for (;;) {
    const url = /listening (\S+),/.exec(bellhop.out)?.[1];
    if (url) return url;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
