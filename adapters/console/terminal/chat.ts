import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Readable, Writable } from "node:stream";
import type { Language, PersonId, Suggested } from "../../../src/chat.ts";
import { refusals } from "../refusals.ts";
import type { State, You } from "../wire.ts";
import { completionsOf } from "./completion.ts";
import { Connection, Refused, type Told } from "./connection.ts";
import { FormAsking } from "./form-asking.ts";
import { harmless } from "./harmless.ts";
import { helpLines, type Order, orders } from "./orders.ts";
import { Screen } from "./screen.ts";
import { type Style, styleOf } from "./style.ts";
import { type Numbered, View } from "./view.ts";
import { Waiting } from "./waiting.ts";
import { type TerminalWords, terminalWords } from "./words.ts";

/** What a chat in a terminal is made of. */
export type ChatParts = {
  /** Where the console listens. */
  url: string;
  /** Who chats, and where: a channel, or their DM with the bot. */
  as: string;
  channel?: string | undefined;
  language: Language;
  input: Readable;
  output: Writable;
  /** Keys come one by one and the screen can be drawn over; else lines are read and answered one after the other. */
  terminal: boolean;
  color: boolean;
  size(): { columns: number; rows: number };
  /** Tells when somebody wants to interrupt from outside. */
  onInterrupt(listener: () => void): void;
  retryMs?: number;
  /** How long a line read from a pipe waits for its answer. */
  patienceMs?: number;
};

/** Chats until the person leaves or the input ends; gives the exit code. */
export function chat(parts: ChatParts): Promise<number> {
  return new Chat(parts).run();
}

class Chat {
  readonly #parts: ChatParts;
  readonly #me: PersonId;
  readonly #wire: Connection;
  readonly #style: Style;
  readonly #words: TerminalWords;
  readonly #screen: Screen;
  readonly #view: View;
  readonly #leaving = new AbortController();
  readonly #waiting = new Waiting(this.#leaving.signal);
  readonly #patienceMs: number;
  /** How long to wait for what comes at once, if it comes. */
  readonly #soonMs: number;
  #state: State | undefined;
  #you: You = { prompts: [] };
  /** The thread one is in, and what it grew from. */
  #thread: { id: string; text: string } | undefined;
  #form: FormAsking | undefined;
  #stopping = false;
  #homeAsked = false;
  /** How often the bot has said something whole. */
  #heard = 0;
  #lines: Promise<void>;
  #code = 0;

