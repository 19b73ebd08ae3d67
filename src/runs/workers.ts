import { join } from "node:path";
import type { Readable } from "node:stream";
import type { Worker } from "node:worker_threads";
import Bree from "bree";
import type { Logger } from "../watch/log.ts";
import { type MainMessage, WorkerMessage } from "./crossing.ts";
import { Mail } from "./mail.ts";

/** A long-lived worker thread, seen from main. */
export type Seat = {
  readonly name: string;
  /** May be given work: it has started, answers, and is not about to be renewed. */
  readonly open: boolean;
  /** `handed`: buffers that are moved, not copied. */
  tell(message: MainMessage, handed?: ArrayBuffer[]): void;
  /** Tells what can wait some milliseconds for company: each crossing costs. */
  tellUnhurried(message: MainMessage): void;
};

/** What the owner of the workers is told. */
export type WorkersListener = {
  said(seat: Seat, message: WorkerMessage): void;
  opened(seat: Seat): void;
  /** Contract: everything the seat was doing is lost. */
  lost(seat: Seat, why: string): void;
};

/** The warm worker threads: started, watched, renewed. Bree runs them; when they run and end is decided here. */
export type Workers = {
  readonly seats: readonly Seat[];
  /** Says that a seat finished a run, so that it can be renewed after enough of them. */
  served(seat: Seat, stillRunning: number): void;
  stop(): Promise<void>;
};

/** Where is said what becomes of workers. */
export type WorkerLog = Pick<Logger, "info" | "warn" | "error">;

/** How workers are watched; tests shorten the times. */
export type WorkersOptions = {
  /** The folder with the built jobs. */
  jobs: string;
  count: number;
  /** What workers are called, before their number. */
  called?: string;
  log: WorkerLog;
  pingMs?: number;
  /** So long may a worker be silent before it is ended. */
  silenceMs?: number;
  /** A worker is renewed after so many runs, or when its heap stays over the mark. */
  renewAfterRuns?: number;
  renewOverBytes?: number;
  heapLimitMb?: number;
};

/** What gives a Bellhop its workers. */
export type StartWorkers = (options: WorkersOptions, listener: WorkersListener) => Workers;

const floodBytesPerSecond = 64 * 1024;
const slowestRestartMs = 10_000;

