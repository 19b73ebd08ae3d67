import type { Address, Author, ChatMessage, Mentioned, NamedChannel, PersonId } from "../../src/chat.ts";
import { codeIn } from "../../src/words/code.ts";
import type { Message } from "./wire.ts";
import type { Workspace } from "./workspace.ts";

/** A name that is called: not within a word, an address or a path. */
const called = (names: string) => new RegExp(`(?<![\\w@./-])[@＠](${names})(?![\\w-]|\\.\\w)`, "giu");
/** `@Bellhop`, however it is written; with the comma or colon after it. */
const mention = new RegExp(`${called("bellhop").source}[,:，：]?[^\\S\\n]*`, "giu");

/** A slash command as typed: its name and the words after it. `/etc/hosts` is none. */
export function commandIn(text: string): { name: string; text: string } | undefined {
  const [, name, rest] = /^\/([a-z]+)(?:\s+([\s\S]*))?$/i.exec(text.trim()) ?? [];
  return name ? { name: name.toLowerCase(), text: (rest ?? "").trim() } : undefined;
}

/** Whom of the people here a text calls by `@name`; of `among` only, when it is given. */
export function peopleIn(workspace: Workspace, text: string, among?: Mentioned[]): Mentioned[] {
  const people = workspace.people.filter(({ id }) => !among || among.some((one) => one.id === id));
  return people.filter(({ name }) => called(name).test(text)).map(({ id, name }) => ({ id, name }));
}

/** Which channels a text names. */
export function channelsIn(workspace: Workspace, text: string): { channels?: NamedChannel[] } {
  const channels = workspace.channels.filter(
    ({ name, with: person }) => !person && new RegExp(`[#＃]${name}(?![\\w-])`, "i").test(text),
  );
  return channels.length > 0 ? { channels: channels.map(({ id, name }) => ({ id, name })) } : {};
}

/** A text without its calls of the bot; in code its name is only a word. */
function uncalled(text: string): string {
  let said = "";
  let at = 0;
  for (const { start, end } of codeIn(text)) {
    said += text.slice(at, start).replace(mention, "") + text.slice(start, end);
    at = end;
  }
  return (said + text.slice(at).replace(mention, "")).trim();
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
  const { id, channel, at, author, files = [], people = [], quotes = [] } = message;
  const address = addressOf(message);
  const ours = author === workspace.bot.id;
  const direct = workspace.channel(channel)?.with !== undefined;
  let text = ours ? message.text : uncalled(message.text);
  const mentioned = !ours && text !== message.text.trim();
  // However it was typed: it stands as the name does.
  for (const { name } of people) text = text.replace(called(name), `@${name}`);
  return {
    id,
    address,
    answerAt: address.thread || direct ? address : { ...address, thread: id },
    author: authorOf(workspace, author),
    text,
    at,
    mention: mentioned,
    direct,
    ours,
    files,
    ...(people.length > 0 && { people }),
    ...channelsIn(workspace, text),
    ...(quotes.length > 0 && { quotes: quotes.map(({ message: _, ...quote }) => quote) }),
  };
}
