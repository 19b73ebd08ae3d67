import { setMaxListeners } from "node:events";
import { Allowance } from "../agent/allowance.ts";
import type { DocumentFile, DocumentText } from "../agent/documents/document.ts";
import type { RunEvent } from "../agent/run-event.ts";
import type { Ending, Go, ModelSaid, ModelSpec, RunInput, RunState } from "../agent/run-input.ts";
import type { ToolResult } from "../agent/tool.ts";
import type { ToolCall } from "../agent/turn.ts";
import { type Checking, createChecking } from "./checking.ts";
import type { WorkerMessage } from "./crossing.ts";
import { createReading } from "./reading.ts";
import { Turns } from "./turns.ts";
import { type Seat, startWorkers, type WorkersOptions } from "./workers.ts";

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

/** Where a run takes its turn. */
export type RunPlace = {
  /** A person waits for it. */
  interactive: boolean;
  /** Runs of one lane, as those of one channel, wait for each other; lanes take turns. */
  lane?: string;
  /** It has a worker for itself: one that was lost with its worker may be why, and shall take nobody with it again. */
  alone?: boolean;
};

/** Gives runs to warm worker threads, people's first. */
export type Runner = {
  run(input: RunInput, hooks: RunHooks, options: RunPlace): Running;
  /**
   * Reads a file in a worker, by what is in it. Contract: rejects only when `signal` is aborted; the bytes are handed over,
   * nobody may use them afterwards.
   */
  read(file: DocumentFile, signal: AbortSignal): Promise<DocumentText>;
  /** Holds a value against a schema that somebody else wrote, in a worker. Contract: never rejects. */
  check: Checking["check"];
  load(): { workers: number; open: number; running: number; waiting: number };
  /** Resolves when a worker can take work. */
  ready(): Promise<void>;
  stop(): Promise<void>;
};

/** How the runner is set up. */
export type RunnerOptions = WorkersOptions & {
  /** Runs at once in one worker. */
  perWorker?: number;
  /** A run that neither ends nor answers so long after its own deadline is given up by main. */
  graceMs?: number;
  /** Nobody waits longer for what a file says. */
  readingMs?: number;
  /** Nobody waits longer for what a schema has against a value. */
  checkingMs?: number;
  /** The worker that reads PDFs ends when none came for so long. */
  readerIdleMs?: number;
  /** Puts the key in, at dispatch and nowhere before. */
  withKey(model: ModelSpec): ModelSpec;
};

