import { historyScope, readScope } from "../events.ts";
import { messageJson } from "../message-json.ts";
import { join, leave } from "../timeline.ts";
import { type Channel, type ChannelKind, directChannel, type Fields, type Message, repliesTo } from "../workspace.ts";
import type { World } from "../world.ts";
import { type Args, type Method, page, refuse, requireScope } from "./method.ts";
import { channelFor } from "./places.ts";

const kindsByType = new Map<string, ChannelKind>([
  ["public_channel", "channel"],
  ["private_channel", "group"],
  ["im", "im"],
  ["mpim", "mpim"],
]);
const readScopes = ["channels:read", "groups:read", "im:read", "mpim:read"];
const historyScopes = ["channels:history", "groups:history", "im:history", "mpim:history"];
const tsPattern = /^\d+(\.\d+)?$/;

/** A conversation as conversations.info and the lists show it. */
export function channelJson(world: World, channel: Channel): Fields {
  const { id, name, kind, created, creator, archived } = channel;
  const common = {
    id,
    created,
    is_archived: archived,
    updated: created * 1000,
    context_team_id: world.workspace.team.id,
  };
  if (kind === "im") {
    const other = [...channel.members].find((member) => member !== world.app.botUserId) ?? creator;
    return { ...common, is_im: true, user: other, is_user_deleted: false, is_org_shared: false, priority: 0 };
  }
  return {
    ...common,
    name,
    name_normalized: name,
    creator,
    is_channel: kind === "channel",
    is_group: kind === "group",
    is_im: false,
    is_mpim: kind === "mpim",
    is_private: kind !== "channel",
    is_general: name === "general",
    is_shared: channel.shared,
    is_ext_shared: channel.shared,
    is_org_shared: false,
    is_pending_ext_shared: false,
    is_member: channel.members.has(world.app.botUserId),
    topic: { value: "", creator: "", last_set: 0 },
    purpose: { value: "", creator: "", last_set: 0 },
    previous_names: [],
  };
}

function readable(world: World, args: Args): Channel {
  const channel = channelFor(world, args.need("channel"));
  requireScope(world, historyScope(channel));
  if (!channel.members.has(world.app.botUserId)) refuse("not_in_channel");
  return channel;
}

/** The messages a range names: `oldest` and `latest` are left out unless `inclusive`. */
function inRange(args: Args, messages: readonly Message[]): Message[] {
  const oldest = args.text("oldest");
  const latest = args.text("latest");
  if (oldest && !tsPattern.test(oldest)) refuse("invalid_ts_oldest");
  if (latest && !tsPattern.test(latest)) refuse("invalid_ts_latest");
  const inclusive = args.flag("inclusive");
  return messages.filter(({ ts }) => {
    const at = Number(ts);
    const afterOldest = !oldest || at > Number(oldest) || (inclusive && at === Number(oldest));
    const beforeLatest = !latest || at < Number(latest) || (inclusive && at === Number(latest));
    return afterOldest && beforeLatest;
  });
}

function listed(world: World, args: Args, all: readonly Channel[]): Fields {
  const types = args.list("types");
  const wanted = types.length > 0 ? types : ["public_channel"];
  const kinds = wanted.map((type) => kindsByType.get(type) ?? refuse("invalid_types"));
  const seen = all.filter(
    (channel) => kinds.includes(channel.kind) && !(args.flag("exclude_archived") && channel.archived),
  );
  for (const kind of kinds) requireScope(world, readScope(kind));
  const { items, next } = page(args, seen, 100);
  return { channels: items.map((channel) => channelJson(world, channel)), response_metadata: { next_cursor: next } };
}

