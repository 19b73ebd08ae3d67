import { setMaxListeners } from "node:events";
import { Allowance } from "../agent/allowance.ts";
import type { RunEvent } from "../agent/run-event.ts";
import type { Ending, Go, ModelSaid, ModelSpec, RunInput, RunState } from "../agent/run-input.ts";
import type { ToolResult } from "../agent/tool.ts";
import type { ToolCall } from "../agent/turn.ts";
import type { Seat } from "./workers.ts";

/** What main does for a run while a worker thinks. */
export type RunHooks = {
  /** Contract: journals the state before it answers; budget, steering, parking and Stop are decided here and nowhere else. */
  checkpoint(state: RunState): Promise<Go>;
  event(event: RunEvent): void;
  /** Contract: never rejects; a failure is a failed result. */
  call(call: ToolCall, signal: AbortSignal): Promise<ToolResult>;
  /** Told what the model at this place answered to the call the last checkpoint was for. */
  spoke?(said: ModelSaid, at: number): void;
};

/** A run under way. */
export type Running = {
  /** Contract: always resolves, also when the worker is lost (`failed` with code `worker`). */
  ended: Promise<Ending>;
  /** How many went before it when it came; 0 when it could begin at once. */
  readonly ahead: number;
  stop(): void;
  /** A person is asked something: its time stands still until what this gives is called. */
  hold(): () => void;
};

/** The state of a run before its first model call. */
function beginning(): RunState {
  return { turns: [], step: 0, usage: { input: 0, output: 0 }, pending: [], speaking: 0 };
}

/** One run from being handed over to its ending. */
export class RunInHand implements Running {
  readonly input: RunInput;
  readonly hooks: RunHooks;
  readonly ended: Promise<Ending>;
  readonly alone: boolean;
  seat: Seat | undefined;
  ahead = 0;
  settled = false;
  #stopped = false;
  #resolve: (ending: Ending) => void = () => {};
  #onSettled: (run: RunInHand) => void;
  #onFault: (error: unknown) => void;
  /** Calls it waits for, and what they end with if it does not wait any longer. */
  readonly #calls = new Set<string>();
  readonly #givenUp = new AbortController();
  #deadline: Allowance | undefined;
  #holds = 0;

  constructor(
    input: RunInput,
    hooks: RunHooks,
    alone: boolean,
    onSettled: (run: RunInHand) => void,
    onFault: (error: unknown) => void,
  ) {
    this.input = input;
    this.hooks = hooks;
    this.alone = alone;
    this.#onSettled = onSettled;
    this.#onFault = onFault;
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    // A model may ask for many calls at once, and each listens.
    setMaxListeners(0, this.#givenUp.signal);
  }

  /** Hands it over, with the answer to its first checkpoint: asking from there would cost two crossings. */
  async start(seat: Seat, withKey: (model: ModelSpec) => ModelSpec, graceMs: number): Promise<void> {
    this.seat = seat;
    const { compressWith } = this.input;
    const input = {
      ...this.input,
      models: this.input.models.map(withKey),
      ...(compressWith ? { compressWith: withKey(compressWith) } : {}),
    };
    this.#deadline = new Allowance(this.input.timeoutMs + graceMs, () => {
      seat.tell({ kind: "stop", run: this.input.id });
      this.#fail("timeout", "the worker did not end the run at its deadline");
    });
    // A run that goes on asks for itself, once it has taken in what it waited for.
    const go = input.state ? undefined : await this.#answer(beginning());
    if (this.settled) return;
    seat.tell({ kind: "run", input, ...(go ? { go } : {}) });
    if (this.#stopped) this.stop();
  }

  stop(): void {
    this.#stopped = true;
    if (this.seat) this.seat.tell({ kind: "stop", run: this.input.id });
    else this.end({ kind: "stopped", text: "", usage: { input: 0, output: 0 } });
  }

  hold(): () => void {
    const release = this.#deadline?.hold();
    if (this.#holds++ === 0) this.#tellHeld(true);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      release?.();
      if (--this.#holds === 0) this.#tellHeld(false);
    };
  }

  #tellHeld(held: boolean): void {
    if (!this.settled) this.seat?.tell({ kind: "hold", run: this.input.id, held });
  }

  async checkpoint(state: RunState): Promise<void> {
    const go = await this.#answer(state);
    if (go) this.seat?.tell({ kind: "answer", run: this.input.id, go });
  }

  /** What main says to a checkpoint; undefined when it can't be kept, which fails the run. */
  async #answer(state: RunState): Promise<Go | undefined> {
    try {
      return await this.hooks.checkpoint(state);
    } catch (error) {
      this.#onFault(error);
      this.seat?.tell({ kind: "stop", run: this.input.id });
      this.#fail("worker", "its progress could not be kept");
      return undefined;
    }
  }

  async call(call: ToolCall): Promise<void> {
    this.#calls.add(call.id);
    let result: ToolResult;
    try {
      result = await this.hooks.call(call, this.#givenUp.signal);
    } catch (error) {
      this.#onFault(error);
      result = { text: "The tool failed inside Bellhop; it was not the arguments.", failed: true };
    }
    this.#calls.delete(call.id);
    if (this.settled) return;
    const message = { kind: "result" as const, run: this.input.id, call: call.id, result };
    // The worker can't go on before it has the results of all.
    if (this.#calls.size > 0) this.seat?.tellUnhurried(message);
    else this.seat?.tell(message);
  }

  dropCalls(): void {
    this.#givenUp.abort();
  }

  lost(why: string): void {
    this.#fail("worker", why);
  }

  end(ending: Ending): void {
    if (this.settled) return;
    this.settled = true;
    this.#deadline?.close();
    if (this.#calls.size > 0) this.#givenUp.abort();
    this.#onSettled(this);
    this.#resolve(ending);
  }

  #fail(code: "worker" | "timeout", detail: string): void {
    this.end({ kind: "failed", code, detail, text: "", usage: { input: 0, output: 0 } });
  }
}
