import { fileURLToPath } from "node:url";
import type { MainMessage, WorkerMessage } from "../../src/runs/crossing.ts";
import {
  type Seat,
  type StartWorkers,
  startWorkers,
  type WorkerLog,
  type Workers,
  type WorkersListener,
} from "../../src/runs/workers.ts";
import { createLog } from "../../src/watch/log.ts";

/** The jobs as they are built. */
export const builtJobs = fileURLToPath(new URL("../../dist/jobs", import.meta.url));

/** Those that nobody has at the moment, by what they are called. */
const free = new Map<string, WarmWorker[]>();

/**
 * Starts a worker as Bellhop does; but where one is free that served an earlier town of this process, it is that one: a
 * thread costs more than most stories. Who asks for another kind of worker, or for several, has them for itself.
 */
export const lendWorker: StartWorkers = (options, listener) => {
  const { jobs, count, called = "agent", log, pingMs, silenceMs, heapLimitMb } = options;
  const isUsual = jobs === builtJobs && count === 1 && (pingMs ?? silenceMs ?? heapLimitMb) === undefined;
  if (!isUsual) return startWorkers(options, listener);
  const worker = free.get(called)?.pop() ?? new WarmWorker(called);
  return worker.lend(log, listener);
};

type Tenant = { log: WorkerLog; listener: WorkersListener; seat: LentSeat };

/** A worker that goes from town to town, and hears and tells nothing in between. */
class WarmWorker {
  readonly #called: string;
  readonly #workers: Workers;
  /** The runs and errands it is at. */
  readonly #busy = new Set<string>();
  #tenant: Tenant | undefined;

  constructor(called: string) {
    this.#called = called;
    const nobody = createLog({ level: "silent", redact: () => "" });
    const log = () => this.#tenant?.log ?? nobody;
    this.#workers = startWorkers(
      {
        jobs: builtJobs,
        count: 1,
        called,
        log: {
          get info() {
            return log().info.bind(log());
          },
          get warn() {
            return log().warn.bind(log());
          },
          get error() {
            return log().error.bind(log());
          },
        },
      },
      {
        said: (_, message) => this.#said(message),
        opened: () => this.#open(),
        lost: (_, why) => this.#lost(why),
      },
    );
  }

  lend(log: WorkerLog, listener: WorkersListener): Workers {
    const [worker] = this.#workers.seats;
    if (!worker) throw new Error("there is no worker");
    const seat = new LentSeat(worker, (message) => this.#told(message));
    const tenant = { log, listener, seat };
    this.#tenant = tenant;
    // Like one that starts: not before whoever asked for it has it in hand.
    if (worker.open) setImmediate(() => this.#tenant === tenant && this.#open());
    return {
      seats: [seat],
      served: (_, stillRunning) => this.#workers.served(worker, stillRunning),
      stop: () => this.#leave(tenant),
    };
  }

  /** One that is left in the middle of something ends, as every worker does when Bellhop stops. */
  async #leave(tenant: Tenant): Promise<void> {
    if (this.#tenant !== tenant) return;
    tenant.seat.isLent = false;
    this.#tenant = undefined;
    if (this.#busy.size > 0) return this.#workers.stop();
    free.set(this.#called, [...(free.get(this.#called) ?? []), this]);
  }

  #told(message: MainMessage): void {
    if (message.kind === "run") this.#busy.add(message.input.id);
    else if (message.kind === "read" || message.kind === "check") this.#busy.add(message.id);
  }

  #said(message: WorkerMessage): void {
    if (message.kind === "ended") this.#busy.delete(message.run);
    else if (message.kind === "text" || message.kind === "checked") this.#busy.delete(message.id);
    if (this.#tenant) this.#tenant.listener.said(this.#tenant.seat, message);
  }

  #open(): void {
    if (!this.#tenant) return;
    this.#tenant.seat.isReady = true;
    this.#tenant.listener.opened(this.#tenant.seat);
  }

  #lost(why: string): void {
    this.#busy.clear();
    if (!this.#tenant) return;
    this.#tenant.seat.isReady = false;
    this.#tenant.listener.lost(this.#tenant.seat, why);
  }
}

/** A warm worker's seat as one town has it. */
class LentSeat implements Seat {
  readonly #seat: Seat;
  readonly #told: (message: MainMessage) => void;
  isReady = false;
  isLent = true;

  constructor(seat: Seat, told: (message: MainMessage) => void) {
    this.#seat = seat;
    this.#told = told;
  }

  get name(): string {
    return this.#seat.name;
  }

  get open(): boolean {
    return this.isLent && this.isReady && this.#seat.open;
  }

  tell(message: MainMessage, handed?: ArrayBuffer[]): void {
    if (!this.isLent) return;
    this.#told(message);
    this.#seat.tell(message, handed);
  }

  tellUnhurried(message: MainMessage): void {
    if (this.isLent) this.#seat.tellUnhurried(message);
  }
}
