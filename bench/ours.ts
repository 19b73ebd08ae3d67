// src/main.ts with the pace lifted: the same wiring, and a Slack adapter that keeps to Slack's answers but not to its own
// budgets, since the simulator it is measured against has its limits off. The one argument is the folder of the build.
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { createApp } from "../src/app.ts";
import { parseEnv } from "../src/config/env.ts";
import { loadConfig } from "../src/config/load.ts";
import { createLog } from "../src/watch/log.ts";
import { createRedactor } from "../src/watch/redact.ts";

setFlagsFromString("--heap-growing-percent=50");
const [dist = "dist"] = process.argv.slice(2);
const { env, problems, secrets } = parseEnv(process.env);
if (!env) throw new Error(problems.join("\n"));
const { config, problems: wrong, ...loaded } = await loadConfig(env.config, { env: process.env });
if (!config) throw new Error(wrong.map((problem) => problem.text).join("\n"));

const redact = createRedactor(() => [...secrets, ...loaded.secrets]);
const log = createLog({ level: env.logLevel, file: env.logFile, redact });
const { slack, discord } = env;
const slackModule = slack ? await import("../adapters/slack/slack.ts") : undefined;
const discordModule = discord ? await import("../adapters/discord/discord.ts") : undefined;
const app = createApp(config, {
  adapters: (kv) => [
    ...(slack?.appToken && slack.apiUrl && slackModule
      ? [
          slackModule.createSlackAdapter({
            botToken: slack.botToken,
            appToken: slack.appToken,
            apiUrl: slack.apiUrl,
            log,
            pace: "none",
          }),
        ]
      : []),
    ...(discord?.apiUrl && discordModule
      ? [discordModule.createDiscordAdapter({ token: discord.token, apiUrl: discord.apiUrl, log, kv: kv("discord") })]
      : []),
  ],
  dataDir: env.data,
  jobs: join(dist, "jobs"),
  log,
  redact,
  port: 0,
  env: process.env,
});
const { url } = await app.start();
console.log(`bellhop ready ${url}`);
