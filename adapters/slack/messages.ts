import type { Address, Author, ChatFile, ChatMessage, Mentioned, PersonId, Quote } from "../../src/chat.ts";
import { isPassedOn, readAttachments } from "./attachments.ts";
import { type Fields, fieldsIn, listIn, textIn } from "./fields.ts";
import { readBlocks } from "./rich-text.ts";
import { type NameOf, readText, type Words } from "./text.ts";

/** Who the bot is in its workspace. */
export type Bot = { user: string; bot: string; team: string };

/** What reading a message takes besides the message. */
export type Reading = { bot: Bot; nameOf: NameOf };

/** The name this adapter goes by in addresses and ids. */
export const adapterName = "slack";

/** Those a text names, as the rest of the program knows them. */
export function mentionedBy(people: Words["people"]): Mentioned[] {
  return people.map(({ user, name }) => ({ id: personId(user), name }));
}

/** Somebody's id, as the rest of the program knows it. */
export function personId(user: string): PersonId {
  return `${adapterName}:${user}`;
}

/** The Slack user behind an id; undefined when it is not one of Slack's. */
export function userOf(person: string): string | undefined {
  const user = person.startsWith(`${adapterName}:`) ? person.slice(adapterName.length + 1) : "";
  return /^[A-Z][A-Z0-9]+$/.test(user) ? user : undefined;
}

/** Somebody whose name may be known, or was told with what they did. */
export function authorNamed(user: string, { nameOf }: Reading, called?: string, bot = false): Author {
  return { id: personId(user), name: nameOf(user) ?? called ?? user, bot };
}

/** The key of a message: the same for `message`, `app_mention` and what catching up finds. */
export function messageKey(channel: string, ts: string): string {
  return `${adapterName}:${channel}:${ts}`;
}

/** A place in Slack. */
export function addressOf(channel: string, thread?: string): Address {
  return { adapter: adapterName, channel, ...(thread && { thread }) };
}

/** Is it a DM with the bot alone? */
export function isDirect(channel: string): boolean {
  return channel.startsWith("D");
}

/** Is it the id of a message? */
export function isTs(id: string): boolean {
  return /^\d+\.\d+$/.test(id);
}

/** A Slack timestamp in milliseconds. */
export function millisOf(ts: string): number {
  return Math.round(Number.parseFloat(ts) * 1000);
}

/** A time in milliseconds as Slack writes it. */
export function tsOf(millis: number): string {
  return (millis / 1000).toFixed(6);
}

// Everything else with a subtype is Slack speaking: joins, topics, archivings, tombstones.
const speech = new Set<unknown>([undefined, "file_share", "thread_broadcast", "me_message", "bot_message"]);

/** Is it something somebody said? */
export function isSpeech(message: Fields): boolean {
  return speech.has(message.subtype) && textIn(message, "ts") !== undefined;
}

/** Was it the bot that said it? */
export function isOurs(message: Fields, bot: Bot): boolean {
  return message.bot_id === bot.bot || message.user === bot.user;
}

/** One of Slack's messages in the words of chat. */
export function readMessage(message: Fields, channel: string, { bot, nameOf }: Reading): ChatMessage {
  const ts = textIn(message, "ts") ?? "";
  const parent = textIn(message, "thread_ts");
  const thread = parent === ts ? undefined : parent;
  const direct = isDirect(channel);
  const address = addressOf(channel, thread);
  const { text, mention, people, channels } = readText(textIn(message, "text") ?? "", bot.user, nameOf);
  const blocks = message.bot_id ? readBlocks(listIn(message, "blocks"), nameOf) : "";
  const attachments = listIn(message, "attachments");
  const passedOn = attachments.filter(isPassedOn);
  const attached = readText(readAttachments(attachments, nameOf), bot.user, nameOf).text;
  const quotes = passedOn.flatMap((one) => readQuote(one, { bot, nameOf }));
  return {
    id: ts,
    address,
    answerAt: direct ? address : addressOf(channel, thread ?? ts),
    author: authorOf(message, nameOf),
    // What an app writes stands in its blocks; its text is only what notifications show.
    text: [blocks || text, attached].filter((part) => part !== "").join("\n\n"),
    at: millisOf(ts),
    mention,
    direct,
    ours: isOurs(message, bot),
    files: [message, ...passedOn].flatMap((one) => listIn(one, "files")).flatMap(readFile),
    ...(people.length > 0 && { people: mentionedBy(people) }),
    ...(channels.length > 0 && { channels }),
    ...(quotes.length > 0 && { quotes }),
  };
}

/** A message that this one passes on. */
function readQuote(passedOn: Fields, { bot, nameOf }: Reading): Quote[] {
  const author = textIn(passedOn, "author_id");
  const name = (author && nameOf(author)) ?? textIn(passedOn, "author_name") ?? textIn(passedOn, "author_subname");
  const told = textIn(passedOn, "text");
  const blocks = listIn(passedOn, "message_blocks").flatMap((one) => listIn(fieldsIn(one, "message"), "blocks"));
  const text = told ? readText(told, bot.user, nameOf).text : readBlocks(blocks, nameOf);
  return text ? [{ ...(name && { author: name }), text }] : [];
}

function authorOf(message: Fields, nameOf: NameOf): Author {
  const bot = textIn(message, "bot_id");
  const user = textIn(message, "user") ?? bot ?? "unknown";
  const profile = fieldsIn(message, bot ? "bot_profile" : "user_profile");
  const told = textIn(message, "username") ?? textIn(profile, "display_name") ?? textIn(profile, "name");
  const known = bot ? told : (nameOf(user) ?? told);
  return { id: personId(user), name: known ?? user, bot: bot !== undefined };
}

/** `ref` is where the file is read; of a file from another workspace only its id is told, the rest on asking. */
export function readFile(file: Fields): ChatFile[] {
  const ref = textIn(file, "url_private_download") ?? textIn(file, "url_private") ?? textIn(file, "id");
  if (!ref || file.mode === "tombstone") return [];
  // A canvas or a file kept elsewhere has no name of its own, only a title.
  const name = textIn(file, "name") ?? textIn(file, "title") ?? "file";
  const type = textIn(file, "mimetype") ?? "application/octet-stream";
  return [{ name, type, size: typeof file.size === "number" ? file.size : 0, ref }];
}
