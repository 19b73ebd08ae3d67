import { LRUCache } from "lru-cache";
import type { Address, PersonId } from "../../chat.ts";
import type { Ledger } from "../../runs/ledger.ts";
import type { Run } from "../../runs/run.ts";
import type { Kv } from "../../store/store.ts";
import type { Words } from "../../words/words.ts";
import type { Ask } from "./ask.ts";

/** A run on its way to its answer. */
export type Underway = {
  readonly run: Run;
  /** A message that came meanwhile; it is taken at the next step. */
  steer(question: Ask): void;
  stop(by?: string): void;
  /** Leaves the work to the next process: nothing more is shown or recorded. */
  handOver(): void;
  /** Contract: resolves once the answer stands, or can't. */
  done: Promise<void>;
  /** What steered it and no step took so far. */
  readonly untaken: Ask[];
};

/** Why the bot keeps quiet. */
export type Silence = keyof Words["silence"];

/** A conversation as the bot keeps it in mind; what must survive a restart is in the ledger and the store. */
export type Conversation = {
  key: string;
  /** The agent that answered last. */
  agent: string | undefined;
  /** The bot left: two people wrote one after the other without naming it. */
  leftAlone: boolean;
  /** Who wrote last without naming the bot, since it last spoke or was named. */
  lastUnnamed: PersonId | undefined;
  /** The newest message it was decided about whether to answer: who talks to whom is counted up to there. */
  judged: string | undefined;
  /** Only mentions are answered here. */
  muted: boolean;
  /** It was begun afresh then: earlier runs and messages do not count. */
  afresh: number | undefined;
  /** The work going on here; one at a time. */
  active: Underway | undefined;
  /** Questions that wait for their turn. */
  waiting: Ask[];
  /** Why the bot kept quiet on the last message. */
  silence: Silence | undefined;
};

/** What of a conversation outlives the process besides its runs. */
type Kept = Partial<Pick<Conversation, "leftAlone" | "muted" | "afresh" | "silence">>;

/** All conversations, the lately active ones in memory. */
export type Conversations = {
  /** `fresh`: it is known to begin now, so nothing needs to be looked up. */
  at(address: Address, options?: { fresh?: boolean }): Promise<Conversation>;
  /** The conversation, if it is in mind. */
  known(address: Address): Conversation | undefined;
  /** Runs work one after the other for one conversation, in the order of the calls. */
  inOrder(address: Address, work: () => Promise<void>): Promise<void>;
  /** Whether such work is going on, or waits to. */
  isBusy(address: Address): boolean;
  /** Says that work goes on here, or that it came to its end. */
  setActive(conversation: Conversation, active: Underway | undefined): void;
  /** Keeps what must survive a restart, where it changed: as long as runs are kept, and until it is told otherwise that it is muted. */
  keep(conversation: Conversation): Promise<void>;
};

/** A conversation is a thread, or a DM as a whole. */
export function conversationKey({ adapter, channel, thread }: Address): string {
  return `${adapter}:${channel}:${thread ?? ""}`;
}

/** Conversations over the ledger and the store. */
export function createConversations(parts: {
  ledger: Ledger;
  kv: Kv;
  /** How long runs are kept. */
  keptMs(): number;
  inMind?: number;
}): Conversations {
  const { ledger, kv, keptMs, inMind = 5000 } = parts;
  const calm = new LRUCache<string, Conversation>({ max: inMind });
  // Those with work going on must not fall out of mind.
  const busy = new Map<string, Conversation>();
  const tails = new Map<string, Promise<void>>();
  const loading = new Map<string, Promise<Conversation>>();

  const known = (key: string) => busy.get(key) ?? calm.get(key);

  /** What is kept of each, as it was written last. */
  const written = new LRUCache<string, string>({ max: 2 * inMind });

  async function load(key: string, fresh: boolean): Promise<Conversation> {
    const conversation: Conversation = {
      key,
      agent: undefined,
      leftAlone: false,
      lastUnnamed: undefined,
      judged: undefined,
      muted: false,
      afresh: undefined,
      active: undefined,
      waiting: [],
      silence: undefined,
    };
    if (fresh) return conversation;
    const [[last], kept] = await Promise.all([ledger.conversation(key, 1), kv.get<Kept>(key)]);
    Object.assign(conversation, kept);
    if (kept) written.set(key, JSON.stringify(keptOf(conversation)));
    conversation.judged = last?.readUntil;
    if (last && last.at >= (conversation.afresh ?? 0)) conversation.agent = last.agent;
    return conversation;
  }

  return {
    async at(address, { fresh = false } = {}) {
      const key = conversationKey(address);
      let conversation = known(key);
      if (!conversation) {
        const begun = loading.get(key) ?? load(key, fresh);
        loading.set(key, begun);
        try {
          conversation = await begun;
        } finally {
          loading.delete(key);
        }
        conversation = known(key) ?? conversation;
        calm.set(key, conversation);
      }
      return conversation;
    },
    known: (address) => known(conversationKey(address)),
    inOrder(address, work) {
      const key = conversationKey(address);
      const tail = (tails.get(key) ?? Promise.resolve()).then(work);
      const settled = tail.catch(() => {});
      tails.set(key, settled);
      void settled.then(() => {
        if (tails.get(key) === settled) tails.delete(key);
      });
      return tail;
    },
    isBusy: (address) => tails.has(conversationKey(address)),
    setActive(conversation, active) {
      conversation.active = active;
      if (active) busy.set(conversation.key, conversation);
      else {
        busy.delete(conversation.key);
        calm.set(conversation.key, conversation);
      }
    },
    async keep(conversation) {
      const kept = keptOf(conversation);
      const text = JSON.stringify(kept);
      if ((written.get(conversation.key) ?? "{}") === text) return;
      written.set(conversation.key, text);
      if (text === "{}") await kv.delete(conversation.key);
      else await kv.set(conversation.key, kept, kept.muted ? undefined : keptMs());
    },
  };
}

function keptOf({ leftAlone, muted, afresh, silence }: Conversation): Kept {
  return {
    ...(leftAlone && { leftAlone }),
    ...(muted && { muted }),
    ...(afresh !== undefined && { afresh }),
    ...(silence && { silence }),
  };
}
