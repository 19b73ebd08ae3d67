import type { Address } from "../chat.ts";
import { incidentIn, isFailure, onFailure } from "./incident.ts";
import type { Schedule } from "./schedule.ts";
import type { Slot, SlotClaim, SlotEnding } from "./slot.ts";
import type { Slots } from "./slots.ts";
import type { Time } from "./time.ts";
import type { Notice } from "./work.ts";

export type EndsOptions = {
  time: Time;
  slots: Slots;
  pause(schedule: Schedule, why: string): Promise<void>;
  notice(notice: Notice): void;
};

/** What the end of a slot calls for: it is written down, people are told, and what only fails is paused. */
export type Ends = {
  end(schedule: Schedule, claim: SlotClaim, ending: SlotEnding): Promise<void>;
  /** These failed when they ran last. */
  failedBefore(ids: string[]): void;
  /** It is gone. */
  forget(id: string): void;
};

/** The ends of slots; of schedules that fare well nothing is looked up. */
export function createEnds({ time, slots, pause, notice }: EndsOptions): Ends {
  const troubled = new Set<string>();

  async function end(schedule: Schedule, claim: SlotClaim, ending: SlotEnding): Promise<void> {
    const isCounted = claim.by === undefined && ending.outcome !== "skipped" && ending.outcome !== "missed";
    const fails = isFailure(ending.outcome);
    if (!isCounted || (!fails && !troubled.has(schedule.id))) {
      if (await slots.end(claim, ending)) await tellUnposted(schedule, claim, ending);
      return;
    }
    const before = incidentIn(await slots.lately(schedule.id), schedule.since);
    const calls = fails ? onFailure(before, ending.outcome, time.now()) : { notice: false, pause: false };
    const isEnded = await slots.end(claim, { ...ending, ...(calls.notice || calls.pause ? { noticed: true } : {}) });
    if (!isEnded) return;
    const slot: Slot = { ...claim, ...ending, tries: 0 };
    const { began = claim.due, lastGood } = before;
    const incident = { times: before.times + (fails ? 1 : 0), began, ...(lastGood === undefined ? {} : { lastGood }) };
    if (fails) troubled.add(schedule.id);
    else troubled.delete(schedule.id);
    if (calls.pause) {
      await pause(schedule, "failing");
      notice({ kind: "paused", schedule, slot, ...incident });
    } else if (calls.notice && ending.outcome === "failed") notice({ kind: "failing", schedule, slot, ...incident });
    else if (!fails && before.noticedAt !== undefined) notice({ kind: "recovered", schedule, slot, ...incident });
    if (!fails || calls.notice) await tellUnposted(schedule, claim, ending);
  }

  /** Places it could not be posted at; where that was so the last time too, people know. */
  async function tellUnposted(schedule: Schedule, claim: SlotClaim, ending: SlotEnding): Promise<void> {
    let places = unpostedAt(ending);
    if (places.length > 0 && ending.outcome === "posted" && claim.by === undefined) {
      const before = (await slots.lately(schedule.id)).find(({ due }) => due < claim.due);
      const known = new Set(unpostedAt(before).map((place) => JSON.stringify(place)));
      places = places.filter((place) => !known.has(JSON.stringify(place)));
    }
    if (places.length === 0 && ending.outcome !== "delivery failed") return;
    notice({ kind: "delivery-failed", schedule, slot: { ...claim, ...ending, tries: 0 }, places });
  }

  return {
    end,
    failedBefore(ids) {
      for (const id of ids) troubled.add(id);
    },
    forget: (id) => void troubled.delete(id),
  };
}

function unpostedAt({ receipts = [] }: Pick<SlotEnding, "receipts"> = {}): Address[] {
  return receipts.flatMap(({ address, why }) => (why === undefined ? [] : [address]));
}
