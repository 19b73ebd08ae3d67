import { computed, signal } from "@preact/signals";
import type { PersonId } from "../../../src/chat.ts";
import type { Channel } from "../wire.ts";
import { me, places } from "./live.ts";

const hash = signal(location.hash);
addEventListener("hashchange", () => {
  hash.value = location.hash;
});

/** Where the reader is: on the bot's page, or in a channel, perhaps with a thread beside it. */
export type Place =
  | { home: true; channel?: never; thread?: never }
  | { home?: never; channel: Channel; thread?: string };

/** The address of the bot's page. */
export const homeHref = "#/home";

/** Where the reader is: the address bar says it, so that Back works and a place can be bookmarked. */
export const place = computed<Place | undefined>(() => {
  const [channel, thread] = hash.value.replace(/^#\/?/, "").split("/");
  if (hash.value === homeHref) return { home: true };
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
  // At once, not when the browser says so: the next key may come before.
  hash.value = location.hash;
}

/** How a channel is called. */
export function titleOf(channel: Channel): string {
  return channel.with ? channel.name : `# ${channel.name}`;
}

/** Acts as somebody else from now on. Who was in a DM finds the other's own. */
export function actAs(person: PersonId): void {
  const wasDirect = place.peek()?.channel?.with !== undefined;
  me.value = person;
  const direct = places.peek().find((channel) => channel.with);
  if (wasDirect && direct) go(direct.id);
}

/** On a narrow screen: is the list of places open? */
export const placesOpen = signal(false);

/** Is the pointer a mouse? Where one types on the screen, a field that takes the focus by itself covers half of it with keys. */
export const hovers = matchMedia("(hover: hover)").matches;
