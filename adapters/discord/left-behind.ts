import { type APIMessage, RequestMethod, Routes } from "discord.js";
import type { PostKey } from "../../src/chat.ts";
import type { Connection } from "./connection.ts";
import { isSpeech } from "./message.ts";
import type { Target } from "./places.ts";
import { longest } from "./render.ts";
import { byAge, idAt } from "./time.ts";

/** How far this machine's clock may be ahead of Discord's. */
const skew = 5_000;

/**
 * What an earlier attempt left, in this process or before a restart: our answer to that message, else what we said there
 * since that bears nobody else's key. `planned` is what is to stand there; `keys` tells under which key a message of this process was posted.
 */
export async function leftBehind(
  connection: Connection,
  keys: { get(message: string): string | undefined },
  { channel, reference }: Target,
  key: PostKey,
  planned: string[],
): Promise<APIMessage[]> {
  const found = await since(connection, channel, key.since - skew);
  const ours = found.filter((message) => message.author.id === connection.me && isSpeech(message));
  const free = ours.filter((message) => [undefined, key.id].includes(keys.get(message.id)));
  const own = free.findIndex((message) => keys.get(message.id) === key.id);
  const first =
    own !== -1
      ? own
      : free.findIndex((message) => {
          if (reference !== undefined) return message.message_reference?.message_id === reference;
          if (message.message_reference) return false;
          // Without a question to tell it by, only the very same words are surely the same post.
          return key.answers !== undefined || message.content === planned[0];
        });
  if (first === -1) return [];
  const rest = free.slice(first + 1);
  const end = rest.findIndex((message, n) => {
    if (message.message_reference) return true;
    // Only a message that was filled had to go on in the next one.
    const filled = (free[first + n]?.content.length ?? 0) * 2 >= longest;
    return key.answers === undefined ? message.content !== planned[n + 1] : !filled;
  });
  return free.slice(first, end === -1 ? undefined : first + 1 + end);
}

async function since(connection: Connection, channel: string, time: number): Promise<APIMessage[]> {
  const found: APIMessage[] = [];
  let after = idAt(time);
  for (let page = 0; page < 5; page++) {
    const query = { after, limit: "100" };
    const messages = await connection.call<APIMessage[]>(RequestMethod.Get, Routes.channelMessages(channel), {
      query,
    });
    messages.sort((a, b) => byAge(a.id, b.id));
    found.push(...messages);
    after = messages.at(-1)?.id ?? after;
    if (messages.length < 100) break;
  }
  return found;
}
