import type { Address, PersonId } from "../chat.ts";
import type { Missed } from "./hand-over.ts";
import type { Away } from "./policy.ts";
import type { Schedule } from "./schedule.ts";
import type { Receipt, Slot, SlotClaim, SlotUse } from "./slot.ts";

/** What is known of its posts. `seen`: the same receipts once it was looked whether they are there; a moment later. */
type Receipts = { receipts: Receipt[]; seen?: Promise<Receipt[] | undefined> };

/** How a piece of scheduled work ended. */
export type WorkOutcome = SlotUse &
  (
    | ({ kind: "posted" } & Receipts)
    /** There was nothing to say. */
    | { kind: "silent"; why?: string }
    /** `changed`: a tool that changes things was called; `visible`: a reader saw something. Then it is not tried again. */
    | { kind: "failed"; why: string; changed: boolean; visible: boolean }
    /** The work is done, and can be posted nowhere. */
    | ({ kind: "delivery failed"; why: string } & Receipts)
    /** The signal was heard before anything was posted; or the program ends, and the next start takes it up. */
    | { kind: "stopped" }
    /** Nothing of it was posted, and it was only to be settled. */
    | { kind: "lapsed" }
  );

/** How work is to be done. */
export type WorkOptions = {
  /** 1, and one more for each time it failed. */
  attempt: number;
  /** It may have been begun before a crash: what that left is to be found and finished, not done twice. */
  again: boolean;
  /** Only what was begun is to be finished, nothing begun anew: it is too late for that. */
  settle: boolean;
  /** Only for the eyes of who asked (`slot.by`); nothing is recorded. */
  test: boolean;
  /** The next slot came, and its schedule gives up the earlier one for it. */
  signal: AbortSignal;
};

/**
 * Does the work of a slot. Contract: resolves; a rejection is logged, and counts as a failure that may have changed
 * something. `why` is in the schedule's language, for people.
 */
export type Work = (schedule: Schedule, slot: SlotClaim, options: WorkOptions) => Promise<WorkOutcome>;

/** How often it failed in a row, when the first of that was due, and what was due last before it and went well. */
type Trouble = { schedule: Schedule; slot: Slot; times: number; began: number; lastGood?: number };

/** What people are to be told of a schedule. */
export type Notice =
  /** It failed so many times in a row. */
  | ({ kind: "failing" } & Trouble)
  /** It works again. */
  | ({ kind: "recovered" } & Trouble)
  /** It failed so often that it was paused. */
  | ({ kind: "paused" } & Trouble)
  /** Its owner has no access any more: it was skipped and paused. */
  | { kind: "owner-gone"; schedule: Schedule; slot: Slot; owner: PersonId }
  /** It could not be posted at these places. */
  | { kind: "delivery-failed"; schedule: Schedule; slot: Slot; places: Address[] }
  /** What came due while the program was away. */
  | { kind: "missed"; away: Away; schedules: Missed[] };
