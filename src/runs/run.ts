import { createHash } from "node:crypto";
import type { RunState } from "../agent/run-input.ts";
import type { Turn, Usage } from "../agent/turn.ts";
import type { Address, PersonId } from "../chat.ts";

/** One tool call of a run, for the record. */
export type ToolUse = { tool: string; input: string; failed: boolean; ms: number; summary: string };

/** How a run ended, for the record and for `why`. */
export type Outcome =
  | { kind: "answered"; text: string; model: string }
  /** `why` is what people were told; `detail` is for the log alone. */
  | { kind: "failed"; code: string; detail: string; why: string }
  | { kind: "stopped"; by?: string };

/** One piece of work an agent does, whatever started it. Plain data: this is what is journalled. */
export type Run = {
  id: string;
  at: number;
  /** The conversation it belongs to. */
  conversation: string;
  agent: string;
  /** The keys of the events it answers: the first started it, the others steered it. */
  events: string[];
  asker: { id: PersonId; name: string };
  /** The message it answers, if one does. */
  message?: string;
  address: Address;
  /** Which rule chose the agent. */
  rule: string;
  /** What was read for it: everything new since the run before it in this conversation. */
  heard: Turn[];
  /** How many messages of others were read. */
  read: number;
  /** The newest message read. */
  readUntil?: string;
  /** There were runs in this conversation before it. */
  continues: boolean;
  /** The agent's name stands before the answer, since another one answered last. */
  announced: boolean;
  state: "running" | "parked" | "finished";
  /** A tool that changes things was called, or was about to be. */
  changed: boolean;
  checkpoint?: RunState;
  offered: string[];
  used: ToolUse[];
  refused: string[];
  /** How many of its model calls an identical one had been answered before. */
  recalled?: number;
  usage?: Usage;
  ms?: number;
  outcome?: Outcome;
};

const letters = "abcdefghijkmnpqrstuvwxyz23456789";

/** The id of the run that an event starts: the same event always starts the same run, also after a crash. */
export function runIdFor(eventKey: string): string {
  const hash = createHash("sha256").update(eventKey).digest();
  let id = "";
  for (let n = 0; n < 10; n++) id += letters[(hash[n] ?? 0) % letters.length];
  return id;
}
