import type { Address, Inbox } from "../../src/chat.ts";
import { type Fields, textIn } from "./fields.ts";
import { adapterName, addressOf, isOurs, messageKey, type Reading, readMessage, tsOf } from "./messages.ts";
import type { Past } from "./past.ts";
import { refusalOf } from "./refusals.ts";
import type { Wire } from "./wire.ts";

// Slack delivers a little out of order; what is found twice has the same key.
const overlap = 60_000;
// Nobody wants an answer to what was asked longer ago.
const longest = 24 * 60 * 60_000;
const mostPerPlace = 1_000;
const mostThreads = 100;

/** Hears what was said while nobody was connected, oldest first in each channel, under the keys it would have had. */
export async function catchUp(options: {
  inbox: Pick<Inbox, "recentThreads">;
  /** Until then everything was heard. */
  until: number;
  hear: Inbox["hear"];
  wire: Wire;
  past: Past;
  reading: Reading;
  now: number;
  signal: AbortSignal;
  /** A place could not be read. */
  missed(address: Address, why: unknown): void;
}): Promise<void> {
  const { inbox, until, hear, wire, past, reading, now, signal, missed } = options;
  const oldest = tsOf(Math.max(until - overlap, now - longest));
  const threads = (await inbox.recentThreads(adapterName)).slice(0, mostThreads);

  const read = async (address: Address): Promise<Fields[]> => {
    try {
      // Answers that wait for a look at their thread come first.
      await wire.spare(address.thread ? "conversations.replies" : "conversations.history");
      return signal.aborted ? [] : await past.read(address, oldest, mostPerPlace);
    } catch (error) {
      // A place that Slack refuses is passed over; when Slack can't be reached, all of it is tried again later.
      if (refusalOf(error) === undefined) throw error;
      missed(address, error);
      return [];
    }
  };

  for (const channel of await channelsOf(wire, reading.bot.user, threads)) {
    const said = await read(addressOf(channel));
    const active = new Set(
      threads.filter((thread) => thread.channel === channel).flatMap(({ thread }) => thread ?? []),
    );
    for (const message of said) if (hasReplies(message)) active.add(textIn(message, "ts") ?? "");
    for (const thread of active) said.push(...(await read(addressOf(channel, thread))));
    for (const message of inOrder(said)) {
      if (signal.aborted) return;
      if (isOurs(message, reading.bot)) continue;
      const told = readMessage(message, channel, reading);
      await hear({ kind: "message", key: messageKey(channel, told.id), message: told });
    }
  }
}

function hasReplies(message: Fields): boolean {
  return typeof message.reply_count === "number" && message.reply_count > 0;
}

/** Each message once, oldest first; a thread brings its parent along. */
function inOrder(messages: Fields[]): Fields[] {
  const byTs = new Map(messages.map((message) => [textIn(message, "ts") ?? "", message]));
  return [...byTs].sort(([a], [b]) => Number(a) - Number(b)).map(([, message]) => message);
}

/** The conversations the bot is in, those first where it was busy lately. */
async function channelsOf(wire: Wire, user: string, threads: Address[]): Promise<Set<string>> {
  const member = new Set<string>();
  let cursor: string | undefined;
  do {
    const asked = { user, types: "public_channel,private_channel,mpim,im", exclude_archived: true, limit: 200 };
    const answer = await wire.call("users.conversations", () =>
      wire.client.users.conversations({ ...asked, ...(cursor && { cursor }) }),
    );
    for (const { id } of answer.channels ?? []) if (id) member.add(id);
    cursor = answer.response_metadata?.next_cursor || undefined;
  } while (cursor);
  const busy = threads.map(({ channel }) => channel).filter((channel) => member.has(channel));
  return new Set([...busy, ...member]);
}
