import { z } from "zod";
import { didYouMean } from "./nearest.ts";

/** What the environment says, with defaults filled in. Absent: that platform or feature is off. */
export interface Env {
  slack?: {
    botToken: string;
    /** Socket Mode; wins over the signing secret. */
    appToken?: string;
    /** HTTP mode. */
    signingSecret?: string;
    apiUrl?: string;
  };
  discord?: { token: string; apiUrl?: string };
  /** The console is on: asked for, or nothing else is connected. */
  console: boolean;
  config: string;
  data: string;
  port: number;
  host: string;
  secretKey?: string;
  apiKey?: string;
  clusterUrl?: string;
  logLevel: LogLevel;
  logFile?: string;
  telemetryEndpoint?: string;
}

/** What came of reading the environment; `env` is there exactly when there are no problems. */
export interface ReadEnv {
  env: Env | undefined;
  /** One line each, naming the variable. */
  problems: string[];
  notices: string[];
  /** Values never to be shown or logged. */
  secrets: string[];
}

/** How much is logged. */
export const LogLevel = z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]);
export type LogLevel = z.infer<typeof LogLevel>;

/** The variables Bellhop reads, and what they are for. */
export const variables = {
  SLACK_BOT_TOKEN: "Slack: the bot's token (xoxb-…).",
  SLACK_APP_TOKEN: "Slack, Socket Mode: the app-level token (xapp-…). Wins over the signing secret.",
  SLACK_SIGNING_SECRET: "Slack, HTTP mode: the app's signing secret.",
  SLACK_API_URL: "Slack: another place of its Web API, e.g. a proxy or a simulator. Ends in `/api/`.",
  DISCORD_TOKEN: "Discord: the bot's token.",
  DISCORD_API_URL: "Discord: another place of its API. Ends in `/api`, without a version.",
  BELLHOP_CONSOLE: "`on`: the console runs beside other platforms; `off`: never. Default: on when no platform is set.",
  BELLHOP_CONFIG: "The folder of the settings files. Default: `config`.",
  BELLHOP_DATA: "The folder of what is kept. Default: `data`.",
  PORT: "The port for HTTP; 0 picks a free one. Default: 3000.",
  HOST: "The address HTTP listens on. Default: 127.0.0.1.",
  BELLHOP_SECRET_KEY: "64 hex digits that encrypt what is kept. Default: made once in the data folder.",
  BELLHOP_API_KEY: "The key of the HTTP API. Without it the API answers on loopback only.",
  CLUSTER_URL: "Not yet in this version: a Redis that several machines share.",
  LOG_LEVEL: "trace, debug, info, warn, error, fatal or silent. Default: info.",
  LOG_FILE: "A file for logs, besides standard error.",
  OTEL_EXPORTER_OTLP_ENDPOINT: "Not yet in this version: where traces are sent.",
} as const;
type Variable = keyof typeof variables;

