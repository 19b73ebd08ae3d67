/** Who waits for a worker, in lanes that take turns: a busy channel does not keep the others waiting. */
export class Turns<Waiting> {
  readonly #lanes = new Map<string, Waiting[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(lane: string, one: Waiting): void {
    const waiting = this.#lanes.get(lane);
    if (waiting) waiting.push(one);
    else this.#lanes.set(lane, [one]);
    this.#size += 1;
  }

  /** Takes the first that may go, from the lane that was served longest ago; that lane is served last from then on. */
  take(mayGo: (one: Waiting) => boolean): Waiting | undefined {
    for (const [lane, waiting] of this.#lanes) {
      const at = waiting.findIndex(mayGo);
      if (at === -1) continue;
      const [one] = waiting.splice(at, 1);
      this.#lanes.delete(lane);
      if (waiting.length > 0) this.#lanes.set(lane, waiting);
      this.#size -= 1;
      return one;
    }
    return undefined;
  }

  /** How many go before the last of this lane, if all are served in turn. */
  ahead(lane: string): number {
    const mine = this.#lanes.get(lane)?.length ?? 0;
    let before = mine - 1;
    for (const [other, waiting] of this.#lanes) if (other !== lane) before += Math.min(waiting.length, mine);
    return Math.max(0, before);
  }

  [Symbol.iterator](): IterableIterator<Waiting> {
    return [...this.#lanes.values()].flat().values();
  }
}
