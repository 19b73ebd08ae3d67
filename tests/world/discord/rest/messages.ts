import { shownText } from "../component-tree.ts";
import { type Channel, channelTypes, holdsThreadsOnly, type Message } from "../entities.ts";
import type { Form } from "../form.ts";
import { readMessage } from "../message-form.ts";
import { may } from "../permissions.ts";
import { change, type Draft, emptyDraft, post, setReaction, startTyping } from "../posting.ts";
import { refusal } from "../refusal.ts";
import { remove } from "../removing.ts";
import { iso, wireUser } from "../wire.ts";
import { blanked, messageFlags, wireMessage } from "../wire-message.ts";
import type { World } from "../world.ts";
import {
  type Answer,
  type Call,
  channelOf,
  done,
  messageOf,
  ok,
  queryForm,
  type Route,
  refuseClosed,
} from "./route.ts";

/** For how long Discord remembers a nonce that was to be enforced. */
export const nonceMemory = 5 * 60_000;

/** Messages: reading, posting, editing, deleting, reacting, pinning, typing. */
export const messageRoutes: Route[] = [
  { method: "GET", path: "/channels/{channel_id}/messages", limit: [5, 1000], run: list },
  { method: "GET", path: "/channels/{channel_id}/messages/{message_id}", limit: [5, 1000], run: read },
  { method: "POST", path: "/channels/{channel_id}/messages", limit: [5, 5000], run: create },
  { method: "PATCH", path: "/channels/{channel_id}/messages/{message_id}", limit: [5, 5000], run: edit },
  { method: "DELETE", path: "/channels/{channel_id}/messages/{message_id}", limit: [5, 1000], run: erase },
  {
    method: "PUT",
    path: "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me",
    limit: [1, 250],
    run: react,
  },
  {
    method: "DELETE",
    path: "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me",
    limit: [1, 250],
    run: unreact,
  },
  {
    method: "GET",
    path: "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}",
    limit: [5, 1000],
    run: reactors,
  },
  { method: "POST", path: "/channels/{channel_id}/typing", limit: [5, 5000], run: typing },
  { method: "GET", path: "/channels/{channel_id}/messages/pins", limit: [5, 1000], run: pins },
  {
    method: "PUT",
    path: "/channels/{channel_id}/messages/pins/{message_id}",
    limit: [5, 4000],
    run: (call) => pin(call, true),
  },
  {
    method: "DELETE",
    path: "/channels/{channel_id}/messages/pins/{message_id}",
    limit: [5, 4000],
    run: (call) => pin(call, false),
  },
];

function list(call: Call): Answer {
  const channel = channelOf(call);
  const query = queryForm(call);
  const limit = query.integer("limit", { min: 1, max: 100 }) ?? 50;
  const [before, after, around] = [query.snowflake("before"), query.snowflake("after"), query.snowflake("around")];
  query.settle();
  if ([before, after, around].filter((id) => id !== undefined).length > 1)
    call.violations.add("history bounds", "only one of before, after and around may be asked for at a time");
  if (holdsThreadsOnly(channel)) throw refusal(50024);
  const { world } = call;
  if (!may(world.bot, channel, "ReadMessageHistory")) return ok([]);
  const open = channel.messages.filter((message) => !message.ephemeralFor);
  const page = pageOf(open, limit, { before, after, around });
  return ok(page.reverse().map((message) => blanked(wireMessage(message, world), message, world)));
}

/** A page of messages, oldest first: the newest of all, or those nearest to a bound. */
function pageOf(
  messages: Message[],
  limit: number,
  bounds: { before: string | undefined; after: string | undefined; around: string | undefined },
): Message[] {
  const age = (message: Message) => BigInt(message.id);
  const { before, after, around } = bounds;
  if (around !== undefined) {
    const half = Math.floor(limit / 2);
    const older = messages.filter((message) => age(message) < BigInt(around));
    const rest = messages.filter((message) => age(message) >= BigInt(around));
    return [...(half > 0 ? older.slice(-half) : []), ...rest.slice(0, Math.max(1, limit - half))];
  }
  if (after !== undefined) return messages.filter((message) => age(message) > BigInt(after)).slice(0, limit);
  if (before !== undefined) return messages.filter((message) => age(message) < BigInt(before)).slice(-limit);
  return messages.slice(-limit);
}

function read(call: Call): Answer {
  const channel = channelOf(call, "ReadMessageHistory");
  const message = messageOf(call, channel);
  return ok(blanked(wireMessage(message, call.world), message, call.world));
}

function create(call: Call): Answer {
  const { form, world, files, violations } = call;
  const channel = channelOf(call);
  if (holdsThreadsOnly(channel)) throw refusal(50024);
  if (!may(world.bot, channel, channel.thread ? "SendMessagesInThreads" : "SendMessages")) throw refusal(50013);
  if (
    channel.type === channelTypes.dm &&
    channel.recipients.some((person) => !person.openToDms || (person.bot && person !== world.bot))
  )
    throw refusal(50007);
  refuseClosed(call, channel, { archivedIsFine: true });
  if ((form.integer("flags") ?? 0) & messageFlags.ephemeral)
    violations.add(
      "ephemeral in a channel",
      "the ephemeral flag means nothing outside interactions: everybody sees this message",
    );
  const nonce = readNonce(form);
  const repliesTo = readReference(call, channel);
  const draft: Draft = { ...emptyDraft(), mentions: "default", ...readMessage(form, { world, channel, files }) };
  const earlier = nonce === undefined || !form.flag("enforce_nonce") ? undefined : sentUnder(world, nonce);
  if (earlier) {
    if (earlier.channel !== channel || earlier.history[0] !== shownText(draft))
      violations.add("nonce reused", `${nonce} already stands for another message: this one is not shown to anybody`);
    return ok({ ...wireMessage(earlier, world), nonce: nonce ?? null });
  }
  const message = post(world, world.bot, channel, {
    ...draft,
    ...(repliesTo ? { repliesTo } : {}),
    ...(nonce === undefined ? {} : { nonce }),
  });
  return ok({ ...wireMessage(message, world), ...(nonce === undefined ? {} : { nonce }) });
}

