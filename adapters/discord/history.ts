import { type APIMessage, ChannelType, MessageType, RESTJSONErrorCodes, RequestMethod, Routes } from "discord.js";
import type { Address, ChatMessage } from "../../src/chat.ts";
import type { Connection } from "./connection.ts";
import { isBlank, isSpeech, toMessage } from "./message.ts";
import type { Place, Places } from "./places.ts";
import { codeOf, deliveryError } from "./refusals.ts";
import { byAge, idAt } from "./time.ts";

type Range = { since?: string; limit: number };
type Threads = {
  threads: { id: string; type: ChannelType; parent_id?: string | null; last_message_id?: string | null }[];
};

/** What was said at an address, oldest first; a thread begins with the message it grew from. */
export async function history(
  connection: Connection,
  places: Places,
  address: Address,
  range: Range,
): Promise<ChatMessage[]> {
  try {
    if (address.thread === undefined) {
      const [place, { messages }] = await Promise.all([places.at(address), newest(connection, address.channel, range)]);
      return told(messages, place, connection);
    }
    return await thread(connection, places, { ...address, thread: address.thread }, range);
  } catch (error) {
    throw deliveryError(error);
  }
}

/** The threads of a channel, open to all who read it, in which something was said after an instant; of those asleep the latest. */
export async function threadsSince(connection: Connection, { channel }: Address, since: number): Promise<string[]> {
  const parent = connection.client.channels.cache.get(channel);
  if (!parent || parent.isDMBased() || parent.isThread()) return [];
  const after = idAt(since);
  try {
    const [awake, asleep] = await Promise.all([
      connection.call<Threads>(RequestMethod.Get, Routes.guildActiveThreads(parent.guildId)),
      connection.call<Threads>(RequestMethod.Get, Routes.channelThreads(channel, "public"), {
        query: { limit: "100" },
      }),
    ]);
    const threads = [...awake.threads, ...asleep.threads].filter(
      ({ type, parent_id, last_message_id: last }) =>
        type !== ChannelType.PrivateThread && parent_id === channel && last && byAge(last, after) > 0,
    );
    return threads.map(({ id }) => id);
  } catch (error) {
    throw deliveryError(error);
  }
}

/** Messages as the bot reads them, without those that Discord keeps from it; what stands among them is not quoted again. */
function told(messages: APIMessage[], place: Place, connection: Connection): ChatMessage[] {
  const there = new Set(messages.map(({ id }) => id));
  return messages.flatMap((message) => {
    const again = message.referenced_message && there.has(message.referenced_message.id);
    const read = toMessage(again ? { ...message, referenced_message: null } : message, place, connection);
    return read.ours || !isBlank(message, read) ? [read] : [];
  });
}

async function thread(
  connection: Connection,
  places: Places,
  address: Address & { thread: string },
  range: Range,
): Promise<ChatMessage[]> {
  const place = await places.at(address);
  // Heard just now, and no thread made from it yet: there is nothing else to read.
  const question = places.question(address.thread);
  const exists = !question || connection.client.channels.cache.has(address.thread);
  const { messages, whole } = exists ? await newest(connection, address.thread, range) : { messages: [], whole: true };
  const said = told(messages, place, connection);
  const wanted = whole && said.length < range.limit && !messages.some(({ id }) => id === address.thread);
  if (!wanted || (range.since !== undefined && byAge(address.thread, range.since) <= 0)) return said;
  const root = question ?? (await rootOf(connection, places, address));
  return root ? [root, ...said] : said;
}

async function rootOf(
  connection: Connection,
  places: Places,
  { adapter, channel, thread }: Address & { thread: string },
): Promise<ChatMessage | undefined> {
  try {
    const message = await connection.call<APIMessage>(RequestMethod.Get, Routes.channelMessage(channel, thread));
    return told([message], await places.at({ adapter, channel }), connection)[0];
  } catch (error) {
    // The thread of a forum post, or one whose first message was deleted, has no message of its own in the channel.
    if (codeOf(error) === undefined) throw error;
    return undefined;
  }
}

/** The newest messages after `since` in a channel or thread, oldest first, and whether these are all there are. */
export async function newest(
  connection: Connection,
  channel: string,
  { since, limit }: Range,
): Promise<{ messages: APIMessage[]; whole: boolean }> {
  const found: APIMessage[] = [];
  let before: string | undefined;
  for (;;) {
    const query = { limit: String(Math.min(100, limit)), ...(before !== undefined && { before }) };
    const page = await read(connection, channel, query);
    const wanted = page.filter((message) => since === undefined || byAge(message.id, since) > 0);
    found.push(...wanted.filter((message) => isSpeech(message)));
    const ended = page.length < Math.min(100, limit) || wanted.length < page.length;
    const starter = page.some((message) => message.type === MessageType.ThreadStarterMessage);
    if (ended || starter || found.length >= limit) {
      const messages = found.sort((a, b) => byAge(a.id, b.id)).slice(-limit);
      return { messages, whole: (ended || starter) && found.length <= limit };
    }
    before = page.reduce((oldest, { id }) => (byAge(id, oldest) < 0 ? id : oldest), page[0]?.id ?? "0");
  }
}

/** A thread that is still to be made holds nothing. */
async function read(connection: Connection, channel: string, query: Record<string, string>): Promise<APIMessage[]> {
  try {
    return await connection.call<APIMessage[]>(RequestMethod.Get, Routes.channelMessages(channel), { query });
  } catch (error) {
    if (codeOf(error) === RESTJSONErrorCodes.UnknownChannel) return [];
    throw error;
  }
}
