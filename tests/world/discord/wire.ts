import {
  type Channel,
  channelTypes,
  holdsThreadsOnly,
  type Member,
  type Person,
  type Role,
  type Server,
} from "./entities.ts";
import type { JsonObject } from "./form.ts";
import { permissionsIn } from "./permissions.ts";
import type { World } from "./world.ts";

/** A time in the form Discord writes it. */
export function iso(at: number): string {
  return new Date(at).toISOString().replace("Z", "000+00:00");
}

export function wireUser(person: Person): JsonObject {
  return {
    id: person.id,
    // Bots keep their capitals.
    username: person.bot ? person.name : person.name.toLowerCase().replaceAll(/[^a-z0-9._]/g, "_"),
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

/** A membership without the person. */
export function memberFacts(member: Member): JsonObject {
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
        create_timestamp: iso(thread.createdAt),
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
    ...(holdsThreadsOnly(channel)
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
    features: server.features,
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
    preferred_locale: server.locale,
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
