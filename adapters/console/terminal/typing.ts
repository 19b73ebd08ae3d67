import type { Answers } from "./answers.ts";
import type { FormFilling } from "./form-filling.ts";
import type { Hearing } from "./hearing.ts";
import { helpLines, type Order, orders } from "./orders.ts";
import type { Place } from "./place.ts";
import type { Saying } from "./saying.ts";
import type { Seat } from "./seat.ts";
import type { Waiting } from "./waiting.ts";
import { terminalWords } from "./words.ts";

/** What does what is typed. */
export type TypingParts = {
  place: Place;
  answers: Answers;
  filling: FormFilling;
  saying: Saying;
  hearing: Hearing;
  waiting: Waiting;
  /** How long to wait for what comes at once, if it comes. */
  soonMs: number;
  leave(): void;
};

/** What a line does: it answers a form, presses what has its number, gives the terminal an order, or is said. */
export class Typing {
  readonly #seat: Seat;
  readonly #parts: TypingParts;

  constructor(seat: Seat, parts: TypingParts) {
    this.#seat = seat;
    this.#parts = parts;
  }

  async take(line: string): Promise<void> {
    const { filling, saying } = this.#parts;
    if (filling.form) return filling.fill(filling.form, line);
    const text = line.trim();
    if (text === "") return;
    const button = this.#seat.view.numbered(text);
    if (button) return saying.press(button);
    const [, word = "", rest = ""] = /^(\/\S+)\s*([\s\S]*)$/.exec(text) ?? [];
    const order = orders.find((one) => one === word.toLowerCase());
    return order ? this.#doing[order](rest) : saying.say(line);
  }

  readonly #doing: Record<Order, (rest: string) => Promise<void>> = {
    "/press": async (number) => {
      const { view, words, aside } = this.#seat;
      const button = view.numbered(number);
      if (button) await this.#parts.saying.press(button);
      else aside.wrong(words.noButton(number));
    },
    "/thread": async (number) => this.#parts.place.goToThread(number),
    "/channel": async (name) => this.#parts.place.goToChannel(name),
    "/about": () => this.#askAboutNewest(),
    "/file": (rest) => this.#parts.saying.sendFile(rest),
    "/home": async () => {
      const { hearing, waiting, soonMs } = this.#parts;
      await hearing.askHome();
      const drawn = await waiting.until(() => hearing.home, soonMs);
      if (!drawn) this.#seat.aside.note(this.#seat.words.homeEmpty);
    },
    "/language": async (language) => {
      const { wire, words, aside } = this.#seat;
      if (language !== "en" && language !== "zh-TW") return aside.wrong(words.languageWants);
      await wire.send("POST /console/language", { language });
      aside.note(terminalWords(language).languageSet);
    },
    "/say": (text) => this.#parts.saying.say(text),
    "/help": async () => {
      const { screen, words, style, language } = this.#seat;
      screen.print(helpLines(this.#parts.hearing.state?.commands[language] ?? [], words, style));
    },
    "/quit": async () => this.#parts.leave(),
  };

  /** Asks what the bot offers to do with a message, of the newest one. */
  async #askAboutNewest(): Promise<void> {
    const { wire, view, words, aside } = this.#seat;
    const newest = view.here().findLast(({ status, writing }) => !status && !writing);
    const [shortcut] = this.#parts.hearing.state?.shortcuts.en ?? [];
    if (!newest || !shortcut) return aside.wrong(words.nothingToPick);
    const pick = { message: newest.id, shortcut: shortcut.name };
    await this.#parts.answers.possible(() => wire.send("POST /console/shortcuts", pick));
  }
}
