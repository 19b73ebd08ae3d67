import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Answers } from "./answers.ts";
import type { Place } from "./place.ts";
import type { Seat } from "./seat.ts";
import type { Numbered } from "./view.ts";

/** What somebody says where they are, and what they press there. */
export class Saying {
  readonly #seat: Seat;
  readonly #place: Place;
  readonly #answers: Answers;

  constructor(seat: Seat, place: Place, answers: Answers) {
    this.#seat = seat;
    this.#place = place;
    this.#answers = answers;
  }

  /** Says something, and where the bot is meant waits for its answer. */
  async say(text: string, files: string[] = []): Promise<void> {
    const { wire } = this.#seat;
    const command = /^\/[a-z]+(\s|$)/i.test(text.trim());
    const called = command || this.#place.isHeard || /[@＠]bellhop/i.test(text);
    const send = () =>
      wire.send("POST /console/messages", { ...this.#place.at, text, ...(files.length > 0 && { files }) });
    if (!called) return void (await send());
    await this.#answers.wanted(async () => {
      const said = await send();
      // The answer grows a thread: what is said next belongs there.
      if ("message" in said && !this.#place.isHeard) this.#place.enter({ id: said.id, text: said.message.text });
    });
  }

  /** Sends a file by its path, with words or without. */
  async sendFile(typed: string): Promise<void> {
    const { wire, words, aside } = this.#seat;
    const [, path = "", text = ""] = /^("[^"]+"|\S+)\s*([\s\S]*)$/.exec(typed) ?? [];
    if (!path) return aside.wrong(words.fileWants);
    const file = path.replace(/^"|"$/g, "");
    const bytes = await readFile(file).catch(() => undefined);
    if (!bytes) return aside.wrong(words.noFile(file));
    const { ref } = await wire.sendFile(basename(file), new Uint8Array(bytes));
    await this.say(text, [ref]);
  }

  async press({ text, press }: Numbered): Promise<void> {
    const { words, aside } = this.#seat;
    await this.#answers.possible(async () => {
      await press();
      aside.note(words.pressed(text));
    });
  }
}
