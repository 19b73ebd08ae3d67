import { type ChatAdapter, DeliveryError, type Draft, type Posted } from "../../chat.ts";
import type { Letter, Outbox } from "../../store/outbox.ts";
import type { Shelf } from "../../store/shelf.ts";
import type { Logger } from "../../watch/log.ts";
import { packed } from "./packing.ts";

/** Takes every letter to its place: the only one that posts. */
export type Postman = {
  /**
   * Contract: the letter is durable when `kept` resolves; it is then delivered exactly once for readers, tried again
   * until it is or can't ever be. A full disk is waited for: `kept` rejects only when the end comes first. `posted`
   * resolves with where it stands, or undefined when it can't be delivered. `keep` writes more down with the letter.
   */
  send(
    letter: Letter,
    draft?: Draft,
    keep?: Outbox["put"],
  ): { kept: Promise<void>; posted: Promise<Posted | undefined> };
  /** Where a letter stands: once its delivery is over, if one is under way; undefined when it can't be delivered. */
  standing(id: string): Promise<Posted | undefined>;
  /** Delivers what an earlier process left for an adapter. */
  resume(adapter: string): Promise<void>;
  /** From now on each letter has one attempt; those it fails for stay for the next start. */
  hurry(): void;
  /** Waits for the attempts under way. */
  stop(): Promise<void>;
};

const [longestWaitMs, giveUpMs] = [60_000, 24 * 3_600_000];

/** A postman over these adapters. */
export function createPostman(parts: {
  adapter(name: string): ChatAdapter | undefined;
  outbox: Outbox;
  /** Where the files lie that letters name. */
  shelf: Pick<Shelf, "read">;
  log: Logger;
  now(): number;
  /** So long it waits before the second attempt, and twice as long before each further one. */
  firstWaitMs?: number;
}): Postman {
  const { outbox, shelf, log, now, firstWaitMs = 1000 } = parts;
  const underway = new Map<string, Promise<Posted | undefined>>();
  const stopping = new AbortController();

  /** What was accepted is owed an answer, so the disk is asked again until it takes it. */
  async function insist(letter: Letter, keep: Outbox["put"]): Promise<void> {
    for (let wait = firstWaitMs; ; wait = Math.min(longestWaitMs, wait * 2)) {
      try {
        return await keep(letter);
      } catch (error) {
        log.error({ err: error, id: letter.key.id, retryInMs: wait }, "a letter could not be kept");
        if (!(await pause(wait, stopping.signal))) throw error;
      }
    }
  }

  async function deliver(letter: Letter, draft: Draft | undefined): Promise<Posted | undefined> {
    const { id } = letter.key;
    const began = now();
    for (let attempt = 1, wait = firstWaitMs; ; attempt++, wait = Math.min(longestWaitMs, wait * 2)) {
      const adapter = parts.adapter(letter.address.adapter);
      try {
        if (!adapter)
          throw new DeliveryError(`${letter.address.adapter} is not connected to this bot`, { final: true });
        const again = attempt > 1 || letter.key.again === true;
        const post = await packed(letter, shelf, log);
        const posted =
          draft && attempt === 1
            ? await draft.end(post)
            : await adapter.post(letter.address, post, again ? { ...letter.key, again } : letter.key);
        outbox.posted(id, posted);
        // Private words can't be looked for after a crash: what was shown is written down at once.
        if (letter.post.only) await outbox.flush();
        return posted;
      } catch (error) {
        const final = error instanceof DeliveryError && error.final;
        if (final || now() - began > giveUpMs) {
          const why = error instanceof Error ? error.message : String(error);
          log.error({ err: error, id, address: letter.address }, "undeliverable");
          await outbox.undeliverable(id, why).catch(() => {});
          return undefined;
        }
        log.warn({ err: error, id, attempt, retryInMs: wait }, "not delivered yet");
        if (!(await pause(wait, stopping.signal))) return undefined;
      }
    }
  }

  function track(id: string, work: Promise<Posted | undefined>): Promise<Posted | undefined> {
    underway.set(id, work);
    const over = () => underway.get(id) === work && underway.delete(id);
    work.then(over, over);
    return work;
  }

  return {
    send(letter, draft, keep = outbox.put) {
      const kept = insist(letter, keep);
      return {
        kept,
        posted: track(
          letter.key.id,
          kept.then(() => deliver(letter, draft)),
        ),
      };
    },
    async standing(id) {
      return underway.get(id) ?? (await outbox.find(id))?.posted;
    },
    async resume(adapter) {
      for (const letter of await outbox.pending(adapter)) {
        const again = { ...letter, key: { ...letter.key, again: true } };
        void track(letter.key.id, deliver(again, undefined)).catch(() => {});
      }
    },
    hurry: () => stopping.abort(),
    async stop() {
      stopping.abort();
      await Promise.allSettled(underway.values());
    },
  };
}

/** Waits, or not so long: false when it was cut short. */
function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", cut);
      resolve(true);
    }, ms);
    const cut = () => {
      clearTimeout(timer);
      resolve(false);
    };
    signal.addEventListener("abort", cut, { once: true });
  });
}
