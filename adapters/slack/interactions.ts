import type { Address, ChatEvent, Filled, Whisper } from "../../src/chat.ts";
import { type Fields, fieldsIn, isFields, listIn, textIn } from "./fields.ts";
import { formAction, type Kept, readKept } from "./forms.ts";
import {
  addressOf,
  authorNamed,
  isDirect,
  mentionedBy,
  messageKey,
  personId,
  type Reading,
  readMessage,
} from "./messages.ts";
import { readRating } from "./rating.ts";
import { readText } from "./text.ts";
import { packVia } from "./via.ts";

/** What somebody did on purpose: gave a command, pressed a button, used a shortcut, sent a form off. */
export function readInteraction(body: Fields, reading: Reading, now: number): ChatEvent | undefined {
  if (textIn(body, "command")) return readCommand(body, reading, now);
  if (body.type === "block_actions") return readPress(body, reading, now);
  if (body.type === "message_action") return readShortcut(body, reading, now);
  if (body.type === "view_submission") return readSubmit(body, reading, now);
  return undefined;
}

function readCommand(body: Fields, reading: Reading, now: number): ChatEvent | undefined {
  const channel = textIn(body, "channel_id");
  const user = textIn(body, "user_id");
  const trigger = textIn(body, "trigger_id");
  if (!channel || !user || !trigger) return undefined;
  const person = authorNamed(user, reading, textIn(body, "user_name"));
  const address = addressOf(channel, textIn(body, "thread_ts"));
  const { text, people, channels } = readText(textIn(body, "text") ?? "", reading.bot.user, reading.nameOf);
  const command = {
    name: (textIn(body, "command") ?? "").replace(/^\//, ""),
    text,
    ...(people.length > 0 && { people: mentionedBy(people) }),
    ...(channels.length > 0 && { channels }),
    address,
    ...(isDirect(channel) && { direct: true as const }),
    person,
    whisper: whisperTo(user, body, address),
    at: now,
  };
  return { kind: "command", key: `slack:command:${trigger}`, command };
}

function readPress(body: Fields, reading: Reading, now: number): ChatEvent | undefined {
  const [action] = listIn(body, "actions");
  const user = fieldsIn(body, "user");
  const id = textIn(user, "id");
  const place = placeOfPress(body);
  const pressed = action && readAction(action);
  if (!pressed || !id || !place) return undefined;
  const { address, message } = place;
  const moment = textIn(action, "action_ts") ?? textIn(body, "trigger_id") ?? String(now);
  const press = {
    ...pressed,
    address,
    message,
    person: authorNamed(id, reading, nameIn(user)),
    whisper: whisperTo(id, body, address),
    at: now,
  };
  const what = textIn(action, "action_id") ?? "";
  return { kind: "press", key: `${messageKey(address.channel, message)}:pressed:${id}:${what}:${moment}`, press };
}

function readAction(action: Fields): { id: string; value?: string } | undefined {
  const value = textIn(action, "value");
  if (action.type === "feedback_buttons") return readRating(value);
  if (action.type !== "button") return undefined;
  // The second button of one id carries a number.
  const id = (textIn(action, "action_id") ?? "").replace(/#\d+$/, "");
  return { id, ...(value !== undefined && { value }) };
}

/** Where a button stands: in a message, or on the bot's own page, which tells of the DM beside it. */
function placeOfPress(body: Fields): { address: Address; message: string } | undefined {
  const container = fieldsIn(body, "container");
  if (container.type === "view") {
    const view = fieldsIn(body, "view");
    const { at } = readKept(textIn(view, "private_metadata"));
    const id = textIn(view, "id");
    return at && id ? { address: at, message: id } : undefined;
  }
  const channel = textIn(container, "channel_id") ?? textIn(fieldsIn(body, "channel"), "id");
  const message = textIn(container, "message_ts");
  if (!channel || !message) return undefined;
  const shown = isFields(body.message) ? body.message : {};
  const parent = textIn(container, "thread_ts") ?? textIn(shown, "thread_ts");
  return { address: addressOf(channel, parent === message ? undefined : parent), message };
}

function readShortcut(body: Fields, reading: Reading, now: number): ChatEvent | undefined {
  const name = textIn(body, "callback_id");
  const channel = textIn(fieldsIn(body, "channel"), "id");
  const user = fieldsIn(body, "user");
  const id = textIn(user, "id");
  const trigger = textIn(body, "trigger_id");
  const told = fieldsIn(body, "message");
  if (!name || !channel || !id || !trigger || !textIn(told, "ts")) return undefined;
  const message = readMessage(told, channel, reading);
  const shortcut = {
    name,
    message,
    person: authorNamed(id, reading, nameIn(user)),
    whisper: whisperTo(id, body, message.answerAt),
    at: now,
  };
  return { kind: "shortcut", key: `slack:shortcut:${trigger}`, shortcut };
}

/** A form of ours as it is filled in; undefined when it is none. */
export function readFilled(body: Fields, reading: Reading): Filled | undefined {
  const view = fieldsIn(body, "view");
  const user = fieldsIn(body, "user");
  const [id, form] = [textIn(user, "id"), textIn(view, "callback_id")];
  const { at, value } = readKept(textIn(view, "private_metadata"));
  if (!id || !form || !at) return undefined;
  return {
    id: form,
    ...(value !== undefined && { value }),
    values: valuesIn(fieldsIn(fieldsIn(view, "state"), "values")),
    address: at,
    person: authorNamed(id, reading, nameIn(user)),
  };
}

function readSubmit(body: Fields, reading: Reading, now: number): ChatEvent | undefined {
  const filled = readFilled(body, reading);
  const view = fieldsIn(body, "view");
  const [id, viewId] = [textIn(fieldsIn(body, "user"), "id"), textIn(view, "id")];
  const { at, respond } = readKept(textIn(view, "private_metadata"));
  if (!filled || !id || !viewId || !at) return undefined;
  const submit = {
    ...filled,
    whisper: whisperTo(id, { ...body, ...(respond && { response_url: respond }) }, at),
    at: now,
  };
  return { kind: "submit", key: `slack:submit:${viewId}`, submit };
}

/** What was filled in, by the ids of the inputs. */
function valuesIn(state: Fields): Record<string, string> {
  const values: Record<string, string> = {};
  for (const id of Object.keys(state)) {
    const input = fieldsIn(fieldsIn(state, id), formAction);
    const chosen = listIn(input, "selected_options").flatMap((option) => textIn(option, "value") ?? []);
    const one = textIn(input, "value") ?? textIn(fieldsIn(input, "selected_option"), "value");
    const value = chosen.length > 0 ? chosen.join("\n") : one;
    if (value !== undefined) values[id] = value;
  }
  return values;
}

function nameIn(user: Fields): string | undefined {
  return textIn(user, "name") ?? textIn(user, "username");
}

function whisperTo(user: string, body: Fields, at: Kept["at"]): Whisper {
  const [respond, trigger] = [textIn(body, "response_url"), textIn(body, "trigger_id")];
  const via = packVia({ ...(respond && { respond }), ...(trigger && { trigger }), ...(at && { at }) });
  return { person: personId(user), ...(via && { via }) };
}
