import type { Address, Author, ChatMessage, PersonId } from "../../src/chat.ts";
import type { Message } from "./wire.ts";
import type { Workspace } from "./workspace.ts";

/** `@Bellhop`, however it is written, but not within a word, an address or a path; with the comma or colon after it. */
const mention = /(?<![\w@./-])[@＠]bellhop(?![\w-]|\.\w)[,:，：]?[^\S\n]*/giu;

/** A slash command as typed: its name and the words after it. `/etc/hosts` is none. */
export function commandIn(text: string): { name: string; text: string } | undefined {
  const [, name, rest] = /^\/([a-z]+)(?:\s+([\s\S]*))?$/i.exec(text.trim()) ?? [];
  return name ? { name: name.toLowerCase(), text: (rest ?? "").trim() } : undefined;
}

/** Where a message stands. */
export function addressOf(message: Pick<Message, "channel" | "thread">): Address {
  return { adapter: "console", channel: message.channel, ...(message.thread && { thread: message.thread }) };
}

/** Who somebody is, as the words of chat put it. */
export function authorOf(workspace: Workspace, id: PersonId): Author {
  return workspace.someone(id) ?? { id, name: id, bot: false };
}

/** A message of the console in the words of chat. */
export function toChatMessage(workspace: Workspace, message: Message): ChatMessage {
  const { id, channel, at, author } = message;
  const address = addressOf(message);
  const ours = author === workspace.bot.id;
  const direct = workspace.channel(channel)?.with !== undefined;
  const text = ours ? message.text : message.text.replace(mention, "").trim();
  return {
    id,
    address,
    answerAt: address.thread || direct ? address : { ...address, thread: id },
    author: authorOf(workspace, author),
    text,
    at,
    mention: !ours && text !== message.text.trim(),
    direct,
    ours,
    files: [],
  };
}