/** conversations.* and users.conversations. */
export const conversations: Readonly<Record<string, Method>> = {
  "conversations.history": {
    args: {
      channel: "text!",
      cursor: "text",
      include_all_metadata: "flag",
      inclusive: "flag",
      latest: "text",
      limit: "number",
      oldest: "text",
    },
    token: "bot",
    scopes: historyScopes,
    limit: "tier3",
    run(args, world) {
      const channel = readable(world, args);
      const top = channel.messages.filter((message) => !message.threadTs || message.broadcast);
      const { items, next } = page(args, inRange(args, top).reverse(), 100);
      const options = { metadata: args.flag("include_all_metadata") };
      return {
        messages: items.map((message) => messageJson(world, message, options)),
        has_more: next !== "",
        pin_count: channel.pins.length,
        ...(next ? { response_metadata: { next_cursor: next } } : {}),
      };
    },
  },

  "conversations.replies": {
    args: {
      channel: "text!",
      ts: "text!",
      cursor: "text",
      include_all_metadata: "flag",
      inclusive: "flag",
      latest: "text",
      limit: "number",
      oldest: "text",
    },
    token: "bot",
    scopes: historyScopes,
    limit: "tier3",
    run(args, world) {
      const channel = readable(world, args);
      const named = channel.byTs.get(args.need("ts"));
      const parent = named?.threadTs ? channel.byTs.get(named.threadTs) : named;
      if (!parent) refuse("thread_not_found");
      // The parent always comes first, whatever the range; so do tombstones.
      const replies = inRange(args, repliesTo(channel, parent.ts));
      const { items, next } = page(args, replies, 1000);
      const options = { metadata: args.flag("include_all_metadata") };
      return {
        messages: [parent, ...items].map((message) => messageJson(world, message, options)),
        has_more: next !== "",
        ...(next ? { response_metadata: { next_cursor: next } } : {}),
      };
    },
  },

  "conversations.info": {
    args: { channel: "text!", include_locale: "flag", include_num_members: "flag" },
    token: "bot",
    scopes: readScopes,
    limit: "tier3",
    run(args, world) {
      const channel = channelFor(world, args.need("channel"));
      requireScope(world, readScope(channel.kind));
      const members = args.flag("include_num_members") ? { num_members: channel.members.size } : {};
      return { channel: { ...channelJson(world, channel), ...members } };
    },
  },

  "conversations.members": {
    args: { channel: "text!", cursor: "text", limit: "number" },
    token: "bot",
    scopes: readScopes,
    limit: "tier4",
    run(args, world) {
      const channel = channelFor(world, args.need("channel"));
      requireScope(world, readScope(channel.kind));
      const { items, next } = page(args, [...channel.members], 100);
      return { members: items, response_metadata: { next_cursor: next } };
    },
  },

  "conversations.list": {
    args: { cursor: "text", exclude_archived: "flag", limit: "number", team_id: "text", types: "list" },
    token: "bot",
    scopes: readScopes,
    limit: "tier2",
    run(args, world) {
      const known = [...world.workspace.channels.values()].filter(
        (channel) => channel.kind === "channel" || channel.members.has(world.app.botUserId),
      );
      return listed(world, args, known);
    },
  },

  "users.conversations": {
    args: {
      cursor: "text",
      exclude_archived: "flag",
      limit: "number",
      team_id: "text",
      types: "list",
      user: "text",
    },
    token: "bot",
    scopes: readScopes,
    limit: "tier3",
    run(args, world) {
      const user = args.text("user") ?? world.app.botUserId;
      const shared = [...world.workspace.channels.values()].filter(
        ({ kind, members }) => members.has(user) && (kind === "channel" || members.has(world.app.botUserId)),
      );
      return listed(world, args, shared);
    },
  },

  "conversations.open": {
    args: { channel: "text", prevent_creation: "flag", return_im: "flag", users: "list" },
    token: "bot",
    scopes: ["im:write", "mpim:write", "channels:manage", "groups:write"],
    limit: "tier3",
    run(args, world) {
      const { workspace, app } = world;
      const id = args.text("channel");
      if (id) return { channel: { id: channelFor(world, id).id }, no_op: true, already_open: true };
      const users = args.list("users");
      if (users.length === 0) refuse("users_list_not_supplied");
      if (users.length > 8) refuse("too_many_users");
      for (const user of users) {
        const person = workspace.people.get(user) ?? refuse("user_not_found");
        if (person.deactivated) refuse("user_disabled");
        if (person.id === app.botUserId) refuse("invalid_user_combination");
      }
      requireScope(world, users.length === 1 ? "im:write" : "mpim:write");
      const channel = directChannel(workspace, world.ids, world.clock, [app.botUserId, ...users]);
      return { channel: args.flag("return_im") ? channelJson(world, channel) : { id: channel.id } };
    },
  },

  "conversations.join": {
    args: { channel: "text!" },
    token: "bot",
    scopes: ["channels:join"],
    limit: "tier3",
    run(args, world) {
      const channel = channelFor(world, args.need("channel"));
      if (channel.kind !== "channel") refuse("method_not_supported_for_channel_type");
      if (channel.archived) refuse("is_archived");
      const already = channel.members.has(world.app.botUserId);
      join(world, channel, world.app.botUserId);
      return { channel: channelJson(world, channel), ...(already ? { warning: "already_in_channel" } : {}) };
    },
  },

  "conversations.leave": {
    args: { channel: "text!" },
    token: "bot",
    scopes: ["channels:manage", "groups:write", "im:write", "mpim:write"],
    limit: "tier3",
    run(args, world) {
      const channel = channelFor(world, args.need("channel"));
      if (channel.kind === "im") refuse("method_not_supported_for_channel_type");
      if (channel.archived) refuse("is_archived");
      if (!channel.members.has(world.app.botUserId)) return { not_in_channel: true };
      leave(world, channel, world.app.botUserId, world.app.botUserId);
      return {};
    },
  },

  "conversations.mark": {
    args: { channel: "text!", ts: "text!" },
    token: "bot",
    scopes: ["channels:manage", "groups:write", "im:write", "mpim:write"],
    limit: "tier3",
    run(args, world) {
      const channel = channelFor(world, args.need("channel"));
      if (!channel.members.has(world.app.botUserId)) refuse("not_in_channel");
      if (!tsPattern.test(args.need("ts"))) refuse("invalid_timestamp");
      return {};
    },
  },
};
