import {
  type APIAttachment,
  type APIMessage,
  type APIUser,
  EmbedType,
  MessageReferenceType,
  MessageType,
} from "discord.js";
import type { Author, ChatFile, ChatMessage, Mentioned, Quote } from "../../src/chat.ts";
import type { Connection } from "./connection.ts";
import type { Place } from "./places.ts";
import { type Names, readable } from "./text.ts";

const speech = new Set([
  MessageType.Default,
  MessageType.Reply,
  MessageType.ChatInputCommand,
  MessageType.ContextMenuCommand,
]);

type Nick = { nick?: string | null | undefined };

/** A message as the API gives it, or as the gateway tells it: with what its people are called in the server. */
export type Said = Omit<APIMessage, "mentions"> & {
  member?: Nick | undefined;
  mentions: (APIUser & { member?: Nick | undefined })[];
};

/** Is this something that somebody said, not a notice of Discord's own? */
export function isSpeech(message: Pick<Said, "type">): boolean {
  return speech.has(message.type);
}

/** Who a Discord user is for the bot. */
export function authorOf(user: APIUser, member?: Nick, bot = user.bot ?? false): Author {
  return { id: `discord:${user.id}`, name: member?.nick ?? user.global_name ?? user.username, bot };
}

/** Without the Message Content intent Discord blanks what does not call the bot, what it passes on included. */
export function isBlank(message: Said, { mention }: ChatMessage): boolean {
  const holds = (one: Content & Pick<Said, "attachments">) => contentOf(one) !== "" || one.attachments.length > 0;
  return !mention && ![message, ...snapshotsOf(message)].some(holds);
}

/** Does the message call the bot: by name, by a reply that pings, or by the role that Discord made for it? */
function callsOf(message: Said, connection: Connection, place: Place): { calls: Set<string>; mention: boolean } {
  const calls = new Set([`@${connection.me}`]);
  let mention = message.mentions.some((user) => user.id === connection.me);
  if (place.guild && message.mention_roles.length > 0) {
    const role = connection.client.guilds.cache.get(place.guild)?.roles.botRoleFor(connection.me)?.id;
    if (role && message.mention_roles.includes(role)) {
      calls.add(`@&${role}`);
      mention = true;
    }
  }
  return { calls, mention };
}

/** One message of Discord's as the bot reads it. */
export function toMessage(message: Said, place: Place, connection: Connection): ChatMessage {
  const { calls, mention } = callsOf(message, connection, place);
  const { address, guild, threadable } = place;
  const ours = message.author.id === connection.me;
  const text = readable(contentOf(message), namesIn(message.mentions, connection, guild), calls);
  const people = peopleIn(message, connection);
  const quotes = ours ? [] : quotesOf(message, connection, guild);
  return {
    id: message.id,
    address,
    answerAt: threadable ? { ...address, thread: message.id } : address,
    author: authorOf(message.author, message.member, message.author.bot ?? message.webhook_id !== undefined),
    text: ours ? withoutNotes(text) : text,
    at: Date.parse(message.timestamp),
    mention,
    direct: guild === undefined,
    ours,
    files: filesOf(message, connection).map(toFile),
    ...(people.length > 0 && { people }),
    ...channelsIn(message.content, namesIn(message.mentions, connection, guild)),
    ...(quotes.length > 0 && { quotes }),
  };
}

type Content = Pick<Said, "content" | "sticker_items" | "embeds">;

/** Its words, the names of its stickers, and what other apps say in embeds; previews of links are not its own. */
function contentOf({ content, sticker_items: stickers = [], embeds }: Content): string {
  const said = embeds
    .filter(({ type }) => type === EmbedType.Rich)
    .flatMap(({ title, description, fields = [], footer }) => [
      title ?? "",
      description ?? "",
      ...fields.map(({ name, value }) => `${name}: ${value}`),
      footer?.text ?? "",
    ]);
  const parts = [content, ...stickers.map(({ name }) => `:${name}:`), ...said];
  return parts.filter((part) => part !== "").join("\n");
}

