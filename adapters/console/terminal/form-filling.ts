import type { You } from "../wire.ts";
import type { Answers } from "./answers.ts";
import { Refused } from "./connection.ts";
import { FormAsking } from "./form-asking.ts";
import type { Seat } from "./seat.ts";

/** The form the bot asks with: while there is one, lines are answers to its questions. */
export class FormFilling {
  readonly #seat: Seat;
  readonly #answers: Answers;
  /** Told when the form has been sent. */
  readonly #sent: () => void;
  #form: FormAsking | undefined;

  constructor(seat: Seat, answers: Answers, sent: () => void) {
    this.#seat = seat;
    this.#answers = answers;
    this.#sent = sent;
  }

  /** The form being filled in. */
  get form(): FormAsking | undefined {
    return this.#form;
  }

  /** The bot asks with this form now, or with none. */
  learn(asked: You["form"]): void {
    const { screen, style, words } = this.#seat;
    if (!asked) this.#form = undefined;
    else if (asked.id !== this.#form?.id) {
      this.#form = new FormAsking(asked.id, asked.form, style, words);
      screen.print([...this.#form.opening(), ...this.#form.question()]);
    }
  }

  /** Takes a line as an answer to the form's question. */
  async fill(form: FormAsking, line: string): Promise<void> {
    const { screen, style } = this.#seat;
    if (line.trim() === "/cancel") return this.#dismiss(form);
    const wrong = form.take(line);
    if (wrong) screen.print([style.bad(wrong)]);
    const values = form.values();
    if (values) return this.#submit(form, values);
    if (!form.open) screen.print(form.question());
  }

  async #dismiss(form: FormAsking): Promise<void> {
    const { wire, words, aside } = this.#seat;
    await wire.send("POST /console/dismissals", { form: form.id });
    this.#form = undefined;
    aside.note(words.formClosed);
  }

  async #submit(form: FormAsking, values: Record<string, string>): Promise<void> {
    const { wire, screen, words, aside } = this.#seat;
    try {
      await this.#answers.wanted(async () => {
        await wire.send("POST /console/submissions", { form: form.id, values });
        this.#form = undefined;
        aside.note(words.formSent);
        this.#sent();
      });
    } catch (error) {
      if (!(error instanceof Refused) || error.code === "no_such_form") {
        this.#form = undefined;
        throw error;
      }
      aside.refused(error);
      form.again(error.input);
      screen.print(form.question());
    }
  }
}
