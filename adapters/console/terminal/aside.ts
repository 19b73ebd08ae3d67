import type { Language } from "../../../src/chat.ts";
import { refusals } from "../refusals.ts";
import { Refused } from "./connection.ts";
import { harmless } from "./harmless.ts";
import type { Screen } from "./screen.ts";
import type { Style } from "./style.ts";

/** What it is said with, and whether to somebody or to a script. */
export type AsideParts = { screen: Screen; style: Style; language: Language; person: boolean };

/** What the terminal says itself, beside the conversation. */
export class Aside {
  readonly #parts: AsideParts;
  #code = 0;

  constructor(parts: AsideParts) {
    this.#parts = parts;
  }

  /** The exit code: 1 where a script was told that something is wrong. */
  get code(): number {
    return this.#code;
  }

  /** Says something where somebody is there to read it. */
  note(text: string): void {
    const { screen, style, person } = this.#parts;
    if (person) screen.print([style.dim(text)]);
  }

  /** Says what is wrong. */
  wrong(text: string): void {
    const { screen, style, person } = this.#parts;
    screen.print([style.bad(harmless(text))]);
    // A script wants to know; a person has read it.
    if (!person) this.#code = 1;
  }

  /** Says what failed, in the person's language where it is known. */
  refused(error: unknown): void {
    const own = error instanceof Error ? error.message : String(error);
    this.wrong((error instanceof Refused ? refusals[this.#parts.language][error.code] : undefined) ?? own);
  }
}
