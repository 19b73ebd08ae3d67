import type { Address, ChatAdapter, ChatMessage } from "../../chat.ts";
import { isOlder } from "../hearing/event.ts";

/** What is wanted of a channel. */
export type Wanted = {
  channel: Address;
  since: number | undefined;
  limit: number;
  /** Where and what is being answered: that is known already. */
  but: { thread: string | undefined; message: string | undefined };
  signal: AbortSignal;
};

const mostThreads = 10;
const mostInThread = 50;
const atOnce = 3;

/** What was said in a channel and in its threads, oldest first: the newest so many; `more` was said before that. */
export async function readChannel(
  adapter: ChatAdapter,
  { channel, since = 0, limit, but, signal }: Wanted,
): Promise<{ said: ChatMessage[]; more: boolean }> {
  // The question may be among them; one more tells whether there is more. Others go first where only so many may call.
  const told = await adapter.history(channel, { limit: limit + 2, patient: true });
  const inChannel = told.filter(({ id }) => id !== but.message).slice(-limit - 1);
  signal.throwIfAborted();
  const isCut = inChannel.length > limit;
  const from = Math.max(since, isCut ? (inChannel[1]?.at ?? 0) : 0);
  const said = new Map(inChannel.map((message) => [message.id, message]));
  const lively = (await adapter.threads?.(channel, since === 0 ? (inChannel[0]?.at ?? 0) : from)) ?? [];
  const threads = lively.filter((id) => id !== but.thread).slice(-mostThreads);
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let thread = threads.pop(); thread !== undefined; thread = threads.pop()) {
        signal.throwIfAborted();
        const answers = await adapter.history({ ...channel, thread }, { limit: mostInThread, patient: true });
        for (const message of answers) if (!said.has(message.id)) said.set(message.id, message);
      }
    }),
  );
  const wanted = [...said.values()]
    .filter(({ at }) => at >= from)
    .sort((one, other) => one.at - other.at || (isOlder(one.id, other.id) ? -1 : 1));
  const newest = wanted.slice(-limit);
  const oldest = inChannel[0];
  const more = newest.length < wanted.length || (isCut && oldest !== undefined && oldest.at >= since);
  return { said: newest, more };
}
