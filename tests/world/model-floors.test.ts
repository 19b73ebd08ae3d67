import { afterEach, expect, test } from "vitest";
import { type Floor, startFloor } from "../../bench/floors/floor.ts";
import { createDiscord } from "./discord/discord.ts";
import { createModel, type ModelWorld } from "./model/model.ts";
import { createSlack } from "./slack/slack.ts";

// The bots that benches compare with: they must do all of their work, or the comparison is worth nothing.
const opened: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.stop();
});

async function keep<T extends { stop(): Promise<unknown> }>(starting: Promise<T>): Promise<T> {
  const started = await starting;
  opened.push(started);
  return started;
}

function modelEnv(model: ModelWorld) {
  return { OPENAI_API_KEY: model.key, OPENAI_BASE_URL: model.baseUrl, OPENAI_MODEL: model.model };
}

async function slackFloor(model: ModelWorld, ...args: string[]) {
  const slack = await keep(createSlack());
  const env = { SLACK_API_URL: slack.apiUrl, SLACK_BOT_TOKEN: slack.tokens.bot, SLACK_APP_TOKEN: slack.tokens.app };
  const floor: Floor = await keep(startFloor("raw-slack", args, { ...env, ...modelEnv(model) }));
  return { slack, floor };
}

async function discordFloor(model: ModelWorld, ...args: string[]) {
  const discord = await keep(createDiscord());
  const server = discord.server("Acme");
  const ana = discord.person("ana");
  const general = discord.channel("general");
  const env = { DISCORD_API_URL: discord.apiUrl, DISCORD_TOKEN: discord.token };
  const floor: Floor = await keep(startFloor("raw-discord", args, { ...env, ...modelEnv(model) }));
  return { discord, server, ana, general, floor };
}

const long = "The checkout is slow since the deploy at noon, as every graph shows. ".repeat(12).trim();

test("the raw Slack bot posts one answer in the thread of the mention", async () => {
  const model = await keep(createModel());
  model.answer((request) => `You said: ${request.user}`);
  const { slack } = await slackFloor(model, "post");
  const ana = slack.person("ana");
  const general = slack.channel("general");
  const asked = slack.say(ana, general, "@Bellhop hello");
  const answer = await slack.until(() => slack.messages(general, asked).find((message) => message.byApp));
  expect(answer.text).toContain("You said: hello");
  expect(slack.violations).toEqual([]);
  expect(model.violations).toEqual([]);
});

test("the raw Slack bot streams a whole answer and shows that it is at work", async () => {
  const model = await keep(createModel({ tokensPerSecond: 2000 }));
  model.answer(long);
  const { slack } = await slackFloor(model, "stream", "status");
  const ana = slack.person("ana");
  const general = slack.channel("general");
  const asked = slack.say(ana, general, "@Bellhop why is checkout slow?");
  const answer = await slack.until(() =>
    slack.messages(general, asked).find((message) => message.byApp && message.streaming === "completed"),
  );
  expect(answer.text).toContain(long);
  await slack.until(() => slack.calls.filter((call) => call.method === "agents.sessions.setStatus").length === 2);
  expect(slack.violations).toEqual([]);
});

test("the raw Discord bot replies to a mention and shows that it types", async () => {
  const model = await keep(createModel());
  model.answer((request) => `You said: ${request.user}`);
  const { discord, ana, general } = await discordFloor(model, "post", "typing");
  await discord.connected();
  discord.say(ana, general, "@Bellhop hello");
  const answer = await discord.until(() => discord.messages(general).find((message) => message.author.bot));
  expect(answer.content).toBe("You said: hello");
  expect(discord.violations).toEqual([]);
  expect(model.violations).toEqual([]);
});

test("the raw Discord bot answers in a thread and shows an answer while it grows, whole at the end", async () => {
  const model = await keep(createModel({ tokensPerSecond: 100 }));
  const whole = long.repeat(3);
  model.answer({ say: whole, deltas: 150 });
  const { discord, ana, general } = await discordFloor(model, "stream", "thread");
  await discord.connected();
  const asked = discord.say(ana, general, "@Bellhop why is checkout slow?");
  const said = () => {
    const thread = discord.threadOf(asked);
    return thread === undefined ? [] : discord.messages(thread).filter((message) => message.author.bot);
  };
  const first = await discord.until(() => said()[0]);
  expect(whole.startsWith(first.content)).toBe(true);
  expect(first.content.length).toBeLessThan(whole.length / 2);
  await discord.until(
    () =>
      said()
        .map((message) => message.content)
        .join("") === whole,
  );
  expect(said().length).toBe(Math.ceil(whole.length / 2000));
  expect(said()[0]?.history.length).toBeGreaterThan(1);
  expect(discord.violations).toEqual([]);
});

test("a raw bot that cannot start is told as such", async () => {
  await expect(startFloor("raw-slack", ["post"], {})).rejects.toThrow(/ended .* before it was ready/);
});
