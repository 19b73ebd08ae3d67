/** Lets a line wait for what comes of it, when lines come from a pipe one after the other. */
export class Waiting {
  readonly #signal: AbortSignal;
  readonly #lookers = new Set<() => void>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Something happened: whoever waits looks again. */
  look(): void {
    for (const look of [...this.#lookers]) look();
  }

  /** Resolves with whether it came to be, before patience or the chat ended. */
  until(is: () => boolean, patienceMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (came: boolean) => {
        clearTimeout(timer);
        this.#lookers.delete(look);
        this.#signal.removeEventListener("abort", look);
        resolve(came);
      };
      const look = () => {
        if (this.#signal.aborted || is()) end(true);
      };
      const timer = setTimeout(() => end(false), patienceMs);
      this.#signal.addEventListener("abort", look);
      this.#lookers.add(look);
      look();
    });
  }
}
