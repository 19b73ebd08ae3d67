import { createDiscord, type Message } from "../../tests/world/discord/discord.ts";
import { crowd, type Place } from "./place.ts";

/** A simulated Discord with its crowd. The bot is to answer in threads. */
export async function openDiscord(limits: "real" | "off"): Promise<Place> {
  const discord = await createDiscord({ limits });
  const people = Array.from({ length: crowd.people }, (_, n) => discord.person(`person${n}`));
  const channels = Array.from({ length: crowd.channels }, (_, n) => discord.channel(`room${n}`));
  const mentions = new Map<string, Message>();
  let looked = 0;
  let open: typeof discord.calls = [];

  return {
    channels: channels.map(({ id }) => id),
    posting: "POST /channels/{channel_id}/messages",
    env: { DISCORD_API_URL: discord.apiUrl, DISCORD_TOKEN: discord.token },
    say(number) {
      const person = people[number % people.length];
      const channel = channels[number % channels.length];
      if (!person || !channel) throw new Error("nobody is there to say anything");
      const message = discord.say(person, channel, `@Bellhop what about number ${number}?`);
      mentions.set(message.id, message);
      return message.id;
    },
    look() {
      const calls = [...open, ...discord.calls.slice(looked)];
      looked = discord.calls.length;
      open = calls.filter((call) => call.status === 0);
      return calls.flatMap(({ path, status }) => {
        // A thread has the id of the message it grew from.
        const mention = mentions.get(/\/channels\/(\d+)\/messages/.exec(path)?.[1] ?? "");
        const thread = mention && discord.threadOf(mention);
        if (!thread || status >= 300) return [];
        const said = discord.messages(thread).filter((message) => message.author.id === discord.bot.id);
        const text = said.length > 0 ? said.map((message) => message.content).join("\n") : undefined;
        return [{ mention: mention.id, text, still: true }];
      });
    },
    calls: (since = 0) =>
      discord.calls
        .slice(since)
        .map(({ method, route, status }) => ({ name: `${method} ${route}`, tooMany: status === 429 })),
    violations: () => discord.violations.map(({ rule, detail }) => `${rule}: ${detail}`),
    until: (isSo, deadlineMs) => discord.until(isSo, deadlineMs),
  };
}
