import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { widthOf } from "../../../src/words/width.ts";
import { wrapLine } from "./style.ts";

/** What a screen is made of. `terminal`: it can be drawn over, and keys come one by one. */
export type ScreenParts = {
  input: Readable;
  output: Writable;
  terminal: boolean;
  size(): { columns: number; rows: number };
  complete(line: string): Promise<[string[], string]>;
};

/** What a screen tells of. */
export type ScreenEvents = { line(line: string): void; interrupt(): void; end(): void };

/**
 * Lines that stay, under them lines that still change, and last the line being typed. Where nothing can be drawn over
 * (a pipe, a file) there are only lines that stay.
 */
export class Screen {
  readonly #parts: ScreenParts;
  readonly #readline: Interface;
  #live: string[] = [];
  #liveRows = 0;
  #typedRows = 0;
  #prompt = "";
  #closed = false;

  constructor(parts: ScreenParts, events: ScreenEvents) {
    const { input, output, terminal } = parts;
    this.#parts = parts;
    this.#readline = createInterface({
      input,
      ...(terminal && { output }),
      terminal,
      prompt: "",
      historySize: terminal ? 200 : 0,
      completer: (line: string, done: (error: Error | null, found: [string[], string]) => void) => {
        parts.complete(line).then(
          (found) => done(null, found),
          () => done(null, [[], line]),
        );
      },
    });
    this.#readline.on("line", (line) => {
      // What was typed stands above now; what comes of it is drawn in its place.
      if (terminal) this.#typedRows = this.#rowsOf(`${this.#prompt}${line}`);
      this.#paint([]);
      events.line(line);
    });
    this.#readline.on("SIGINT", () => {
      if (this.#readline.line === "") return events.interrupt();
      this.#readline.write(null, { ctrl: true, name: "e" });
      this.#readline.write(null, { ctrl: true, name: "u" });
    });
    this.#readline.on("close", () => {
      this.#closed = true;
      events.end();
    });
  }

  /** What stands before the line being typed. */
  prompt(text: string): void {
    this.#prompt = text;
    this.#readline.setPrompt(text);
    this.#paint([]);
  }

  /** Lines that stay. */
  print(lines: string[]): void {
    if (this.#parts.terminal) this.#paint(lines);
    else for (const line of lines) this.#parts.output.write(`${line}\n`);
  }

  /** Lines that may still change, in place of those before; with `lines` that stay above them. */
  show(live: string[], lines: string[] = []): void {
    this.#live = live;
    this.print(lines);
  }

  /** Nothing more is typed; what stays is left standing. */
  close(): void {
    if (!this.#closed) this.show([]);
    this.#closed = true;
    if (this.#parts.terminal) this.#parts.output.write("\r\x1b[J");
    this.#readline.close();
  }

  #paint(lines: string[]): void {
    const { output, terminal, size } = this.#parts;
    if (!terminal || this.#closed) return;
    const { columns, rows } = size();
    const cursor = this.#typedRows > 0 ? 0 : this.#readline.getCursorPos().rows;
    const up = this.#liveRows + this.#typedRows + cursor;
    // Of what is too high for the screen, the end is shown; whole it stands there once it stays.
    const live = this.#live.flatMap((line) => wrapLine(line, columns - 1)).slice(-Math.max(1, rows - 4));
    const stays = lines.flatMap((line) => wrapLine(line, columns - 1));
    const all = [...stays, ...live].map((row) => `${row}\r\n`).join("");
    // readline goes up as many rows as its cursor was down, before it draws its line anew.
    output.write(`\r${up > 0 ? `\x1b[${up}A` : ""}\x1b[J${all}${"\n".repeat(cursor)}`);
    this.#liveRows = live.length;
    this.#typedRows = 0;
    this.#readline.prompt(true);
  }

  #rowsOf(text: string): number {
    return Math.floor(widthOf(stripVTControlCharacters(text)) / this.#parts.size().columns) + 1;
  }
}
