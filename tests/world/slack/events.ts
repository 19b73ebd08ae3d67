import { messageJson } from "./message-json.ts";
import type { Channel, ChannelKind, Fields, Message } from "./workspace.ts";
import type { World } from "./world.ts";

const historyScopeOf = { channel: "channels:history", group: "groups:history", im: "im:history", mpim: "mpim:history" };
const readScopeOf = { channel: "channels:read", group: "groups:read", im: "im:read", mpim: "mpim:read" };

/** Everything the simulated Slack can send; what a subscription needs besides. */
export const eventScopes: Readonly<Record<string, string | undefined>> = {
  app_mention: "app_mentions:read",
  "message.channels": "channels:history",
  "message.groups": "groups:history",
  "message.im": "im:history",
  "message.mpim": "mpim:history",
  reaction_added: "reactions:read",
  reaction_removed: "reactions:read",
  member_joined_channel: "channels:read",
  member_left_channel: "channels:read",
  channel_archive: "channels:read",
  channel_unarchive: "channels:read",
  channel_left: "channels:read",
  group_left: "groups:read",
  app_home_opened: undefined,
  app_context_changed: undefined,
  agent_session_stopped: undefined,
  tokens_revoked: undefined,
  app_uninstalled: undefined,
};

/** What an app without a manifest is subscribed to: all there is. */
export const allEvents = Object.keys(eventScopes);

/** The scope that reading this conversation's messages takes. */
export function historyScope(channel: Channel): string {
  return historyScopeOf[channel.kind];
}

/** The scope that looking at such conversations takes. */
export function readScope(kind: ChannelKind): string {
  return readScopeOf[kind];
}

/** Sends an event to the app if it subscribed and was granted the scope; each gets an event_id of its own. */
export function publish(world: World, subscription: string, event: Fields, channel?: Channel): void {
  const { app, workspace, ids, clock } = world;
  if (app.revoked && subscription !== "tokens_revoked" && subscription !== "app_uninstalled") return;
  if (!app.events.has(subscription)) return;
  const scope =
    channel && /^(member_|channel_)/.test(subscription) ? readScope(channel.kind) : eventScopes[subscription];
  if (scope && !app.scopes.has(scope)) return;
  const eventTs = workspace.nextTs();
  world.deliveries.event({
    token: app.verification,
    team_id: workspace.team.id,
    context_team_id: workspace.team.id,
    context_enterprise_id: null,
    api_app_id: app.id,
    event: { event_ts: eventTs, ...event },
    type: "event_callback",
    event_id: ids.next("Ev"),
    event_time: Math.floor(clock.now() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: workspace.team.id,
        user_id: app.botUserId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: channel?.shared ?? false,
    event_context: `4-${ids.secret(24)}`,
  });
}

function subscriptionFor(channel: Channel): string {
  return { channel: "message.channels", group: "message.groups", im: "message.im", mpim: "message.mpim" }[channel.kind];
}

/** Sends a `message` event, for channels the bot is in. */
export function publishMessageEvent(world: World, channel: Channel, event: Fields): void {
  if (!channel.members.has(world.app.botUserId)) return;
  publish(world, subscriptionFor(channel), { ...event, channel: channel.id, channel_type: channel.kind }, channel);
}

/** Sends `message` and, where the bot is named outside of DMs, `app_mention`: one ts, two event ids, in any order. */
export function publishMessage(world: World, channel: Channel, message: Message): void {
  const json = messageJson(world, message, { metadata: true });
  const sends = [() => publishMessageEvent(world, channel, { ...json, event_ts: message.ts })];
  if (mentionsApp(world, channel, message)) {
    sends.push(() => publishMention(world, channel, message));
    if (world.ids.pick([true, false])) sends.reverse();
  }
  for (const send of sends) send();
}

/** Does it call the app? "@Bellhop has joined the channel" names the bot, but mentions nobody. */
function mentionsApp(world: World, channel: Channel, { text, byApp, subtype }: Message): boolean {
  const heard = channel.kind !== "im" && channel.members.has(world.app.botUserId) && !byApp;
  const said = !subtype || subtype === "file_share" || subtype === "thread_broadcast";
  return heard && said && text.includes(`<@${world.app.botUserId}>`);
}

function publishMention(world: World, channel: Channel, message: Message): void {
  // Files are missing from app_mention, which is why an adapter has to look at both.
  const { type: _, subtype: __, files: ___, upload: ____, ...rest } = messageJson(world, message, { metadata: true });
  const event = { type: "app_mention", ...rest, channel: channel.id, event_ts: message.ts };
  publish(world, "app_mention", event, channel);
}

/** Sends `message_changed` for what a person edited; a mention that was put in comes as `app_mention` too, or does not. */
export function publishEdit(world: World, channel: Channel, message: Message, before: Fields): void {
  const sends = [() => publishChange(world, channel, message, before)];
  const isNew = !String(before.text).includes(`<@${world.app.botUserId}>`);
  if (isNew && mentionsApp(world, channel, message)) {
    if (world.ids.pick([true, false])) sends.push(() => publishMention(world, channel, message));
    if (world.ids.pick([true, false])) sends.reverse();
  }
  for (const send of sends) send();
}

/** Sends `message_changed`. */
export function publishChange(world: World, channel: Channel, message: Message, before: Fields): void {
  publishMessageEvent(world, channel, {
    type: "message",
    subtype: "message_changed",
    hidden: true,
    message: messageJson(world, message, { metadata: true }),
    previous_message: before,
    ts: world.workspace.nextTs(),
  });
}