/** Messages that this one passes on, as they were then. Discord does not say whose they are. */
function snapshotsOf(message: Said) {
  if (message.message_reference?.type !== MessageReferenceType.Forward) return [];
  return (message.message_snapshots ?? []).map((snapshot) => snapshot.message);
}

/** What a message passes on: other messages whole, and the one it replies to. */
function quotesOf(message: Said, connection: Connection, guild: string | undefined): Quote[] {
  const quotes: Quote[] = snapshotsOf(message).map((passedOn) => ({
    text: readable(contentOf(passedOn), namesIn(passedOn.mentions, connection, guild), new Set()),
  }));
  const answered = message.referenced_message;
  if (answered && isSpeech(answered)) {
    const text = readable(contentOf(answered), namesIn(answered.mentions, connection, guild), new Set());
    const ours = answered.author.id === connection.me;
    quotes.push({ author: authorOf(answered.author).name, text: ours ? withoutNotes(text) : text });
  }
  return quotes.filter(({ text }) => text !== "");
}

/** Files that came with a message, with those it passes on, and with that of somebody else it replies to. */
function filesOf(message: Said, { me }: Connection): APIAttachment[] {
  const answered = message.referenced_message;
  const theirs = answered && message.author.id !== me && answered.author.id !== me ? [answered] : [];
  return [message, ...snapshotsOf(message), ...theirs].flatMap(({ attachments }) => attachments);
}

/** Whom the text names, the bot aside; somebody whose message is replied to is not named by that. */
function peopleIn({ content, mentions }: Said, { me }: Connection): Mentioned[] {
  const named = new Set([...content.matchAll(/<@!?(\d+)>/g)].map(([, id]) => id));
  return mentions
    .filter(({ id }) => id !== me && named.has(id))
    .map((user) => ({ id: `discord:${user.id}`, name: authorOf(user, user.member).name }));
}

/** Whom the text of a command names, which comes with their ids alone. */
export function namedIn(
  content: string,
  nameOf: (id: string) => string | undefined,
  { me }: Connection,
): { people?: Mentioned[] } {
  const ids = [...new Set([...content.matchAll(/<@!?(\d+)>/g)].map(([, id = ""]) => id))].filter((id) => id !== me);
  const people = ids.flatMap((id): Mentioned[] => {
    const name = nameOf(id);
    return name === undefined ? [] : [{ id: `discord:${id}`, name }];
  });
  return people.length > 0 ? { people } : {};
}

/** Tool lines and footers are for people; the next answer should not imitate them. */
function withoutNotes(text: string): string {
  return text.replace(/^-# .*\n?/gm, "").trim();
}

/** Which channels a text names, as it came. */
export function channelsIn(content: string, { channel }: Names): Pick<ChatMessage, "channels"> {
  const ids = [...new Set([...content.matchAll(/<#(\d+)>/g)].map(([, id = ""]) => id))];
  const channels = ids.map((id) => ({ id, name: channel(id) ?? "channel" }));
  return channels.length > 0 ? { channels } : {};
}

/** How what Discord writes as ids is called. */
export function namesIn(mentions: Said["mentions"], { client }: Connection, guild: string | undefined) {
  return {
    person(id: string) {
      const user = mentions.find((mentioned) => mentioned.id === id);
      return user && authorOf(user, user.member).name;
    },
    role: (id: string) => (guild ? client.guilds.cache.get(guild)?.roles.cache.get(id)?.name : undefined),
    channel(id: string) {
      const channel = client.channels.cache.get(id);
      return channel && !channel.isDMBased() ? channel.name : undefined;
    },
  };
}

function toFile(attachment: APIAttachment): ChatFile {
  const { filename, content_type, size, url } = attachment;
  return { name: filename, type: content_type ?? "application/octet-stream", size, ref: url };
}
