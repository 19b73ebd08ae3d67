import { computed, signal } from "@preact/signals";
import type { Message } from "../wire.ts";
import { findComposer } from "./focus.ts";
import type { IconName } from "./icon.tsx";
import { bot, me, shortcuts } from "./live.ts";
import type { MenuItem } from "./menu.tsx";
import { copy } from "./notice.ts";
import { overlay } from "./overlay.ts";
import { go, place } from "./place.ts";
import { send } from "./request.ts";
import { unsaidAt } from "./unsaid.ts";
import { words } from "./words.ts";

/** The message that is being edited, and whether it is where it stands in a thread. */
export const editing = signal<{ id: string; inThread: boolean } | undefined>(undefined);

/** What went wrong with something done to a message, until something else is done. */
export const trouble = signal<{ message: string; problem: string } | undefined>(undefined);

/** One thing that can be done with a message: in its menu, and by a key while the message has the focus. */
export type MessageAct = MenuItem & { name: string; key?: string; quick?: boolean };

const looks: Record<string, { icon: IconName; key: string; quick?: boolean }> = {
  "ask-about": { icon: "ask", key: "A", quick: true },
  "schedule-this": { icon: "clock", key: "S" },
};

/** The keys of what the bot can do about a message. */
export const shortcutKeys = computed(() =>
  shortcuts.value.flatMap(({ name, title }) => {
    const key = looks[name]?.key;
    return key ? [{ press: [key], does: title }] : [];
  }),
);

/** All that whoever acts now can do with a message. */
export function actsFor(message: Message, inThread: boolean): MessageAct[] {
  const { id, channel, thread, author, text, only, writing } = message;
  const own = author === me.value && author !== bot.value.id;
  const acts: MessageAct[] = [];
  if (!only && !inThread)
    acts.push({
      name: "reply",
      quick: true,
      icon: "reply",
      text: words.value.reply,
      key: "R",
      act: () => go(channel, id),
    });
  if (!only && !writing)
    for (const { name, title } of shortcuts.value)
      acts.push({ name, text: title, ...(looks[name] ?? { icon: "ask" }), act: () => void askFor(id, name) });
  if (!only && !writing)
    acts.push(
      {
        name: "quote",
        icon: "quote",
        text: words.value.quote,
        key: "Q",
        act: () => quote(id, channel, inThread ? (thread ?? id) : undefined),
      },
      {
        name: "pass-on",
        icon: "forward",
        text: words.value.passOn,
        key: "P",
        act: () => (overlay.value = { kind: "pass-on", message: id }),
      },
    );
  if (text) acts.push({ name: "copy", icon: "copy", text: words.value.copyText, key: "C", act: () => void copy(text) });
  if (own && !only)
    acts.push(
      { name: "edit", icon: "edit", text: words.value.edit, key: "E", act: () => (editing.value = { id, inThread }) },
      {
        name: "remove",
        icon: "remove",
        text: words.value.remove,
        key: "Del",
        danger: true,
        act: () => (overlay.value = { kind: "removal", message: id }),
      },
    );
  return acts;
}

/** Lets what is written there pass this message on. */
export function quote(message: string, channel: string, thread?: string): void {
  unsaidAt(me.peek(), channel, thread).quotes.value = message;
  const pane = document.querySelector(thread ? ".thread.pane" : ".channel.pane");
  if (place.peek()?.channel?.id === channel) findComposer(pane ?? document)?.focus();
}

async function askFor(message: string, shortcut: string): Promise<void> {
  trouble.value = undefined;
  const { problem } = await send("shortcuts", { message, shortcut, key: crypto.randomUUID() });
  if (problem !== undefined) trouble.value = { message, problem };
}
