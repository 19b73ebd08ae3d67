import { createHash } from "node:crypto";
import type { Skipped } from "../agent/documents/document.ts";
import type { RunState } from "../agent/run-input.ts";
import type { Usage } from "../agent/turn.ts";
import type { Address, ChatFile, Language, Mentioned, PersonId } from "../chat.ts";
import type { ShelvedFile } from "../store/outbox.ts";

/** One tool call of a run, for the record. */
export type ToolUse = { tool: string; input: string; failed: boolean; ms: number; summary: string; recalled?: true };

/** How a run ended, for the record and for `why`. */
export type Outcome =
  /** `output` is there where a form was asked for. */
  | { kind: "answered"; text: string; model: string; output?: unknown }
  /** `why` is what people were told; `detail` is for the log alone. */
  | { kind: "failed"; code: string; detail: string; why: string }
  | { kind: "stopped"; by?: string };

/** A file that came with a message: its text once it is read, or why it was not. Images are fetched when they are shown. */
export type HeardFile = ChatFile & { text?: string; image?: true; skipped?: SkippedFile };

/** Why a file was not read, for people and for the agent. */
export type SkippedFile = Skipped | "too-many" | "no-images" | "unreachable";

/** What a prompt of a server came to, in the order of its messages. */
export type PromptMessage = { role: "user" | "assistant"; text: string };

/**
 * A prompt of a server that somebody asked by, instead of words of their own: what it came to once it is fetched, or why it
 * could not be.
 */
export type HeardPrompt = {
  server: string;
  name: string;
  values: Record<string, string>;
  messages?: PromptMessage[];
  failed?: string;
};

/** What somebody said before, as an agent reads it: data, never an instruction. `at` is missing in what was passed on. */
export type Said = { message?: string; by: string; at?: number; text: string };

/** One message a run heard, with what was said before it that its agent had not seen. Kept so that edits and deletions reach it. */
export type Heard = Said & {
  before: Said[];
  files: HeardFile[];
  quotes: Said[];
  prompt?: HeardPrompt;
  /** It changes one heard before. */
  edited?: true;
  /** It came while the run was going on. */
  meanwhile?: true;
};

/** Which rule chose the agent; `pattern` and `tools` are the route's. */
export type Rule = {
  by: "named" | "prompt" | "thread" | "route" | "channel" | "workspace" | "only" | "schedule";
  pattern?: string;
  /** Tools it would have offered first. */
  tools?: string[];
};

/** One piece of work an agent does, whatever started it. Plain data: this is what is journalled. */
export type Run = {
  id: string;
  at: number;
  /** The conversation it belongs to. */
  conversation: string;
  /** The slot of a schedule that it is the work of; such runs are taken up by the schedules, not with the events. */
  slot?: string;
  agent: string;
  /** The keys of the events it answers: the first started it, the others steered it. */
  events: string[];
  asker: { id: PersonId; name: string };
  /** The message it answers, if one does. */
  message?: string;
  address: Address;
  /** Its answer is posted in other places besides. */
  elsewhere?: true;
  /** Whom the asker named: the answer may call them, and nobody else. */
  people?: Mentioned[];
  /** The language of the bot's own words around the answer. */
  language: Language;
  rule: Rule;
  /** What was read for it: everything new since the run before it in this conversation. */
  heard: Heard[];
  /** How long it may take, where it is not as long as its agent's runs. */
  timeoutMs?: number;
  /** A JSON Schema its answer must fit. */
  output?: Record<string, unknown>;
  /** How many messages of others were read. */
  read: number;
  /** The newest message read. */
  readUntil?: string;
  /** There were runs in this conversation before it. */
  continues: boolean;
  /** The conversation was begun afresh then: what was said before does not count. */
  afresh?: number;
  /** The agent's name stands before the answer, since another one answered last. */
  announced: boolean;
  state: "running" | "parked" | "finished";
  /** A tool that changes things was called, or was about to be. */
  changed: boolean;
  checkpoint?: RunState;
  offered: string[];
  used: ToolUse[];
  refused: string[];
  /** Tools it would have been offered if they were not held back. */
  held?: string[];
  /** How many of its model calls an identical one had been answered before. */
  recalled?: number;
  /** Files of its tools that go with its answer, and those that do not. */
  shown?: ShelvedFile[];
  unshown?: { name: string; why: "tooMuch" | "lost" }[];
  usage?: Usage;
  /** What people thought of the answer. */
  ratings?: Record<PersonId, "good" | "bad">;
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

/** A run that has done nothing yet. */
export function newRun(asked: Omit<Run, "state" | "changed" | "offered" | "used" | "refused">): Run {
  return { ...asked, state: "running", changed: false, offered: [], used: [], refused: [] };
}

/** The run as it was before it began: nothing of what it did then is counted, or shown, a second time. */
export function unbegun(run: Run): Run {
  const {
    checkpoint: _checkpoint,
    recalled: _recalled,
    held: _held,
    shown: _shown,
    unshown: _unshown,
    ...before
  } = run;
  const { outcome: _outcome, usage: _usage, ms: _ms, ratings: _ratings, ...asked } = before;
  return newRun(asked);
}
