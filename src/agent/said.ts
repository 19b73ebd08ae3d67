import type { RunEvent } from "./run-event.ts";

/**
 * What people have seen a run say: the texts of its steps, a blank line between them. Contract: `shown` is at any time
 * what the text events come to.
 */
export class Said {
  readonly #emit: (event: RunEvent) => void;
  /** Only the latest step counts: an answer that must fit a schema has nothing before it. */
  readonly #onlyLast: boolean;
  #before = "";
  #step = "";
  #shown = "";
  #afresh: boolean;

  /** `earlier`: what a run that is taken up again said before; undefined for one that begins. */
  constructor(emit: (event: RunEvent) => void, onlyLast: boolean, earlier?: readonly string[]) {
    this.#emit = emit;
    this.#onlyLast = onlyLast;
    this.#afresh = earlier !== undefined;
    if (onlyLast) return;
    for (const text of earlier ?? []) this.#before += this.#gap() + text.trimStart();
    if (this.#before !== "") this.#show(this.#before);
  }

  get shown(): string {
    return this.#shown;
  }

  /** What was said in the step that is going on. */
  get step(): string {
    return this.#step;
  }

  add(text: string): void {
    const begins = this.#step === "";
    const said = begins ? text.trimStart() : text;
    if (said === "") return;
    this.#step += said;
    if (this.#afresh) this.#show(this.#before + this.#gap() + this.#step);
    else this.#show(begins ? this.#gap() + said : said);
  }

  /** A word of ours below what the step said. */
  addNote(note: string): void {
    this.add(this.#step === "" ? note : `\n\n${note}`);
  }

  /** What this step said so far is void. */
  takeBack(): void {
    if (this.#step === "") return;
    this.#step = "";
    this.#afresh = true;
  }

  /** The step is over; the next one stands below it. */
  endStep(): void {
    if (this.#onlyLast) {
      this.takeBack();
      return;
    }
    if (this.#step !== "") this.#before += this.#gap() + this.#step;
    this.#step = "";
  }

  #show(text: string): void {
    this.#shown = this.#afresh ? text : this.#shown + text;
    this.#emit(this.#afresh ? { kind: "text", text, afresh: true } : { kind: "text", text });
    this.#afresh = false;
  }

  /** Between what was said before and the step: a blank line, as far as there is none yet. */
  #gap(): string {
    if (this.#before === "" || this.#before.endsWith("\n\n")) return "";
    return this.#before.endsWith("\n") ? "\n" : "\n\n";
  }
}
