import type { RunEvent } from "./run-event.ts";

/** First words wait this long, so that a short answer and its end travel together; later ones so long. */
const firstMs = 3;
const laterMs = 50;

/**
 * Gathers a run's events and passes them on in order: words every so often, since each message between threads costs
 * more than many words, everything else at once.
 */
export class EventBatch {
  readonly #send: (events: RunEvent[]) => void;
  #events: RunEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  #urgent: NodeJS.Immediate | undefined;
  #spoke = false;

  constructor(send: (events: RunEvent[]) => void) {
    this.#send = send;
  }

  add(event: RunEvent): void {
    const last = this.#events.at(-1);
    if (event.kind === "text" && last?.kind === "text") {
      // What was to be shown before a new beginning need not travel at all.
      this.#events[this.#events.length - 1] = event.afresh ? event : { ...last, text: last.text + event.text };
    } else if (event.kind === "thought" && last?.kind === "thought") {
      this.#events[this.#events.length - 1] = { ...last, text: last.text + event.text };
    } else {
      this.#events.push(event);
    }
    if (event.kind === "text" || event.kind === "thought" || event.kind === "usage") {
      this.#timer ??= setTimeout(() => this.flush(), this.#spoke ? laterMs : firstMs);
    } else {
      this.#urgent ??= setImmediate(() => this.flush());
    }
  }

  /** Passes on what there is, now. */
  flush(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#urgent);
    this.#timer = undefined;
    this.#urgent = undefined;
    if (this.#events.length === 0) return;
    const events = this.#events;
    this.#events = [];
    this.#spoke ||= events.some(({ kind }) => kind === "text");
    this.#send(events);
  }
}
