import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { botScopes } from "../../adapters/slack/manifest.ts";
import { McpServer } from "../../src/config/schema/mcp-server.ts";
import { connectMcpServer } from "../../src/tools/mcp/mcp.ts";
import { createLog } from "../../src/watch/log.ts";
import { startBellhop } from "../world/bellhop-process.ts";
import { createDiscord } from "../world/discord/discord.ts";
import { createModel } from "../world/model/model.ts";
import { createSlack } from "../world/slack/slack.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const nosy = join(root, "tests/world/mcp/nosy-server.mjs");
const hasProc = process.platform === "linux";

/** All of them end in the same word, so that one look finds any. */
const planted = {
  BELLHOP_SECRET_KEY: "5ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7",
  BELLHOP_API_KEY: "api-key-planted",
  OPENAI_API_KEY: "sk-openai-planted",
  AWS_SECRET_ACCESS_KEY: "aws-planted",
  DATABASE_URL: "postgres://bot:planted@db.example/bot",
  npm_config__auth: "npm-planted",
  lower_case_secret: "lower-planted",
  LANGUAGE: "planted",
  LC_ALL: "planted",
  PATH_TO_KEY: "planted",
  HOME_PASSWORD: "planted",
  LD_LIBRARY_PATH: "/planted",
  "with.dots-and-dashes": "planted",
};

let dir: string;
const closing: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "bellhop-secrets-"));
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await rm(dir, { recursive: true, force: true });
});

describe("a started server", () => {
  it("finds PATH, HOME, LANG and what its settings name in its environment, below it and above it", async () => {
    const file = join(dir, "seen.json");
    const { PATH = "", HOME = "" } = process.env;
    const box = connectMcpServer(
      McpServer.parse({ name: "nosy", command: process.execPath, args: [nosy, file], env: { NAMED: "for it" } }),
      {
        log: createLog({ level: "silent", redact: (text) => text }),
        env: { ...planted, PATH, HOME, LANG: "C.UTF-8" },
      },
    );
    closing.push(() => box.close());
    await box.tried;
    const seen = JSON.parse(await readFile(file, "utf8"));
    expect(withoutShell(seen.env)).toEqual({ PATH, HOME, LANG: "C.UTF-8", NAMED: "for it" });
    for (const part of ["below", "above"]) expect(seen[part]).not.toContain("planted");
    expect(seen.below).toContain("NAMED=for it");
    const [tool] = box.tools();
    expect((await tool?.run({}, new AbortController().signal))?.text).not.toContain("planted");
  });
});

