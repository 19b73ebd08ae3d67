import { messageJson } from "../message-json.ts";
import { react, unreact } from "../timeline.ts";
import { type Channel, findMessage, type Message } from "../workspace.ts";
import type { World } from "../world.ts";
import { type Args, type Method, refuse } from "./method.ts";
import { channelFor, messageFor } from "./places.ts";

const mostReactions = 23; // different emoji one person may add to one message
const emojiPattern = /^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/;

function target(args: Args, world: World): { channel: Channel; message: Message } {
  const channel = args.text("channel");
  const ts = args.text("timestamp");
  if (!channel || !ts) refuse("no_item_specified");
  const found = channelFor(world, channel);
  if (!/^\d+\.\d+$/.test(ts)) refuse("bad_timestamp");
  return { channel: found, message: messageFor(found, ts) };
}

function emoji(args: Args): string {
  const name = args.need("name");
  return emojiPattern.test(name) ? name : refuse("invalid_name");
}

/** reactions.* and pins.*: what is put on messages. */
export const marks: Readonly<Record<string, Method>> = {
  "reactions.add": {
    args: { channel: "text!", name: "text!", timestamp: "text!" },
    token: "bot",
    scopes: ["reactions:write"],
    limit: "tier3",
    run(args, world) {
      const name = emoji(args);
      const { channel, message } = target(args, world);
      if (channel.archived) refuse("is_archived");
      const mine = [...message.reactions.values()].filter((users) => users.includes(world.app.botUserId));
      if (mine.length >= mostReactions) refuse("too_many_emoji");
      if (!react(world, channel, message, world.app.botUserId, name)) refuse("already_reacted");
      return {};
    },
  },

  "reactions.remove": {
    args: { channel: "text", name: "text!", timestamp: "text", file: "text", file_comment: "text" },
    token: "bot",
    scopes: ["reactions:write"],
    limit: "tier2",
    run(args, world) {
      const name = emoji(args);
      const { channel, message } = target(args, world);
      if (!unreact(world, channel, message, world.app.botUserId, name)) refuse("no_reaction");
      return {};
    },
  },

  "reactions.get": {
    args: { channel: "text", timestamp: "text", full: "flag", file: "text", file_comment: "text" },
    token: "bot",
    scopes: ["reactions:read"],
    limit: "tier3",
    run(args, world) {
      const { channel, message } = target(args, world);
      return { type: "message", channel: channel.id, message: messageJson(world, message, { metadata: false }) };
    },
  },

  "pins.add": {
    args: { channel: "text!", timestamp: "text" },
    token: "bot",
    scopes: ["pins:write"],
    limit: "tier2",
    run(args, world) {
      const { channel, message } = target(args, world);
      if (!channel.members.has(world.app.botUserId)) refuse("not_in_channel");
      if (channel.pins.some(({ ts }) => ts === message.ts)) refuse("already_pinned");
      if (channel.pins.length >= 100) refuse("too_many_pins");
      channel.pins.push({ ts: message.ts, by: world.app.botUserId, at: Math.floor(world.clock.now() / 1000) });
      world.changed();
      return {};
    },
  },

  "pins.remove": {
    args: { channel: "text!", timestamp: "text" },
    token: "bot",
    scopes: ["pins:write"],
    limit: "tier2",
    run(args, world) {
      const { channel, message } = target(args, world);
      const at = channel.pins.findIndex(({ ts }) => ts === message.ts);
      if (at < 0) refuse("no_pin");
      channel.pins.splice(at, 1);
      world.changed();
      return {};
    },
  },

  "pins.list": {
    args: { channel: "text!" },
    token: "bot",
    scopes: ["pins:read"],
    limit: "tier2",
    run(args, world) {
      const channel = channelFor(world, args.need("channel"));
      const items = channel.pins.flatMap(({ ts, by, at }) => {
        const message = findMessage(channel, ts);
        if (!message) return [];
        const json = messageJson(world, message, { metadata: false });
        return [{ type: "message", channel: channel.id, created: at, created_by: by, message: json }];
      });
      return { items };
    },
  },
};
