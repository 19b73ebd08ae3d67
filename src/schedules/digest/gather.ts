import type { Address, ChatMessage } from "../../chat.ts";
import { type Gathered, type Gathering, type Mark, type Past, placeKey, rootOf } from "./digest.ts";

/** How messages are read; as the adapters do it. */
export type Reader = {
  /** As `ChatAdapter.history`. */
  history(address: Address, options: { since?: string; limit: number }): Promise<ChatMessage[]>;
  /**
   * The threads of a channel in which something was said after an instant, by the ids of the messages they grew from, as
   * far as they began within a week before. Where nobody can tell, only the newest threads are looked into.
   */
  threads?(channel: Address, since: number): Promise<string[] | undefined>;
};

export type GatherOptions = {
  sources: Address[];
  past: Past;
  now: number;
  /** From when on a source is read that was never read. */
  from: number;
  signal?: AbortSignal;
};

const dayMs = 86_400_000;
const mostADay = 5_000;
const mostAtAll = 10_000;
const mostInThread = 200;
/** So many threads are looked into, each with a call that others may wait for; and so many where nobody knows of news. */
const mostThreads = 500;
const mostBlindly = 30;
const weekMs = 7 * dayMs;
const threadsAtOnce = 4;
const longestText = 1_000;
/** What was said so shortly before the last digest is new if that did not see it. */
const overlapMs = 60_000;

/**
 * Collects what people said in the sources since the last posted digest, in threads too; bots, joins and our own posts
 * are left out. Contract: rejects only when no source could be read, with what the first one said, or when aborted.
 */
export async function gather(reader: Reader, options: GatherOptions): Promise<Gathering> {
  const { sources, past, now, from } = options;
  const room = Math.max(1, Math.floor(mostAtAll / Math.max(1, sources.length)));
  const found: Found = { messages: new Map(), isCut: false };
  const marks: Mark[] = [];
  const unread: Gathering["unread"] = [];
  let refusal: unknown;
  for (const source of distinct(sources)) {
    options.signal?.throwIfAborted();
    const mark = past.marks.find((one) => placeKey(one.source) === placeKey(source)) ?? { source, at: from };
    const days = Math.max(1, Math.ceil((now - mark.at) / dayMs));
    try {
      marks.push(await readSource(reader, mark, Math.min(room, mostADay * days), found, options));
    } catch (error) {
      options.signal?.throwIfAborted();
      refusal ??= error;
      unread.push({ source, why: error instanceof Error ? error.message : String(error) });
    }
  }
  if (marks.length === 0 && refusal !== undefined) throw refusal;
  const messages = [...found.messages.values()].sort((one, other) => one.at - other.at);
  for (const [at, message] of messages.entries()) message.ref = `m${at + 1}`;
  return { since: past.postedAt ?? from, until: now, messages, isCut: found.isCut, marks, unread };
}

type Found = { messages: Map<string, Gathered>; isCut: boolean };

/** Reads one source; gives up to where. */
async function readSource(
  reader: Reader,
  mark: Mark,
  limit: number,
  found: Found,
  { past, now, signal }: GatherOptions,
): Promise<Mark> {
  const { source } = mark;
  const isThread = source.thread !== undefined;
  const told = await reader.history(source, { ...(mark.id === undefined ? {} : { since: mark.id }), limit });
  if (told.length >= limit && isNews(told[0], mark)) found.isCut = true;
  keep(found, told, mark, isThread);
  const last = told.findLast(({ address }) => isThread || address.thread === undefined);
  if (!isThread) {
    const lively = await reader.threads?.(source, mark.at - overlapMs);
    // What is older than a week may have news that nobody told.
    const open = past.items.filter(({ state, since }) => state === "open" && (!lively || since < mark.at - weekMs));
    const known = open
      .flatMap(({ threads }) => threads)
      .filter(({ address }) => placeKey(address) === placeKey(source));
    const watched = known.map(({ id }) => id).slice(-mostBlindly);
    const others =
      lively ??
      told
        .filter((message) => message.address.thread === undefined && !message.author.bot && message.at > mark.at)
        .map(({ id }) => id)
        .slice(-mostBlindly);
    if (others.length > mostThreads) found.isCut = true;
    const ids = new Set([...watched, ...others.slice(-mostThreads)]);
    await readThreads(reader, source, [...ids], { found, mark, limit, signal });
  }
  const id = last?.id ?? mark.id;
  const seen = [...found.messages.values()].filter(({ address, at }) => isIn(address, source) && at > now - overlapMs);
  return { source, ...(id === undefined ? {} : { id }), at: Math.max(now, mark.at), seen: seen.map((one) => one.id) };
}

