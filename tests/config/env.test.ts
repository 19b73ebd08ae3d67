import { expect, test } from "vitest";
import { parseEnv } from "../../src/config/env.ts";

const slack = { SLACK_BOT_TOKEN: "xoxb-1-secretpart", SLACK_APP_TOKEN: "xapp-1-secretpart" };

test("an empty environment means the console, on loopback", () => {
  expect(parseEnv({})).toEqual({
    problems: [],
    notices: [],
    secrets: [],
    env: expect.objectContaining({
      slack: undefined,
      discord: undefined,
      console: true,
      config: "config",
      data: "data",
      port: 3000,
      host: "127.0.0.1",
      logLevel: "info",
    }),
  });
});

test("blank variables are unset, as in a template not filled in", () => {
  expect(parseEnv({ SLACK_BOT_TOKEN: "", DISCORD_TOKEN: " ", PORT: "" }).env).toMatchObject({
    slack: undefined,
    discord: undefined,
    port: 3000,
  });
});

test("a platform that is set switches the console off, unless it is asked for", () => {
  expect(parseEnv({ DISCORD_TOKEN: "a.b.c" }).env).toMatchObject({ discord: { token: "a.b.c" }, console: false });
  expect(parseEnv({ ...slack, BELLHOP_CONSOLE: "on" }).env).toMatchObject({
    slack: { botToken: slack.SLACK_BOT_TOKEN },
    console: true,
  });
  expect(parseEnv({ BELLHOP_CONSOLE: "off" }).env?.console).toBe(false);
});

test("Slack may be reached by socket or by HTTP", () => {
  expect(parseEnv({ ...slack, SLACK_SIGNING_SECRET: "s" }).env?.slack).toEqual({
    botToken: slack.SLACK_BOT_TOKEN,
    appToken: slack.SLACK_APP_TOKEN,
    signingSecret: "s",
    apiUrl: undefined,
  });
  expect(parseEnv({ SLACK_BOT_TOKEN: "xoxb-1", SLACK_SIGNING_SECRET: "s" }).env?.slack).toMatchObject({
    appToken: undefined,
    signingSecret: "s",
  });
});

const refused: [string, Record<string, string>, string[]][] = [
  [
    "a bot token alone",
    { SLACK_BOT_TOKEN: "xoxb-1" },
    [
      "SLACK_BOT_TOKEN: needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP mode) beside it — set one of them",
    ],
  ],
  [
    "a blank signing secret",
    { SLACK_BOT_TOKEN: "xoxb-1", SLACK_SIGNING_SECRET: "" },
    ["SLACK_SIGNING_SECRET: is blank — fill it in, or remove the line"],
  ],
  [
    "a blank signing secret beside an app token",
    { ...slack, SLACK_SIGNING_SECRET: "  " },
    ["SLACK_SIGNING_SECRET: is blank — fill it in, or remove the line"],
  ],
  [
    "an app token alone",
    { SLACK_APP_TOKEN: "xapp-1" },
    ["SLACK_BOT_TOKEN: is not set, but SLACK_APP_TOKEN is — set it (xoxb-…), or remove SLACK_APP_TOKEN"],
  ],
  [
    "tokens in each other's place",
    { SLACK_BOT_TOKEN: "xapp-1-secretpart", SLACK_APP_TOKEN: "xoxb-1-secretpart" },
    [
      "SLACK_BOT_TOKEN: wanted a bot token (xoxb-…), came an app-level token (xapp-…) — copy it from OAuth & Permissions",
      "SLACK_APP_TOKEN: wanted an app-level token (xapp-…), came a bot token (xoxb-…) — make one in Basic Information, with connections:write",
    ],
  ],
  [
    "a user token",
    { ...slack, SLACK_BOT_TOKEN: "xoxp-secretpart" },
    ["SLACK_BOT_TOKEN: wanted a bot token (xoxb-…), came a user token (xoxp-…) — copy it from OAuth & Permissions"],
  ],
  [
    "something that is no token",
    { ...slack, SLACK_BOT_TOKEN: "secretpart" },
    [
      "SLACK_BOT_TOKEN: wanted a bot token (xoxb-…), came something that begins otherwise — copy it from OAuth & Permissions",
    ],
  ],
  [
    "a token as signing secret",
    { SLACK_BOT_TOKEN: "xoxb-1", SLACK_SIGNING_SECRET: "xapp-1-secretpart" },
    [
      "SLACK_SIGNING_SECRET: wanted the signing secret, came an app-level token (xapp-…) — copy it from Basic Information",
    ],
  ],
  [
    "a Slack token for Discord",
    { DISCORD_TOKEN: "xoxb-secretpart" },
    ["DISCORD_TOKEN: wanted a Discord bot token, came a bot token (xoxb-…)"],
  ],
  [
    "a token with a line break",
    { DISCORD_TOKEN: "secret\npart" },
    ["DISCORD_TOKEN: has a space or line break in it — copy it again, alone"],
  ],
  [
    "a Slack address without /api/",
    { SLACK_API_URL: "http://localhost:1/api" },
    ['SLACK_API_URL: wanted a URL that ends in /api/, came "http://localhost:1/api"'],
  ],
  [
    "a Discord address with a version",
    { DISCORD_API_URL: "http://localhost:1/api/v10" },
    ['DISCORD_API_URL: wanted a URL that ends in /api (no version), came "http://localhost:1/api/v10"'],
  ],
  ["a port out of range", { PORT: "65536" }, ['PORT: wanted a whole number from 0 to 65535, came "65536"']],
  ["a port in words", { PORT: "http" }, ['PORT: wanted a whole number from 0 to 65535, came "http"']],
  [
    "a host with a scheme",
    { HOST: "http://x" },
    ['HOST: wanted a host name or an IP address, without scheme and port, came "http://x"'],
  ],
  [
    "a host with a port",
    { HOST: "localhost:80" },
    ['HOST: wanted a host name or an IP address, without scheme and port, came "localhost:80"'],
  ],
  [
    "a short secret key",
    { BELLHOP_SECRET_KEY: "abc" },
    ["BELLHOP_SECRET_KEY: wanted 64 hex digits, came 3 characters — make one with: openssl rand -hex 32"],
  ],
  [
    "a public address without encryption",
    { BELLHOP_URL: "http://bot.example.com" },
    [
      'BELLHOP_URL: wanted a URL beginning with https://, or with http:// for this machine alone, came "http://bot.example.com"',
    ],
  ],
  [
    "an unknown log level",
    { LOG_LEVEL: "loud" },
    ['LOG_LEVEL: wanted one of trace, debug, info, warn, error, fatal, silent, came "loud"'],
  ],
  [
    "a console that is neither on nor off",
    { BELLHOP_CONSOLE: "yes" },
    ['BELLHOP_CONSOLE: wanted on or off, came "yes"'],
  ],
  [
    "a cluster that is no Redis",
    { CLUSTER_URL: "http://x" },
    ['CLUSTER_URL: wanted a URL beginning with redis:// or rediss://, came "http://x"'],
  ],
  [
    "a telemetry endpoint that is no URL",
    { OTEL_EXPORTER_OTLP_ENDPOINT: "x:4318" },
    ['OTEL_EXPORTER_OTLP_ENDPOINT: wanted a URL beginning with http:// or https://, came "x:4318"'],
  ],
];

