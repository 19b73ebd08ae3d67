import type { Address, Author, Post } from "../../chat.ts";
import type { Words } from "../../words/words.ts";
import { type Conversation, conversationKey } from "../desk/conversation.ts";
import type { Desk } from "../desk/desk.ts";
import { anybodyAt } from "../desk/people.ts";
import type { Order } from "../hearing/order.ts";
import type { ServerPrompts } from "../prompts/server-prompts.ts";
import type { Reports } from "./reports.ts";
import type { WholeResults } from "./whole-results.ts";

/** Somebody tells the bot to do something; `alone`: nobody else reads what is said to it. */
export type Telling = { at: Address; by: Author; conversation: Conversation; words: Words; alone: boolean };

/** Orders of one word: each is done, and gives what is said to it. */
export type Verbs = {
  tell(order: Exclude<Order, "stop">, from: Telling): Promise<Post>;
  /** Stops what goes on here; undefined when that is said by the stopped answer itself. */
  stop(from: Omit<Telling, "alone">): Promise<Post | undefined>;
};

/** Verbs over the desk. */
export function createVerbs(
  desk: Desk,
  parts: { reports: Reports; prompts: Pick<ServerPrompts, "list">; wholes: WholeResults },
): Verbs {
  const { reports, prompts, wholes } = parts;
  const { access, people, conversations, ledger, store, now } = desk;

  async function why({ at, by, conversation, words, alone }: Telling): Promise<Post> {
    const who = alone ? await people.who(by.id, { roles: true }) : anybodyAt(at);
    const last = await reports.lastRun(at);
    const text = reports.why({ who, at, words }, { last, silence: conversation.silence });
    return wholes.under(text, last, words);
  }

  async function mute({ conversation, words }: Telling, muted: boolean): Promise<string> {
    conversation.muted = muted;
    await conversations.keep(conversation);
    return muted ? words.muted : words.unmuted;
  }

  async function begin({ conversation, words }: Telling): Promise<string> {
    if (isAtWork(conversation)) return words.stillAtWork;
    await beginAfresh(conversation);
    return words.afresh;
  }

  async function beginAfresh(conversation: Conversation): Promise<void> {
    Object.assign(conversation, { afresh: now(), agent: undefined, leftAlone: false, silence: undefined });
    await conversations.keep(conversation);
  }

  /** Those who asked here may have it forgotten, and admins. */
  async function forget({ at, by, conversation, words }: Telling): Promise<string> {
    if (isAtWork(conversation)) return words.stillAtWork;
    const who = await people.who(by.id, { roles: true });
    const key = conversationKey(at);
    const askers = await ledger.askers(key);
    if (askers.length === 0) return words.nothingKept;
    if (!askers.includes(by.id) && !access.authorize(who, "administer", {}).allowed) return words.notYoursToForget;
    const runs = await ledger.forget(key);
    await store.outbox.forget(runs);
    // What a run posted in further places has its files from the run.
    await store.shelf.forget(runs.map((id) => id.replace(/\..*$/, "")));
    await beginAfresh(conversation);
    return words.forgotten(runs.length);
  }

  async function say(order: Exclude<Order, "stop" | "why">, from: Telling): Promise<string> {
    const { at, by, words, alone } = from;
    const who = await people.who(by.id, { roles: true });
    const reader = { who: alone ? who : anybodyAt(at), at, words };
    switch (order) {
      case "agents":
        return reports.agents(reader);
      case "status":
        return reports.status(reader);
      case "usage":
        return reports.usage(reader);
      case "help":
        return reports.help(words);
      case "prompts":
        return prompts.list(at, who, words);
      case "mute":
      case "unmute":
        return mute(from, order === "mute");
      case "new":
        return begin(from);
      case "forget":
        return forget(from);
    }
  }

  return {
    tell: async (order, from) => (order === "why" ? why(from) : { text: await say(order, from) }),
    async stop({ at, by, conversation, words }) {
      const who = await people.who(by.id, { roles: access.needsRoles(at) });
      if (!access.authorize(who, "stop", { at }).allowed)
        return { text: words.notYou(conversation.agent ?? ""), only: { person: by.id } };
      if (!conversation.active) return { text: words.nothingToStop };
      conversation.active.stop(await people.nameOf(by));
      return undefined;
    },
  };
}

/** Somebody who reads an answer need not wait until the platform has said that it stands. */
function isAtWork({ active }: Conversation): boolean {
  return active !== undefined && active.run.state !== "finished";
}
