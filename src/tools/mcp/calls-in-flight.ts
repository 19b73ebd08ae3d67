import type { RequestId } from "@modelcontextprotocol/sdk/types.js";

/** A call in flight. `owner` is what must not be mixed up: the run it belongs to. */
export type InFlight = { readonly owner: unknown; id?: RequestId };

/** The calls in flight on one connection, and whose a question of its server is: few questions say. */
export type CallsInFlight<Call extends InFlight> = {
  /**
   * Resolves with false when it was not its turn within that time: a server that asks nobody knows whom takes calls of one
   * owner at a time. `queues` has it said that it waits, until what that gives is called.
   */
  enter(call: Call, patienceMs: number, signal: AbortSignal, queues?: () => () => void): Promise<boolean>;
  /** `lingersMs`: it was given up, and its server may go on with it for so long. */
  leave(call: Call, lingersMs?: number): void;
  /** A late answer came: nothing of it goes on. */
  answered(id: RequestId): void;
  /** Nothing of the earlier session goes on. */
  anew(): void;
  /** The call that went out by this id, if it is still waited for. */
  named(id: RequestId | undefined): Call[];
  /** The calls that a question may belong to, all of one owner; none when nothing goes on, `unsure` when that can't be told. */
  asking(progressToken: RequestId | undefined, signal: AbortSignal): Promise<Call[] | "unsure">;
};

/** What was given up, and until when it may still ask. */
type Lingering = { owner: unknown; id: RequestId | undefined; until: number };

/** So long calls of others may take to finish before a question is given up. */
const othersMs = 30_000;

/** None yet. */
export function createCallsInFlight<Call extends InFlight>(now: () => number): CallsInFlight<Call> {
  const live = new Set<Call>();
  let lingering: Lingering[] = [];
  /** Its server has asked something once and did not say whom: calls are kept apart from then on. */
  let asks = false;
  let wake = new Set<() => void>();
  /** Questions that wait to be somebody's. */
  let pending = 0;

  function named(id: RequestId | undefined): Call[] {
    return [...live].filter((call) => call.id !== undefined && call.id === id);
  }

  function changed(): void {
    const all = wake;
    wake = new Set();
    for (const go of all) go();
  }

  /** Resolves at the next change, or then; at once when aborted. */
  function change(untilMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        wake.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, untilMs - now()));
      signal.addEventListener("abort", done, { once: true });
      wake.add(done);
      if (signal.aborted) done();
    });
  }

  return {
    async enter(call, patienceMs, signal, queues) {
      const deadline = now() + patienceMs;
      const isBusy = () => asks && [...live].some(({ owner }) => owner !== call.owner);
      const goesOn = isBusy() ? queues?.() : undefined;
      try {
        while (isBusy()) {
          if (signal.aborted || now() >= deadline) return false;
          await change(deadline, signal);
        }
        live.add(call);
        return true;
      } finally {
        goesOn?.();
      }
    },
    leave(call, lingersMs) {
      live.delete(call);
      const { owner, id } = call;
      if (lingersMs !== undefined) {
        lingering = lingering.filter(({ until }) => until > now());
        lingering.push({ owner, id, until: now() + lingersMs });
      }
      changed();
    },
    answered(id) {
      if (lingering.length === 0) return;
      lingering = lingering.filter((one) => one.id !== id);
      changed();
    },
    anew() {
      lingering = [];
      changed();
    },
    named,
    async asking(progressToken, signal) {
      const meant = named(progressToken);
      if (meant.length > 0) return meant;
      asks = true;
      const deadline = now() + othersMs;
      for (;;) {
        lingering = lingering.filter(({ until }) => until > now());
        const all = [...live];
        const owner = (all[0] ?? lingering[0])?.owner;
        const strays = lingering.filter((one) => one.owner !== owner);
        if (strays.length === 0 && all.every((call) => call.owner === owner)) return all;
        const soonest = Math.max(...strays.map(({ until }) => until), 0);
        // Where each call waits for an answer none would ever finish: the newest question gives way.
        const isStuck = live.size > 1 && pending + 1 >= live.size;
        if (signal.aborted || now() >= deadline || soonest > deadline || isStuck) return "unsure";
        pending += 1;
        await change(soonest > 0 ? Math.min(soonest, deadline) : deadline, signal);
        pending -= 1;
      }
    },
  };
}
