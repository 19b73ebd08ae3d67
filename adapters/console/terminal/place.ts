import { Refused } from "./connection.ts";
import { harmless } from "./harmless.ts";
import type { Seat } from "./seat.ts";

/** A thread, and what it grew from. */
type Thread = { id: string; text: string };

/** Where one is: in a channel or in one's DM with the bot, and there perhaps in a thread. */
export class Place {
  readonly #seat: Seat;
  /** Told when one has gone to another channel or thread. */
  readonly #moved: () => void;
  #thread: Thread | undefined;

  constructor(seat: Seat, moved: () => void) {
    this.#seat = seat;
    this.#moved = moved;
  }

  /** The place as requests name it. */
  get at(): { channel: string; thread?: string } {
    return { channel: this.#seat.view.channel, ...(this.#thread && { thread: this.#thread.id }) };
  }

  /** The bot is meant here also where it is not called. */
  get isHeard(): boolean {
    return this.#seat.view.direct || this.#thread !== undefined;
  }

  /** The channel as people call it. */
  get name(): string {
    const { view, words } = this.#seat;
    return view.direct ? words.direct : `#${view.channel}`;
  }

  /** What stands before the line being typed. */
  get prompt(): string {
    const { view, style } = this.#seat;
    const place = view.direct ? "dm" : `#${view.channel}`;
    const about = this.#thread ? ` ⤷ ${shortened(this.#thread.text, 24)}` : "";
    return `${style.dim(`${place}${about}`)} › `;
  }

  /** Goes to a channel by its name, or to `dm`. Throws `Refused` where there is none. */
  go(name: string): void {
    const { view, words } = this.#seat;
    const known = view.go(name);
    if (known) throw new Refused("no_such_channel", words.noChannel(name, known.join(", ")));
  }

  /** Goes to a channel and shows the newest of it; where none is named, only out of the thread. */
  goToChannel(name: string): void {
    const { view, words, aside } = this.#seat;
    if (name) this.go(name);
    this.#thread = undefined;
    aside.note(words.inChannel(this.name));
    if (name) for (const message of view.here().slice(-10)) view.draw(message);
    this.#moved();
  }

  /** Goes to a thread by its number; where none is given, tells which there are. */
  goToThread(which: string): void {
    const { view, screen, words, aside } = this.#seat;
    const threads = view.threads();
    const about = ({ author, text }: (typeof threads)[number]) => `${view.nameOf(author)}: ${shortened(text)}`;
    const root = threads[Number(which) - 1];
    if (threads.length === 0) aside.wrong(words.noThreads);
    else if (which === "") screen.print([words.threads, ...threads.map((one, n) => `  ${n + 1}. ${about(one)}`)]);
    else if (!root) aside.wrong(words.noThread(which));
    else {
      aside.note(words.thread(shortened(root.text)));
      this.enter(root);
    }
  }

  /** Goes to the thread that grows from a message. */
  enter({ id, text }: Thread): void {
    this.#thread = { id, text };
    this.#moved();
  }
}

function shortened(text: string, most = 60): string {
  const signs = [...harmless(text).replace(/\s+/g, " ").trim()];
  return signs.length <= most ? signs.join("") : `${signs.slice(0, most - 1).join("")}…`;
}
