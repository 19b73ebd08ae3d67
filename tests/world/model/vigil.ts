/** Waits for something to become true, without polling. */
export class Vigil {
  readonly #checks = new Set<() => void>();

  /** To be called after every change. */
  changed(): void {
    for (const check of this.#checks) check();
  }

  /** Resolves at the first change that makes it true; rejects after the deadline with what `tell` says. */
  until(predicate: () => boolean, deadlineMs: number, tell: () => string): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: unknown) => {
        clearTimeout(deadline);
        this.#checks.delete(check);
        if (error === undefined) resolve();
        else reject(error);
      };
      const check = () => {
        try {
          if (predicate()) settle();
        } catch (error) {
          settle(error);
        }
      };
      const deadline = setTimeout(() => settle(new Error(`${deadlineMs} ms in vain: ${tell()}`)), deadlineMs);
      this.#checks.add(check);
      check();
    });
  }
}