/** Reads the environment; every bad value is one line. */
export function parseEnv(given: Readonly<Record<string, string | undefined>>): ReadEnv {
  const problems: string[] = [];
  const notices: string[] = [];
  const secrets: string[] = [];

  // Blank is unset, so that a template's empty lines do no harm.
  const value = (name: Variable) => given[name]?.trim() || undefined;
  const checked = (name: Variable, wanted: string, isFine: (text: string) => boolean) => {
    const text = value(name);
    if (text === undefined || isFine(text)) return text;
    problems.push(`${name}: wanted ${wanted}, came ${JSON.stringify(text)}`);
    return undefined;
  };
  const secret = (name: Variable, complaint: (text: string) => string | undefined) => {
    const text = value(name);
    if (text === undefined) return undefined;
    secrets.push(text);
    const wrong = /\s/.test(text) ? "has a space or line break in it — copy it again, alone" : complaint(text);
    if (wrong !== undefined) problems.push(`${name}: ${wrong}`);
    return text;
  };

  const botToken = secret("SLACK_BOT_TOKEN", (token) =>
    wrongKind(token, "xoxb-", "the bot token", "OAuth & Permissions"),
  );
  const appToken = secret("SLACK_APP_TOKEN", (token) =>
    wrongKind(token, "xapp-", "an app-level token", "Basic Information → App-Level Tokens, with connections:write"),
  );
  const signingSecret = secret("SLACK_SIGNING_SECRET", (text) =>
    /^(xox|xapp-)/.test(text) ? `wanted the signing secret (Basic Information), came ${prefixOf(text)}` : undefined,
  );
  const slackUrl = checked(
    "SLACK_API_URL",
    "a URL that ends in /api/",
    (text) => isUrl(text) && text.endsWith("/api/"),
  );
  const blankSecret = given.SLACK_SIGNING_SECRET !== undefined && signingSecret === undefined;
  if (blankSecret)
    problems.push("SLACK_SIGNING_SECRET: is blank — fill it in, or remove the line to use SLACK_APP_TOKEN");
  if (botToken !== undefined && appToken === undefined && signingSecret === undefined && !blankSecret) {
    problems.push(
      "SLACK_BOT_TOKEN: needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP mode) beside it — neither is set",
    );
  }
  const alone =
    appToken !== undefined ? "SLACK_APP_TOKEN" : signingSecret !== undefined ? "SLACK_SIGNING_SECRET" : undefined;
  if (botToken === undefined && alone !== undefined) {
    problems.push(
      `SLACK_BOT_TOKEN: is not set, but ${alone} is — set it (xoxb-…, from OAuth & Permissions), or remove ${alone}`,
    );
  }

  const discordToken = secret("DISCORD_TOKEN", (token) => {
    if (/^(xox|xapp-)/.test(token)) return `wanted a Discord bot token, came ${prefixOf(token)}, which is Slack's`;
    return undefined;
  });
  const discordUrl = checked(
    "DISCORD_API_URL",
    "a URL that ends in /api (no version, no slash)",
    (text) => isUrl(text) && text.endsWith("/api"),
  );

  const consoleWanted = checked("BELLHOP_CONSOLE", "on or off", (text) => ["on", "off"].includes(text));
  const port = checked(
    "PORT",
    "a whole number from 0 to 65535",
    (text) => /^\d{1,5}$/.test(text) && Number(text) <= 65535,
  );
  const host = checked("HOST", "a host name or IP address, without scheme or port", (text) => isHost(text));
  const logLevel = checked(
    "LOG_LEVEL",
    `one of ${LogLevel.options.join(", ")}`,
    (text) => LogLevel.safeParse(text).success,
  );
  const secretKey = secret("BELLHOP_SECRET_KEY", (text) =>
    /^[0-9a-fA-F]{64}$/.test(text)
      ? undefined
      : `wanted 64 hex digits, came ${text.length} characters — make one with: openssl rand -hex 32`,
  );
  const apiKey = secret("BELLHOP_API_KEY", () => undefined);
  const clusterUrl = checked("CLUSTER_URL", "a URL beginning with redis:// or rediss://", (text) =>
    /^rediss?:\/\/\S+$/.test(text),
  );
  const telemetryEndpoint = checked("OTEL_EXPORTER_OTLP_ENDPOINT", "a URL beginning with http:// or https://", isUrl);
  if (clusterUrl !== undefined) notices.push("CLUSTER_URL: not yet in this version — this process works alone");
  if (telemetryEndpoint !== undefined)
    notices.push("OTEL_EXPORTER_OTLP_ENDPOINT: not yet in this version — no traces are sent");
  for (const name of Object.keys(given)) {
    if (!/^(BELLHOP|SLACK|DISCORD)_/.test(name) || Object.hasOwn(variables, name)) continue;
    const guess = didYouMean(name, Object.keys(variables));
    if (guess !== "") notices.push(`${name}: is not read${guess}`);
  }

  const level = LogLevel.safeParse(logLevel);
  const hasPlatform = botToken !== undefined || discordToken !== undefined;
  const apiKeyOr = apiKey === undefined ? {} : { apiKey };
  const env: Env = {
    ...(botToken === undefined
      ? {}
      : {
          slack: {
            botToken,
            ...(appToken === undefined ? {} : { appToken }),
            ...(signingSecret === undefined ? {} : { signingSecret }),
            ...(slackUrl === undefined ? {} : { apiUrl: slackUrl }),
          },
        }),
    ...(discordToken === undefined
      ? {}
      : { discord: { token: discordToken, ...(discordUrl === undefined ? {} : { apiUrl: discordUrl }) } }),
    console: consoleWanted === undefined ? !hasPlatform : consoleWanted === "on",
    config: value("BELLHOP_CONFIG") ?? "config",
    data: value("BELLHOP_DATA") ?? "data",
    port: Number(port ?? 3000),
    host: host ?? "127.0.0.1",
    ...(secretKey === undefined ? {} : { secretKey }),
    ...apiKeyOr,
    ...(clusterUrl === undefined ? {} : { clusterUrl }),
    logLevel: level.success ? level.data : "info",
    ...(value("LOG_FILE") === undefined ? {} : { logFile: value("LOG_FILE") ?? "" }),
    ...(telemetryEndpoint === undefined ? {} : { telemetryEndpoint }),
  };
  return { env: problems.length > 0 ? undefined : env, problems, notices, secrets };
}
