import type { Command } from "../../../src/words/commands.ts";
import type { Style } from "./style.ts";
import type { TerminalWords } from "./words.ts";

/** What can be typed to the terminal itself. */
export const orders = [
  "/press",
  "/thread",
  "/channel",
  "/about",
  "/file",
  "/home",
  "/language",
  "/say",
  "/help",
  "/quit",
] as const;
/** One of them. */
export type Order = (typeof orders)[number];

const usage: Partial<Record<Order, string>> = {
  "/press": "N",
  "/thread": "[N]",
  "/channel": "[name]",
  "/file": "path [words]",
  "/language": "en | zh-TW",
  "/say": "words",
};

/** What can be typed, to the terminal and to the bot. */
export function helpLines(commands: Command[], words: TerminalWords, style: Style): string[] {
  const line = (what: string, does: string) => `  ${style.code(what.trim().padEnd(22))} ${does}`;
  return [
    words.help,
    ...orders.map((order) => line(`${order} ${usage[order] ?? ""}`, words.orders[order])),
    words.botCommands,
    ...commands.flatMap(({ name, usage, does, verbs }) => [
      line(`/${name} ${verbs.length > 0 ? "" : usage}`, does),
      ...verbs.map((verb) => line(`/${name} ${verb.name}`, verb.does)),
    ]),
  ];
}
