import { randomUUID } from "node:crypto";
import {
  type Address,
  type ChatAdapter,
  type ChatCommand,
  DeliveryError,
  type DraftState,
  type Inbox,
  type PersonId,
  type Post,
  type Posted,
} from "../chat.ts";
import { runIdFor } from "../runs/run.ts";
import { HttpError } from "./server.ts";

/** Something that a program wants of the bot. */
export type Errand = Pick<ChatCommand, "name" | "text" | "agent"> & {
  person: PersonId;
  /** Where it is as if said; without it, at its own place. */
  address?: Address;
  /** The place of its own: a new one, if it does not go on at one of before. */
  place: string;
  /** Stops what was begun. */
  signal?: AbortSignal;
  /** What is seen of the answer while it grows. */
  shows?(state: DraftState): void;
};

/** Where programs come in: an adapter whose every channel is a place of their own, answered where they wait. */
export type ApiDoor = {
  adapter: ChatAdapter;
  /** Takes the road that mentions take. Rejects with `HttpError` when no answer is to be had. */
  send(errand: Errand): Promise<Post>;
};

type Waiting = { run: string; place: string; answer(post: Post): void; shows?: Errand["shows"] };

/** The name of the adapter that programs come in by. */
export const apiAdapter = "api";

/** The person that whoever has the key is, unless they speak for another. */
export const operator: PersonId = `${apiAdapter}:operator`;

/** The door; it is wired like any adapter. */
export function createApiDoor(options: { now(): number; answerWithinMs?: number }): ApiDoor {
  const { now, answerWithinMs = 10 * 60_000 } = options;
  const waiting = new Set<Waiting>();
  let inbox: Inbox | undefined;

  /** Whoever waits for this run; of what is private or shown anew, whoever waits at the place. */
  function waitsFor(run: string | undefined, place?: string): Waiting | undefined {
    const all = [...waiting];
    return all.find((one) => one.run === run) ?? all.find((one) => one.place === place);
  }

  async function give(found: Waiting | undefined, said: Post, address: Address): Promise<Posted> {
    if (!found) throw new DeliveryError("the caller did not wait for the answer", { final: true });
    found.answer(said);
    return { address, id: address.channel };
  }

  const post: ChatAdapter["post"] = (address, said, { id }) =>
    give(waitsFor(id, said.only && address.channel), said, address);
  const nobody = async () => undefined;
  const adapter: ChatAdapter = {
    name: apiAdapter,
    can: {
      drafts: "none",
      threads: false,
      status: false,
      stopControl: false,
      whispers: true,
      buttons: false,
      slashCommands: true,
      forms: false,
      catchesUp: false,
    },
    async start(to) {
      inbox = to;
    },
    async quiet() {
      inbox = undefined;
    },
    async stop() {
      for (const { answer } of waiting) answer({ text: "Bellhop is stopping." });
    },
    state: () => ({ state: "connected" }),
    post,
    draft: (address, key) => ({
      show: (state) => waitsFor(key.id)?.shows?.(state),
      end: (said) => post(address, said, key),
      drop: nobody,
    }),
    edit: async ({ address }, said) => void (await give(waitsFor(undefined, address.channel), said, address)),
    history: async () => [],
    who: nobody,
    canRead: async () => false,
    read: () => Promise.reject(new Error("programs bring no files")),
  };

  async function send(errand: Errand): Promise<Post> {
    if (!inbox) throw new HttpError(503, "stopping", "Bellhop is not taking commands right now.");
    const into = inbox;
    const { name, text, agent, person: id, place, signal, shows } = errand;
    const key = `${apiAdapter}:${randomUUID()}`;
    const own: Address = { adapter: apiAdapter, channel: place };
    const address = errand.address ?? own;
    const person = { id, name: id.slice(id.indexOf(":") + 1), bot: false };
    const stop = () =>
      // Whoever stops it hears of nothing more; what can't be stopped goes on to its end.
      into.hear({ key: `${key}:stop`, kind: "stop", address, person, at: now() }).catch(() => {});
    let giveUp = (): void => {};
    const one: Waiting = { run: runIdFor(key), place, answer() {}, ...(shows ? { shows } : {}) };
    const answered = new Promise<Post>((resolve, reject) => {
      one.answer = resolve;
      giveUp = () => reject(new HttpError(504, "late", "There was no answer in time."));
    });
    const timer = setTimeout(giveUp, answerWithinMs);
    waiting.add(one);
    answered.catch(() => {});
    try {
      const whisper = { person: id, at: own };
      const command = { name, text, ...(agent ? { agent } : {}), address, person, whisper, at: now() };
      await into.hear({ key, kind: "command", command });
      if (signal?.aborted) await stop();
      else signal?.addEventListener("abort", stop, { once: true });
      return await answered;
    } finally {
      signal?.removeEventListener("abort", stop);
      clearTimeout(timer);
      waiting.delete(one);
    }
  }

  return { adapter, send };
}
