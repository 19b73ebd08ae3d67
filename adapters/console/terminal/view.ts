import type { PersonId } from "../../../src/chat.ts";
import { type Channel, type Content, isIn, type Message, type Someone, type State, sees } from "../wire.ts";
import { type Drawing, drawContent, drawMessage, type Pressing } from "./draw-message.ts";
import { harmless } from "./harmless.ts";
import type { Screen } from "./screen.ts";
import type { Style } from "./style.ts";
import type { TerminalWords } from "./words.ts";

/** Something that can be pressed by its number. */
export type Numbered = { of: string; text: string; press(): Promise<void> };

/** What a view is made of. `person`: somebody looks, who wants to see what they said themselves, and may rate answers. */
export type ViewParts = {
  screen: Screen;
  me: PersonId;
  style: Style;
  words: TerminalWords;
  person: boolean;
  columns(): number;
  fileAt(ref: string): string;
  press(message: string, what: Pressing): Promise<void>;
};

/** The part of the workspace that a person looks at: who is there, what was said, what stands on the screen of it. */
export class View {
  readonly #parts: ViewParts;
  readonly #messages = new Map<string, Message>();
  /** What stands on the screen of each message. */
  readonly #shown = new Map<string, string>();
  readonly #live = new Map<string, string[]>();
  readonly #numbers = new Map<string, number>();
  readonly #numbered = new Map<number, Numbered>();
  #people: Someone[] = [];
  #bot: PersonId | undefined;
  #channels: Channel[] = [];
  #channel = "";

  constructor(parts: ViewParts) {
    this.#parts = parts;
  }

  /** Takes in the whole state; `draw` or `skip` decides then what is shown of it. */
  take({ bot, people, channels, messages }: State): void {
    this.#people = [bot, ...people];
    this.#bot = bot.id;
    this.#channels = channels;
    this.#messages.clear();
    for (const message of messages) this.#messages.set(message.id, message);
    this.#live.clear();
  }

  /** Goes to a channel by its name, or to `dm`; gives the names there are when it is none of them. */
  go(name: string): string[] | undefined {
    const mine = this.#channels.filter((channel) => isIn(this.#parts.me, channel));
    const bare = name.replace(/^#/, "");
    const found = mine.find((one) => one.id === bare || (bare === "dm" && one.with === this.#parts.me));
    if (!found) return mine.map((one) => (one.with ? "dm" : one.id));
    this.#channel = found.id;
    return undefined;
  }

  get channel(): string {
    return this.#channel;
  }

  /** One is in one's DM with the bot. */
  get direct(): boolean {
    return this.#channels.find(({ id }) => id === this.#channel)?.with !== undefined;
  }

  /** Something is being written here. */
  get busy(): boolean {
    return this.#live.size > 0;
  }

  /** What is to be seen here, oldest first. */
  here(): Message[] {
    return [...this.#messages.values()].filter((message) => this.#isHere(message));
  }

  /** The newest threads here, by the messages they grew from. */
  threads(): Message[] {
    const grown = new Set(this.here().map(({ thread }) => thread));
    return this.here()
      .filter(({ id }) => grown.has(id))
      .slice(-9);
  }

  nameOf(id: PersonId): string {
    return this.#people.find((one) => one.id === id)?.name ?? id;
  }

  /** Takes a message as it is now, and shows it when it is to be seen here. Gives whether the bot has said something whole. */
  hear(message: Message): boolean {
    this.#messages.set(message.id, message);
    this.draw(message);
    return this.#isHere(message) && message.author === this.#bot && !message.writing && !message.status;
  }

  /** Shows a message: whole ones stay, those being written change in place. */
  draw(message: Message): void {
    if (!this.#isHere(message)) return;
    const { screen, me, person } = this.#parts;
    const { id, writing, status, author } = message;
    this.#forget(id);
    const lines = drawMessage(message, this.nameOf(author), this.#drawing(id));
    if (writing || status) {
      this.#live.set(id, lines);
      screen.show(this.#liveLines());
      return;
    }
    this.#live.delete(id);
    const before = this.#shown.get(id);
    this.skip(message);
    const stays = before !== this.#shown.get(id) && (person || author !== me);
    screen.show(this.#liveLines(), stays ? lines : []);
  }

  /** Takes a message as shown without showing it. */
  skip(message: Message): void {
    this.#shown.set(message.id, JSON.stringify({ ...message, rated: undefined }));
  }

  /** Takes a message away; gives who had said it, when it stood on the screen. */
  drop(id: string): string | undefined {
    const message = this.#messages.get(id);
    this.#messages.delete(id);
    this.#forget(id);
    const stood = this.#shown.delete(id);
    if (this.#live.delete(id)) this.#parts.screen.show(this.#liveLines());
    return message && stood ? this.nameOf(message.author) : undefined;
  }

  /** Shows the bot's own page. */
  drawHome(home: Content): void {
    this.#forget("home");
    this.#parts.screen.print(drawContent(home, this.#drawing("home")));
  }

  /** What can be pressed by this number. */
  numbered(number: string): Numbered | undefined {
    return /^\d+$/.test(number) ? this.#numbered.get(Number(number)) : undefined;
  }

  /** The button that stops what is being written, of the newest that has one. */
  stopper(): Numbered | undefined {
    return [...this.#numbered.values()].findLast(({ of }) => this.#live.has(of));
  }

  /** Gives something to be pressed its number: the same for as long as it is the same. */
  number(key: string, what: Numbered): number {
    const number = this.#numbers.get(key) ?? this.#numbers.size + 1;
    this.#numbers.set(key, number);
    this.#numbered.set(number, what);
    return number;
  }

  #drawing(of: string): Drawing {
    const { style, words, fileAt, press, columns, person } = this.#parts;
    return {
      style,
      words,
      fileAt,
      ratings: person,
      columns: columns(),
      number: (what) =>
        this.number(`${of}/${JSON.stringify(what)}`, { of, text: harmless(what.text), press: () => press(of, what) }),
    };
  }

  #forget(of: string): void {
    for (const [number, one] of this.#numbered) if (one.of === of) this.#numbered.delete(number);
  }

  #isHere(message: Message): boolean {
    return message.channel === this.#channel && sees(this.#parts.me, message);
  }

  #liveLines(): string[] {
    return [...this.#live.values()].flat();
  }
}
