import type { Author, ChatEvent, Whisper } from "../../src/chat.ts";
import { type Fields, fieldsIn, isFields, listIn, textIn } from "./fields.ts";
import { addressOf, isOurs, isSpeech, millisOf, personId, type Reading, readMessage } from "./messages.ts";
import { readText } from "./text.ts";

/** What one of Slack's payloads says in the words of chat; undefined when it says nothing that anybody here wants. */
export function translate(body: Fields, reading: Reading, now: number): ChatEvent | undefined {
  if (body.type === "event_callback") return readEvent(fieldsIn(body, "event"), reading);
  if (textIn(body, "command")) return readCommand(body, reading, now);
  if (body.type === "block_actions") return readPress(body, reading, now);
  return undefined;
}

/** The key of a message: the same for `message`, `app_mention` and what catching up finds. */
export function messageKey(channel: string, ts: string): string {
  return `slack:${channel}:${ts}`;
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
  return { kind: "edited", key: `${messageKey(channel, message.id)}:edited:${edited}`, message };
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
    person: personOf(user, reading, ours),
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
  return { kind: "reaction", key, address, message, person: personOf(user, reading), emoji, added, at: millisOf(ts) };
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
    person: personOf(user, reading),
    at: millisOf(ts),
  };
}

function readCommand(body: Fields, reading: Reading, now: number): ChatEvent | undefined {
  const channel = textIn(body, "channel_id");
  const user = textIn(body, "user_id");
  const trigger = textIn(body, "trigger_id");
  if (!channel || !user || !trigger) return undefined;
  const person = personOf(user, reading, false, textIn(body, "user_name"));
  const command = {
    name: (textIn(body, "command") ?? "").replace(/^\//, ""),
    text: readText(textIn(body, "text") ?? "", reading.bot.user, reading.nameOf).text,
    address: addressOf(channel, textIn(body, "thread_ts")),
    person,
    whisper: whisperTo(person, body),
    at: now,
  };
  return { kind: "command", key: `slack:command:${trigger}`, command };
}

function readPress(body: Fields, reading: Reading, now: number): ChatEvent | undefined {
  const [action] = listIn(body, "actions");
  const user = fieldsIn(body, "user");
  const container = fieldsIn(body, "container");
  const id = textIn(user, "id");
  const channel = textIn(container, "channel_id") ?? textIn(fieldsIn(body, "channel"), "id");
  const message = textIn(container, "message_ts");
  if (action?.type !== "button" || !id || !channel || !message) return undefined;
  const actionId = textIn(action, "action_id") ?? "";
  const moment = textIn(action, "action_ts") ?? textIn(body, "trigger_id") ?? String(now);
  const shown = isFields(body.message) ? body.message : {};
  const parent = textIn(container, "thread_ts") ?? textIn(shown, "thread_ts");
  const person = personOf(id, reading, false, textIn(user, "name") ?? textIn(user, "username"));
  const value = textIn(action, "value");
  const press = {
    id: actionId.replace(/#\d+$/, ""),
    ...(value !== undefined && { value }),
    address: addressOf(channel, parent === message ? undefined : parent),
    message,
    person,
    whisper: whisperTo(person, body),
    at: now,
  };
  return { kind: "press", key: `${messageKey(channel, message)}:pressed:${id}:${actionId}:${moment}`, press };
}

function personOf(user: string, { nameOf }: Reading, bot = false, called?: string): Author {
  return { id: personId(user), name: nameOf(user) ?? called ?? user, bot };
}

function whisperTo(person: Author, body: Fields): Whisper {
  const via = textIn(body, "response_url");
  return { person: person.id, ...(via && { via }) };
}