describe.skipIf(!hasProc)("the whole program", () => {
  it("keeps its secrets from every process and thread that it starts", async () => {
    const [slack, discord, model] = await Promise.all([
      createSlack({ scopes: botScopes }),
      createDiscord(),
      createModel(),
    ]);
    closing.push(() => Promise.all([slack.stop(), discord.stop(), model.stop()]));
    const ana = slack.person("ana");
    const team = slack.channel("team", { members: [ana] });
    const file = join(dir, "seen.json");
    await settings({
      "agents.yaml": "agents:\n  - { name: ops, llm_model: main, mcp_servers: [nosy] }\n",
      "llm.yaml": `models:\n  - { name: main, provider: custom, base_url: "${model.baseUrl}", model: ${model.model}, api_key: "\${KEY_OF_MODEL}" }\n`,
      "mcp_servers.yaml": `mcp_servers:
  - { name: nosy, command: "${process.execPath}", args: ["${nosy}", "${file}"], env: { NAMED: "\${KEY_OF_SERVER}" } }
  - { name: far, url: "http://127.0.0.1:9/mcp", api_key: "\${KEY_OF_FAR}" }
`,
    });
    const secrets = {
      ...planted,
      SLACK_BOT_TOKEN: slack.tokens.bot,
      SLACK_APP_TOKEN: slack.tokens.app,
      DISCORD_TOKEN: discord.token,
      KEY_OF_MODEL: model.key,
      KEY_OF_SERVER: "key-of-the-server-itself",
      KEY_OF_FAR: "key-of-a-far-server",
    };
    const bellhop = startBellhop(
      {
        ...secrets,
        SLACK_API_URL: slack.apiUrl,
        DISCORD_API_URL: discord.apiUrl,
        BELLHOP_CONFIG: join(dir, "config"),
        BELLHOP_DATA: join(dir, "data"),
        NODE_OPTIONS: "--preserve-symlinks-main",
      },
      await watchedProgram(),
    );
    closing.push(() => bellhop.kill());
    await bellhop.ready();
    model.queue([{ call: "nosy__look" }], "I looked.");
    const asked = slack.say(ana, team, "@Bellhop look around");
    await slack.until(() => slack.messages(team, asked.ts).some((one) => one.shown.includes("I looked.")));

    // The server tells all that it was given; what the settings call a secret goes no further.
    const shown = JSON.stringify(model.requests.map(({ body }) => body.messages));
    expect(shown).toContain("[redacted]");
    expect(foundIn(shown, secrets)).toEqual([]);

    const started = (await descendants(bellhop.pid)).filter((pid) => pid !== bellhop.pid);
    // The guard's shell, its watch, the server, and what the server left running.
    expect(started.length).toBeGreaterThanOrEqual(4);
    const forServers = ["KEY_OF_SERVER"];
    for (const pid of started) {
      const env = await readFile(`/proc/${pid}/environ`, "utf8");
      expect(foundIn(env, secrets)).toEqual(env === "" ? [] : forServers);
      expect(foundIn(await readFile(`/proc/${pid}/cmdline`, "utf8"), secrets)).toEqual([]);
    }
    expect(foundIn(await readFile(file, "utf8"), secrets)).toEqual(forServers);
    expect(foundIn(await readFile(`/proc/${bellhop.pid}/cmdline`, "utf8"), secrets)).toEqual([]);

    const threads = (await readdir(join(dir, "dist/jobs"))).filter((name) => name.startsWith("thread-"));
    expect(threads.length).toBeGreaterThan(0);
    const told: string[] = [];
    for (const thread of threads) {
      const [born = "", ...heard] = (await readFile(join(dir, "dist/jobs", thread), "utf8")).split("\n");
      expect(JSON.parse(born).env).toEqual({});
      expect(foundIn(born, secrets)).toEqual([]);
      told.push(...heard);
    }
    // A run carries the key of its model, for as long as it lasts, and no other.
    expect(foundIn(told.join("\n"), secrets)).toEqual(["KEY_OF_MODEL"]);
    expect(foundIn(bellhop.out + bellhop.err, secrets)).toEqual([]);
  });
});

/** The program in a folder of ours, where its worker threads write down what they find when they start, and what they hear. */
async function watchedProgram(): Promise<string> {
  await mkdir(join(dir, "dist/jobs"), { recursive: true });
  await mkdir(join(dir, "dist/src"));
  await symlink(join(root, "dist/src/main.js"), join(dir, "dist/src/main.js"));
  for (const name of await readdir(join(root, "dist/src"))) {
    if (name !== "main.js") await symlink(join(root, "dist/src", name), join(dir, "dist/src", name));
  }
  await symlink(join(root, "dist/console"), join(dir, "dist/console"));
  await symlink(join(root, "node_modules"), join(dir, "node_modules"));
  await writeFile(join(dir, "package.json"), '{ "type": "module" }');
  const watched = pathToFileURL(join(root, "dist/jobs/agent.js"));
  await writeFile(
    join(dir, "dist/jobs/agent.js"),
    `import { appendFileSync } from "node:fs";
import { parentPort, threadId, workerData } from "node:worker_threads";
const note = (seen) => appendFileSync(new URL("thread-" + threadId, import.meta.url), JSON.stringify(seen) + "\\n");
note({ env: process.env, argv: process.argv, execArgv: process.execArgv, workerData });
await import(${JSON.stringify(watched)});
parentPort.on("message", note);
`,
  );
  return join(dir, "dist/src/main.js");
}

async function settings(files: Record<string, string>): Promise<void> {
  await mkdir(join(dir, "config"));
  for (const [name, written] of Object.entries(files)) await writeFile(join(dir, "config", name), written);
}

/** Names of the secrets whose value stands in a text. */
function foundIn(text: string, secrets: Record<string, string>): string[] {
  return Object.entries(secrets).flatMap(([name, value]) => (text.includes(value) ? [name] : []));
}

/** What a shell adds by itself says nothing of ours. */
function withoutShell(env: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !["PWD", "OLDPWD", "SHLVL", "_"].includes(name)));
}

/** A process and all below it. */
async function descendants(pid: number): Promise<number[]> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).trim();
  const below = await Promise.all((children ? children.split(" ") : []).map((child) => descendants(Number(child))));
  return [pid, ...below.flat()];
}