/** Starts the workers and gives them runs. */
export function createRunner(options: RunnerOptions): Runner {
  const {
    perWorker = 64,
    graceMs = 5000,
    readingMs = 20_000,
    checkingMs = 5000,
    readerIdleMs = 60_000,
    withKey,
    log,
  } = options;
  const people = new Turns<RunInHand>();
  const others = new Turns<RunInHand>();
  const running = new Map<string, RunInHand>();
  const bySeat = new Map<string, Set<RunInHand>>();
  /** Seats that one run has for itself. */
  const lent = new Set<string>();
  let whenReady: (() => void)[] = [];

  const workers = startWorkers(options, {
    said: (seat, message) => hear(seat, message),
    opened() {
      for (const resolve of whenReady) resolve();
      whenReady = [];
      dispatch();
      reading.opened();
      checking.opened();
    },
    lost(seat, why) {
      for (const run of bySeat.get(seat.name) ?? []) run.lost(why);
      dispatch();
      reading.lost(seat);
      checking.lost(seat);
    },
  });
  const reading = createReading({ workers: options, seat: leastBusy, waitMs: readingMs, idleMs: readerIdleMs });

  const checking = createChecking({ seat: leastBusy, waitMs: checkingMs });

  function hear(seat: Seat, message: WorkerMessage): void {
    if (message.kind === "ready" || message.kind === "pong") return;
    if (message.kind === "text") reading.said(message);
    else if (message.kind === "checked") checking.told(message);
    else hearOf(seat, message);
  }

  function hearOf(seat: Seat, message: Extract<WorkerMessage, { run: string }>): void {
    const run = running.get(message.run);
    // A worker may still speak of a run that main has given up.
    if (!run || run.seat !== seat) return;
    if (message.kind === "events") for (const event of message.events) run.hooks.event(event);
    else if (message.kind === "checkpoint") void run.checkpoint(message.state);
    else if (message.kind === "call") void run.call(message.call);
    else if (message.kind === "drop") run.dropCalls();
    else if (message.kind === "spoke") run.hooks.spoke?.(message.said, message.at);
    else run.end(message.ending);
  }

  function dispatch(): void {
    for (const waiting of [people, others]) {
      for (;;) {
        const run = waiting.take((one) => one.settled || seatFor(one) !== undefined);
        if (!run) break;
        const seat = run.settled ? undefined : seatFor(run);
        if (seat) assign(run, seat);
      }
    }
  }

  function assign(run: RunInHand, seat: Seat): void {
    const mine = bySeat.get(seat.name) ?? new Set();
    bySeat.set(seat.name, mine.add(run));
    running.set(run.input.id, run);
    if (run.alone) lent.add(seat.name);
    run.start(seat, withKey, graceMs).catch((error: unknown) => run.lost(`it could not be handed over: ${error}`));
  }

  /** The open seat with the least to do; for a run that must be alone an empty one, as long as one is left for the rest. */
  function seatFor(run: RunInHand): Seat | undefined {
    if (run.alone && lent.size >= Math.max(1, workers.seats.length - 1)) return undefined;
    return leastBusy(run.alone ? 1 : perWorker);
  }

  /** The open seat with the fewest runs, fewer than so many; none that one run has for itself. */
  function leastBusy(fewerThan = Number.POSITIVE_INFINITY): Seat | undefined {
    let best: Seat | undefined;
    let least = fewerThan;
    for (const seat of workers.seats) {
      const load = bySeat.get(seat.name)?.size ?? 0;
      if (seat.open && !lent.has(seat.name) && load < least) {
        best = seat;
        least = load;
      }
    }
    return best;
  }

  function settled(run: RunInHand): void {
    const seat = run.seat;
    if (running.get(run.input.id) === run) running.delete(run.input.id);
    if (!seat) return;
    const mine = bySeat.get(seat.name);
    mine?.delete(run);
    if (run.alone) lent.delete(seat.name);
    workers.served(seat, mine?.size ?? 0);
    dispatch();
    if (run.alone) reading.opened();
  }

  return {
    run(input, hooks, { interactive, lane = "", alone = false }) {
      const run = new RunInHand(input, hooks, alone, settled, (error) =>
        log.error({ err: error, run: input.id }, "a run's hook failed"),
      );
      const waiting = interactive ? people : others;
      waiting.add(lane, run);
      dispatch();
      if (!run.seat) run.ahead = waiting.ahead(lane);
      return run;
    },
    load: () => ({
      workers: workers.seats.length,
      open: workers.seats.filter((seat) => seat.open).length,
      running: running.size,
      waiting: people.size + others.size,
    }),
    ready: () =>
      workers.seats.some((seat) => seat.open) ? Promise.resolve() : new Promise((resolve) => whenReady.push(resolve)),
    read: (file, signal) => reading.read(file, signal),
    check: checking.check,
    async stop() {
      checking.stop();
      await Promise.all([workers.stop(), reading.stop()]);
      for (const run of [...running.values(), ...people, ...others]) run.lost("Bellhop was stopped");
    },
  };
}

/** The state of a run before its first model call. */
function beginning(): RunState {
  return { turns: [], step: 0, usage: { input: 0, output: 0 }, pending: [], speaking: 0 };
}

/** One run from being handed over to its ending. */
class RunInHand implements Running {
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
