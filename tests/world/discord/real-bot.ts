import { Client, type ClientOptions, GatewayIntentBits, Partials } from "discord.js";
import { packed } from "../../../adapters/discord/packed.ts";
import type { Discord } from "./discord.ts";

/** Connects the real discord.js to the simulator; resolves once it is ready. */
export async function connectClient(discord: Discord, options: Partial<ClientOptions> = {}): Promise<Client<true>> {
  const client = new Client({
    intents: [
      GatewayIntentBits.Guilds,
      GatewayIntentBits.GuildMessages,
      GatewayIntentBits.GuildMessageReactions,
      GatewayIntentBits.GuildMessageTyping,
      GatewayIntentBits.DirectMessages,
      GatewayIntentBits.MessageContent,
    ],
    partials: [Partials.Channel, Partials.Message, Partials.Reaction],
    ...options,
    // Slack's library may have been loaded in this process before.
    rest: { api: discord.apiUrl, makeRequest: packed, ...options.rest },
  });
  const ready = new Promise<Client<true>>((resolve) => client.once("clientReady", resolve));
  await client.login(discord.token);
  return ready;
}
