// The smallest honest Slack bot: Bolt in Socket Mode and the openai client, one mention, one answer in its thread.
//   raw-slack post [status]     the whole answer as one message
//   raw-slack stream [status]   streamed as the library streams it
// `status` shows Slack's native sign of work meanwhile. Nothing is journalled and nothing survives a crash.
import { App, LogLevel } from "@slack/bolt";
import OpenAI from "openai";

const { SLACK_BOT_TOKEN = "", SLACK_APP_TOKEN = "", SLACK_API_URL, OPENAI_MODEL = "gpt-4.1" } = process.env;
const streamed = process.argv.includes("stream");
const showsStatus = process.argv.includes("status");

// Its key and address are OPENAI_API_KEY and OPENAI_BASE_URL.
const openai = new OpenAI();
const app = new App({
  token: SLACK_BOT_TOKEN,
  appToken: SLACK_APP_TOKEN,
  socketMode: true,
  logLevel: LogLevel.WARN,
  clientOptions: SLACK_API_URL === undefined ? {} : { slackApiUrl: SLACK_API_URL },
});

app.event("app_mention", async ({ event, client, context }) => {
  const { channel, user, text } = event;
  const thread_ts = event.thread_ts ?? event.ts;
  if (showsStatus) {
    await client.agents.sessions.setStatus({ channel_id: channel, thread_ts, status: "processing" });
  }
  const asked = {
    model: OPENAI_MODEL,
    messages: [
      { role: "system" as const, content: "You are a helpful assistant in a team's Slack." },
      { role: "user" as const, content: text.replace(`<@${context.botUserId}>`, "").trim() || "hello" },
    ],
  };
  if (streamed) {
    const message = client.chatStream({
      channel,
      thread_ts,
      ...(user === undefined ? {} : { recipient_user_id: user }),
      ...(context.teamId === undefined ? {} : { recipient_team_id: context.teamId }),
    });
    for await (const chunk of await openai.chat.completions.create({ ...asked, stream: true })) {
      const words = chunk.choices[0]?.delta.content;
      if (words) await message.append({ markdown_text: words });
    }
    await message.stop();
  } else {
    const answer = await openai.chat.completions.create(asked);
    const markdown_text = answer.choices[0]?.message.content ?? "(no answer)";
    await client.chat.postMessage({ channel, thread_ts, markdown_text, unfurl_links: false, unfurl_media: false });
  }
  if (showsStatus) await client.agents.sessions.setStatus({ channel_id: channel, thread_ts, status: "active" });
});

app.error(async (error) => console.error(error));

await app.start();
console.log("ready");
