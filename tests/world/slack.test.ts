import { App, LogLevel } from "@slack/bolt";
import { afterEach, expect, test } from "vitest";
import { createSlack, type Slack } from "./slack/slack.ts";

const open: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function connect(slack: Slack) {
  const app = new App({
    token: slack.tokens.bot,
    appToken: slack.tokens.app,
    socketMode: true,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slack.apiUrl },
  });
  await app.start();
  open.push(app);
  return app;
}

async function start(options?: Parameters<typeof createSlack>[0]) {
  const slack = await createSlack(options);
  open.push(slack);
  return slack;
}

test("a mention reaches a real Bolt app over Socket Mode and is answered in its thread", async () => {
  const slack = await start();
  const app = await connect(slack);
  app.event("app_mention", async ({ event, say }) => {
    await say({ text: `you said ${event.text}`, thread_ts: event.thread_ts ?? event.ts });
  });
  const ana = slack.person("ana");
  const general = slack.channel("general");
  const asked = slack.say(ana, general, "@Bellhop hi <b> & *c*");
  const answer = await slack.until(() => slack.messages(general, asked).find((message) => message.byApp));
  expect(answer.text).toBe(`you said <@${slack.bot.userId}> hi &lt;b&gt; &amp; *c*`);
  expect(slack.violations).toEqual([]);
});
