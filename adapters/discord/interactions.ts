import {
  type APIChatInputApplicationCommandInteraction,
  type APIInteraction,
  type APIMessageComponentInteraction,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  InteractionResponseType,
  InteractionType,
  MessageFlags,
  MessageFlagsBitField,
  RequestMethod,
  Routes,
} from "discord.js";
import type { Logger } from "pino";
import type { Author, ChatCommand, ChatEvent } from "../../src/chat.ts";
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

  /** Journals what happened, then acknowledges it. Resolves with false when Discord did not take the acknowledgement. */
  async function take(interaction: APIInteraction, event: ChatEvent, response: unknown): Promise<boolean> {
    if (!(await hearing.tell(event))) return false;
    const route = Routes.interactionCallback(interaction.id, interaction.token);
    try {
      await connection.call(RequestMethod.Post, route, { body: response, tokenless: true });
      return true;
    } catch (error) {
      // Too late, most likely: the person saw "did not respond", yet what they wanted is journalled and will be done.
      log.warn({ err: error, interaction: interaction.id }, "discord: an interaction was not acknowledged");
      return false;
    }
  }

  function command(interaction: APIChatInputApplicationCommandInteraction, person: Author, where: Where): void {
    const via = whisperVia(interaction.id, interaction.token);
    const given = { ...wordsOf(interaction), ...where, person, whisper: { person: person.id, via } };
    const acknowledged = take(
      interaction,
      { key: `discord:${interaction.id}`, kind: "command", command: given },
      { type: InteractionResponseType.DeferredChannelMessageWithSource, data: { flags: MessageFlags.Ephemeral } },
    );
    whispers.opened(via, { channel: interaction.channel.id, thinking: true, acknowledged });
  }

  function press(interaction: APIMessageComponentInteraction, person: Author, where: Where): void {
    const via = whisperVia(interaction.id, interaction.token);
    const button = pressed(interaction.data.custom_id);
    const message = interaction.message.id;
    const acknowledged = take(
      interaction,
      {
        key: `discord:${interaction.id}`,
        kind: "press",
        press: { ...button, ...where, message, person, whisper: { person: person.id, via } },
      },
      { type: InteractionResponseType.DeferredMessageUpdate },
    );
    whispers.opened(via, { channel: interaction.channel.id, thinking: false, acknowledged });
    const whispered = new MessageFlagsBitField(interaction.message.flags).has(MessageFlags.Ephemeral);
    if (whispered) whispers.held(message, via);
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
        if (interaction.type === InteractionType.MessageComponent) press(interaction, person, where);
        else if (isSlash(interaction)) command(interaction, person, where);
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
