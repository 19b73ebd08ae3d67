import type { Seat } from "./seat.ts";
import type { Waiting } from "./waiting.ts";

/** What answers are waited for with. */
export type AnswersParts = {
  waiting: Waiting;
  /** How long an answer may take that must come, and one that comes at once if it comes. */
  patienceMs: number;
  soonMs: number;
  /** The bot asks with a form. */
  asks(): boolean;
};

/** Where lines come from a pipe, one waits until the bot has answered the one before: said something whole, or asked with a form. */
export class Answers {
  readonly #seat: Seat;
  readonly #parts: AnswersParts;
  #heard = 0;

  constructor(seat: Seat, parts: AnswersParts) {
    this.#seat = seat;
    this.#parts = parts;
  }

  /** The bot has said something whole. */
  heard(): void {
    this.#heard++;
  }

  /** Does something the bot answers. */
  async wanted(act: () => Promise<unknown>): Promise<void> {
    const { aside, words } = this.#seat;
    if (!(await this.#after(act, this.#parts.patienceMs))) aside.wrong(words.noAnswer);
  }

  /** Does something the bot may answer with words, with a form, or not at all. */
  async possible(act: () => Promise<unknown>): Promise<void> {
    await this.#after(act, this.#parts.soonMs);
  }

  async #after(act: () => Promise<unknown>, patienceMs: number): Promise<boolean> {
    const { view, person } = this.#seat;
    const { waiting, asks } = this.#parts;
    const before = this.#heard;
    await act();
    // Whoever looks sees it come.
    if (person) return true;
    return waiting.until(() => asks() || (this.#heard > before && !view.busy), patienceMs);
  }
}
