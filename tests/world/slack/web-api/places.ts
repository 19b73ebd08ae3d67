import { type Channel, directChannel, findMessage, type Message } from "../workspace.ts";
import type { World } from "../world.ts";
import { type Args, refuse } from "./method.ts";

const tsPattern = /^\d{10}\.\d{6}$/;

/** A conversation the app can know of: what is private and not joined does not exist for it. */
export function channelFor(world: World, id: string): Channel {
  const channel = world.workspace.channels.get(id);
  if (!channel) refuse("channel_not_found");
  if (channel.kind !== "channel" && !channel.members.has(world.app.botUserId)) refuse("channel_not_found");
  return channel;
}

/** A conversation the app may post in; a person's id stands for the DM with them. */
export function channelToPostIn(world: World, id: string): Channel {
  const { workspace, app } = world;
  const person = workspace.people.get(id);
  if (person) {
    if (person.deactivated || person.botId) refuse("channel_not_found");
    return directChannel(workspace, world.ids, world.clock, [app.botUserId, person.id]);
  }
  const channel = channelFor(world, id);
  if (channel.archived) refuse("is_archived");
  if (!isWithin(world, channel)) refuse("not_in_channel");
  return channel;
}

/** Is the app in a conversation, or may it post in public ones all the same? */
export function isWithin({ app }: World, { kind, members }: Channel): boolean {
  return members.has(app.botUserId) || (kind === "channel" && app.scopes.has("chat:write.public"));
}

/** The message an argument names, or a refusal. */
export function messageFor(channel: Channel, ts: string, error = "message_not_found"): Message {
  return findMessage(channel, ts) ?? refuse(error);
}

/** The parent a reply is to be put under; Slack wants its exact ts, as a text. */
export function threadFor(world: World, channel: Channel, args: Args): string | undefined {
  const ts = args.text("thread_ts");
  if (ts === undefined || ts === "") return undefined;
  if (!tsPattern.test(ts)) {
    refuse("invalid_thread_ts", { response_metadata: { messages: [`[ERROR] ${ts} is not a valid thread_ts`] } });
  }
  const parent = channel.byTs.get(ts);
  if (!parent) refuse("thread_not_found");
  if (parent.threadTs) {
    world.violate(`thread_ts ${ts} names a reply; it must name the parent ${parent.threadTs}`);
    return parent.threadTs;
  }
  if (parent.subtype && parent.subtype !== "file_share" && parent.subtype !== "thread_broadcast") {
    refuse("cannot_reply_to_message");
  }
  return ts;
}
