import type { RunEvent } from "../../agent/run-event.ts";
import type { CallProgress } from "../../agent/tool.ts";
import type { DraftState, ToolLine } from "../../chat.ts";
import type { HeardFile, Run } from "../../runs/run.ts";
import type { Redact } from "../../watch/redact.ts";
import { plainLine } from "../../words/plain-line.ts";
import type { Words } from "../../words/words.ts";
import { titleOf } from "./tool-titles.ts";

const longestInputKept = 2000;
const longestName = 100;

/** What progress is told with. `show` is given each state that people see; it may keep it. */
export type ProgressParts = { words: Words; redact: Redact; show(state: DraftState): void };

/** What people see of a run while it goes on, and what its record keeps of its tools. */
export class Progress {
  readonly #state: DraftState;
  readonly #run: Run;
  readonly #words: Words;
  readonly #redact: Redact;
  readonly #show: () => void;
  /** What tools were called with, for the record. */
  readonly #inputs = new Map<string, string>();
  #touched = false;

  constructor(run: Run, { words, redact, show }: ProgressParts) {
    this.#run = run;
    this.#words = words;
    this.#redact = redact;
    const stop = { id: "stop", value: run.id, text: words.stop };
    this.#state = { text: "", lines: [], status: words.thinking, stop };
    this.#show = () => show(this.#snapshot());
  }

  get text(): string {
    return this.#state.text;
  }

  get lines(): ToolLine[] {
    return this.#state.lines;
  }

  /** Nobody has seen anything of an answer yet. */
  get untouched(): boolean {
    return !this.#touched;
  }

  /** The run has begun, or goes on. */
  begins(): void {
    this.#show();
  }

  /** So many runs go before this one. */
  waitsBehind(ahead: number): void {
    this.#says(this.#words.waiting(ahead));
  }

  /** The model is asked. */
  thinks(): void {
    this.#says(this.#words.thinking);
  }

  /** A file, or a prompt, is read: what it is called is only words. */
  reads(name: string): void {
    this.#says(this.#words.reading(plainLine(name, longestName)));
  }

  /** Files are read; those that could not be are named, with the reason. */
  hasRead(files: HeardFile[]): void {
    for (const { ref, name, skipped } of files) {
      if (skipped === undefined || this.#state.lines.some((line) => line.id === ref)) continue;
      const title = plainLine(name, longestName);
      this.#state.lines.push({ id: ref, title, state: "failed", note: this.#words.skipped[skipped] });
    }
    this.thinks();
  }

  /** Takes in what happened. */
  hear(event: RunEvent): void {
    if (!this.#take(event)) return;
    this.#touched = true;
    this.#show();
  }

  /** How far a call is, on its line; false when that shows nothing new. */
  moves(call: string, { done, of, message }: CallProgress): boolean {
    const line = this.#runningLine(call);
    const part =
      of !== undefined && of > 0 ? `${Math.max(0, Math.min(100, Math.floor((done / of) * 100)))} %` : undefined;
    const note = [part, message && this.#redact(plainLine(message, 60))].filter(Boolean).join(" · ");
    if (!line || note === "" || line.note === note) return false;
    line.note = note;
    this.#show();
    return true;
  }

  /** A call waits for a person, and its line says so until what this gives is called. */
  waits(call: string, by: string): () => void {
    return this.#waits(call, this.#words.elicitation.waits(by));
  }

  /** A call waits until its server is done with others, and its line says so until what this gives is called. */
  queues(call: string): () => void {
    return this.#waits(call, this.#words.elicitation.queues);
  }

  #waits(call: string, why: string): () => void {
    const line = this.#runningLine(call);
    const before = line?.note;
    const isSeen = this.moves(call, { done: 0, message: why });
    const during = line?.note;
    return () => {
      if (!isSeen || !line || line.note !== during) return;
      delete line.note;
      if (before !== undefined) line.note = before;
      if (line.state === "running") this.#show();
    };
  }

  #says(status: string): void {
    this.#state.status = status;
    this.#show();
  }

  /** Drafts keep what they are given: each gets a state of its own. */
  #snapshot(): DraftState {
    const { lines, ...rest } = this.#state;
    return { ...rest, lines: lines.map((line) => ({ ...line })) };
  }

  #runningLine(call: string): ToolLine | undefined {
    return this.#state.lines.find((one) => one.id === call && one.state === "running");
  }

  /** False when nobody sees it. */
  #take(event: RunEvent): boolean {
    const state = this.#state;
    switch (event.kind) {
      case "text":
        state.text = event.afresh ? event.text : state.text + event.text;
        return true;
      case "tool-started":
        this.#inputs.set(event.call, this.#redact(event.input.slice(0, longestInputKept)));
        state.lines.push({ id: event.call, title: titleOf(event.tool), state: "running" });
        state.status = this.#words.using(titleOf(event.tool));
        return true;
      case "tool-finished": {
        const { call, tool, failed, ms, summary, recalled } = event;
        const line = state.lines.find((one) => one.id === call);
        if (line) Object.assign(line, { state: failed ? "failed" : "done", ms } satisfies Partial<ToolLine>);
        delete line?.note;
        const input = this.#inputs.get(call) ?? "";
        this.#run.used.push({ tool, input, failed, ms, summary, ...(recalled ? { recalled } : {}) });
        state.status = this.#words.thinking;
        return true;
      }
      case "recalled":
        this.#run.recalled = (this.#run.recalled ?? 0) + 1;
        return false;
      default:
        return false;
    }
  }

  /** Nothing goes on any more: what had not come to its end has failed. */
  end(): void {
    for (const line of this.#state.lines) if (line.state === "running") line.state = "failed";
  }
}
