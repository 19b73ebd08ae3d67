import type { DocumentFile, DocumentText } from "../agent/documents/document.ts";
import type { ModelSpec, RunInput } from "../agent/run-input.ts";
import { type Checking, createChecking } from "./checking.ts";
import type { WorkerMessage } from "./crossing.ts";
import { createReading } from "./reading.ts";
import { type RunHooks, RunInHand, type Running } from "./run-in-hand.ts";
import { Turns } from "./turns.ts";
import { type Seat, type StartWorkers, startWorkers, type WorkersOptions } from "./workers.ts";

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
  /** What starts the workers, if they do not start for this alone. */
  start?: StartWorkers | undefined;
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
    start = startWorkers,
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

  const workers = start(options, {
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
  const reading = createReading({ start, workers: options, seat: leastBusy, waitMs: readingMs, idleMs: readerIdleMs });

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
