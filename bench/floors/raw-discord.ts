// The smallest honest Discord bot: discord.js and the openai client, one mention, one reply.
//   raw-discord post [thread] [typing]     the whole answer as one message
//   raw-discord stream [thread] [typing]   a first message at once, then edits at a pace Discord allows
// `thread` answers in a thread made from the mention, `typing` shows the sign of work. Nothing is journalled.
import { Client, Events, GatewayIntentBits, type Message } from "discord.js";
import OpenAI from "openai";

const { DISCORD_TOKEN = "", DISCORD_API_URL, OPENAI_MODEL = "gpt-4.1" } = process.env;
const streamed = process.argv.includes("stream");
const inThread = process.argv.includes("thread");
const showsTyping = process.argv.includes("typing");

/** Discord takes five edits in five seconds. */
const editEvery = 1_100;
const longest = 2_000;
const quiet = { parse: [], repliedUser: false };

// Its key and address are OPENAI_API_KEY and OPENAI_BASE_URL.
const openai = new OpenAI();
const client = new Client({
  intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages],
  ...(DISCORD_API_URL === undefined ? {} : { rest: { api: DISCORD_API_URL } }),
});

type Say = (content: string) => Promise<Message>;

client.on(Events.MessageCreate, async (message) => {
  if (message.author.bot || !client.user) return;
  if (!message.mentions.has(client.user, { ignoreEveryone: true, ignoreRoles: true })) return;
  try {
    const question = message.content.replace(`<@${client.user.id}>`, "").trim() || "hello";
    const asked = {
      model: OPENAI_MODEL,
      messages: [
        { role: "system" as const, content: "You are a helpful assistant in a team's Discord." },
        { role: "user" as const, content: question },
      ],
    };
    const thread = inThread ? await message.startThread({ name: question.slice(0, 100) }) : undefined;
    const channel = thread ?? message.channel;
    if (showsTyping && channel.isSendable()) await channel.sendTyping();
    const say: Say = (content) =>
      thread === undefined
        ? message.reply({ content, allowedMentions: quiet })
        : thread.send({ content, allowedMentions: quiet });
    if (streamed) {
      await sayGrowing(say, await openai.chat.completions.create({ ...asked, stream: true }));
    } else {
      const answer = await openai.chat.completions.create(asked);
      const text = answer.choices[0]?.message.content || "(no answer)";
      for (let at = 0; at < text.length; at += longest) await say(text.slice(at, at + longest));
    }
  } catch (error) {
    console.error(error);
  }
});

client.on(Events.Error, (error) => console.error(error));
client.once(Events.ClientReady, () => console.log("ready"));
await client.login(DISCORD_TOKEN);

/** Posts the first words at once, edits what has come since at each pace, and begins a new message when one is full. */
async function sayGrowing(say: Say, chunks: AsyncIterable<OpenAI.ChatCompletionChunk>): Promise<void> {
  let text = "";
  let posted: Message | undefined;
  let shown = 0;
  let at = 0;
  const show = async () => {
    const page = text.slice(0, longest);
    posted = posted === undefined ? await say(page) : await posted.edit({ content: page, allowedMentions: quiet });
    shown = page.length;
    if (text.length <= longest) return;
    text = text.slice(longest);
    posted = undefined;
    shown = 0;
  };
  for await (const chunk of chunks) {
    text += chunk.choices[0]?.delta.content ?? "";
    if (text === "" || Date.now() - at < editEvery) continue;
    at = Date.now();
    await show();
  }
  while (text.length > shown) await show();
}
