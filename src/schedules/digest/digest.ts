import type { Address, PersonId } from "../../chat.ts";

/** One message that was said in a digest's sources. */
export type Gathered = {
  /** How the model calls it. */
  ref: string;
  address: Address;
  id: string;
  at: number;
  by: { id: PersonId; name: string };
  text: string;
  files: string[];
  /** It was said before the last posted digest, and only helps to understand what came after it. */
  isOld: boolean;
};

/**
 * Up to where a source was read: the last message of a channel, the instant, and what was seen of the last minute before
 * it: clocks differ, and a thread may be read a moment before somebody writes there.
 */
export type Mark = { source: Address; id?: string; at: number; seen?: string[] };

/** What was said in the sources since the last posted digest, oldest first in each. */
export type Gathering = {
  since: number;
  until: number;
  messages: Gathered[];
  /** More was said than could be read: only the newest are here. */
  isCut: boolean;
  marks: Mark[];
  /** Sources that could not be read, and why. */
  unread: { source: Address; why: string }[];
};

/** A matter of a digest, as it is kept between runs. */
export type Item = {
  key: string;
  title: string;
  /** When it was first posted. */
  since: number;
  state: "open" | "resolved";
  why?: string;
  /** The threads it is about, the newest last; with them it is known again. */
  threads: { address: Address; id: string; key: string }[];
  link?: string;
  people: string[];
  /** When something was last said about it. */
  at: number;
  /** It was resolved while it was snoozed, and nobody was told. */
  isUntold?: true;
};

/** An item as it is shown. */
export type Shown = Pick<Item, "key" | "title" | "why" | "link" | "people" | "since"> & {
  /** Messages about it besides the linked one. */
  more: number;
};

/** What is kept of a schedule's digests: as of the last posted one. */
export type Past = {
  items: Item[];
  marks: Mark[];
  /** When the last digest was posted. */
  postedAt?: number;
};

/** A digest ready to be drawn. Plain data; `past` is what is to be kept once it was posted. */
export type Digest = {
  since: number;
  until: number;
  messages: number;
  people: number;
  fresh: Shown[];
  open: Shown[];
  resolved: Shown[];
  /** Open items that are not shown for lack of room. */
  moreOpen: number;
  /** Of the messages so many were read by the model. */
  read: number;
  of: number;
  isCut: boolean;
  unread: Gathering["unread"];
  past: Past;
};

/** A channel or thread as one string. */
export function placeKey({ adapter, channel, thread }: Address): string {
  return thread === undefined ? `${adapter}/${channel}` : `${adapter}/${channel}/${thread}`;
}

/** The id of the message that a thread grew from, or of the message itself where it stands alone. */
export function rootOf({ address, id }: Pick<Gathered, "address" | "id">): string {
  return address.thread ?? id;
}
