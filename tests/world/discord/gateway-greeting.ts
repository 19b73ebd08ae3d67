import type { Server } from "./entities.ts";
import type { JsonObject } from "./form.ts";
import type { Session } from "./gateway-sessions.ts";
import { intents } from "./intents.ts";
import { may } from "./permissions.ts";
import { applicationFlags } from "./rest/places.ts";
import { iso, wireChannel, wireMember, wireSelf, wireServer } from "./wire.ts";
import type { World } from "./world.ts";

/** What READY says to a session. */
export function readyPayload(world: World, session: Session): JsonObject {
  const mine = [...world.servers.values()].filter((server) => server.hasBot);
  return {
    v: 10,
    user: wireSelf(world),
    guilds: mine.map(({ id }) => ({ id, unavailable: true })),
    session_id: session.id,
    session_type: "normal",
    resume_gateway_url: world.origin.replace(/^http/, "ws"),
    shard: [0, 1],
    private_channels: [],
    relationships: [],
    presences: [],
    user_settings: {},
    geo_ordered_rtc_regions: [],
    application: { id: world.applicationId, flags: applicationFlags(world.portal) },
  };
}

/** A whole server as GUILD_CREATE tells it: every channel, hidden ones too, but only threads the bot may see. */
export function serverPayload(world: World, server: Server): JsonObject {
  const inside = [...world.channels.values()].filter((channel) => channel.server === server);
  const threads = inside.filter((channel) => channel.thread && !channel.thread.archived);
  const self = server.members.get(world.bot.id);
  return {
    ...wireServer(server),
    joined_at: iso(self?.joinedAt ?? world.clock.now()),
    large: false,
    member_count: server.members.size,
    members: self ? [wireMember(self)] : [],
    channels: inside.filter(({ thread }) => !thread).map((channel) => wireChannel(channel, world)),
    threads: threads
      .filter((channel) => may(world.bot, channel, "ViewChannel"))
      .map((channel) => wireChannel(channel, world)),
    voice_states: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
    unavailable: false,
  };
}

/** Tells that the bot came into a server. */
export function tellInvited(world: World, server: Server): void {
  world.dispatch({ name: "GUILD_CREATE", data: serverPayload(world, server), intent: intents.guilds });
}
