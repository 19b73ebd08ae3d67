import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ConsoleStore, createConsoleAdapter } from "../../adapters/console/console.ts";
import { createDiscordAdapter } from "../../adapters/discord/discord.ts";
import { botScopes } from "../../adapters/slack/manifest.ts";
import { createSlackAdapter } from "../../adapters/slack/slack.ts";
import type { AppParts } from "../../src/app/parts.ts";
import { type App, createApp } from "../../src/app.ts";
import { Config } from "../../src/config/schema.ts";
import { openLedger } from "../../src/runs/ledger.ts";
import type { Run } from "../../src/runs/run.ts";
import { openStore } from "../../src/store/store.ts";
import { createLog } from "../../src/watch/log.ts";
import { createRedactor } from "../../src/watch/redact.ts";
import { createDiscord, type Discord, type DiscordOptions } from "../world/discord/discord.ts";
import { createModel, type ModelOptions, type ModelWorld } from "../world/model/model.ts";
import { createSlack, type Slack, type SlackOptions } from "../world/slack/slack.ts";
import { type Console, visitConsole } from "./console.ts";
import { builtJobs, lendWorker } from "./warm-workers.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What a story needs of the world; what it does not name is not there. */
export type Wish = {
  slack?: true | SlackOptions;
  discord?: true | DiscordOptions;
  console?: true;
  model?: ModelOptions;
  /** Settings as they would stand in YAML, over a plain team of `ops` and `scribe` on the simulated model. */
  config?: Record<string, unknown>;
  parts?: Partial<AppParts>;
};

/** A whole Bellhop in a world of simulated platforms; a story speaks into it and looks at what people see. */
export type Town = {
  app: App;
  url: string;
  model: ModelWorld;
  slack: Slack;
  discord: Discord;
  console: Console;
  log: string[];
  dataDir: string;
  /** Ends this Bellhop and starts another on the same data, as after a restart. */
  restart(options?: { config?: Record<string, unknown>; withinMs?: number }): Promise<void>;
  /** Ends this Bellhop, everything done that it had begun: what people see now is all there will be. */
  close(): Promise<void>;
  /** What was kept of an adapter's runs, the newest first; after `close`. */
  kept(adapter: string): Promise<Run[]>;
  stop(): Promise<void>;
};

const open: Town[] = [];
let opened = 0;

/** Opens a town; `leaveTowns` closes it after the test and asserts that nobody broke a platform's rules. */
export async function openTown(wish: Wish): Promise<Town> {
  // A key of its own: by it, what a worker came to know of an earlier town's model is of no use here.
  const model = await createModel({ key: `sk-simulated-${++opened}-0123456789abcdef`, ...wish.model });
  const slack = wish.slack
    ? await createSlack({ scopes: botScopes, ...(wish.slack === true ? {} : wish.slack) })
    : undefined;
  const discord = wish.discord ? await createDiscord(wish.discord === true ? {} : wish.discord) : undefined;
  const dataDir = await mkdtemp(join(tmpdir(), "bellhop-town-"));
  const log: string[] = [];
  const secrets = [model.key, slack?.tokens.bot ?? "", discord?.token ?? ""];
  let live = (): string[] => [];
  const redact = createRedactor(() => [...secrets, ...live()]);
  const logger = createLog({
    level: "info",
    redact: (line) => {
      log.push(redact(line));
      return "";
    },
  });

  const begin = (config: Record<string, unknown>) =>
    createApp(configOf(model, config), {
      adapters: (kv) => [
        ...(wish.console
          ? [
              createConsoleAdapter({
                store: kv("console") as ConsoleStore,
                webRoot: join(root, "dist/console"),
                filesDir: join(dataDir, "console-files"),
                log: logger,
              }),
            ]
          : []),
        ...(slack
          ? [
              createSlackAdapter({
                botToken: slack.tokens.bot,
                appToken: slack.tokens.app,
                apiUrl: slack.apiUrl,
                log: logger,
              }),
            ]
          : []),
        ...(discord
          ? [createDiscordAdapter({ token: discord.token, apiUrl: discord.apiUrl, log: logger, kv: kv("discord") })]
          : []),
      ],
      dataDir,
      jobs: builtJobs,
      log: logger,
      redact,
      env: process.env,
      workers: 1,
      startWorkers: lendWorker,
      ...wish.parts,
    });

  let app = begin(wish.config ?? {});
  live = () => app.secrets();
  let { url } = await app.start();
  const missing = (what: string) =>
    new Proxy(
      {},
      {
        get: (_, name) => {
          throw new Error(`this town has no ${what} (asked for ${String(name)})`);
        },
      },
    );
  const town: Town = {
    get app() {
      return app;
    },
    get url() {
      return url;
    },
    model,
    slack: slack ?? (missing("slack") as Slack),
    discord: discord ?? (missing("discord") as Discord),
    console: visitConsole(() => url),
    log,
    dataDir,
    async restart(options = {}) {
      await app.stop(options.withinMs ?? 3000);
      app = begin(options.config ?? wish.config ?? {});
      ({ url } = await app.start());
    },
    close: () => app.stop(3000),
    async kept(adapter) {
      const store = await openStore(dataDir);
      try {
        return await (await openLedger(store)).recent(adapter, 100);
      } finally {
        await store.close();
      }
    },
    async stop() {
      await app.stop(3000);
      await Promise.all([model.stop(), slack?.stop(), discord?.stop()]);
      await rm(dataDir, { recursive: true, force: true });
      const broken = [
        ...(slack?.violations ?? []),
        ...(discord?.violations.map((one) => `${one.rule}: ${one.detail}`) ?? []),
        ...model.violations,
      ];
      if (broken.length > 0) throw new Error(`a platform's rules were broken:\n${broken.join("\n")}`);
    },
  };
  open.push(town);
  return town;
}

/** Closes every town of a test; for `afterEach`. */
export async function leaveTowns(): Promise<void> {
  for (const town of open.splice(0)) await town.stop();
}

/** A team of two on the simulated model, changed as a story wishes. */
export function configOf(model: ModelWorld, wish: Record<string, unknown>): Config {
  return Config.parse({
    models: [{ name: "main", provider: "custom", base_url: model.baseUrl, model: model.model, api_key: model.key }],
    agents: [
      {
        name: "ops",
        aliases: ["oncall"],
        role: "looks after production",
        llm_model: "main",
        system_prompt: "You are ops.",
      },
      { name: "scribe", role: "writes things down", llm_model: "main", system_prompt: "You are scribe." },
    ],
    ...wish,
  });
}
