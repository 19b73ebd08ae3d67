import type { Address, PersonId, Post, Posted } from "../../chat.ts";
import type { Outcome, Run } from "../../runs/run.ts";
import type { Schedule } from "../../schedules/schedule.ts";
import type { Receipt, SlotClaim } from "../../schedules/slot.ts";
import { sayTime } from "../../schedules/when/say-when.ts";
import { wordsOf } from "../../words/words.ts";
import { type Delivery, withFiles } from "../answers/delivery.ts";
import { conversationKey } from "../desk/conversation.ts";
import type { Desk } from "../desk/desk.ts";
import type { ReadBack } from "./read-back.ts";

/** What is particular to one kind of scheduled work. */
export type Job = {
  /** What is to be posted; undefined when there is nothing to say. */
  compose(run: Run, post: Post, outcome: Outcome): Promise<Post | undefined>;
  /** Only this person may see it. */
  onlyFor?: PersonId;
};

/** Where a post stands; undefined: it can't be delivered; `later`: the next start will see to it. */
export type Standing = Posted | "later" | undefined;

/** A run's posts on their way; `stands` resolves once each stands, or can't. Nothing was said: none. */
export type Sending = { delivery: Delivery; stands(): Promise<Standing[]> };

/** A post calls people on their own platform alone. */
function bodyAt({ adapter }: Address, { people = [], ...body }: Post): Post {
  const theirs = people.filter(({ id }) => id.startsWith(`${adapter}:`));
  return theirs.length > 0 ? { ...body, people: theirs, rings: true } : body;
}

/** The letters of one run, one for each place. */
export function letterId(run: string, place: number): string {
  return place === 0 ? run : `${run}.${place}`;
}

/** Takes what a scheduled run has to say to all its places. */
export type ScheduledDelivery = {
  /** Where a schedule posts: with `thread: same`, in the thread that its first post there began. */
  placesFor(schedule: Schedule, targets: Address[]): Promise<Address[]>;
  sending(schedule: Schedule, slot: SlotClaim, run: Run, places: Address[], job: Job): Sending;
  /** Whether an earlier process had come to posting it: where that stands, or undefined when it had not. */
  left(run: string, places: Address[]): Promise<Standing[] | undefined>;
  receipts(schedule: Schedule, run: string, places: Address[], stands: (Posted | undefined)[]): Promise<Receipt[]>;
  /** The same receipts once the posts were looked for where they stand; undefined when none was seen. */
  seen(receipts: Receipt[], stands: (Posted | undefined)[]): Promise<Receipt[] | undefined>;
  /** Makes replies under a post go on with its run, in each place it stands. */
  settle(schedule: Schedule, run: Run, stands: (Posted | undefined)[]): Promise<void>;
  /** What does not stand yet is left to the next start. */
  stop(): void;
};

const lookAgainMs = 500;

/** Delivery over the desk. */
export function scheduledDelivery(desk: Desk, readBack: ReadBack): ScheduledDelivery {
  const { ledger, store, postman, conversations, log } = desk;
  const threads = store.kv("schedule-threads");

  let isStopping = false;

  /** Waits for a letter whose adapter is not connected yet, or not any more. */
  async function standing(letter: string): Promise<Standing> {
    for (;;) {
      const posted = await postman.standing(letter);
      if (posted) return posted;
      const found = await store.outbox.find(letter);
      if (!found || found.posted || found.why !== undefined) return found?.posted;
      if (isStopping) return "later";
      await new Promise((resolve) => setTimeout(resolve, lookAgainMs).unref());
    }
  }

  return {
    placesFor: ({ id, thread }, targets) =>
      Promise.all(
        targets.map(async (to) => {
          if (thread === "fresh" || to.thread) return to;
          const first = await threads.get<string>(`${id}:${conversationKey(to)}`);
          return first ? { ...to, thread: first } : to;
        }),
      ),

    sending(schedule, slot, run, places, job) {
      const words = wordsOf(schedule.language);
      const late = slot.late ? `${words.scheduled.late(sayTime(slot.due, schedule.zone, schedule.language))} · ` : "";
      let sent: Promise<Promise<Posted | undefined>[]> = Promise.resolve([]);

      async function send(post: Post, outcome: Outcome): Promise<Promise<Posted | undefined>[]> {
        // Failures are told elsewhere.
        const said = outcome.kind === "answered" ? await job.compose(run, post, outcome) : undefined;
        if (!said) {
          // Nobody is told otherwise for that.
          await ledger
            .keep(run)
            .catch((err: unknown) => log.error({ err, run: run.id }, "a run could not be recorded"));
          return [];
        }
        const body: Post = { ...said, footer: `${schedule.name} · ${late}${said.footer ?? post.footer ?? ""}` };
        const deliveries = places.map((address, n) =>
          postman.send(
            {
              address,
              post: { ...bodyAt(address, body), ...(job.onlyFor ? { only: { person: job.onlyFor } } : {}) },
              key: { id: letterId(run.id, n), since: run.at },
              ...withFiles(run),
            },
            undefined,
            n === 0 ? (letter) => ledger.keepWith(run, letter) : undefined,
          ),
        );
        await Promise.all(deliveries.map((one) => one.kept));
        return deliveries.map((one) => one.posted);
      }

      const delivery: Delivery = {
        interactive: false,
        show() {},
        hold() {},
        end(post, outcome) {
          sent = send(post, outcome);
          return { kept: sent.then(() => {}), posted: sent.then((posted) => Promise.all(posted)) };
        },
      };
      const stands = async () => {
        const posted = await Promise.all(await sent);
        return Promise.all(posted.map((one, n) => one ?? standing(letterId(run.id, n))));
      };
      return { delivery, stands };
    },

    async left(run, places) {
      const found = await Promise.all(places.map((_, n) => store.outbox.has(letterId(run, n))));
      if (!found.some(Boolean)) return undefined;
      return Promise.all(places.map((_, n) => standing(letterId(run, n))));
    },

    async receipts({ language }, run, places, stands) {
      const words = wordsOf(language);
      return Promise.all(
        places.map(async (address, n): Promise<Receipt> => {
          const posted = stands[n];
          if (posted) return { address, ...(posted.link ? { link: posted.link } : {}) };
          return { address, why: (await store.outbox.find(letterId(run, n)))?.why ?? words.scheduled.undeliverable };
        }),
      );
    },

    async seen(receipts, stands) {
      const found = await Promise.all(stands.map((posted) => (posted ? readBack.seen(posted) : false)));
      if (!found.some(Boolean)) return undefined;
      return receipts.map((receipt, n) => (found[n] ? { ...receipt, seen: true } : receipt));
    },

    async settle(schedule, run, stands) {
      for (const [n, posted] of stands.entries()) {
        if (!posted) continue;
        const at = posted.address;
        if (!desk.adapter(at.adapter)?.can.threads) continue;
        const address = { ...at, thread: at.thread ?? posted.id };
        const conversation = conversationKey(address);
        // The run itself stands in the first place; where else it was posted, a copy that cost nothing.
        const { usage: _, ...copy } = run;
        const own =
          n === 0 ? { ...run, conversation, address } : { ...copy, id: letterId(run.id, n), conversation, address };
        await ledger.keep(own);
        // Somebody may have had it in mind before there was a run in it.
        const known = conversations.known(address);
        if (known) known.agent = run.agent;
        if (schedule.thread === "same" && !at.thread)
          await threads.set(`${schedule.id}:${conversationKey(at)}`, posted.id);
      }
    },

    stop() {
      isStopping = true;
    },
  };
}
