import { createHash } from "node:crypto";
import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  RequestMethod,
  Routes,
} from "discord.js";
import type { Suggested } from "../../src/chat.ts";
import { type Command, commandsIn, shortcutsIn } from "../../src/words/commands.ts";
import { wordsOf } from "../../src/words/words.ts";
import type { Connection } from "./connection.ts";
import type { Memory } from "./identify-limit.ts";

const [english, chinese] = [wordsOf("en"), wordsOf("zh-TW")];
/** Where they are offered: in servers that the bot was added to, and in direct messages with it. */
const everywhere = {
  integration_types: [ApplicationIntegrationType.GuildInstall],
  contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
};

const slashCommands = commandsIn(english);
const shortcuts = shortcutsIn(english);

/** The commands as Discord is told of them: slash commands, and those of a message's menu. */
export const commands = [...slashes(), ...menus()];

function slashes() {
  const translated = commandsIn(chinese);
  return slashCommands.map((command) => {
    const theirs = translated.find(({ name }) => name === command.name) ?? command;
    const options = optionsOf(command, theirs);
    return {
      type: ApplicationCommandType.ChatInput,
      ...described(command, theirs),
      ...everywhere,
      ...(options.length > 0 && { options }),
    };
  });
}

type Option = ReturnType<typeof described> & {
  type: ApplicationCommandOptionType;
  required?: boolean;
  autocomplete?: boolean;
  options?: Option[];
};

/** Discord wants what must be filled in before what may be. */
function optionsOf(command: Command, translated: Command): Option[] {
  // Discord takes no fields beside subcommands: where there are fields, the verbs are completed in the first.
  const verbs = command.fields.length > 0 ? [] : command.verbs;
  const fields = [...command.fields].sort((one, other) => Number(other.required) - Number(one.required));
  return [
    ...verbs.map((verb) => ({
      type: ApplicationCommandOptionType.Subcommand,
      ...described(verb, translated.verbs.find(({ name }) => name === verb.name) ?? verb),
      ...(verb.more && {
        options: [
          {
            type: ApplicationCommandOptionType.String,
            ...described(verb.more, translated.verbs.find(({ name }) => name === verb.name)?.more ?? verb.more),
          },
        ],
      }),
    })),
    ...fields.map((field) => ({
      type: ApplicationCommandOptionType.String,
      ...described(field, translated.fields.find(({ name }) => name === field.name) ?? field),
      ...(field.required && { required: true }),
      ...(field.suggests && { autocomplete: true }),
    })),
  ];
}

function described(thing: { name: string; does: string }, translated: { does: string }) {
  return { name: thing.name, description: thing.does, description_localizations: { "zh-TW": translated.does } };
}

function menus() {
  const translated = shortcutsIn(chinese);
  return shortcuts.map(({ name, title }) => ({
    type: ApplicationCommandType.Message,
    name: title,
    name_localizations: { "zh-TW": translated.find((other) => other.name === name)?.title ?? title },
    ...everywhere,
  }));
}

/** What a field of a command completes, if it does. */
export function suggestsIn(command: string, field: string): Suggested | undefined {
  return fieldsOf(command).find(({ name }) => name === field)?.suggests;
}

/** The fields of a command, in the order in which they are said. */
export function fieldsOf(command: string): Command["fields"] {
  return slashCommands.find(({ name }) => name === command)?.fields ?? [];
}

/** Which shortcut a command of a message's menu is. */
export function shortcutTitled(title: string): string | undefined {
  return shortcuts.find((shortcut) => shortcut.title === title)?.name;
}

/** Tells Discord of the commands, when they are not those it was told of last. */
export async function registerCommands(connection: Connection, memory: Memory): Promise<void> {
  const kept = `discord:commands:${connection.applicationId}`;
  const hash = createHash("sha256").update(JSON.stringify(commands)).digest("hex");
  if ((await memory.get(kept)) === hash) return;
  const route = Routes.applicationCommands(connection.applicationId);
  await connection.call(RequestMethod.Put, route, { body: commands });
  await memory.set(kept, hash);
}
