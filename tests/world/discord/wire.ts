import { createHmac } from "node:crypto";
import type { JsonObject } from "./form.ts";
import { permissionsIn } from "./permissions.ts";
import {
  type Attachment,
  type Channel,
  channelTypes,
  type Member,
  type Message,
  type Person,
  type Role,
  type Server,
  type World,
} from "./world.ts";

/** Message flags as bits. */
export const messageFlags = {
  suppressEmbeds: 1 << 2,
  hasThread: 1 << 5,
  ephemeral: 1 << 6,
  loading: 1 << 7,
  suppressNotifications: 1 << 12,
  componentsV2: 1 << 15,
} as const;

/** A time in the form Discord writes it. */
export function iso(at: number): string {
  return new Date(at).toISOString().replace("Z", "000+00:00");
}

export function wireUser(person: Person): JsonObject {
  return {
    id: person.id,
    username: person.name.toLowerCase().replaceAll(/[^a-z0-9._]/g, "_"),
    discriminator: person.bot ? "1234" : "0",
    global_name: person.bot ? null : person.name,
    avatar: null,
    avatar_decoration_data: null,
    banner: null,
    accent_color: null,
    public_flags: 0,
    flags: 0,
    primary_guild: null,
    ...(person.bot ? { bot: true } : {}),
  };
}

/** The bot's own user, as /users/@me and READY show it. */
export function wireSelf(world: World): JsonObject {
  return {
    ...wireUser(world.bot),
    username: world.bot.name,
    verified: true,
    mfa_enabled: true,
    email: null,
    locale: "en-US",
  };
}

export function wireMember(member: Member): JsonObject {
  return {
    ...memberFacts(member),
    user: wireUser(member.person),
  };
}

function memberFacts(member: Member): JsonObject {
  return {
    avatar: null,
    banner: null,
    communication_disabled_until: null,
    flags: 0,
    joined_at: iso(member.joinedAt),
    nick: null,
    pending: false,
    premium_since: null,
    roles: [...member.roles],
    mute: false,
    deaf: false,
  };
}

/** A member inside an interaction: with the rights it has in that channel. */
export function wireActor(member: Member, channel: Channel): JsonObject {
  return {
    ...wireMember(member),
    permissions: permissionsIn(member.person, channel).toString(),
    unusual_dm_activity_until: null,
  };
}

export function wireRole(role: Role): JsonObject {
  return {
    id: role.id,
    name: role.name,
    description: null,
    permissions: role.permissions.toString(),
    position: role.position,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    managed: role.managed,
    mentionable: role.mentionable,
    icon: null,
    unicode_emoji: null,
    flags: 0,
  };
}

export function wireChannel(channel: Channel, world: World): JsonObject {
  const last = channel.messages.findLast((message) => !message.ephemeralFor)?.id ?? null;
  if (channel.type === channelTypes.dm)
    return {
      id: channel.id,
      type: 1,
      flags: 0,
      last_message_id: last,
      recipients: channel.recipients.filter((person) => person !== world.bot).map(wireUser),
    };
  const place: JsonObject = {
    id: channel.id,
    type: channel.type,
    flags: 0,
    guild_id: channel.server?.id ?? null,
    name: channel.name,
    parent_id: channel.parent?.id ?? null,
    last_message_id: last,
    rate_limit_per_user: 0,
  };
  const { thread } = channel;
  if (thread)
    return {
      ...place,
      owner_id: thread.ownerId,
      thread_metadata: {
        archived: thread.archived,
        archive_timestamp: iso(thread.archivedAt),
        auto_archive_duration: thread.archiveMinutes,
        locked: thread.locked,
        create_timestamp: iso(thread.archivedAt),
        ...(thread.isPrivate ? { invitable: true } : {}),
      },
      message_count: Math.min(channel.messages.filter((message) => message.type !== 21).length, 50),
      total_message_sent: channel.messages.length,
      member_count: Math.min(thread.members.size, 50),
      ...(thread.tags.length > 0 ? { applied_tags: thread.tags } : {}),
      ...(thread.members.has(world.bot.id) ? { member: wireThreadMember(channel, world.bot) } : {}),
    };
  return {
    ...place,
    position: channel.position,
    topic: channel.topic,
    nsfw: false,
    permission_overwrites: channel.overwrites.map(({ id, type, allow, deny }) => ({
      id,
      type,
      allow: allow.toString(),
      deny: deny.toString(),
    })),
    ...(channel.type === channelTypes.forum
      ? {
          available_tags: [],
          default_reaction_emoji: null,
          default_sort_order: null,
          default_forum_layout: 0,
          template: "",
        }
      : {}),
  };
}

export function wireThreadMember(channel: Channel, person: Person): JsonObject {
  return {
    id: channel.id,
    user_id: person.id,
    join_timestamp: iso(channel.thread?.members.get(person.id) ?? 0),
    flags: 0,
    muted: false,
    mute_config: null,
  };
}

export function wireServer(server: Server): JsonObject {
  return {
    id: server.id,
    name: server.name,
    icon: null,
    description: null,
    home_header: null,
    splash: null,
    discovery_splash: null,
    features: [],
    banner: null,
    owner_id: server.ownerId,
    application_id: null,
    region: "",
    afk_channel_id: null,
    afk_timeout: 300,
    system_channel_id: null,
    system_channel_flags: 0,
    widget_enabled: false,
    widget_channel_id: null,
    verification_level: 1,
    roles: [...server.roles.values()].map(wireRole),
    default_message_notifications: 1,
    mfa_level: 0,
    explicit_content_filter: 0,
    max_presences: null,
    max_members: 500000,
    max_stage_video_channel_users: 50,
    max_video_channel_users: 25,
    vanity_url_code: null,
    premium_tier: 0,
    premium_subscription_count: 0,
    preferred_locale: "en-US",
    rules_channel_id: null,
    safety_alerts_channel_id: null,
    public_updates_channel_id: null,
    premium_progress_bar_enabled: false,
    nsfw: false,
    nsfw_level: 0,
    emojis: [],
    stickers: [],
    incidents_data: null,
  };
}

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
    embeds: message.embeds,
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
  if (message.interaction) {
    wire.application_id = world.applicationId;
    wire.webhook_id = world.applicationId;
    wire.interaction_metadata = {
      id: message.interaction.id,
      type: message.interaction.kind === "component" ? 3 : message.interaction.kind === "modal" ? 5 : 2,
      user: wireUser(message.interaction.person),
      authorizing_integration_owners: {},
      ...(message.interaction.kind === "component"
        ? { interacted_message_id: message.interaction.source?.id ?? message.id }
        : {}),
    };
  } else if (message.author === world.bot) wire.application_id = world.applicationId;
  if (message.startedThread) wire.thread = wireChannel(message.startedThread, world);
  return wire;
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
  return readable ? wire : { ...wire, content: "", embeds: [], attachments: [], components: [] };
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
