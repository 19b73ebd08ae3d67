import {
  type APIChatInputApplicationCommandInteraction,
  type APIInteraction,
  type APIMessageComponentInteraction,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  InteractionResponseType,
  InteractionType,
  MessageFlags,
  RequestMethod,
  Routes,
} from "discord.js";
import type { Logger } from "pino";
import type { Author, ChatCommand } from "../../src/chat.ts";
import type { Connection } from "./connection.ts";
import type { Hearing } from "./hear.ts";
import { authorOf } from "./message.ts";
import type { People } from "./people.ts";
import { pressed } from "./render.ts";
import { timeOfId } from "./time.ts";
import { type Whispers, whisperVia } from "./whispers.ts";

/** Makes the ear for slash commands and buttons: journalled first, then acknowledged to Discord. */
export function createInteractions(options: {
  connection: Connection;
  hearing: Hearing;
  people: People;
  whispers: Whispers;
  log: Logger;
}) {
  const { connection, hearing, people, whispers, log } = options;

  async function acknowledge(interaction: APIInteraction, body: unknown): Promise<boolean> {
    const route = Routes.interactionCallback(interaction.id, interaction.token);
    try {
      await connection.call(RequestMethod.Post, route, { body, tokenless: true });
      return true;
    } catch (error) {
      // Too late, most likely: the person saw "did not respond", yet what they wanted is journalled and will be done.
      log.warn({ err: error, interaction: interaction.id }, "discord: an interaction was not acknowledged");
      return false;
    }
  }

  async function command(interaction: APIChatInputApplicationCommandInteraction, person: Author, at: Where) {
    const via = whisperVia(interaction.id, interaction.token);
    const journalled = await hearing.tell({
      key: `discord:${interaction.id}`,
      kind: "command",
      command: { ...wordsOf(interaction), ...at, person, whisper: { person: person.id, via } },
    });
    const body = {
      type: InteractionResponseType.DeferredChannelMessageWithSource,
      data: { flags: MessageFlags.Ephemeral },
    };
    if (journalled && (await acknowledge(interaction, body))) whispers.awaited(via, interaction.channel.id);
  }

  async function press(interaction: APIMessageComponentInteraction, person: Author, at: Where) {
    const via = whisperVia(interaction.id, interaction.token);
    const message = interaction.message.id;
    const journalled = await hearing.tell({
      key: `discord:${interaction.id}`,
      kind: "press",
      press: { ...pressed(interaction.data.custom_id), ...at, message, person, whisper: { person: person.id, via } },
    });
    if (journalled) await acknowledge(interaction, { type: InteractionResponseType.DeferredMessageUpdate });
  }

  return {
    heard(interaction: APIInteraction): void {
      const user = interaction.user ?? interaction.member?.user;
      if (!user || interaction.type === InteractionType.Ping || !interaction.channel) return;
      people.seen(user, interaction.member, interaction.guild_id);
      people.speaks(user.id, interaction.locale);
      const person = authorOf(user, interaction.member);
      hearing.inPlace(interaction.channel.id, interaction.guild_id, ({ address }) => {
        const where = { address, at: timeOfId(interaction.id) };
        if (interaction.type === InteractionType.MessageComponent) void press(interaction, person, where);
        else if (isSlash(interaction)) void command(interaction, person, where);
      });
    },
  };
}

type Where = Pick<ChatCommand, "address" | "at">;

function isSlash(interaction: APIInteraction): interaction is APIChatInputApplicationCommandInteraction {
  return (
    interaction.type === InteractionType.ApplicationCommand &&
    interaction.data.type === ApplicationCommandType.ChatInput
  );
}

/** What was typed: the option `agent` by itself, a subcommand by its name, everything else in order. */
function wordsOf({ data }: APIChatInputApplicationCommandInteraction): Pick<ChatCommand, "name" | "text" | "agent"> {
  const words: string[] = [];
  let agent: string | undefined;
  for (const option of data.options ?? []) {
    if (option.type === ApplicationCommandOptionType.Subcommand) words.push(option.name);
    else if (option.type !== ApplicationCommandOptionType.String) continue;
    else if (option.name === "agent") agent = option.value;
    else words.push(option.value);
  }
  return { name: data.name, text: words.join(" "), ...(agent !== undefined && { agent }) };
}
