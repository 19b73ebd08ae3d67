import { isIP } from "node:net";
import { z } from "zod";
import { didYouMean } from "./nearest.ts";

/** What the environment says, with defaults filled in. */
export interface Env {
  slack: SlackEnv | undefined;
  discord: { token: string; apiUrl: string | undefined } | undefined;
  /** The console is on: asked for, or nothing else is connected. */
  console: boolean;
  config: string;
  data: string;
  port: number;
  host: string;
  secretKey: string | undefined;
  /** Where browsers reach the port, without a slash at the end. */
  publicUrl: string | undefined;
  apiKey: string | undefined;
  clusterUrl: string | undefined;
  logLevel: LogLevel;
  logFile: string | undefined;
  telemetryEndpoint: string | undefined;
}

/** How Slack is connected: Socket Mode with an app token, else HTTP mode with a signing secret. */
export interface SlackEnv {
  botToken: string;
  appToken: string | undefined;
  signingSecret: string | undefined;
  apiUrl: string | undefined;
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
  BELLHOP_SECRET_KEY:
    "64 hex digits that encrypt secrets in what is kept. Default: made once in the data folder, as `secret.key`.",
  BELLHOP_URL:
    "Where browsers reach this port, for signing in to servers of tools. Default: the address it listens on.",
  BELLHOP_API_KEY: "The key of the HTTP API. Without it the API answers on loopback only.",
  CLUSTER_URL: "A Redis that several machines share.",
  LOG_LEVEL: "trace, debug, info, warn, error, fatal or silent. Default: info.",
  LOG_FILE: "A file for logs, besides standard error.",
  OTEL_EXPORTER_OTLP_ENDPOINT: "Where traces are sent.",
} as const;
type Variable = keyof typeof variables;

/** Variables that are checked but not yet in this version, and what happens until then. */
export const laterVariables: Partial<Record<Variable, string>> = {
  CLUSTER_URL: "this process works alone",
  OTEL_EXPORTER_OTLP_ENDPOINT: "no traces are sent",
};

