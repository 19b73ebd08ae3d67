import {
  type APIApplicationCommandAutocompleteInteraction,
  type APIApplicationCommandInteraction,
  type APIChatInputApplicationCommandInteraction,
  type APIInteraction,
  type APIMessageApplicationCommandInteraction,
  type APIMessageComponentInteraction,
  type APIModalSubmitInteraction,
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
import type { ChatCommand, ChatEvent, Inbox, Whisper } from "../../src/chat.ts";
import { wordsIn } from "./buttons.ts";
import { fieldsOf, shortcutTitled, suggestsIn } from "./commands.ts";
import type { Connection } from "./connection.ts";
import { leaveFirstAnswer } from "./first-answer.ts";
import { valuesIn } from "./form.ts";
import type { Hearing } from "./hear.ts";
import { authorOf, channelsIn, namedIn, namesIn, toMessage } from "./message.ts";
import type { People } from "./people.ts";
import type { Place } from "./places.ts";
import { readable } from "./text.ts";
import { timeOfId } from "./time.ts";
import { type Whispers, whisperVia } from "./whispers.ts";

const thinking = {
  type: InteractionResponseType.DeferredChannelMessageWithSource,
  data: { flags: MessageFlags.Ephemeral },
};
const nothingNew = { type: InteractionResponseType.DeferredMessageUpdate };
const [mostChoices, longestChoice] = [25, 100];

/** Makes the ear for commands, shortcuts, buttons and forms: journalled first, then acknowledged to Discord. */
export function createInteractions(options: {
  connection: Connection;
  hearing: Hearing;
  inbox: Inbox;
  people: People;
  whispers: Whispers;
  log: Logger;
}) {
  const { connection, hearing, inbox, people, whispers, log } = options;

  async function respond({ id, token }: APIInteraction, response: unknown): Promise<void> {
    const route = Routes.interactionCallback(id, token);
    await connection.call(RequestMethod.Post, route, { body: response, tokenless: true });
  }

  /** Resolves with false when Discord did not take it. */
  async function acknowledge(interaction: APIInteraction, response: unknown): Promise<boolean> {
    try {
      await respond(interaction, response);
      return true;
    } catch (error) {
      // Too late, most likely: the person saw "did not respond", yet what they wanted is journalled and will be done.
      log.warn({ err: error, interaction: interaction.id }, "discord: an interaction was not acknowledged");
      return false;
    }
  }

  /** Tells of it, and acknowledges it once it is journalled; with `room` a form may come first. */
  function take(
    interaction: APIInteraction,
    { via }: Whisper,
    event: ChatEvent,
    response: unknown,
    room = false,
  ): void {
    const channel = interaction.channel?.id;
    if (!via || !channel) return;
    // What was asked for in a form is often answered in a thread.
    const shown = { channel, thinking: response === thinking, below: event.kind === "submit" };
    const journalled = hearing.tell(event);
    if (!room) {
      const acknowledged = journalled.then((told) => told && acknowledge(interaction, response));
      whispers.opened(via, { ...shown, acknowledged });
      return;
    }
    const first = leaveFirstAnswer({
      journalled,
      open: (data) => respond(interaction, { type: InteractionResponseType.Modal, data }),
      acknowledge: () => acknowledge(interaction, response),
    });
    whispers.opened(via, { ...shown, acknowledged: first.done, first });
  }

  function command(interaction: APIChatInputApplicationCommandInteraction, who: Who): void {
    const { text: typed, ...typedOf } = typedIn(interaction);
    const names = namesIn([], connection, interaction.guild_id);
    const text = readable(typed, { ...names, person: people.nameOf }, new Set());
    const direct = interaction.guild_id === undefined && { direct: true as const };
    const named = namedIn(typed, people.nameOf, connection);
    const command = { ...typedOf, text, ...named, ...channelsIn(typed, names), ...direct, ...who };
    take(interaction, who.whisper, { key: `discord:${interaction.id}`, kind: "command", command }, thinking);
  }

  function shortcut(interaction: APIMessageApplicationCommandInteraction, who: Who, place: Place): void {
    const name = shortcutTitled(interaction.data.name);
    const chosen = interaction.data.resolved.messages[interaction.data.target_id];
    if (!name || !chosen) {
      log.warn({ name: interaction.data.name }, "discord: a command that I do not know");
      return;
    }
    const { person, whisper, at } = who;
    const shortcut = { name, message: toMessage(chosen, place, connection), person, whisper, at };
    take(interaction, whisper, { key: `discord:${interaction.id}`, kind: "shortcut", shortcut }, thinking, true);
  }

  function press(interaction: APIMessageComponentInteraction, who: Who): void {
    const { opens, ...button } = wordsIn(interaction.data.custom_id);
    const message = interaction.message.id;
    const event = { kind: "press", press: { ...button, ...who, message } } as const;
    take(interaction, who.whisper, { key: `discord:${interaction.id}`, ...event }, nothingNew, opens);
    holdWhisper(interaction.message, who);
  }

  function submit(interaction: APIModalSubmitInteraction, who: Who): void {
    const { opens: _, ...form } = wordsIn(interaction.data.custom_id);
    const event = { kind: "submit", submit: { ...form, values: valuesIn(interaction), ...who } } as const;
    const response = interaction.message ? nothingNew : thinking;
    take(interaction, who.whisper, { key: `discord:${interaction.id}`, ...event }, response);
    if (interaction.message) holdWhisper(interaction.message, who);
  }

  /** A message that only they see can be changed through what they did with it, and in no other way. */
  function holdWhisper({ id, flags }: Pick<APIMessageComponentInteraction["message"], "id" | "flags">, who: Who): void {
    const { via } = who.whisper;
    if (via && new MessageFlagsBitField(flags).has(MessageFlags.Ephemeral)) whispers.held(id, via);
  }

  /** At once, or as soon as a server was asked; nothing of it is journalled. */
  async function suggest(interaction: APIApplicationCommandAutocompleteInteraction, who: Who) {
    const { data } = interaction;
    const typing = focusedIn(data.options);
    const field = typing && suggestsIn(data.name, typing.name);
    const agent = field === "question" ? agentIn(data) : undefined;
    const asked = { address: who.address, person: who.person.id, ...(agent !== undefined && { agent }) };
    const found = field ? await inbox.suggest({ field, typed: typing.value, ...asked }) : [];
    const choices = found
      .filter(({ text, value }) => text !== "" && value.length <= longestChoice)
      .slice(0, mostChoices)
      .map(({ text, value }) => ({ name: text.slice(0, longestChoice), value }));
    // A question in words of one's own is none that matches nothing.
    if (typing && field === "question" && choices.length === 0 && isChoice(typing.value))
      choices.push({ name: typing.value, value: typing.value });
    const type = InteractionResponseType.ApplicationCommandAutocompleteResult;
    await respond(interaction, { type, data: { choices } });
  }

  return {
    heard(interaction: APIInteraction): void {
      const user = interaction.user ?? interaction.member?.user;
      if (!user || interaction.type === InteractionType.Ping || !interaction.channel) return;
      people.seen(user, interaction.member, interaction.guild_id);
      people.heardSpeak(user.id, interaction.locale);
      const person = authorOf(user, interaction.member);
      const whisper = { person: person.id, via: whisperVia(interaction.id, interaction.token) };
      // Told again: it is being answered already.
      if (whispers.isOpen(whisper.via)) return;
      hearing.inPlace(interaction.channel.id, interaction.guild_id, async (place) => {
        const who = { address: place.address, person, whisper, at: timeOfId(interaction.id) };
        if (interaction.type === InteractionType.MessageComponent) press(interaction, who);
        else if (interaction.type === InteractionType.ModalSubmit) submit(interaction, who);
        else if (interaction.type === InteractionType.ApplicationCommandAutocomplete) await suggest(interaction, who);
        else if (isSlash(interaction)) command(interaction, who);
        else if (isOfMessage(interaction)) shortcut(interaction, who, place);
      });
    },
  };
}

/** Who did something, where and when, and how to answer them alone. */
type Who = Pick<ChatCommand, "address" | "person" | "whisper" | "at">;

function isSlash(one: APIApplicationCommandInteraction): one is APIChatInputApplicationCommandInteraction {
  return one.data.type === ApplicationCommandType.ChatInput;
}

function isOfMessage(one: APIApplicationCommandInteraction): one is APIMessageApplicationCommandInteraction {
  return one.data.type === ApplicationCommandType.Message;
}

/** What was typed: the name of an agent by itself, a subcommand by its name, everything else in order. */
function typedIn({ data }: APIChatInputApplicationCommandInteraction): Pick<ChatCommand, "name" | "text" | "agent"> {
  const words: string[] = [];
  let agent: string | undefined;
  // Discord tells options in the order in which they were filled in.
  const order = fieldsOf(data.name).map(({ name }) => name);
  const options = [...(data.options ?? [])].sort((one, other) => order.indexOf(one.name) - order.indexOf(other.name));
  for (const option of options) {
    if (option.type === ApplicationCommandOptionType.Subcommand) {
      const more = (option.options ?? []).flatMap((one) => (typeof one.value === "string" ? [one.value] : []));
      words.push(option.name, ...more);
    } else if (option.type !== ApplicationCommandOptionType.String) continue;
    else if (suggestsIn(data.name, option.name) === "agent") agent = option.value;
    else words.push(option.value);
  }
  return { name: data.name, text: words.join(" "), ...(agent !== undefined && { agent }) };
}

/** The agent that another option names. */
function agentIn({ name, options }: APIApplicationCommandAutocompleteInteraction["data"]): string | undefined {
  for (const option of options) {
    if (option.type === ApplicationCommandOptionType.String && suggestsIn(name, option.name) === "agent")
      return option.value || undefined;
  }
  return undefined;
}

function isChoice(typed: string): boolean {
  return typed.trim() !== "" && typed.length <= longestChoice;
}

type Options = APIApplicationCommandAutocompleteInteraction["data"]["options"];

/** The option that is being typed into. */
function focusedIn(options: Options): { name: string; value: string } | undefined {
  for (const option of options) {
    if (option.type === ApplicationCommandOptionType.String && option.focused) return option;
  }
  return undefined;
}
