import { createHmac } from "node:crypto";
import { type Attachment, channelTypes, type Interaction, type Message } from "./entities.ts";
import { isObject, type JsonObject, objectsIn } from "./form.ts";
import { iso, memberFacts, wireChannel, wireUser } from "./wire.ts";
import type { World } from "./world.ts";

/** Message flags as bits. */
export const messageFlags = {
  suppressEmbeds: 1 << 2,
  hasThread: 1 << 5,
  ephemeral: 1 << 6,
  loading: 1 << 7,
  suppressNotifications: 1 << 12,
  voiceMessage: 1 << 13,
  snapshot: 1 << 14,
  componentsV2: 1 << 15,
} as const;

/** Where an attachment can be fetched: signed and good for a day, as on Discord's CDN. */
export function attachmentUrl(attachment: Attachment, world: World): string {
  const expires = (Math.floor(world.clock.now() / 1000) + 86_400).toString(16);
  const path = `/attachments/${attachment.channelId}/${attachment.id}/${encodeURIComponent(attachment.filename)}`;
  return `${world.origin}${path}?ex=${expires}&is=${expires}&hm=${signature(world, attachment.id, expires)}`;
}

/** What must stand in `hm` for an attachment until `expires`. */
export function signature(world: World, id: string, expires: string): string {
  return createHmac("sha256", world.bot.id).update(`${id}/${expires}`).digest("hex");
}

function wireAttachment(attachment: Attachment, world: World): JsonObject {
  const url = attachmentUrl(attachment, world);
  return {
    id: attachment.id,
    filename: attachment.filename,
    size: attachment.bytes.length,
    url,
    proxy_url: url,
    content_type: attachment.contentType,
    ...(attachment.description === undefined ? {} : { description: attachment.description }),
    ...(attachment.voice ? { duration_secs: attachment.voice.seconds, waveform: attachment.voice.waveform } : {}),
  };
}

/** A message as REST shows it; `depth` keeps quoted messages from quoting further. */
export function wireMessage(message: Message, world: World, depth = 0): JsonObject {
  const { channel, pings } = message;
  const wire: JsonObject = {
    id: message.id,
    type: message.type,
    channel_id: channel.id,
    author: wireUser(message.author),
    content: message.content,
    timestamp: iso(message.createdAt),
    edited_timestamp: message.editedAt === null ? null : iso(message.editedAt),
    tts: message.tts,
    mention_everyone: pings.everyone,
    mentions: pings.users.flatMap((id) => world.people.get(id) ?? []).map(wireUser),
    mention_roles: pings.roles,
    attachments: message.attachments.map((attachment) => wireAttachment(attachment, world)),
    embeds: [...message.embeds, ...message.linkPreviews],
    components: message.components,
    pinned: message.pinned,
    flags: message.flags,
  };
  if (message.reactions.size > 0)
    wire.reactions = [...message.reactions].map(([emoji, who]) => ({
      emoji: wireEmoji(emoji),
      count: who.length,
      count_details: { burst: 0, normal: who.length },
      burst_colors: [],
      me: who.includes(world.bot.id),
      me_burst: false,
    }));
  if (message.repliesTo) {
    const { id, channel: place } = message.repliesTo;
    const quoted = place.messages.find((candidate) => candidate.id === id);
    wire.message_reference = {
      type: 0,
      message_id: id,
      channel_id: place.id,
      ...(place.server ? { guild_id: place.server.id } : {}),
    };
    if (depth === 0) wire.referenced_message = quoted ? blanked(wireMessage(quoted, world, 1), quoted, world) : null;
  }
  if (message.stickers.length > 0)
    wire.sticker_items = message.stickers.map((name, n) => ({
      id: `${BigInt(message.id) + BigInt(n + 1)}`,
      name,
      format_type: 1,
    }));
  if (message.forwards) {
    const { id, channel: place, snapshot } = message.forwards;
    wire.message_reference = {
      type: 1,
      message_id: id,
      channel_id: place.id,
      ...(place.server ? { guild_id: place.server.id } : {}),
    };
    wire.message_snapshots = [{ message: snapshot }];
  }
  if (message.interaction) {
    wire.application_id = world.applicationId;
    wire.webhook_id = world.applicationId;
    wire.interaction_metadata = metadataOf(message.interaction, message);
  } else if (message.author === world.bot) wire.application_id = world.applicationId;
  if (message.startedThread) wire.thread = wireChannel(message.startedThread, world);
  return wire;
}

/** What a message tells of the interaction it answers. */
function metadataOf({ id, kind, person, source, opener }: Interaction, message: Message): JsonObject {
  return {
    id,
    type: kind === "component" ? 3 : kind === "modal" ? 5 : 2,
    user: wireUser(person),
    authorizing_integration_owners: {},
    ...(kind === "component" ? { interacted_message_id: source?.id ?? message.id } : {}),
    ...(kind === "modal" && opener ? { triggering_interaction_metadata: metadataOf(opener, message) } : {}),
  };
}

/** An emoji from its spelling in a URL: a character, or `name:id`. */
export function wireEmoji(emoji: string): JsonObject {
  const custom = /^(\w+):(\d+)$/.exec(emoji);
  return custom?.[1] && custom[2] ? { id: custom[2], name: custom[1] } : { id: null, name: emoji };
}

/** A message as the bot may read it: without the Message Content intent most are blank. */
export function blanked(
  wire: JsonObject,
  message: Message,
  world: World,
  granted = world.portal.messageContent,
): JsonObject {
  const readable =
    granted ||
    message.author === world.bot ||
    message.interaction !== undefined ||
    message.channel.type === channelTypes.dm ||
    message.pings.users.includes(world.bot.id);
  return readable ? wire : withoutContent(wire);
}

function withoutContent(wire: JsonObject): JsonObject {
  const passedOn = objectsIn(wire.message_snapshots).flatMap(({ message }) => (isObject(message) ? [message] : []));
  return {
    ...wire,
    content: "",
    embeds: [],
    attachments: [],
    components: [],
    ...(passedOn.length > 0
      ? { message_snapshots: passedOn.map((message) => ({ message: withoutContent(message) })) }
      : {}),
  };
}

/** A message as another one passes it on: what it says, but neither who said it nor where. */
export function snapshotOf(message: Message, world: World): JsonObject {
  const wire = wireMessage(message, world, 1);
  const kept =
    "type content embeds attachments timestamp edited_timestamp flags mentions mention_roles components sticker_items";
  return Object.fromEntries(Object.entries(wire).filter(([key]) => kept.split(" ").includes(key)));
}

/** A message as the gateway tells it: with the server and its author's membership. */
export function dispatchedMessage(message: Message, world: World): JsonObject {
  const wire = wireMessage(message, world);
  const { server } = message.channel;
  const member = server?.members.get(message.author.id);
  return {
    ...wire,
    channel_type: message.channel.type,
    ...(server ? { guild_id: server.id } : {}),
    ...(member ? { member: memberFacts(member) } : {}),
    ...(message.nonce !== undefined && message.author === world.bot ? { nonce: message.nonce } : {}),
  };
}
