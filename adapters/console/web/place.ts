import { computed, effect, signal } from "@preact/signals";
import type { PersonId } from "../../../src/chat.ts";
import { me, places, standing } from "./live.ts";
import { preference } from "./preference.ts";

const hash = signal(location.hash);
addEventListener("hashchange", () => {
  hash.value = location.hash;
});

/** Where the reader is: the address bar says it, so that Back works and a place can be bookmarked. */
export const place = computed(() => {
  const [channel, thread] = hash.value.replace(/^#\/?/, "").split("/");
  const here = places.value.find(({ id }) => id === channel) ?? places.value[0];
  return here && { channel: here, ...(here.id === channel && thread && { thread }) };
});

/** The address of a place. */
export function hrefOf(channel: string, thread?: string): string {
  return `#/${channel}${thread ? `/${thread}` : ""}`;
}

/** Goes to a place. */
export function go(channel: string, thread?: string): void {
  location.hash = hrefOf(channel, thread);
}

/** Acts as somebody else from now on. Who was in a DM finds the other's own. */
export function actAs(person: PersonId): void {
  const wasDirect = place.peek()?.channel.with !== undefined;
  me.value = person;
  const direct = places.peek().find((channel) => channel.with);
  if (wasDirect && direct) go(direct.id);
}

/** On a narrow screen: is the list of places open? */
export const placesOpen = signal(false);

const readUntil = preference("read", "{}", (kept): kept is string => kept.startsWith("{"));

function readIds(): Record<string, string> {
  try {
    return JSON.parse(readUntil.value);
  } catch {
    return {};
  }
}

const keyOf = (channel: string) => `${me.value} ${channel}`;

/** How many messages of others stand in a channel that whoever acts now has not seen. */
export function unreadIn(channel: string): number {
  const until = readIds()[keyOf(channel)] ?? "";
  return standing(channel).filter((message) => message.peek().id > until && message.peek().author !== me.value).length;
}

const looking = signal(!document.hidden);
document.addEventListener("visibilitychange", () => {
  looking.value = !document.hidden;
});

/** While a place is open and looked at, what stands in it counts as read; the title says what does not. */
export function countUnread(): void {
  effect(() => {
    const unread = places.value.reduce((sum, { id }) => sum + unreadIn(id), 0);
    document.title = unread ? `(${unread}) Bellhop` : "Bellhop";
  });
  effect(() => {
    const here = place.value?.channel.id;
    const newest = here && standing(here).at(-1)?.peek().id;
    if (!here || !newest || !looking.value) return;
    const ids = readIds();
    if ((ids[keyOf(here)] ?? "") < newest) readUntil.value = JSON.stringify({ ...ids, [keyOf(here)]: newest });
  });
}
