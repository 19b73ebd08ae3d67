/** Something a well-behaved bot never does, though Discord may have let it pass. */
export interface Violation {
  at: number;
  rule: string;
  detail: string;
}

/** The list a test asserts to be empty at its end. */
export class Violations {
  readonly list: Violation[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(rule: string, detail: string): void {
    this.list.push({ at: this.#now(), rule, detail });
  }
}
