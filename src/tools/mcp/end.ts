/** The end of something, for those who listen for it. The signal is made when the first of them asks: most ends nobody hears. */
export class End {
  #aborter: AbortController | undefined;
  #why: { reason: unknown } | undefined;

  get signal(): AbortSignal {
    this.#aborter ??= new AbortController();
    if (this.#why) this.#aborter.abort(this.#why.reason);
    return this.#aborter.signal;
  }

  /** Only the first reason counts. */
  come(reason: unknown): void {
    this.#why ??= { reason };
    this.#aborter?.abort(reason);
  }
}
