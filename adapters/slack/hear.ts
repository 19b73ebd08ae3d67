import type { ChatEvent } from "../../src/chat.ts";
import { type Fields, fieldsIn, textIn } from "./fields.ts";
import { readInteraction } from "./interactions.ts";
import {
  addressOf,
  authorNamed,
  isOurs,
  isSpeech,
  messageKey,
  millisOf,
  type Reading,
  readMessage,
} from "./messages.ts";

/** What one of Slack's payloads says in the words of chat; undefined when it says nothing that anybody here wants. */
export function translate(body: Fields, reading: Reading, now: number): ChatEvent | undefined {
  if (body.type === "event_callback") return readEvent(fieldsIn(body, "event"), reading);
  return readInteraction(body, reading, now);
}

function readEvent(event: Fields, reading: Reading): ChatEvent | undefined {
  switch (event.type) {
    case "message":
    case "app_mention":
      return readSpeech(event, reading);
    case "member_joined_channel":
      return readJoined(event, reading);
    case "reaction_added":
    case "reaction_removed":
      return readReaction(event, reading);
    case "agent_session_stopped":
      return readStop(event, reading);
    case "app_home_opened":
      return readOpened(event, reading);
    default:
      return undefined;
  }
}

function readSpeech(event: Fields, reading: Reading): ChatEvent | undefined {
  const channel = textIn(event, "channel");
  if (!channel) return undefined;
  if (event.subtype === "message_changed") return readEdited(event, channel, reading);
  if (event.subtype === "message_deleted") return readDeleted(event, channel, reading);
  if (!isSpeech(event) || isOurs(event, reading.bot)) return undefined;
  const message = readMessage(event, channel, reading);
  const edited = event.type === "app_mention" && textIn(fieldsIn(event, "edited"), "ts");
  // The mention was only put in by an edit.
  if (edited) return { kind: "edited", key: editKey(channel, message.id, edited), message };
  return { kind: "message", key: messageKey(channel, message.id), message };
}

/** Only what a person changed is an edit: Slack also tells of unfurled links, new replies and the like. */
function readEdited(event: Fields, channel: string, reading: Reading): ChatEvent | undefined {
  const after = fieldsIn(event, "message");
  const before = fieldsIn(event, "previous_message");
  if (after.subtype === "tombstone") return readDeleted(event, channel, reading);
  const edited = textIn(fieldsIn(after, "edited"), "ts");
  if (!isSpeech(after) || isOurs(after, reading.bot) || !edited || before.text === after.text) return undefined;
  const message = readMessage(after, channel, reading);
  return { kind: "edited", key: editKey(channel, message.id, edited), message };
}

function editKey(channel: string, message: string, edited: string): string {
  return `${messageKey(channel, message)}:edited:${edited}`;
}

function readDeleted(event: Fields, channel: string, { bot }: Reading): ChatEvent | undefined {
  const before = fieldsIn(event, "previous_message");
  const message = textIn(event, "deleted_ts") ?? textIn(before, "ts");
  if (!message || isOurs(before, bot)) return undefined;
  const parent = textIn(before, "thread_ts");
  const address = addressOf(channel, parent === message ? undefined : parent);
  const at = millisOf(textIn(event, "event_ts") ?? textIn(event, "ts") ?? message);
  return { kind: "deleted", key: `${messageKey(channel, message)}:deleted`, address, message, at };
}

function readJoined(event: Fields, reading: Reading): ChatEvent | undefined {
  const channel = textIn(event, "channel");
  const user = textIn(event, "user");
  const ts = textIn(event, "event_ts");
  if (!channel || !user || !ts) return undefined;
  const key = `slack:${channel}:joined:${user}:${ts}`;
  const ours = user === reading.bot.user;
  return {
    kind: "joined",
    key,
    address: addressOf(channel),
    person: authorNamed(user, reading, undefined, ours),
    ours,
    at: millisOf(ts),
  };
}

function readReaction(event: Fields, reading: Reading): ChatEvent | undefined {
  const item = fieldsIn(event, "item");
  const channel = textIn(item, "channel");
  const message = textIn(item, "ts");
  const user = textIn(event, "user");
  const emoji = textIn(event, "reaction");
  const ts = textIn(event, "event_ts");
  if (!channel || !message || !user || !emoji || !ts || user === reading.bot.user) return undefined;
  const added = event.type === "reaction_added";
  const key = `${messageKey(channel, message)}:reaction:${user}:${emoji}:${ts}`;
  const address = addressOf(channel);
  return {
    kind: "reaction",
    key,
    address,
    message,
    person: authorNamed(user, reading),
    emoji,
    added,
    at: millisOf(ts),
  };
}

function readStop(event: Fields, reading: Reading): ChatEvent | undefined {
  const channel = textIn(event, "channel");
  const user = textIn(event, "user");
  const ts = textIn(event, "event_ts");
  if (!channel || !user || !ts) return undefined;
  const address = addressOf(channel, textIn(event, "thread_ts"));
  return {
    kind: "stop",
    key: `slack:${channel}:stopped:${ts}`,
    address,
    person: authorNamed(user, reading),
    at: millisOf(ts),
  };
}

/** Somebody looks at the bot's page, or at their DM with it. */
function readOpened(event: Fields, reading: Reading): ChatEvent | undefined {
  const channel = textIn(event, "channel");
  const user = textIn(event, "user");
  const ts = textIn(event, "event_ts");
  if (!channel || !user || !ts || user === reading.bot.user) return undefined;
  const what = event.tab === "home" ? "home" : "direct";
  return {
    kind: "opened",
    key: `slack:${channel}:opened:${what}:${ts}`,
    what,
    address: addressOf(channel),
    person: authorNamed(user, reading),
    at: millisOf(ts),
  };
}