function isIn(address: Address, { adapter, channel }: Address): boolean {
  return address.adapter === adapter && address.channel === channel;
}

/** Whether it was said after the last posted digest was gathered, or not seen by that. */
function isNews(message: ChatMessage | undefined, { at, seen }: Mark): boolean {
  if (message === undefined || seen?.includes(message.id)) return false;
  return message.at > (seen === undefined ? at : at - overlapMs);
}

type ThreadReading = { found: Found; mark: Mark; limit: number; signal: AbortSignal | undefined };

async function readThreads(reader: Reader, channel: Address, ids: string[], reading: ThreadReading): Promise<void> {
  const { found, mark, limit, signal } = reading;
  const waiting = [...ids];
  const most = found.messages.size + limit;
  const readNext = async (): Promise<void> => {
    for (let thread = waiting.shift(); thread !== undefined; thread = waiting.shift()) {
      signal?.throwIfAborted();
      if (found.messages.size >= most) {
        found.isCut = true;
        return;
      }
      // Read whole: what was said before tells what the news is about.
      const said = await reader.history({ ...channel, thread }, { limit: mostInThread });
      if (said.some((message) => isNews(message, mark))) keep(found, said, mark, true);
    }
  };
  await Promise.all(Array.from({ length: threadsAtOnce }, readNext));
}

/** Takes in what people said; of what is older than the mark only what the thread needs. */
function keep(found: Found, messages: ChatMessage[], mark: Mark, withOld: boolean): void {
  for (const message of messages) {
    const { id, address, author, at } = message;
    const isOld = !isNews(message, mark);
    const files = message.files.map(({ name }) => name);
    const quoted = (message.quotes ?? []).map((quote) => `> ${quote.author ?? "?"}: ${quote.text}`);
    const text = [message.text, ...quoted].filter((part) => part.trim() !== "").join("\n");
    if (author.bot || message.ours || (isOld && !withOld) || (text === "" && files.length === 0)) continue;
    found.messages.set(`${address.adapter}/${address.channel}/${id}`, {
      ref: "",
      address,
      id,
      at,
      by: { id: author.id, name: author.name },
      text: text.length > longestText ? `${text.slice(0, longestText)}…` : text,
      files: files.slice(0, 10),
      isOld,
    });
  }
}

function distinct(sources: Address[]): Address[] {
  return [...new Map(sources.map((source) => [placeKey(source), source])).values()];
}

/** The messages that are news, and how many people said them. */
export function countOf({ messages }: Gathering): { messages: number; people: number } {
  const fresh = messages.filter(({ isOld }) => !isOld);
  return { messages: fresh.length, people: new Set(fresh.map(({ by }) => by.id)).size };
}

/** The messages by the thread they belong to, in the order in which the threads began. */
export function threadsOf(messages: readonly Gathered[]): Map<string, Gathered[]> {
  const threads = new Map<string, Gathered[]>();
  for (const message of messages) {
    const key = threadKey(message);
    const thread = threads.get(key);
    if (thread) thread.push(message);
    else threads.set(key, [message]);
  }
  return threads;
}

/** The thread of a message as one string. */
export function threadKey(message: Pick<Gathered, "address" | "id">): string {
  return placeKey({ ...message.address, thread: rootOf(message) });
}
