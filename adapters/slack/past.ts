import type { Address, ChatMessage } from "../../src/chat.ts";
import { type Fields, isFields, textIn } from "./fields.ts";
import { isSpeech, millisOf, type Reading, readMessage, tsOf } from "./messages.ts";
import type { People } from "./people.ts";
import { deliveryError } from "./refusals.ts";
import type { Wire } from "./wire.ts";

/** What was said. */
export type Past = {
  /** Oldest first: the newest `limit`, after `since`; `patient` lets others go first. */
  history(address: Address, options: { since?: string; limit: number; patient?: boolean }): Promise<ChatMessage[]>;
  /** Slack's own messages at an address after `oldest`, oldest first, what is no speech left out. */
  read(address: Address, oldest: string | undefined, limit: number): Promise<Fields[]>;
  /** The threads of a channel in which something was said after an instant, as far as they began within a week before. */
  threads(address: Address, since: number): Promise<string[]>;
};

const pageSize = 200;
/** As many as Slack gives at once: where a whole day is read, fewer calls count for more than smaller ones. */
const largePage = 999;
const mostPages = 50;
const lookBack = 7 * 86_400_000;

/** Reads what was said through the Web API. */
export function createPast(wire: Wire, people: People, reading: Reading): Past {
  const { client } = wire;

  /** Slack tells a channel newest first. */
  async function* pagesOf(channel: string, oldest: string | undefined, size: number, patient: boolean) {
    let cursor: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      const asked = { channel, limit: size, ...(oldest && { oldest }), ...(cursor && { cursor }) };
      if (patient) await wire.spare("conversations.history");
      const answer = await wire.call("conversations.history", () => client.conversations.history(asked));
      const messages: unknown[] = answer.messages ?? [];
      yield messages;
      cursor = answer.response_metadata?.next_cursor || undefined;
      if (!cursor) return;
    }
  }

  async function readChannel(channel: string, oldest: string | undefined, limit: number, patient: boolean) {
    const found: Fields[] = [];
    const size = limit > pageSize && patient ? largePage : pageSize;
    for await (const page of pagesOf(channel, oldest, size, patient)) {
      found.push(...speechOf(page, oldest));
      if (found.length >= limit) break;
    }
    return found.slice(0, limit).reverse();
  }

  /** Slack tells a thread oldest first: the newest are on the last page. */
  async function readThread(
    channel: string,
    ts: string,
    oldest: string | undefined,
    limit: number,
    patient: boolean,
  ): Promise<Fields[]> {
    let found: Fields[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      const asked = { channel, ts, limit: pageSize, ...(oldest && { oldest }), ...(cursor && { cursor }) };
      if (patient) await wire.spare("conversations.replies");
      const answer = await wire.call("conversations.replies", () => client.conversations.replies(asked));
      found = [...found, ...speechOf(answer.messages, oldest)].slice(-limit);
      cursor = answer.response_metadata?.next_cursor || undefined;
      if (!cursor) break;
    }
    return found;
  }

  const read = (
    { channel, thread }: Address,
    oldest: string | undefined,
    limit: number,
    patient = false,
  ): Promise<Fields[]> =>
    thread ? readThread(channel, thread, oldest, limit, patient) : readChannel(channel, oldest, limit, patient);

  return {
    read,
    async threads({ channel }, since) {
      const found: string[] = [];
      try {
        for await (const page of pagesOf(channel, tsOf(since - lookBack), largePage, true)) {
          // Where the first message was deleted, what stands in its place tells of the thread.
          for (const message of page.filter(isFields)) {
            const [ts, latest] = [textIn(message, "ts"), textIn(message, "latest_reply")];
            if (ts && latest && millisOf(latest) > since) found.push(ts);
          }
        }
      } catch (error) {
        throw deliveryError(error, "show what was said there");
      }
      return found.reverse();
    },
    async history(address, { since, limit, patient = false }) {
      const found = await read(address, since, limit, patient).catch((error) => {
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
