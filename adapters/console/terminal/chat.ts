import type { Suggested } from "../../../src/chat.ts";
import { Answers } from "./answers.ts";
import { completionsOf } from "./completion.ts";
import type { Told } from "./connection.ts";
import { FormFilling } from "./form-filling.ts";
import { Hearing } from "./hearing.ts";
import { orders } from "./orders.ts";
import { Place } from "./place.ts";
import { Saying } from "./saying.ts";
import { type Seat, type SeatParts, seatOf } from "./seat.ts";
import { Typing } from "./typing.ts";
import { Waiting } from "./waiting.ts";

/** What a chat in a terminal is made of. */
export type ChatParts = SeatParts & {
  /** Where they chat, if not in their DM with the bot. */
  channel?: string | undefined;
  /** Tells when somebody wants to interrupt from outside. */
  onInterrupt(listener: () => void): void;
  /** How long a line read from a pipe waits for its answer. */
  patienceMs?: number;
};

/** Chats until the person leaves or the input ends; gives the exit code. */
export function chat(parts: ChatParts): Promise<number> {
  return new Chat(parts).run();
}

class Chat {
  readonly #parts: ChatParts;
  readonly #seat: Seat;
  readonly #place: Place;
  readonly #filling: FormFilling;
  readonly #hearing: Hearing;
  readonly #typing: Typing;
  readonly #leaving = new AbortController();
  readonly #waiting = new Waiting(this.#leaving.signal);
  #stopping = false;
  #lines = Promise.resolve();

  constructor(parts: ChatParts) {
    const { patienceMs = 300_000 } = parts;
    const soonMs = Math.min(3_000, patienceMs);
    const waiting = this.#waiting;
    const asks = () => this.#filling.form !== undefined;
    const changed = () => this.#prompt();
    this.#parts = parts;
    this.#seat = seatOf(parts, {
      complete: (line) => this.#complete(line),
      line: (line) => this.#then(() => this.#take(line)),
      interrupt: () => void this.#interrupt(),
      // What was typed before the end is still done.
      end: () => void this.#lines.then(() => this.#leaving.abort()),
    });
    const answers = new Answers(this.#seat, { waiting, patienceMs, soonMs, asks });
    this.#place = new Place(this.#seat, changed);
    this.#filling = new FormFilling(this.#seat, answers, changed);
    const [place, filling] = [this.#place, this.#filling];
    const saying = new Saying(this.#seat, place, answers);
    this.#hearing = new Hearing(this.#seat, { answers, filling, saying, changed });
    this.#typing = new Typing(this.#seat, {
      place,
      answers,
      filling,
      saying,
      hearing: this.#hearing,
      waiting,
      soonMs,
      leave: () => this.#leave(),
    });
  }

  async run(): Promise<number> {
    const { wire, screen, aside } = this.#seat;
    this.#parts.onInterrupt(() => void this.#interrupt());
    let cursor: string | undefined;
    // Lines that come while it opens wait.
    await this.#then(async () => {
      cursor = await this.#open();
    });
    if (cursor === undefined) this.#leaving.abort();
    for await (const told of wire.follow(cursor ?? "", this.#leaving.signal)) {
      await this.#hear(told).catch((error: unknown) => aside.refused(error));
    }
    screen.close();
    // Who never got in has failed, also where a person has read why.
    return this.#hearing.state ? aside.code : 1;
  }

  /** Does one thing after the other. */
  #then(act: () => Promise<void>): Promise<void> {
    this.#lines = this.#lines.then(act).catch((error: unknown) => this.#seat.aside.refused(error));
    return this.#lines;
  }

  async #open(): Promise<string> {
    const { wire, view, me, aside, words, language, person } = this.#seat;
    const state = await this.#hearing.read();
    this.#place.go(this.#parts.channel ?? "dm");
    if (state.you?.language === undefined && language !== "en") await wire.send("POST /console/language", { language });
    if (person) {
      aside.note(words.welcome(view.nameOf(me), this.#place.name));
      for (const message of view.here().slice(-10)) view.draw(message);
      this.#prompt();
      if (view.direct) await wire.lookAt("direct");
    } else for (const message of view.here()) view.skip(message);
    return state.cursor;
  }

  async #hear(told: Told): Promise<void> {
    await this.#hearing.hear(told);
    if (!this.#seat.view.busy) this.#stopping = false;
    this.#waiting.look();
  }

  async #take(line: string): Promise<void> {
    if (!this.#leaving.signal.aborted) await this.#typing.take(line);
  }

  /** Stops the run in hand; when there is none, or it is being stopped already, leaves. */
  async #interrupt(): Promise<void> {
    const { view, words, aside } = this.#seat;
    const stopper = view.stopper();
    if (!stopper || this.#stopping) return this.#leave();
    this.#stopping = true;
    aside.note(words.stopping);
    await stopper.press().catch((error: unknown) => aside.refused(error));
  }

  #leave(): void {
    this.#seat.aside.note(this.#seat.words.leaving);
    this.#leaving.abort();
  }

  #complete(line: string): Promise<[string[], string]> {
    const { wire, view } = this.#seat;
    const { state } = this.#hearing;
    if (!state || this.#filling.form) return Promise.resolve([[], line]);
    const { at, isHeard: heard } = this.#place;
    const suggest = (field: Suggested, typed: string) => wire.suggest(field, typed, at);
    return completionsOf(line, { state, orders: [...orders], direct: view.direct, heard, suggest });
  }

  #prompt(): void {
    this.#seat.screen.prompt(this.#filling.form ? "? " : this.#place.prompt);
  }
}
