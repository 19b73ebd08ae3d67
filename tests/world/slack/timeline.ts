import { publish, publishChange, publishEdit, publishMessage, publishMessageEvent } from "./events.ts";
import { messageJson } from "./message-json.ts";
import { pingsIn } from "./shown.ts";
import { addMessage, type Channel, type Message, removeMessage } from "./workspace.ts";
import type { World } from "./world.ts";

/** What a new message needs; the rest has Slack's defaults. */
export type NewMessage = Pick<Message, "user" | "text"> &
  Partial<
    Pick<
      Message,
      "byApp" | "subtype" | "blocks" | "rendered" | "attachments" | "files" | "broadcast" | "stream" | "unfurls"
    >
  > & {
    threadTs?: string | undefined;
    metadata?: Message["metadata"] | undefined;
    clientMsgId?: string | undefined;
  };

/** Puts a message into a channel and tells the app about it. */
export function post(world: World, channel: Channel, draft: NewMessage): Message {
  const { threadTs, metadata, clientMsgId, ...rest } = draft;
  const message: Message = {
    files: [],
    unfurls: [],
    rendered: false,
    broadcast: false,
    ...rest,
    ...(threadTs ? { threadTs } : {}),
    ...(metadata && Object.keys(metadata).length > 0 ? { metadata } : {}),
    ...(clientMsgId ? { clientMsgId } : {}),
    ts: world.workspace.nextTs(),
    channel: channel.id,
    reactions: new Map(),
    tombstone: false,
    notified: draft.stream ? [] : pingsIn([draft.text, draft.blocks]),
  };
  addMessage(channel, message);
  publishMessage(world, channel, message);
  world.changed();
  return message;
}

/** Changes a message in place and tells the app. */
export function change(world: World, channel: Channel, message: Message, apply: (message: Message) => void): void {
  const before = messageJson(world, message, { metadata: true });
  apply(message);
  publishChange(world, channel, message, before);
  world.changed();
}

/** A person changes what they said. */
export function edit(world: World, channel: Channel, message: Message, apply: (message: Message) => void): void {
  const before = messageJson(world, message, { metadata: true });
  apply(message);
  publishEdit(world, channel, message, before);
  world.changed();
}

/** Deletes a message; a parent with replies leaves a tombstone. */
export function remove(world: World, channel: Channel, message: Message): void {
  const before = messageJson(world, message, { metadata: true });
  message.stream?.endLife();
  removeMessage(channel, message);
  publishMessageEvent(world, channel, {
    type: "message",
    subtype: "message_deleted",
    hidden: true,
    deleted_ts: message.ts,
    previous_message: before,
    ts: world.workspace.nextTs(),
  });
  world.changed();
}

/** Adds a reaction; false when this person had already given it. */
export function react(world: World, channel: Channel, message: Message, user: string, name: string): boolean {
  const users = message.reactions.get(name) ?? [];
  if (users.includes(user)) return false;
  message.reactions.set(name, [...users, user]);
  publishReaction(world, channel, message, user, name, "reaction_added");
  return true;
}

/** Takes a reaction back; false when there was none. */
export function unreact(world: World, channel: Channel, message: Message, user: string, name: string): boolean {
  const users = message.reactions.get(name) ?? [];
  if (!users.includes(user)) return false;
  const left = users.filter((one) => one !== user);
  if (left.length > 0) message.reactions.set(name, left);
  else message.reactions.delete(name);
  publishReaction(world, channel, message, user, name, "reaction_removed");
  return true;
}

function publishReaction(
  world: World,
  channel: Channel,
  message: Message,
  user: string,
  reaction: string,
  type: string,
): void {
  if (channel.members.has(world.app.botUserId)) {
    const item = { type: "message", channel: channel.id, ts: message.ts };
    publish(world, type, { type, user, reaction, item_user: message.user, item }, channel);
  }
  world.changed();
}

/** Lets someone into a channel: the member event, and the line everybody sees. */
export function join(world: World, channel: Channel, user: string, inviter?: string): void {
  if (channel.members.has(user)) return;
  channel.members.add(user);
  post(world, channel, { user, text: `<@${user}> has joined the channel`, subtype: "channel_join" });
  if (!channel.members.has(world.app.botUserId)) return;
  const team = world.workspace.team.id;
  publish(
    world,
    "member_joined_channel",
    {
      type: "member_joined_channel",
      user,
      channel: channel.id,
      channel_type: channel.kind === "channel" ? "C" : "G",
      team,
      ...(inviter ? { inviter } : {}),
    },
    channel,
  );
}

/** Someone leaves, or is removed by `by`; the bot hears of its own removal as `channel_left`. */
export function leave(world: World, channel: Channel, user: string, by: string): void {
  if (!channel.members.has(user)) return;
  if (user === world.app.botUserId) {
    channel.members.delete(user);
    const type = channel.kind === "channel" ? "channel_left" : "group_left";
    publish(world, type, { type, channel: channel.id, actor_id: by }, channel);
  } else {
    post(world, channel, { user, text: `<@${user}> has left the channel`, subtype: "channel_leave" });
    channel.members.delete(user);
    if (channel.members.has(world.app.botUserId)) {
      const channelType = channel.kind === "channel" ? "C" : "G";
      publish(
        world,
        "member_left_channel",
        {
          type: "member_left_channel",
          user,
          channel: channel.id,
          channel_type: channelType,
          team: world.workspace.team.id,
        },
        channel,
      );
    }
  }
  world.changed();
}
