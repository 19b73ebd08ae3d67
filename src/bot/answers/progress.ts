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

/** What people see of a run while it goes on, and what its record keeps of its tools. */
export class Progress {
  readonly #state: DraftState;
  readonly #run: Run;
  readonly #words: Words;
  readonly #redact: Redact;
  /** What tools were called with, for the record. */
  readonly #inputs = new Map<string, string>();
  #touched = false;

  constructor(run: Run, words: Words, redact: Redact) {
    this.#run = run;
    this.#words = words;
    this.#redact = redact;
    const stop = { id: "stop", value: run.id, text: words.stop };
    this.#state = { text: "", lines: [], status: words.thinking, stop };
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

  /** Drafts keep what they are given: each gets a state of its own. */
  snapshot(): DraftState {
    const { lines, ...rest } = this.#state;
    return { ...rest, lines: lines.map((line) => ({ ...line })) };
  }

  /** What is done before the model is asked. */
  says(status: string): void {
    this.#state.status = status;
  }

  /** A file, or a prompt, is read: what it is called is only words. */
  reads(name: string): void {
    this.says(this.#words.reading(plainLine(name, longestName)));
  }

  /** Files that could not be read are named, with the reason. */
  skipped(files: HeardFile[]): void {
    for (const { ref, name, skipped } of files) {
      if (skipped === undefined || this.#state.lines.some((line) => line.id === ref)) continue;
      const title = plainLine(name, longestName);
      this.#state.lines.push({ id: ref, title, state: "failed", note: this.#words.skipped[skipped] });
    }
  }

  /** Takes in what happened; false when nobody sees it. */
  hear(event: RunEvent): boolean {
    const seen = this.#take(event);
    this.#touched ||= seen;
    return seen;
  }

  /** How far a call is, on its line; false when that shows nothing new. */
  moves(call: string, { done, of, message }: CallProgress): boolean {
    const line = this.#runningLine(call);
    const part =
      of !== undefined && of > 0 ? `${Math.max(0, Math.min(100, Math.floor((done / of) * 100)))} %` : undefined;
    const note = [part, message && this.#redact(plainLine(message, 60))].filter(Boolean).join(" · ");
    if (!line || note === "" || line.note === note) return false;
    line.note = note;
    return true;
  }

  /** A call waits for a person, and its line says so until what this gives is called. Both tell whether it is seen. */
  waits(call: string, message: string): { seen: boolean; goesOn(): boolean } {
    const line = this.#runningLine(call);
    const before = line?.note;
    const seen = this.moves(call, { done: 0, message });
    const during = line?.note;
    return {
      seen,
      goesOn: () => {
        if (!seen || !line || line.note !== during) return false;
        delete line.note;
        if (before !== undefined) line.note = before;
        return line.state === "running";
      },
    };
  }

  #runningLine(call: string): ToolLine | undefined {
    return this.#state.lines.find((one) => one.id === call && one.state === "running");
  }

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