/** Reads the environment; every bad value is one line. */
export function parseEnv(given: Readonly<Record<string, string | undefined>>): ReadEnv {
  const problems: string[] = [];
  const secrets: string[] = [];

  // Blank is unset, so that a template's empty lines do no harm.
  const value = (name: Variable) => given[name]?.trim() || undefined;
  const checked = (name: Variable, wanted: string, isFine: (text: string) => boolean) => {
    const text = value(name);
    if (text !== undefined && !isFine(text)) problems.push(`${name}: wanted ${wanted}, came ${JSON.stringify(text)}`);
    return text;
  };
  const secret = (name: Variable, complaintAbout: (text: string) => string | undefined) => {
    const text = value(name);
    if (text === undefined) return undefined;
    secrets.push(text);
    const complaint = /\s/.test(text) ? "has a space or line break in it — copy it again, alone" : complaintAbout(text);
    if (complaint !== undefined) problems.push(`${name}: ${complaint}`);
    return text;
  };

  const slack = slackOf(given, secret, checked, problems);
  const token = secret("DISCORD_TOKEN", (text) =>
    isSlackToken(text) ? `wanted a Discord bot token, came ${kindOf(text)}` : undefined,
  );
  const apiUrl = checked(
    "DISCORD_API_URL",
    "a URL that ends in /api (no version)",
    (text) => isUrl(text) && text.endsWith("/api"),
  );
  const console = checked("BELLHOP_CONSOLE", "on or off", (text) => text === "on" || text === "off");
  const level = LogLevel.safeParse(
    checked("LOG_LEVEL", `one of ${LogLevel.options.join(", ")}`, (text) => LogLevel.safeParse(text).success),
  );
  const env: Env = {
    slack,
    discord: token === undefined ? undefined : { token, apiUrl },
    console: console === undefined ? slack === undefined && token === undefined : console === "on",
    config: value("BELLHOP_CONFIG") ?? "config",
    data: value("BELLHOP_DATA") ?? "data",
    port: Number(
      checked("PORT", "a whole number from 0 to 65535", (text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535) ??
        3000,
    ),
    host: checked("HOST", "a host name or an IP address, without scheme and port", isHost) ?? "127.0.0.1",
    secretKey: secret("BELLHOP_SECRET_KEY", (text) =>
      /^[0-9a-fA-F]{64}$/.test(text)
        ? undefined
        : `wanted 64 hex digits, came ${text.length} characters — make one with: openssl rand -hex 32`,
    ),
    publicUrl: checked(
      "BELLHOP_URL",
      "a URL beginning with https://, or with http:// for this machine alone",
      isPublicUrl,
    )?.replace(/\/+$/, ""),
    apiKey: secret("BELLHOP_API_KEY", () => undefined),
    clusterUrl: checked("CLUSTER_URL", "a URL beginning with redis:// or rediss://", (text) =>
      /^rediss?:\/\/\S+$/.test(text),
    ),
    logLevel: level.success ? level.data : "info",
    logFile: value("LOG_FILE"),
    telemetryEndpoint: checked("OTEL_EXPORTER_OTLP_ENDPOINT", "a URL beginning with http:// or https://", isUrl),
  };
  if (env.clusterUrl !== undefined && URL.canParse(env.clusterUrl)) secrets.push(new URL(env.clusterUrl).password);
  return {
    env: problems.length > 0 ? undefined : env,
    problems,
    notices: [
      ...Object.entries(laterVariables)
        .filter(([name]) => given[name]?.trim())
        .map(([name, meanwhile]) => `${name}: not yet in this version — ${meanwhile}`),
      ...misspelt(given),
    ],
    secrets: secrets.filter((text) => text !== ""),
  };
}

function slackOf(
  given: Readonly<Record<string, string | undefined>>,
  secret: (name: Variable, complaintAbout: (text: string) => string | undefined) => string | undefined,
  checked: (name: Variable, wanted: string, isFine: (text: string) => boolean) => string | undefined,
  problems: string[],
): SlackEnv | undefined {
  const botToken = secret("SLACK_BOT_TOKEN", (text) =>
    text.startsWith("xoxb-")
      ? undefined
      : `wanted a bot token (xoxb-…), came ${kindOf(text)} — copy it from OAuth & Permissions`,
  );
  const appToken = secret("SLACK_APP_TOKEN", (text) =>
    text.startsWith("xapp-")
      ? undefined
      : `wanted an app-level token (xapp-…), came ${kindOf(text)} — make one in Basic Information, with connections:write`,
  );
  const signingSecret = secret("SLACK_SIGNING_SECRET", (text) =>
    isSlackToken(text) ? `wanted the signing secret, came ${kindOf(text)} — copy it from Basic Information` : undefined,
  );
  const apiUrl = checked("SLACK_API_URL", "a URL that ends in /api/", (text) => isUrl(text) && text.endsWith("/api/"));

  // A blank signing secret would let anyone sign.
  const isBlank = given.SLACK_SIGNING_SECRET !== undefined && signingSecret === undefined;
  if (isBlank) problems.push("SLACK_SIGNING_SECRET: is blank — fill it in, or remove the line");
  if (botToken === undefined) {
    const alone =
      appToken !== undefined ? "SLACK_APP_TOKEN" : signingSecret !== undefined ? "SLACK_SIGNING_SECRET" : undefined;
    if (alone !== undefined)
      problems.push(`SLACK_BOT_TOKEN: is not set, but ${alone} is — set it (xoxb-…), or remove ${alone}`);
    return undefined;
  }
  if (appToken === undefined && signingSecret === undefined && !isBlank) {
    problems.push(
      "SLACK_BOT_TOKEN: needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP mode) beside it — set one of them",
    );
  }
  return { botToken, appToken, signingSecret, apiUrl };
}

// Says what a token is by its prefix, never more of it.
function kindOf(token: string): string {
  const kinds: Record<string, string> = {
    "xoxb-": "a bot token (xoxb-…)",
    "xapp-": "an app-level token (xapp-…)",
    "xoxp-": "a user token (xoxp-…)",
    "xoxe.": "a configuration token (xoxe.…)",
    "xoxe-": "a refresh token (xoxe-…)",
  };
  return kinds[token.slice(0, 5)] ?? "something that begins otherwise";
}

function isSlackToken(text: string): boolean {
  return /^(xox[a-z]|xapp)[-.]/.test(text);
}

function isUrl(text: string): boolean {
  return /^https?:\/\/\S+$/.test(text) && URL.canParse(text);
}

/** Sign-ins come back there: an authorization server sends codes over http to one's own machine only. */
function isPublicUrl(text: string): boolean {
  if (!isUrl(text)) return false;
  const { protocol, hostname, search, hash } = new URL(text);
  const isNear = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
  return (protocol === "https:" || isNear) && search === "" && hash === "";
}

function isHost(text: string): boolean {
  return isIP(text) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text);
}

function misspelt(given: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(given)
    .filter((name) => /^(BELLHOP|SLACK|DISCORD)_/.test(name) && !Object.hasOwn(variables, name))
    .map((name) => ({ name, guess: didYouMean(name, Object.keys(variables)) }))
    .filter(({ guess }) => guess !== "")
    .map(({ name, guess }) => `${name}: is not read${guess}`);
}
