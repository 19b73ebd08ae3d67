import type { Clock } from "./world.ts";

/** What can go wrong with one request. */
export type Fault =
  /** Applied, then the connection dies without an answer. */
  | { do: "lose" }
  /** The connection dies before anything is applied. */
  | { do: "refuse" }
  /** Taken up late. */
  | { do: "delay"; ms: number }
  /** Applied at once, answered late. */
  | { do: "answer late"; ms: number }
  /** 429, whatever the counters say. */
  | { do: "limit"; retryAfter: number; scope?: "user" | "global" | "shared" }
  /** An error, after applying it or instead: a 5xx as a page of a proxy, a 4xx as bare JSON. */
  | { do: "error"; status: 401 | 403 | 404 | 500 | 502 | 503 | 504; applied: boolean }
  /** Applied, then the connection dies in the middle of the answer. */
  | { do: "cut" };

interface Planned {
  route: string;
  fault: Fault;
  left: number;
}

/** Which requests go wrong, and how. */
export class Faults {
  readonly #planned: Planned[] = [];

  /**
   * Plans a fault for the next `times` requests of a route, written as in Discord's documentation:
   * `"POST /channels/{channel_id}/messages"`; `"POST *"` and `"*"` take any.
   */
  plan(route: string, fault: Fault, times = 1): void {
    this.#planned.push({ route, fault, left: times });
  }

  /** Takes back whatever is still planned. */
  clear(): void {
    this.#planned.length = 0;
  }

  /** The fault for this request, if one is due. */
  next(method: string, path: string): Fault | undefined {
    const due = this.#planned.find(
      ({ route, left }) => left > 0 && [`${method} ${path}`, `${method} *`, "*"].includes(route),
    );
    if (due) due.left -= 1;
    return due?.fault;
  }
}

/** Resolves after a while of the simulator's own time. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
