import { type APIAttachment, type APIMessage, type APIUser, MessageReferenceType, MessageType } from "discord.js";
import type { Author, ChatFile, ChatMessage } from "../../src/chat.ts";
import type { Connection } from "./connection.ts";
import type { Place } from "./places.ts";
import { readable } from "./text.ts";

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
  const text = readable(contentOf(message), namesIn(message, connection, guild), calls);
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
    files: message.attachments.map(toFile),
  };
}

function contentOf(message: Said): string {
  const forwarded = message.message_reference?.type === MessageReferenceType.Forward ? message.message_snapshots : [];
  const parts = [message.content, ...(forwarded ?? []).map((snapshot) => snapshot.message.content)];
  for (const sticker of message.sticker_items ?? []) parts.push(`:${sticker.name}:`);
  return parts.filter((part) => part !== "").join("\n");
}

/** Tool lines and footers are for people; the next answer should not imitate them. */
function withoutNotes(text: string): string {
  return text.replace(/^-# .*\n?/gm, "").trim();
}

function namesIn(message: Said, { client }: Connection, guild: string | undefined) {
  return {
    person(id: string) {
      const user = message.mentions.find((mentioned) => mentioned.id === id);
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
