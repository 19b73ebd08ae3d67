import { computed, effect, signal } from "@preact/signals";
import type { Message } from "../wire.ts";
import { me, messageWith, places, standing, threadsIn } from "./live.ts";
import { place } from "./place.ts";
import { preference } from "./preference.ts";

const kept = preference("read", "{}", (kept): kept is string => kept.startsWith("{"));

/** Marks of places beyond this many are forgotten, the oldest first. */
const marksKept = 300;

const marks = computed<Record<string, string>>(() => {
  try {
    return JSON.parse(kept.value);
  } catch {
    return {};
  }
});

const keyOf = (channel: string, thread?: string) => `${me.value} ${channel}${thread ? `/${thread}` : ""}`;

/** The newest message that whoever acts now has seen there. */
export function readUntil(channel: string, thread?: string): string {
  return marks.value[keyOf(channel, thread)] ?? "";
}

function newIn(channel: string, thread?: string): number {
  const until = readUntil(channel, thread);
  const isNew = ({ id, author }: Message) => id > until && author !== me.value;
  return standing(channel, thread).filter((message) => isNew(message.peek())).length;
}

/** How many replies of others whoever acts now has not seen in a thread they take part in. */
export function unreadReplies(channel: string, thread: string): number {
  const mine = (message: { peek(): Message } | undefined) => message?.peek().author === me.value;
  const takesPart = mine(messageWith(thread)) || standing(channel, thread).some(mine);
  return takesPart ? newIn(channel, thread) : 0;
}

/** How many messages of others whoever acts now has not seen in a channel and in their threads there. */
export function unreadIn(channel: string): number {
  return threadsIn(channel).reduce((sum, thread) => sum + unreadReplies(channel, thread), newIn(channel));
}

const looking = signal(!document.hidden);
document.addEventListener("visibilitychange", () => {
  looking.value = !document.hidden;
});

function markRead(channel: string, thread?: string): void {
  const newest = standing(channel, thread).at(-1)?.peek().id;
  if (!newest || readUntil(channel, thread) >= newest) return;
  const { [keyOf(channel, thread)]: _before, ...others } = marks.value;
  const all = Object.entries(others).slice(1 - marksKept);
  kept.value = JSON.stringify({ ...Object.fromEntries(all), [keyOf(channel, thread)]: newest });
}

/** What the reader had seen of the channel they look at when they came to it: what came later is new. Nothing is to whoever never came. */
export const seenBefore = signal<string | undefined>(undefined);

/** While a place is open and looked at, what stands in it counts as read; the title says what does not. */
export function countUnread(): void {
  effect(() => {
    const unread = places.value.reduce((sum, { id }) => sum + unreadIn(id), 0);
    document.title = unread ? `(${unread}) Bellhop` : "Bellhop";
  });
  let lookedAt: string | undefined;
  effect(() => {
    const { channel, thread } = place.value ?? {};
    const here = channel && looking.value ? keyOf(channel.id) : undefined;
    if (channel && here && here !== lookedAt) seenBefore.value = readUntil(channel.id) || undefined;
    lookedAt = here;
    if (!channel || !here) return;
    markRead(channel.id);
    if (thread) markRead(channel.id, thread);
  });
}
