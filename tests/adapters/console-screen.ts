import { charactersOf, widthOf } from "../../src/words/width.ts";

/**
 * The screen of a terminal: takes what a program writes and knows what stands there. It obeys only what a simple terminal
 * does, and refuses the rest, so that nothing a message says can reach it unnoticed.
 */
export class TestScreen {
  readonly columns: number;
  readonly rows: number;
  /** Every row there ever was; the last `rows` of them are to be seen. */
  readonly #lines: string[][] = [[]];
  #row = 0;
  #column = 0;
  #rest = "";

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  /** All that stands, scrolled away or not, without empty ends. */
  get text(): string {
    return this.#lines
      .map((line) => line.join("").trimEnd())
      .join("\n")
      .trimEnd();
  }

  /** The row the cursor is in. */
  get typed(): string {
    return this.#lines[this.#row]?.join("").trimEnd() ?? "";
  }

  write(chunk: string): void {
    let text = this.#rest + chunk;
    this.#rest = "";
    while (text) {
      if (text.startsWith("\x1b")) {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what terminals are steered by
        const [whole, count, what] = /^\x1b\[(\d*)([A-Za-z])/.exec(text) ?? [];
        if (!whole && text.length < 10 && /^.\[?\d*$/.test(text)) {
          this.#rest = text;
          return;
        }
        if (!whole) throw new Error(`no terminal is to be told ${JSON.stringify(text.slice(0, 20))}`);
        this.#steer(what ?? "", count);
        text = text.slice(whole.length);
        continue;
      }
      // biome-ignore lint/suspicious/noControlCharactersInRegex: words end where steering begins
      const [words = text] = /^[^\x1b]+/.exec(text) ?? [];
      for (const character of charactersOf(words)) this.#put(character);
      text = text.slice(words.length);
    }
  }

  #put(character: string): void {
    if (character === "\r") {
      this.#column = 0;
      return;
    }
    if (character === "\r\n" || character === "\n") {
      this.#newLine();
      return;
    }
    if (/^\p{Cc}$/u.test(character)) throw new Error(`no terminal is to be told ${JSON.stringify(character)}`);
    const width = widthOf(character);
    if (this.#column + width > this.columns) this.#newLine();
    const line = this.#lines[this.#row] ?? [];
    while (line.length < this.#column) line.push(" ");
    line[this.#column] = character;
    if (width === 2) line[this.#column + 1] = "";
    this.#column += width;
  }

  #newLine(): void {
    this.#row++;
    this.#column = 0;
    if (this.#row === this.#lines.length) this.#lines.push([]);
  }

  #steer(what: string, counted: string | undefined): void {
    const count = Number(counted || 1);
    const top = Math.max(0, this.#lines.length - this.rows);
    if (what === "m") return;
    if (what === "A") this.#row = Math.max(top, this.#row - count);
    else if (what === "B") this.#row = Math.min(this.#lines.length - 1, this.#row + count);
    else if (what === "C") this.#column = Math.min(this.columns - 1, this.#column + count);
    else if (what === "D") this.#column = Math.max(0, this.#column - count);
    else if (what === "G") this.#column = count - 1;
    else if (what === "K" && counted === "2") this.#lines[this.#row] = [];
    else if (what === "K" && (counted === "" || counted === "0")) this.#lines[this.#row]?.splice(this.#column);
    else if (what === "J" && (counted === "" || counted === "0")) {
      this.#lines[this.#row]?.splice(this.#column);
      for (const line of this.#lines.slice(this.#row + 1)) line.splice(0);
    } else throw new Error(`no terminal is to be told CSI ${counted}${what}`);
  }
}