test.each(refused)("%s is refused in one clear line", (_what, given, lines) => {
  const { env, problems } = parseEnv(given);
  expect(env).toBeUndefined();
  expect(problems).toEqual(lines);
  expect(problems.join()).not.toContain("secretpart");
});

test("all bad variables are told at once", () => {
  expect(parseEnv({ PORT: "x", HOST: "a b", LOG_LEVEL: "y" }).problems).toHaveLength(3);
});

test("port 0, IPv6 and host names are fine", () => {
  expect(parseEnv({ PORT: "0", HOST: "::1" }).env).toMatchObject({ port: 0, host: "::1" });
  expect(parseEnv({ HOST: "0.0.0.0" }).env?.host).toBe("0.0.0.0");
  expect(parseEnv({ HOST: "bot.internal" }).env?.host).toBe("bot.internal");
});

test("the public address is taken without a slash at its end", () => {
  expect(parseEnv({ BELLHOP_URL: "https://bot.example.com/bellhop/" }).env?.publicUrl).toBe(
    "https://bot.example.com/bellhop",
  );
  expect(parseEnv({ BELLHOP_URL: "http://localhost:3000" }).env?.publicUrl).toBe("http://localhost:3000");
});

test("every token and key is a secret", () => {
  const given = { ...slack, DISCORD_TOKEN: "a.b.c", BELLHOP_API_KEY: "key-1", BELLHOP_SECRET_KEY: "0".repeat(64) };
  expect(new Set(parseEnv(given).secrets)).toEqual(new Set(Object.values(given)));
  expect(parseEnv({ CLUSTER_URL: "redis://:hunter2@redis:6379" }).secrets).toEqual(["hunter2"]);
});

test("what is not in this version yet, and what is misspelt, is said", () => {
  expect(
    parseEnv({ CLUSTER_URL: "redis://x", OTEL_EXPORTER_OTLP_ENDPOINT: "http://x", BELLHOP_CONFG: "x", SLACK_TEAM: "y" })
      .notices,
  ).toEqual([
    "CLUSTER_URL: not yet in this version — this process works alone",
    "OTEL_EXPORTER_OTLP_ENDPOINT: not yet in this version — no traces are sent",
    'BELLHOP_CONFG: is not read — did you mean "BELLHOP_CONFIG"?',
  ]);
});