/** Starts the workers. Contract: never throws later; a worker that can't start is tried again, ever more slowly. */
export function startWorkers(options: WorkersOptions, listener: WorkersListener): Workers {
  const {
    log,
    pingMs = 1000,
    silenceMs = 10_000,
    renewAfterRuns = 5000,
    heapLimitMb = 512,
    called = "agent",
  } = options;
  const renewOverBytes = options.renewOverBytes ?? heapLimitMb * 0.7 * 1024 * 1024;
  const seats = new Map<string, SeatState>();
  let stopping = false;

  const bree = new Bree({
    root: false,
    doRootCheck: false,
    logger: false,
    worker: { env: {}, stdout: true, stderr: true, resourceLimits: { maxOldGenerationSizeMb: heapLimitMb } },
    // Bree ends the process when a handler throws: these only hand over.
    workerMessageHandler: ({ name, message }) => guarded(() => heard(name, message)),
    errorHandler: (error, { name }) => guarded(() => noteFault(name, error)),
  });
  bree.on("worker deleted", (name: string) => guarded(() => gone(name)));

  function guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      log.error({ err: error }, "a worker's message could not be taken");
    }
  }

  function noteFault(name: string, error: unknown): void {
    const seat = seats.get(name);
    if (seat && error instanceof Error && !/exited with code/.test(error.message)) seat.fault = error.message;
  }

  function heard(name: string, raw: unknown): void {
    const seat = seats.get(name);
    if (!seat || !Array.isArray(raw)) return;
    seat.heardAt = performance.now();
    for (const one of raw) {
      const parsed = WorkerMessage.safeParse(one);
      if (parsed.success) guarded(() => take(seat, parsed.data));
    }
  }

  function take(seat: SeatState, message: WorkerMessage): void {
    if (message.kind === "ready") {
      seat.ready = true;
      seat.failures = 0;
      listener.opened(seat);
    } else if (message.kind === "pong") {
      if (message.heapBytes > renewOverBytes) renew(seat, "its memory grew");
      renewWhenIdle(seat, message.runs);
    } else listener.said(seat, message);
  }

  function gone(name: string): void {
    const seat = seats.get(name);
    if (!seat) return;
    const why = seat.fault ?? "it ended by itself";
    const wasReady = seat.ready;
    const renewed = seat.renewing;
    seat.reset();
    if (stopping) return;
    if (!renewed) {
      seat.failures++;
      log.warn({ worker: name, why, wasReady }, "a worker was lost and is started again");
    }
    listener.lost(seat, why);
    const wait = seat.failures <= 1 ? 0 : Math.min(slowestRestartMs, 100 * 2 ** seat.failures);
    seat.restart = setTimeout(() => launch(seat), wait);
  }

  function launch(seat: SeatState): void {
    if (stopping) return;
    seat.heardAt = performance.now();
    bree.run(seat.name).then(
      () => {
        const worker = bree.workers.get(seat.name);
        if (!worker) return;
        seat.worker = worker;
        pipe(worker.stdout, seat.name);
        pipe(worker.stderr, seat.name);
      },
      (error: unknown) => {
        seat.fault = String(error);
        gone(seat.name);
      },
    );
  }

  /** What a worker prints goes to the log, redacted there; a flood is dropped and counted. */
  function pipe(stream: Readable, worker: string): void {
    let second = 0;
    let bytes = 0;
    let dropped = 0;
    stream.on("data", (chunk: Buffer) => {
      const now = Math.floor(performance.now() / 1000);
      if (now !== second) {
        if (dropped > 0) log.warn({ worker, dropped }, "a worker printed too much; so many bytes were dropped");
        second = now;
        bytes = 0;
        dropped = 0;
      }
      bytes += chunk.length;
      if (bytes > floodBytesPerSecond) dropped += chunk.length;
      else log.info({ worker, printed: chunk.toString().trimEnd() }, "a worker printed");
    });
  }

  function renew(seat: SeatState, why: string): void {
    // One at a time: the others take the work meanwhile.
    if (seat.renewing || [...seats.values()].some((other) => other.renewing)) return;
    seat.renewing = true;
    log.info({ worker: seat.name, why }, "a worker is renewed");
  }

  function renewWhenIdle(seat: SeatState, running: number): void {
    if (seat.renewing && running === 0) seat.worker?.postMessage("cancel");
  }

  let ticked = performance.now();
  const watch = setInterval(() => {
    const now = performance.now();
    // When main itself was away (a paused machine, a long collection), nobody could answer it.
    const wasAway = now - ticked > silenceMs / 2;
    ticked = now;
    for (const seat of seats.values()) {
      if (!seat.worker) continue;
      if (wasAway) seat.heardAt = now;
      if (now - seat.heardAt > silenceMs) {
        seat.fault = `it did not answer for ${Math.round(silenceMs / 1000)} s`;
        seat.heardAt = now;
        void seat.worker.terminate();
      } else seat.tell({ kind: "ping" });
    }
  }, pingMs);
  watch.unref();

  for (let n = 1; n <= options.count; n++) seats.set(`${called}-${n}`, new SeatState(`${called}-${n}`));
  const all = [...seats.values()];
  void bree
    .add(all.map(({ name }) => ({ name, path: join(options.jobs, "agent.js"), timeout: false, interval: 0 })))
    .then(() => {
      for (const seat of all) launch(seat);
    })
    .catch((error: unknown) => log.error({ err: error }, "the workers could not be set up"));

  return {
    seats: all,
    served(seat, stillRunning) {
      const state = seats.get(seat.name);
      if (!state) return;
      state.runsServed++;
      if (state.runsServed >= renewAfterRuns) renew(state, `it served ${state.runsServed} runs`);
      renewWhenIdle(state, stillRunning);
    },
    async stop() {
      stopping = true;
      clearInterval(watch);
      for (const seat of all) clearTimeout(seat.restart);
      // Bree's own stop() waits for an answer that may never come.
      await Promise.all(all.map((seat) => seat.worker?.terminate()));
    },
  };
}

class SeatState implements Seat {
  readonly name: string;
  worker: Worker | undefined;
  ready = false;
  renewing = false;
  runsServed = 0;
  failures = 0;
  heardAt = 0;
  fault: string | undefined;
  restart: NodeJS.Timeout | undefined;
  readonly #mail = new Mail<MainMessage>((messages) => this.worker?.postMessage(messages));

  constructor(name: string) {
    this.name = name;
  }

  get open(): boolean {
    return this.ready && !this.renewing && this.worker !== undefined;
  }

  tell(message: MainMessage, handed?: ArrayBuffer[]): void {
    if (handed) {
      this.#mail.flush();
      this.worker?.postMessage([message], handed);
    } else this.#mail.add(message);
  }

  tellUnhurried(message: MainMessage): void {
    this.#mail.addUnhurried(message);
  }

  reset(): void {
    this.#mail.drop();
    this.worker = undefined;
    this.ready = false;
    this.renewing = false;
    this.runsServed = 0;
    this.fault = undefined;
  }
}
