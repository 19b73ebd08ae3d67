import type { State, You } from "../wire.ts";
import type { Answers } from "./answers.ts";
import type { Told } from "./connection.ts";
import type { FormFilling } from "./form-filling.ts";
import { harmless } from "./harmless.ts";
import type { Saying } from "./saying.ts";
import type { Seat } from "./seat.ts";

/** What hearing hands on to. */
export type HearingParts = {
  answers: Answers;
  filling: FormFilling;
  saying: Saying;
  /** Something that only this person sees is otherwise now. */
  changed(): void;
};

/** What is known of the workspace and told of it: taken in, and shown. */
export class Hearing {
  readonly #seat: Seat;
  readonly #parts: HearingParts;
  #state: State | undefined;
  #you: You = { prompts: [] };
  #homeAsked = false;

  constructor(seat: Seat, parts: HearingParts) {
    this.#seat = seat;
    this.#parts = parts;
  }

  /** The workspace as it was read last. */
  get state(): State | undefined {
    return this.#state;
  }

  /** The bot's own page has been drawn since it was asked for. */
  get home(): boolean {
    return this.#you.home !== undefined;
  }

  /** Reads the whole workspace. */
  async read(): Promise<State> {
    const { wire, view } = this.#seat;
    const state = await wire.state();
    this.#state = state;
    view.take(state);
    if (state.you) this.#you = state.you;
    return state;
  }

  /** Takes in one event. */
  async hear(told: Told): Promise<void> {
    const { view, words, aside } = this.#seat;
    if (told.event === "lost" || told.event === "back") aside.note(words[told.event]);
    if (told.event === "message" && view.hear(told.data)) this.#parts.answers.heard();
    if (told.event === "removed") {
      const name = view.drop(told.data.id);
      if (name) aside.note(words.deleted(name));
    }
    if (told.event === "reset") {
      await this.read();
      for (const message of view.here()) view.draw(message);
    }
    if (told.event === "you") this.#learn(told.data);
  }

  /** Asks for the bot's own page, which is shown when it has drawn it. */
  async askHome(): Promise<void> {
    const { home: _before, ...rest } = this.#you;
    this.#you = rest;
    this.#homeAsked = true;
    await this.#seat.wire.lookAt("home");
  }

  #learn(you: You): void {
    const { view, person } = this.#seat;
    const before = this.#you;
    this.#you = you;
    this.#parts.filling.learn(you.form);
    if (this.#homeAsked && you.home && !same(you.home, before.home)) view.drawHome(you.home);
    if (person && view.direct && !same(you.prompts, before.prompts)) this.#offer(you);
    this.#parts.changed();
  }

  /** Shows ways to begin. */
  #offer({ prompts }: You): void {
    const { screen, view, style } = this.#seat;
    const offered = prompts.map(({ title, text }) => {
      const press = () => this.#parts.saying.say(text);
      const number = view.number(`prompt/${title}`, { of: "prompt", text, press });
      return `${style.bold(`[${number}]`)} ${harmless(title)}`;
    });
    screen.print(offered);
  }
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
