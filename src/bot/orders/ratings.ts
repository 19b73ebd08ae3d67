import type { ChatEvent, PersonId } from "../../chat.ts";
import type { Ledger } from "../../runs/ledger.ts";
import type { Outbox } from "../../store/outbox.ts";

/** What people think of answers, kept with the runs. */
export type Ratings = {
  /** Contract: kept when this resolves; false when there is no such run. */
  rate(run: string, person: PersonId, rating: Rating | undefined): Promise<boolean>;
  /** A thumb put on an answer, or taken off it. */
  reacted(reaction: ChatEvent & { kind: "reaction" }): Promise<void>;
};

export type Rating = "good" | "bad";

const thumbs: [Rating, RegExp][] = [
  ["good", /^(?:👍|\+1|thumbsup)/u],
  ["bad", /^(?:👎|-1|thumbsdown)/u],
];

/** Ratings over the ledger; the outbox tells which run a message came from. */
export function createRatings(ledger: Ledger, outbox: Outbox): Ratings {
  /** Two people may rate in the same moment: one after the other, or one rating would be written over. */
  let last: Promise<unknown> = Promise.resolve();
  function rate(id: string, person: PersonId, rating: Rating | undefined): Promise<boolean> {
    const rated = last.then(() => keep(id, person, rating));
    last = rated.catch(() => {});
    return rated;
  }

  async function keep(id: string, person: PersonId, rating: Rating | undefined): Promise<boolean> {
    const run = await ledger.find(id);
    if (run?.state !== "finished") return false;
    const { [person]: _, ...others } = run.ratings ?? {};
    await ledger.keep({ ...run, ratings: rating ? { ...others, [person]: rating } : others });
    return true;
  }
  return {
    rate,
    async reacted({ emoji, added, address, message, person }) {
      const rating = thumbs.find(([, looks]) => looks.test(emoji))?.[0];
      const run = rating && (await outbox.postedAs(address, message));
      if (run) await rate(run, person.id, added ? rating : undefined);
    },
  };
}