  constructor(parts: ChatParts) {
    const { url, as, retryMs, language, color, input, output, terminal, size, patienceMs = 300_000 } = parts;
    this.#parts = parts;
    this.#patienceMs = patienceMs;
    this.#soonMs = Math.min(3_000, patienceMs);
    this.#me = `console:${as.replace(/^console:/, "")}`;
    this.#wire = new Connection(url, this.#me, retryMs);
    this.#style = styleOf(color);
    this.#words = terminalWords(language);
    this.#screen = new Screen(
      { input, output, terminal, size, complete: (line) => this.#complete(line) },
      {
        line: (line) => this.#then(() => this.#take(line)),
        interrupt: () => void this.#interrupt(),
        // What was typed before the end is still done.
        end: () => void this.#lines.then(() => this.#leaving.abort()),
      },
    );
    this.#view = new View({
      screen: this.#screen,
      me: this.#me,
      style: this.#style,
      words: this.#words,
      person: terminal,
      columns: () => (terminal ? size().columns - 1 : 100),
      fileAt: (ref) => this.#wire.fileAt(ref),
      press: async (message, what) => {
        if (what.kind === "rating") await this.#wire.send("POST /console/ratings", { message, rating: what.rating });
        else {
          const { button, value } = what;
          await this.#wire.send("POST /console/presses", { message, button, ...(value !== undefined && { value }) });
        }
      },
    });
    this.#lines = Promise.resolve();
  }

  async run(): Promise<number> {
    this.#parts.onInterrupt(() => void this.#interrupt());
    let cursor: string | undefined;
    // Lines that come while it opens wait.
    const opening = this.#then(async () => {
      cursor = await this.#open();
    });
    await opening;
    if (cursor === undefined) this.#leaving.abort();
    for await (const told of this.#wire.follow(cursor ?? "", this.#leaving.signal)) {
      await this.#hear(told).catch((error: unknown) => this.#refused(error));
    }
    this.#screen.close();
    return this.#code;
  }

  /** Does one thing after the other. */
  #then(act: () => Promise<void>): Promise<void> {
    this.#lines = this.#lines.then(act).catch((error: unknown) => this.#refused(error));
    return this.#lines;
  }

  async #open(): Promise<string> {
    const { terminal, language, channel = "dm" } = this.#parts;
    const state = await this.#read();
    this.#go(channel);
    if (state.you?.language === undefined && language !== "en")
      await this.#wire.send("POST /console/language", { language });
    if (terminal) {
      this.#note(this.#words.welcome(this.#view.nameOf(this.#me), this.#placeName()));
      for (const message of this.#view.here().slice(-10)) this.#view.draw(message);
      this.#prompt();
      if (this.#view.direct) await this.#wire.lookAt("direct");
    } else for (const message of this.#view.here()) this.#view.skip(message);
    return state.cursor;
  }

  async #read(): Promise<State> {
    const state = await this.#wire.state();
    this.#state = state;
    this.#view.take(state);
    if (state.you) this.#you = state.you;
    return state;
  }

  async #hear(told: Told): Promise<void> {
    if (told.event === "lost" || told.event === "back") this.#note(this.#words[told.event]);
    if (told.event === "message" && this.#view.hear(told.data)) this.#heard++;
    if (told.event === "removed") {
      const name = this.#view.drop(told.data.id);
      if (name) this.#note(this.#words.deleted(name));
    }
    if (told.event === "reset") {
      await this.#read();
      for (const message of this.#view.here()) this.#view.draw(message);
    }
    if (told.event === "you") this.#learn(told.data);
    if (!this.#view.busy) this.#stopping = false;
    this.#waiting.look();
  }

  #learn(you: You): void {
    const before = this.#you;
    this.#you = you;
    if (!you.form) this.#form = undefined;
    else if (you.form.id !== this.#form?.id) {
      this.#form = new FormAsking(you.form.id, you.form.form, this.#style, this.#words);
      this.#screen.print([...this.#form.opening(), ...this.#form.question()]);
    }
    if (this.#homeAsked && you.home && !same(you.home, before.home)) this.#view.drawHome(you.home);
    if (this.#parts.terminal && this.#view.direct && !same(you.prompts, before.prompts)) this.#offer(you);
    this.#prompt();
  }

  /** Shows ways to begin. */
  #offer({ prompts }: You): void {
    const offered = prompts.map(({ title, text }) => {
      const number = this.#view.number(`prompt/${title}`, { of: "prompt", text, press: () => this.#say(text) });
      return `${this.#style.bold(`[${number}]`)} ${harmless(title)}`;
    });
    this.#screen.print(offered);
  }

  /** Does what a line that was typed says. */
  async #take(line: string): Promise<void> {
    if (this.#leaving.signal.aborted) return;
    if (this.#form) return this.#fill(this.#form, line);
    const text = line.trim();
    if (text === "") return;
    const button = this.#view.numbered(text);
    if (button) return this.#press(button);
    const [, word = "", rest = ""] = /^(\/\S+)\s*([\s\S]*)$/.exec(text) ?? [];
    const order = orders.find((one) => one === word.toLowerCase());
    return order ? this.#doing[order](rest) : this.#say(line);
  }

  readonly #doing: Record<Order, (rest: string) => Promise<void>> = {
    "/press": async (rest) => {
      const button = this.#view.numbered(rest);
      if (button) await this.#press(button);
      else this.#wrong(this.#words.noButton(rest));
    },
    "/thread": async (rest) => this.#goToThread(rest),
    "/channel": async (rest) => {
      if (rest) this.#go(rest);
      this.#thread = undefined;
      this.#note(this.#words.inChannel(this.#placeName()));
      if (rest) for (const message of this.#view.here().slice(-10)) this.#view.draw(message);
      this.#prompt();
    },
    "/about": async () => {
      const newest = this.#view.here().findLast(({ status, writing }) => !status && !writing);
      const [shortcut] = this.#state?.shortcuts.en ?? [];
      if (!newest || !shortcut) return this.#wrong(this.#words.nothingToPick);
      await this.#acting(() =>
        this.#wire.send("POST /console/shortcuts", { message: newest.id, shortcut: shortcut.name }),
      );
    },
    "/file": async (rest) => {
      const [, path = "", text = ""] = /^("[^"]+"|\S+)\s*([\s\S]*)$/.exec(rest) ?? [];
      if (!path) return this.#wrong(this.#words.fileWants);
      const file = path.replace(/^"|"$/g, "");
      const bytes = await readFile(file).catch(() => undefined);
      if (!bytes) return this.#wrong(this.#words.noFile(file));
      const { ref } = await this.#wire.sendFile(basename(file), new Uint8Array(bytes));
      await this.#say(text, [ref]);
    },
    "/home": async () => {
      const { home, ...rest } = this.#you;
      this.#you = rest;
      this.#homeAsked = true;
      await this.#wire.lookAt("home");
      const drawn = await this.#waiting.until(() => this.#you.home !== undefined, this.#soonMs);
      if (!drawn) this.#note(this.#words.homeEmpty);
    },
    "/language": async (rest) => {
      if (rest !== "en" && rest !== "zh-TW") return this.#wrong(this.#words.languageWants);
      await this.#wire.send("POST /console/language", { language: rest });
      this.#note(terminalWords(rest).languageSet);
    },
    "/say": (rest) => this.#say(rest),
    "/help": async () => {
      const commands = this.#state?.commands[this.#parts.language] ?? [];
      this.#screen.print(helpLines(commands, this.#words, this.#style));
    },
    "/quit": async () => this.#leave(),
  };

  async #say(text: string, files: string[] = []): Promise<void> {
    const command = /^\/[a-z]+(\s|$)/i.test(text.trim());
    const called = command || this.#view.direct || this.#thread !== undefined || /[@＠]bellhop/i.test(text);
    const heard = this.#heard;
    const said = await this.#wire.send("POST /console/messages", {
      channel: this.#view.channel,
      ...(this.#thread && { thread: this.#thread.id }),
      text,
      ...(files.length > 0 && { files }),
    });
    if ("message" in said && !this.#view.direct && !this.#thread && called) {
      // The answer grows a thread: what is said next belongs there.
      this.#thread = { id: said.id, text: said.message.text };
      this.#prompt();
    }
    if (called) await this.#answered(heard, this.#patienceMs, true);
  }

  /** Does something the bot may answer with words, with a form, or not at all. */
  async #acting(act: () => Promise<unknown>): Promise<void> {
    const heard = this.#heard;
    await act();
    await this.#answered(heard, this.#soonMs, false);
  }

  /** Where lines come from a pipe: waits until the bot has said something whole, or asks with a form. */
  async #answered(heard: number, patienceMs: number, expected: boolean): Promise<void> {
    if (this.#parts.terminal) return;
    const done = () => this.#form !== undefined || (this.#heard > heard && !this.#view.busy);
    if (!(await this.#waiting.until(done, patienceMs)) && expected) this.#wrong(this.#words.noAnswer);
  }

  async #press({ text, press }: Numbered): Promise<void> {
    await this.#acting(async () => {
      await press();
      this.#note(this.#words.pressed(text));
    });
  }

  /** Takes a line as an answer to the form's question. */
  async #fill(form: FormAsking, line: string): Promise<void> {
    if (line.trim() === "/cancel") {
      await this.#wire.send("POST /console/dismissals", { form: form.id });
      this.#form = undefined;
      return this.#note(this.#words.formClosed);
    }
    const wrong = form.take(line);
    if (wrong) this.#screen.print([this.#style.bad(wrong)]);
    const values = form.values();
    if (!values) return form.open ? undefined : this.#screen.print(form.question());
    const heard = this.#heard;
    try {
      await this.#wire.send("POST /console/submissions", { form: form.id, values });
    } catch (error) {
      if (!(error instanceof Refused) || error.code === "no_such_form") {
        this.#form = undefined;
        throw error;
      }
      this.#refused(error);
      form.again(error.input);
      return this.#screen.print(form.question());
    }
    this.#form = undefined;
    this.#note(this.#words.formSent);
    this.#prompt();
    await this.#answered(heard, this.#patienceMs, true);
  }

  /** Stops the run in hand; when there is none, or it is being stopped already, leaves. */
  async #interrupt(): Promise<void> {
    const stopper = this.#view.stopper();
    if (!stopper || this.#stopping) return this.#leave();
    this.#stopping = true;
    this.#note(this.#words.stopping);
    await stopper.press().catch((error: unknown) => this.#refused(error));
  }

  #leave(): void {
    this.#note(this.#words.leaving);
    this.#leaving.abort();
  }

  #go(name: string): void {
    const known = this.#view.go(name);
    if (known) throw new Refused("no_such_channel", this.#words.noChannel(name, known.join(", ")));
  }

  #goToThread(which: string): void {
    const threads = this.#view.threads();
    const about = ({ author, text }: (typeof threads)[number]) => `${this.#view.nameOf(author)}: ${shortened(text)}`;
    const root = threads[Number(which) - 1];
    if (threads.length === 0) this.#wrong(this.#words.noThreads);
    else if (which === "")
      this.#screen.print([this.#words.threads, ...threads.map((one, n) => `  ${n + 1}. ${about(one)}`)]);
    else if (!root) this.#wrong(this.#words.noThread(which));
    else {
      this.#thread = { id: root.id, text: root.text };
      this.#note(this.#words.thread(shortened(root.text)));
      this.#prompt();
    }
  }

  #complete(line: string): Promise<[string[], string]> {
    const state = this.#state;
    if (!state || this.#form) return Promise.resolve([[], line]);
    const place = { channel: this.#view.channel, ...(this.#thread && { thread: this.#thread.id }) };
    const suggest = (field: Suggested, typed: string) => this.#wire.suggest(field, typed, place);
    const { direct } = this.#view;
    return completionsOf(line, { state, orders: [...orders], direct, heard: direct || !!this.#thread, suggest });
  }

  #placeName(): string {
    return this.#view.direct ? this.#words.direct : `#${this.#view.channel}`;
  }

  #prompt(): void {
    const place = this.#view.direct ? "dm" : `#${this.#view.channel}`;
    const about = this.#thread ? ` ⤷ ${shortened(this.#thread.text, 24)}` : "";
    this.#screen.prompt(this.#form ? "? " : `${this.#style.dim(`${place}${about}`)} › `);
  }

  /** Says something beside the conversation, where somebody is there to read it. */
  #note(text: string): void {
    if (this.#parts.terminal) this.#screen.print([this.#style.dim(text)]);
  }

  #wrong(text: string): void {
    this.#screen.print([this.#style.bad(harmless(text))]);
    // A script wants to know; a person has read it.
    if (!this.#parts.terminal) this.#code = 1;
  }

  #refused(error: unknown): void {
    const own = error instanceof Error ? error.message : String(error);
    this.#wrong((error instanceof Refused ? refusals[this.#parts.language][error.code] : undefined) ?? own);
    if (this.#state === undefined) this.#code = 1;
  }
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function shortened(text: string, most = 60): string {
  const signs = [...harmless(text).replace(/\s+/g, " ").trim()];
  return signs.length <= most ? signs.join("") : `${signs.slice(0, most - 1).join("")}…`;
}
