import type { Suggested } from "../../../src/chat.ts";
import { questionIn } from "../question-typed.ts";
import type { State } from "../wire.ts";

/** What can be completed from. */
export type Completing = {
  state: Pick<State, "people" | "channels" | "bot" | "commands">;
  orders: string[];
  direct: boolean;
  /** The bot is meant also where it is not called. */
  heard: boolean;
  suggest(field: Suggested, typed: string): Promise<string[]>;
};

/** How a line could go on: the ways there are, and the part of it that they replace. */
export async function completionsOf(line: string, from: Completing): Promise<[string[], string]> {
  const { state, orders, direct, heard } = from;
  const suggest = (typed: string) => from.suggest("agent", typed);
  const words = line.split(/\s+/);
  const last = words.at(-1) ?? "";
  const fitting = (ways: string[], typed = last): [string[], string] => [
    ways.filter((way) => way.toLowerCase().startsWith(typed.toLowerCase())),
    typed,
  ];
  const commands = state.commands.en;

  const asked = questionIn(line, state.bot.name, heard);
  if (asked !== undefined) return [await from.suggest("question", asked), asked];
  if (last.startsWith("@")) return fitting([state.bot, ...state.people].map(({ name }) => `@${name} `));
  if (words.length === 1 && line.startsWith("/"))
    return fitting([...orders, ...commands.map(({ name }) => `/${name}`)].map((word) => `${word} `));
  if (words.length === 2) {
    const [order = ""] = words;
    if (order === "/channel") return fitting(state.channels.map(({ id }) => id));
    if (order === "/language") return fitting(["en", "zh-TW"]);
    const command = commands.find(({ name }) => `/${name}` === order.toLowerCase());
    if (command && command.verbs.length > 0) return fitting(command.verbs.map(({ name }) => name));
    if (command?.fields.some(({ suggests }) => suggests === "agent"))
      return [(await suggest(last)).map((name) => `${name} `), last];
    if (order.toLowerCase() === `@${state.bot.name.toLowerCase()}`)
      return [(await suggest(last)).map((name) => `${name}: `), last];
  }
  if (words.length === 1 && direct && last) return [(await suggest(last)).map((name) => `${name}: `), last];
  return [[], last];
}
