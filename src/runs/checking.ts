import type { MainMessage, WorkerMessage } from "./crossing.ts";
import type { Seat } from "./workers.ts";

/**
 * Has workers hold values against schemas that others wrote: one made to keep its reader busy must not keep main busy.
 * What can't be checked in time has nothing against it, as if its schema said nothing.
 */
export type Checking = {
  /** What the schema has against the value, in words. Contract: never rejects. */
  check(schema: Record<string, unknown>, value: unknown): Promise<string | undefined>;
  told(message: Extract<WorkerMessage, { kind: "checked" }>): void;
  /** There may be a worker now. */
  opened(): void;
  lost(seat: Seat): void;
  stop(): void;
};

type Errand = { message: MainMessage; seat?: Seat; done(complaint?: string): void };

/** `seat` is the worker with the least to do, if one is open. */
export function createChecking({ seat, waitMs }: { seat(): Seat | undefined; waitMs: number }): Checking {
  const errands = new Map<string, Errand>();
  let count = 0;

  function start(): void {
    for (const errand of errands.values()) {
      if (errand.seat) continue;
      const free = seat();
      if (!free) return;
      errand.seat = free;
      free.tell(errand.message);
    }
  }

  return {
    check: (schema, value) =>
      new Promise((resolve) => {
        const id = `check-${++count}`;
        const done = (complaint?: string) => {
          clearTimeout(timer);
          errands.delete(id);
          resolve(complaint);
        };
        const timer = setTimeout(done, waitMs);
        errands.set(id, { message: { kind: "check", id, schema, value }, done });
        start();
      }),
    told: ({ id, complaint }) => errands.get(id)?.done(complaint),
    opened: start,
    lost(seat) {
      for (const errand of [...errands.values()]) if (errand.seat === seat) errand.done();
    },
    stop() {
      for (const errand of [...errands.values()]) errand.done();
    },
  };
}
