import { everyComponent, shownText } from "./component-tree.ts";
import { componentTypes } from "./component-types.ts";
import type { Channel, Message, Person, Pings } from "./entities.ts";
import { isObject, type JsonObject } from "./form.ts";
import { previewsOf } from "./posting.ts";
import { messageFlags } from "./wire-message.ts";
import type { World } from "./world.ts";

/** A button as people see it. */
export interface SeenButton {
  label: string;
  customId: string | undefined;
  url: string | undefined;
  disabled: boolean;
}

/** A message as people see it. */
export interface SeenMessage {
  id: string;
  author: Person;
  /** The content, or with components v2 all their texts. */
  text: string;
  content: string;
  embeds: JsonObject[];
  components: JsonObject[];
  buttons: SeenButton[];
  edited: boolean;
  /** Shown as "… is thinking". */
  thinking: boolean;
  ephemeral: boolean;
  repliesTo: string | undefined;
  files: { name: string; type: string; text: string; bytes: Buffer }[];
  reactions: { emoji: string; by: string[] }[];
  /** Who was notified, by id. */
  pings: Pings;
  /** Links Discord would fetch and show a preview of. */
  previews: string[];
  pinned: boolean;
  threadId: string | undefined;
  /** Every text it ever showed, oldest first. */
  history: string[];
}

/** The messages of a channel, oldest first; private ones only for the person they are for. */
export function messagesIn(channel: Channel, as?: Person): SeenMessage[] {
  return channel.messages.filter((message) => shown(message, as)).map(seen);
}

function shown(message: Message, as: Person | undefined): boolean {
  if (message.type === 21 || message.type === 6) return false;
  return message.ephemeralFor === undefined || message.ephemeralFor === as;
}

/** One message as people see it. */
export function seen(message: Message): SeenMessage {
  const flat = message.components.flatMap(everyComponent);
  return {
    id: message.id,
    author: message.author,
    text: shownText(message),
    content: message.content,
    embeds: message.embeds,
    components: message.components,
    buttons: flat.filter((part) => part.type === componentTypes.button).map(button),
    edited: message.editedAt !== null,
    thinking: (message.flags & messageFlags.loading) !== 0,
    ephemeral: message.ephemeralFor !== undefined,
    repliesTo: message.repliesTo?.id,
    files: message.attachments.map(({ filename, contentType, bytes }) => ({
      name: filename,
      type: contentType,
      text: bytes.toString("utf8"),
      bytes,
    })),
    reactions: [...message.reactions].map(([emoji, by]) => ({ emoji, by })),
    pings: message.pings,
    previews: previewsOf(message),
    pinned: message.pinned,
    threadId: message.startedThread?.id,
    history: message.history,
  };
}

function button(part: JsonObject): SeenButton {
  const text = (key: string) => (typeof part[key] === "string" ? part[key] : undefined);
  return {
    label: text("label") ?? (isObject(part.emoji) ? String(part.emoji.name) : ""),
    customId: text("custom_id"),
    url: text("url"),
    disabled: part.disabled === true,
  };
}

/** The names of those typing in a channel now. */
export function typingIn(world: World, channel: Channel): string[] {
  const oldest = world.clock.now() - 10_000;
  return [...channel.typing].filter(([, at]) => at > oldest).flatMap(([id]) => world.people.get(id)?.name ?? []);
}

/** The whole world as text, for a test that waited in vain. */
export function portrait(world: World): string {
  const lines: string[] = [];
  for (const channel of world.channels.values()) {
    if (channel.messages.length === 0) continue;
    const place = channel.thread
      ? `thread "${channel.name}" under #${channel.parent?.name}`
      : channel.server
        ? `#${channel.name}`
        : "direct messages";
    lines.push(place);
    for (const message of channel.messages.slice(-20)) {
      const one = seen(message);
      const marks = [one.ephemeral && "private", one.thinking && "thinking", one.edited && "edited"]
        .filter(Boolean)
        .join(", ");
      const buttons = one.buttons.map(({ label }) => ` [${label}]`).join("");
      lines.push(`  ${one.author.name}${marks ? ` (${marks})` : ""}: ${one.text.slice(0, 300)}${buttons}`);
    }
  }
  return lines.length > 0 ? lines.join("\n") : "nobody has said anything";
}

/** Resolves with the first truthy answer of `look`, asked after every change; rejects with what is there instead. */
export function until<T>(
  world: World,
  look: () => T | undefined | null | false | "" | 0,
  deadlineMs: number,
  dump: () => string,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const finish = (act: () => void) => {
      clearTimeout(timer);
      unwatch();
      act();
    };
    const check = () => {
      try {
        const found = look();
        if (found) finish(() => resolve(found));
      } catch (error) {
        finish(() => reject(error));
      }
    };
    // Wall time on purpose: a test with a stopped clock must still come to an end.
    const timer = setTimeout(
      () =>
        finish(() =>
          reject(new Error(`waited ${deadlineMs} ms in vain for ${look.toString().slice(0, 200)}\n${dump()}`)),
        ),
      deadlineMs,
    );
    const unwatch = world.onChange(check);
    check();
  });
}
