import type { Address, ChatMessage } from "../../src/chat.ts";
import { type Fields, isFields, textIn } from "./fields.ts";
import { isSpeech, type Reading, readMessage } from "./messages.ts";
import type { People } from "./people.ts";
import { deliveryError } from "./refusals.ts";
import type { Wire } from "./wire.ts";

/** What was said. */
export type Past = {
  /** Oldest first: the newest `limit`, after `since`. */
  history(address: Address, options: { since?: string; limit: number }): Promise<ChatMessage[]>;
  /** Slack's own messages at an address after `oldest`, oldest first, what is no speech left out. */
  read(address: Address, oldest: string | undefined, limit: number): Promise<Fields[]>;
};

const pageSize = 200;
const mostPages = 50;

/** Reads what was said through the Web API. */
export function createPast(wire: Wire, people: People, reading: Reading): Past {
  const { client } = wire;

  /** Slack tells a channel newest first: the pages needed are the first ones. */
  async function readChannel(channel: string, oldest: string | undefined, limit: number): Promise<Fields[]> {
    const found: Fields[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < mostPages && found.length < limit; page++) {
      const asked = { channel, limit: pageSize, ...(oldest && { oldest }), ...(cursor && { cursor }) };
      const answer = await wire.call("conversations.history", () => client.conversations.history(asked));
      found.push(...speechOf(answer.messages, oldest));
      cursor = answer.response_metadata?.next_cursor || undefined;
      if (!cursor) break;
    }
    return found.slice(0, limit).reverse();
  }

  /** Slack tells a thread oldest first: the newest are on the last page. */
  async function readThread(channel: string, ts: string, oldest: string | undefined, limit: number) {
    let found: Fields[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      const asked = { channel, ts, limit: pageSize, ...(oldest && { oldest }), ...(cursor && { cursor }) };
      const answer = await wire.call("conversations.replies", () => client.conversations.replies(asked));
      found = [...found, ...speechOf(answer.messages, oldest)].slice(-limit);
      cursor = answer.response_metadata?.next_cursor || undefined;
      if (!cursor) break;
    }
    return found;
  }

  const read = ({ channel, thread }: Address, oldest: string | undefined, limit: number): Promise<Fields[]> =>
    thread ? readThread(channel, thread, oldest, limit) : readChannel(channel, oldest, limit);

  return {
    read,
    async history(address, { since, limit }) {
      const found = await read(address, since, limit).catch((error) => {
        throw deliveryError(error, "show what was said there");
      });
      await people.learn(found.flatMap(usersIn));
      return found.map((message) => readMessage(message, address.channel, reading));
    },
  };
}

/** The parent of a thread comes with every page, whatever was asked for. */
function speechOf(messages: unknown[] | undefined, oldest: string | undefined): Fields[] {
  const after = Number(oldest ?? 0);
  return (messages ?? []).filter(isFields).filter((message) => isSpeech(message) && Number(message.ts) > after);
}

function usersIn(message: Fields): string[] {
  const named = (textIn(message, "text") ?? "").matchAll(/<@([A-Z][A-Z0-9]+)/g);
  const author = message.bot_id ? undefined : textIn(message, "user");
  return [...(author ? [author] : []), ...[...named].flatMap(([, user]) => user ?? [])];
}
