import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath, pathToFileURL } from "node:url";
import about from "../package.json" with { type: "json" };
import { type FloorName, startFloor } from "./floors/floor.ts";
import type { Vitals } from "./probe.ts";
import { compiled, type Program, startProgram } from "./program.ts";

/** A bot under measurement, ours or a floor. */
export interface Bot {
  pid: number;
  readyMs: number;
  /** Where it answers over HTTP, if it says so. */
  url: string | undefined;
  /** How it is; looking begins the next stretch of how late its loop is. */
  vitals(): Promise<Vitals>;
  /** Waits for something it prints. */
  said(words: RegExp, deadlineMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** Which bot, and how: the product as it is started, the product with Slack's pace lifted, or a raw bot. */
export type BotKind =
  | { ours: "main" | "unpaced" }
  | { floor: FloorName; args: readonly string[] }
  /** A floor that is on no platform. */
  | { script: string; args: readonly string[] };

/** Where a bot lives: the environments of its platforms, and its model. */
export interface Surroundings {
  platforms: readonly Record<string, string>[];
  model: { baseUrl: string; key: string; model: string };
  /** Ours only: schedules.yaml. */
  schedules?: string;
  /** Ours only: MCP servers by name, each a file of JavaScript and what it is told. The one agent has them all. */
  servers?: Record<string, string[]>;
}

const dist = fileURLToPath(new URL("../dist", import.meta.url));

/** Starts a bot with the probe in it. */
export async function startBot(kind: BotKind, { platforms, model, ...told }: Surroundings): Promise<Bot> {
  const dir = await mkdtemp(join(tmpdir(), "bellhop-bench-"));
  const probe = pathToFileURL(await compiled("./probe.ts")).href;
  const socket = join(dir, "probe");
  const env = {
    ...Object.assign({}, ...platforms),
    NODE_OPTIONS: `--import=${probe} ${process.env.BENCH_NODE_OPTIONS ?? ""}`.trim(),
    BENCH_PROBE: socket,
  };
  const program = await ("floor" in kind
    ? startFloor(kind.floor, kind.args, { ...env, ...openAi(model) })
    : "script" in kind
      ? startProgram({ name: kind.script, ...kind, env: { ...env, ...openAi(model) }, ready: /^ready/m })
      : startOurs(kind.ours, { ...env, ...(await settings(dir, model, told)) }));
  return {
    pid: program.pid,
    readyMs: program.readyMs,
    url: /ready (http\S+)/.exec(program.greeting)?.[1],
    vitals: async () => JSON.parse(await text(connect(socket))),
    said: (words, deadlineMs) =>
      new Promise((done, failed) => {
        let out = "";
        const late = setTimeout(() => failed(new Error(`it did not say ${words} in time`)), deadlineMs);
        program.child.stdout?.on("data", (chunk: Buffer) => {
          out += chunk.toString();
          if (!words.test(out)) return;
          clearTimeout(late);
          done();
        });
      }),
    async stop() {
      await program.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function startOurs(kind: "main" | "unpaced", env: Record<string, string>): Promise<Program> {
  const script = kind === "main" ? join(dist, "src/main.js") : await compiled("./ours.ts");
  return startProgram({ name: "bellhop", script, args: [dist], node: asStarted(), env, ready: /^bellhop ready/m });
}

/** Node's options of `npm start`. */
function asStarted(): string[] {
  return about.scripts.start.split(" ").filter((word) => word.startsWith("--"));
}

function openAi({ key, baseUrl, model }: Surroundings["model"]): Record<string, string> {
  return { OPENAI_API_KEY: key, OPENAI_BASE_URL: baseUrl, OPENAI_MODEL: model };
}

/** One agent, its model, and no limit on how often people may ask. */
async function settings(
  dir: string,
  { baseUrl, model, key }: Surroundings["model"],
  { schedules, servers = {} }: Pick<Surroundings, "schedules" | "servers">,
): Promise<Record<string, string>> {
  const config = join(dir, "config");
  await mkdir(config);
  await writeFile(
    join(config, "agents.yaml"),
    `agents:\n  - { name: ops, llm_model: main, system_prompt: You are a helpful assistant in a team's chat., mcp_servers: [${Object.keys(servers)}] }\n`,
  );
  await writeFile(
    join(config, "llm.yaml"),
    `models:\n  - { name: main, provider: custom, base_url: "${baseUrl}", model: ${model}, api_key: "\${MODEL_KEY}" }\n`,
  );
  await writeFile(join(config, "channels.yaml"), "limits: { mentions_per_minute: 100000 }\n");
  const mcp_servers = Object.entries(servers).map(([name, args]) => ({ name, command: process.execPath, args }));
  if (mcp_servers.length > 0) await writeFile(join(config, "mcp_servers.yaml"), JSON.stringify({ mcp_servers }));
  if (schedules !== undefined) await writeFile(join(config, "schedules.yaml"), schedules);
  return { BELLHOP_CONFIG: config, BELLHOP_DATA: join(dir, "data"), PORT: "0", MODEL_KEY: key };
}