function readNonce(form: Form): string | number | undefined {
  if (typeof form.raw("nonce") === "number") return form.integer("nonce");
  return form.text("nonce", { max: 25 });
}

function sentUnder(world: World, nonce: string | number): Message | undefined {
  const earlier = world.nonces.get(nonce);
  return earlier && earlier.createdAt >= world.clock.now() - nonceMemory ? earlier : undefined;
}

function readReference(call: Call, channel: Channel): Draft["repliesTo"] {
  const reference = call.form.child("message_reference");
  if (!reference) return undefined;
  if (reference.integer("type") === 1) throw new Error("forwarding messages is not simulated");
  const id = reference.snowflake("message_id", { required: true });
  const elsewhere = reference.snowflake("channel_id");
  if (id === undefined) return undefined;
  if (!may(call.world.bot, channel, "ReadMessageHistory")) throw refusal(160002);
  const quoted = channel.messages.find((message) => message.id === id && !message.ephemeralFor);
  if (quoted && (elsewhere === undefined || elsewhere === channel.id)) {
    if ([0, 19, 20, 23].includes(quoted.type)) return { id, channel };
    call.form.complain(
      "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE",
      "Cannot reply to a system message",
      "message_reference",
    );
  } else if (reference.flag("fail_if_not_exists") !== false) {
    call.form.complain("REPLIES_UNKNOWN_MESSAGE", "Unknown message", "message_reference");
  }
  return undefined;
}

function edit(call: Call): Answer {
  const { world, form, files } = call;
  const channel = channelOf(call);
  const message = messageOf(call, channel);
  if (message.author !== world.bot) throw refusal(50005);
  if (![0, 19, 20, 23].includes(message.type)) throw refusal(50021);
  refuseClosed(call, channel, { archivedIsFine: false });
  change(world, message, readMessage(form, { world, channel, files, edits: message }));
  return ok(wireMessage(message, world));
}

function erase(call: Call): Answer {
  const { world } = call;
  const channel = channelOf(call);
  const message = messageOf(call, channel);
  if (message.author !== world.bot) {
    if (!channel.server) throw refusal(50003);
    if (!may(world.bot, channel, "ManageMessages")) throw refusal(50013);
  }
  if (channel.thread?.archived) throw refusal(50083);
  remove(world, message);
  return done;
}

const oneEmoji =
  /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3)(?:\uFE0F|\u200D|\p{Emoji_Modifier}|\p{Extended_Pictographic})*$/u;

function emojiOf(call: Call): string {
  const emoji = call.params.emoji_name ?? "";
  if (/^\w+:\d{17,20}$/.test(emoji) || oneEmoji.test(emoji)) return emoji;
  throw refusal(10014);
}

function react(call: Call): Answer {
  const { world } = call;
  const channel = channelOf(call, "ReadMessageHistory");
  const message = messageOf(call, channel);
  const emoji = emojiOf(call);
  if (!message.reactions.has(emoji)) {
    if (!may(world.bot, channel, "AddReactions")) throw refusal(50013);
    if (message.reactions.size >= 20) throw refusal(30010);
  }
  if (channel.thread?.archived) throw refusal(50083);
  setReaction(world, world.bot, message, emoji, true);
  return done;
}

function unreact(call: Call): Answer {
  const channel = channelOf(call);
  if (channel.thread?.archived) throw refusal(50083);
  setReaction(call.world, call.world.bot, messageOf(call, channel), emojiOf(call), false);
  return done;
}

function reactors(call: Call): Answer {
  const channel = channelOf(call, "ReadMessageHistory");
  const who = messageOf(call, channel).reactions.get(emojiOf(call)) ?? [];
  return ok(who.flatMap((id) => call.world.people.get(id) ?? []).map(wireUser));
}

function typing(call: Call): Answer {
  const { world } = call;
  const channel = channelOf(call);
  if (holdsThreadsOnly(channel)) throw refusal(50024);
  if (!may(world.bot, channel, channel.thread ? "SendMessagesInThreads" : "SendMessages")) throw refusal(50013);
  startTyping(world, world.bot, channel);
  return done;
}

function pins(call: Call): Answer {
  const { world } = call;
  const channel = channelOf(call, "ReadMessageHistory");
  const pinned = channel.messages.filter((message) => message.pinned).reverse();
  const items = pinned.map((message) => ({
    pinned_at: iso(message.createdAt),
    message: blanked(wireMessage(message, world), message, world),
  }));
  return ok({ items, has_more: false });
}

function pin(call: Call, pinned: boolean): Answer {
  const { world } = call;
  const channel = channelOf(call, "PinMessages");
  const message = messageOf(call, channel);
  if (channel.thread?.archived) throw refusal(50083);
  if (message.pinned === pinned) return done;
  if (pinned && channel.messages.filter((other) => other.pinned).length >= 250) throw refusal(30003);
  message.pinned = pinned;
  if (pinned) post(world, world.bot, channel, { ...emptyDraft(), repliesTo: { id: message.id, channel } }, { type: 6 });
  return done;
}
