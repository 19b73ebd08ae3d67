import { computed, effect, signal } from "@preact/signals";
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

/** While a place is open and looked at, what stands in it counts as read. */
export function markRead(): void {
  effect(() => {
    const here = place.value?.channel.id;
    const newest = here && standing(here).at(-1)?.peek().id;
    if (!here || !newest || document.hidden) return;
    const ids = readIds();
    if ((ids[keyOf(here)] ?? "") < newest) readUntil.value = JSON.stringify({ ...ids, [keyOf(here)]: newest });
  });
}
