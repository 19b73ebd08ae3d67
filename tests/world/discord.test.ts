import { Client, GatewayIntentBits, Partials } from "discord.js";
import { afterEach, expect, it } from "vitest";
import { createDiscord, type Discord } from "./discord/discord.ts";

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function start(): Promise<{ discord: Discord; client: Client }> {
  const discord = await createDiscord();
  open.push(() => discord.stop());
  const client = new Client({
    rest: { api: discord.apiUrl },
    intents: [
      GatewayIntentBits.Guilds,
      GatewayIntentBits.GuildMessages,
      GatewayIntentBits.DirectMessages,
      GatewayIntentBits.MessageContent,
      GatewayIntentBits.GuildMessageReactions,
    ],
    partials: [Partials.Channel, Partials.Message, Partials.Reaction],
  });
  client.on("error", (error) => console.error(error));
  open.push(() => client.destroy());
  const ready = new Promise((resolve) => client.once("clientReady", resolve));
  await client.login(discord.token);
  await ready;
  return { discord, client };
}

it("a bot hears a mention and answers in a thread made from it", async () => {
  const { discord, client } = await start();
  const ana = discord.person("ana");
  const team = discord.channel("team");
  client.on("messageCreate", async (message) => {
    if (message.author.bot) return;
    const thread = await message.startThread({ name: "answer" });
    await thread.send({ content: `you said: ${message.content}`, allowedMentions: { parse: [] } });
  });
  const asked = discord.say(ana, team, "@Bellhop hi");
  const answer = await discord.until(() => {
    const thread = discord.threadOf(asked);
    return thread && discord.messages(thread).at(-1);
  });
  expect(answer.text).toBe(`you said: <@${discord.bot.id}> hi`);
  expect(discord.violations).toEqual([]);
});
