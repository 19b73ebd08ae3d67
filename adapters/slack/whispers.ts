import { LRUCache } from "lru-cache";
import { type Address, DeliveryError, type Post, type Whisper } from "../../src/chat.ts";
import { type Clock, pause } from "./clock.ts";
import { userOf } from "./messages.ts";
import { deliveryError, refusalOf } from "./refusals.ts";
import { type Sheet, sheetsOf } from "./sheets.ts";
import { readVia } from "./via.ts";
import type { Wire } from "./wire.ts";

/** What only one person sees. */
export type Whispers = {
  /** Resolves with the message's id, or "" where Slack tells none. */
  whisper(address: Address, post: Post, only: Whisper): Promise<string>;
  /** Changes the private message whose button was pressed, by its response address. */
  replace(address: string, sheet: Sheet): Promise<void>;
};

// Slack gives a response address five uses in half an hour.
const uses = 5;
const life = 30 * 60_000;
const deadline = 10_000;

/** Whispers through response addresses while they last, through chat.postEphemeral else. */
export function createWhispers(wire: Wire, isSlacks: (url: URL) => boolean, clock: Clock): Whispers {
  const used = new LRUCache<string, number>({ max: 2_000, ttl: life });
  const active = new LRUCache<string, true>({ max: 2_000 });

  /** Slack shows private words in a thread only once somebody has answered there; else they stand in the channel. */
  async function threadFor({ channel, thread }: Address): Promise<{ thread_ts?: string }> {
    const key = `${channel}:${thread}`;
    if (!thread) return {};
    if (!active.has(key)) {
      const asked = { channel, ts: thread, limit: 1 };
      try {
        const answer = await wire.call("conversations.replies", () => wire.client.conversations.replies(asked));
        if (!answer.messages?.[0]?.reply_count) return {};
      } catch (error) {
        if (refusalOf(error) === undefined) throw deliveryError(error, "answer privately");
        return {};
      }
      active.set(key, true);
    }
    return { thread_ts: thread };
  }

  /** Says whether it was delivered: not when the address is used up. */
  async function respond(via: string, body: object): Promise<boolean> {
    const times = used.get(via) ?? 0;
    if (times >= uses || !URL.canParse(via) || !isSlacks(new URL(via))) return false;
    used.set(via, times + 1);
    for (let tries = 1; ; tries++) {
      try {
        const answer = await fetch(via, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
          redirect: "error",
          signal: AbortSignal.timeout(deadline),
        });
        await answer.body?.cancel();
        if (answer.ok) return true;
        if (answer.status >= 500) throw new Error(`the response address answered ${answer.status}`);
        if (answer.status !== 429 || tries >= 3) return false;
        await pause(clock, 1_000 * (Number(answer.headers.get("retry-after")) || 1));
      } catch (error) {
        throw deliveryError(error, "answer privately");
      }
    }
  }

  return {
    async whisper(address, post, only) {
      const user = userOf(only.person);
      const { channel } = address;
      const at = await threadFor(address);
      const { respond: via } = readVia(only.via);
      let first: string | undefined;
      for (const sheet of sheetsOf(post)) {
        const privately = { response_type: "ephemeral", replace_original: false, ...at, ...sheet };
        if (via && (await respond(via, privately))) continue;
        if (!user) throw new DeliveryError(`Slack has no person ${only.person}.`, { final: true });
        try {
          const answer = await wire.call("chat.postEphemeral", () =>
            wire.client.chat.postEphemeral({ channel, user, ...at, ...sheet }),
          );
          first ??= answer.message_ts;
        } catch (error) {
          throw deliveryError(error, "answer privately");
        }
      }
      return first ?? "";
    },

    async replace(address, sheet) {
      if (await respond(address, { replace_original: true, ...sheet })) return;
      throw new DeliveryError("Slack lets a private message be changed for half an hour only.", { final: true });
    },
  };
}
