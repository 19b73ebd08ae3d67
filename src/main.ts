#!/usr/bin/env node
/** The process: reads the environment, names the adapters, says when it is ready, and ends when told to. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { createConsoleAdapter } from "../adapters/console/console.ts";
import { type App, createApp } from "./app.ts";
import { type ChatAdapter, PlatformRefusal } from "./chat.ts";
import { describeDiff } from "./config/diff.ts";
import { type Env, parseEnv } from "./config/env.ts";
import { type LoadedConfig, loadConfig } from "./config/load.ts";
import { watchConfig } from "./config/watch.ts";
import { PortError } from "./http/server.ts";
import { whenProblem } from "./schedules/when/when-problem.ts";
import { StoreError } from "./store/database.ts";
import type { Kv } from "./store/store.ts";
import { createLog, type Logger } from "./watch/log.ts";
import { createRedactor, type Redact } from "./watch/redact.ts";

const dist = join(fileURLToPath(import.meta.url), "../..");
const refused = 2;
const drainMs = 20_000;
const exitByMs = 24_000;
const patienceMs = 2000;

// By itself V8 lets a heap treble before it looks for garbage: half as much again takes a third less memory, and no more CPU.
setFlagsFromString("--heap-growing-percent=50");
if (existsSync(".env")) process.loadEnvFile(".env");
const { env, problems, notices, secrets } = parseEnv(process.env);
if (!env) giveUp(problems);
await run(env);

async function run(env: Env): Promise<void> {
  let configSecrets: string[] = [];
  let liveSecrets = (): string[] => [];
  const redact = createRedactor(() => [...secrets, ...configSecrets, ...liveSecrets()]);
  const log = logFor(env, redact);
  const loading = {
    env: process.env,
    readWhen: whenProblem,
    // The console's kim is an admin, so that there is one to act as; beside a platform with people of its own that would
    // make an admin of every program of this machine.
    admins: env.console && !env.slack && !env.discord ? ["console:kim"] : [],
    house: { command: process.execPath, args: [join(dist, "src/tools/house-server.js")] },
  };
  const loaded = await loadConfig(env.config, loading);
  const { config } = loaded;
  if (!config) return giveUp(lines(loaded.problems));
  configSecrets = loaded.secrets;
  for (const notice of [...notices, ...loaded.notices, ...lines(loaded.warnings).map((line) => `warning: ${line}`)]) {
    process.stdout.write(`· ${redact(notice)}\n`);
  }

  const app = createApp(config, {
    adapters: await adaptersFor(env, log),
    dataDir: env.data,
    configDir: env.config,
    jobs: join(dist, "jobs"),
    log,
    redact,
    host: env.host,
    port: env.port,
    apiKey: env.apiKey,
    publicUrl: env.publicUrl,
    secretKey: env.secretKey,
    env: process.env,
    // Only worth a line when a platform keeps everyone waiting.
    onListening: (url) => {
      const late = setTimeout(
        () => process.stdout.write(`· listening ${url}, waiting for ${waitingFor(app)}\n`),
        patienceMs,
      );
      late.unref();
      connected.then(() => clearTimeout(late)).catch(() => clearTimeout(late));
    },
  });
  liveSecrets = () => app.secrets();
  process.on("uncaughtException", (error) => log.fatal({ err: error }, "uncaught"));
  process.on("unhandledRejection", (error) => log.error({ err: error }, "unhandled rejection"));
  const ending = endWhenTold(app);

  const connected = app.start();
  try {
    const { url } = await connected;
    const names = Object.keys(app.report().adapters);
    process.stdout.write(`bellhop ready ${url} (${names.join(", ")})\n`);
  } catch (error) {
    const operators = error instanceof StoreError || error instanceof PortError || error instanceof PlatformRefusal;
    // Told to end while it was still starting: that is no failure.
    if (ending()) return;
    log.fatal({ err: error }, "could not start");
    await app.stop(0);
    giveUp([redact(operators ? error.message : `Bellhop could not start: ${String(error)}`)]);
  }

  const watcher = watchConfig(
    env.config,
    { ...loaded, config },
    {
      ...loading,
      onUpdate(update) {
        configSecrets = [...new Set([...configSecrets, ...update.loaded.secrets])];
        app.use(update.new);
        const told = describeDiff(update.diff);
        log.info({ diff: told }, "config in use");
        process.stdout.write(`· the changed config is in use: ${told}\n`);
      },
      onBroken(broken) {
        const told = lines(broken.problems).map(redact);
        app.broken(told);
        log.error({ problems: told }, "a broken config was saved; the old one stays in use");
        for (const line of told) process.stdout.write(`· ${line}\n`);
      },
      onError: (error) => log.error({ err: error }, "the config folder can't be watched"),
    },
  );
  process.once("exit", () => void watcher.stop());
}

function logFor({ logLevel: level, logFile: file }: Env, redact: Redact): Logger {
  try {
    return createLog({ level, file, redact });
  } catch (error) {
    return giveUp([`LOG_FILE: wanted a file that can be written, and writing it failed — ${error}`]);
  }
}

/** The adapters that the environment has tokens for; their libraries are loaded only then. */
async function adaptersFor(env: Env, log: Logger): Promise<(kv: (namespace: string) => Kv) => ChatAdapter[]> {
  const { slack, discord } = env;
  const slackModule = slack ? await import("../adapters/slack/slack.ts") : undefined;
  const discordModule = discord ? await import("../adapters/discord/discord.ts") : undefined;
  return (kv) => [
    ...(env.console
      ? [
          createConsoleAdapter({
            store: kv("console"),
            webRoot: join(dist, "console"),
            filesDir: join(env.data, "console-files"),
            log,
          }),
        ]
      : []),
    ...(slack && slackModule
      ? [
          slackModule.createSlackAdapter({
            botToken: slack.botToken,
            ...(slack.appToken ? { appToken: slack.appToken } : {}),
            ...(slack.signingSecret ? { signingSecret: slack.signingSecret } : {}),
            ...(slack.apiUrl ? { apiUrl: slack.apiUrl } : {}),
            log,
            memory: kv("slack"),
          }),
        ]
      : []),
    ...(discord && discordModule
      ? [
          discordModule.createDiscordAdapter({
            token: discord.token,
            ...(discord.apiUrl ? { apiUrl: discord.apiUrl } : {}),
            log,
            kv: kv("discord"),
          }),
        ]
      : []),
  ];
}

function waitingFor(app: App): string {
  const adapters = Object.entries(app.report().adapters).filter(([, { state }]) => state !== "connected");
  return adapters.map(([name, { state, error }]) => `${name} (${error ?? state})`).join(", ") || "the workers";
}

/** Ends the process when it is told to; says whether it was. */
function endWhenTold(app: App): () => boolean {
  let told = false;
  const end = (signal: string) => {
    if (told) process.exit(1);
    told = true;
    process.stdout.write(`· ${signal}: finishing what is going on\n`);
    setTimeout(() => process.exit(0), exitByMs).unref();
    void app.stop(drainMs).then(() => process.exit(0));
  };
  process.on("SIGTERM", () => end("SIGTERM"));
  process.on("SIGINT", () => end("SIGINT"));
  return () => told;
}

function lines(found: LoadedConfig["problems"]): string[] {
  return found.map((problem) => problem.text);
}

function giveUp(messages: string[]): never {
  for (const message of messages) process.stderr.write(`${message}\n`);
  process.exit(refused);
}
