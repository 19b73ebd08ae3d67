import { RequestMethod, Routes } from "discord.js";
import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import type { Address, Draft, DraftState, PostKey } from "../../src/chat.ts";
import type { Connection } from "./connection.ts";
import type { Poster, Saying } from "./poster.ts";
import { deliveryError } from "./refusals.ts";
import { draftMessagesOf } from "./render.ts";

/** Discord takes five edits in five seconds in one channel; a little slower, the last one never has to wait. */
const between = 1_100;
/** Discord shows "typing…" for ten seconds. */
const typingEvery = 8_000;
/** An answer that is there at once needs no "typing…". */
const typingAfter = 100;
/** Nor need its first words be posted when the last ones come right behind them. */
const firstWordsAfter = 20;

/** Makes the drafts of one connection; they share the pace of the channels they write in. */
export function createDrafts(connection: Connection, poster: Poster, log: Logger, now: () => number) {
  const edits = new LRUCache<string, number>({ max: 1_000 });

  /** How long to wait for this channel's next turn to edit; the turn is taken. */
  function nextTurn(channel: string): number {
    const at = Math.max(now(), edits.get(channel) ?? 0);
    edits.set(channel, at + between);
    return at - now();
  }

  /** What was just posted need not be edited at once. */
  function posted(channel: string): void {
    edits.set(channel, Math.max(edits.get(channel) ?? 0, now() + between));
  }

  function startTyping({ channel, thread }: Address): () => void {
    const type = async () => {
      try {
        // Before the thread is made, its answer is being typed in the channel.
        const place = thread !== undefined && connection.client.channels.cache.has(thread) ? thread : channel;
        await connection.call(RequestMethod.Post, Routes.channelTyping(place));
      } catch (error) {
        log.debug({ err: error }, "discord: typing was not shown");
      }
    };
    let timer = setTimeout(() => {
      void type();
      timer = setInterval(() => void type(), typingEvery).unref();
    }, typingAfter).unref();
    return () => clearTimeout(timer);
  }

  return (address: Address, key: PostKey): Draft => {
    const stopTyping = startTyping(address);
    let hurry = () => {};
    let latest: DraftState | undefined;
    let saying: Saying | undefined;
    let showing: Promise<void> | undefined;
    let over = false;

    /** Waits, but no longer than there is time. */
    function atMost(ms: number): Promise<void> {
      if (over || ms <= 0) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, ms).unref();
        hurry = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }

    async function showOnce(state: DraftState): Promise<void> {
      if (draftMessagesOf(state).length === 0) return;
      if (!saying) {
        const [begun] = await Promise.all([poster.begin(address, key), atMost(firstWordsAfter)]);
        saying = begun;
      }
      if (over) return;
      const newest = latest ?? state;
      latest = undefined;
      await poster.settle(saying, draftMessagesOf(newest), (channel) => atMost(nextTurn(channel)));
      posted(saying.target.channel);
    }

    async function showLatest(): Promise<void> {
      while (latest && !over) {
        const state = latest;
        latest = undefined;
        try {
          await showOnce(state);
        } catch (error) {
          log.info({ err: error, key: key.id }, "discord: a draft could not be shown");
          if (deliveryError(error).final) {
            over = true;
            stopTyping();
          }
          await atMost(between);
        }
      }
    }

    function keepShowing(): void {
      showing ??= showLatest().finally(() => {
        showing = undefined;
        if (latest && !over) keepShowing();
      });
    }

    async function stopShowing(): Promise<void> {
      over = true;
      stopTyping();
      hurry();
      await showing;
    }

    return {
      show(state) {
        if (over) return;
        latest = state;
        keepShowing();
      },
      async end(post) {
        await stopShowing();
        try {
          return await poster.inTurn(address.thread ?? address.channel, async () => {
            saying ??= await poster.begin(address, key, post);
            await poster.settle(saying, poster.bodiesOf(post, address));
            return poster.postedAs(saying);
          });
        } catch (error) {
          throw deliveryError(error);
        }
      },
      async drop() {
        await stopShowing();
        if (saying) await poster.takeBack(saying);
      },
    };
  };
}
