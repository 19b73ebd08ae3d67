import type { Address, PersonId } from "../chat.ts";

/** What became of a slot. */
export type SlotOutcome = "posted" | "silent" | "failed" | "skipped" | "missed" | "delivery failed";

/** Why it became that, as data; `said` are the words of the work itself. */
export type SlotWhy =
  /** Skipped: another run of the schedule was still going, or so many were waiting. */
  | { is: "overlap"; going: number }
  | { is: "date"; day: string }
  | { is: "quiet"; until: number }
  | { is: "paused" }
  | { is: "owner-gone" }
  /** Skipped: the next one came, and the schedule says that the earlier run is given up then. */
  | { is: "replaced"; by: number }
  /** Missed: the program was not running, or asleep; `ran` is the slot that ran for all. */
  | { is: "down"; from: number; to: number; because: "none" | "too-late" | "a-later-one"; ran?: number }
  /** The program ended while it ran: too long ago to begin again (missed), or each time (failed). */
  | { is: "interrupted"; tries: number }
  | { is: "said"; text: string };

/** One place a run was posted to (`seen`: it was read back there), or why it was not. */
export type Receipt = { address: Address; link?: string; seen?: true; why?: string };

/** What a run used. */
export type SlotUse = { run?: string; tokens?: { input: number; output: number }; cost?: number };

/** One time a schedule was due (or was told to run by hand), and what became of it. Plain data. */
export type Slot = SlotClaim & Partial<SlotEnding> & { tries: number };

/** A slot taken, before it runs. */
export type SlotClaim = {
  schedule: string;
  /** When it was due; for a run by hand, when that was asked. */
  due: number;
  claimed: number;
  /** It was missed, and runs after all. */
  late?: true;
  /** Who told it to run, if somebody did. */
  by?: PersonId;
};

/** The end of a slot; `noticed`: people were told of the trouble with it. */
export type SlotEnding = SlotUse & {
  outcome: SlotOutcome;
  why?: SlotWhy;
  started?: number;
  took?: number;
  receipts?: Receipt[];
  noticed?: true;
};

/** What names a slot everywhere: runs, posts. */
export function slotKey({ schedule, due }: { schedule: string; due: number }): string {
  return `${schedule}@${due}`;
}
