import type { Fields } from "./workspace.ts";

/** What can go wrong with one Web API call. */
export type CallFault =
  /** Applied, then the connection is cut without an answer. */
  | { kind: "lose" }
  /** Applied, then the connection is cut in the middle of the answer. */
  | { kind: "cut" }
  /** Never answered and never applied. */
  | { kind: "hang" }
  | { kind: "delay"; ms: number }
  | { kind: "rate limit"; seconds: number }
  /** An HTTP error, before or after the call was applied. */
  | { kind: "status"; status: number; applied?: boolean }
  | { kind: "refuse"; error: string; fields?: Fields };

/** What can go wrong with one event on its way to the app. */
export type EventFault = { kind: "drop" } | { kind: "repeat" } | { kind: "delay"; ms: number } | { kind: "reorder" };

/** Where tests order trouble. `*` stands for every method; an event type may be given for events. */
export interface Faults {
  /** Strikes the next call (or the next few) of the method. */
  next(method: string, fault: CallFault, times?: number): void;
  /** Strikes every call of the method until `clear`. */
  always(method: string, fault: CallFault): void;
  /** Strikes the next event of the type. */
  nextEvent(type: string, fault: EventFault): void;
  clear(): void;
}

/** The faults that are due, taken one by one. */
export interface DueFaults {
  call(method: string): CallFault | undefined;
  event(type: string): EventFault | undefined;
}

/** An empty list of trouble. */
export function createFaults(): Faults & { due: DueFaults } {
  const calls: { method: string; fault: CallFault; left: number }[] = [];
  const events: { type: string; fault: EventFault }[] = [];
  return {
    next: (method, fault, times = 1) => void calls.push({ method, fault, left: times }),
    always: (method, fault) => void calls.push({ method, fault, left: Number.POSITIVE_INFINITY }),
    nextEvent: (type, fault) => void events.push({ type, fault }),
    clear() {
      calls.length = 0;
      events.length = 0;
    },
    due: {
      call(method) {
        const matching = calls.filter((entry) => entry.method === method || entry.method === "*");
        // What is ordered for the next call goes before what strikes always.
        const found = matching.find(({ left }) => Number.isFinite(left)) ?? matching[0];
        if (!found) return undefined;
        found.left -= 1;
        if (found.left <= 0) calls.splice(calls.indexOf(found), 1);
        return found.fault;
      },
      event(type) {
        const at = events.findIndex((entry) => entry.type === type || entry.type === "*");
        return at < 0 ? undefined : events.splice(at, 1)[0]?.fault;
      },
    },
  };
}
