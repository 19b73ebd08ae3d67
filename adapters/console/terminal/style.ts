import { charactersOf, widthOf } from "../../../src/words/width.ts";

/** How words can look; without colour they look as they are. */
export type Style = Record<"bold" | "italic" | "struck" | "dim" | "code" | "name" | "good" | "bad", Look>;
type Look = (text: string) => string;

const codes: Record<keyof Style, number> = {
  bold: 1,
  dim: 2,
  italic: 3,
  struck: 9,
  code: 36,
  name: 33,
  good: 32,
  bad: 31,
};

/** The looks of a terminal that has colours, or has none. */
export function styleOf(color: boolean): Style {
  const look =
    (code: number): Look =>
    (text) =>
      color && text ? `\x1b[${code}m${text}\x1b[0m` : text;
  return {
    bold: look(codes.bold),
    italic: look(codes.italic),
    struck: look(codes.struck),
    dim: look(codes.dim),
    code: look(codes.code),
    name: look(codes.name),
    good: look(codes.good),
    bad: look(codes.bad),
  };
}

const esc = "\x1b";
const parts = new RegExp(`${esc}\\[\\d+m|[^${esc}]+`, "g");

/** A line as rows of at most so many cells, each as far in as the first; looks go on from row to row. */
export function wrapLine(line: string, columns: number): string[] {
  const indent = /^ */.exec(line)?.[0].slice(0, Math.floor(columns / 2)) ?? "";
  return rowsOf(line.slice(indent.length), columns - indent.length).map((row) => indent + row);
}

/** Broken between words where there are any. */
function rowsOf(line: string, columns: number): string[] {
  const rows: string[] = [];
  let row = "";
  let width = 0;
  let open: string[] = [];
  // Where the row could end: what stands before the last space, and what after it.
  let before: { text: string; open: string[] } | undefined;
  let after = "";
  let afterWidth = 0;

  function end(text: string, looks: string[]): void {
    rows.push(looks.length ? `${text}\x1b[0m` : text);
  }
  for (const part of line.match(parts) ?? []) {
    if (part.startsWith("\x1b")) {
      open = part === "\x1b[0m" ? [] : [...open, part];
      row += part;
      after += part;
      continue;
    }
    for (const character of charactersOf(part)) {
      const cells = widthOf(character);
      if (width + cells > columns && width > 0) {
        if (character === " ") {
          end(row, open);
          [row, width, before, after, afterWidth] = [open.join(""), 0, undefined, "", 0];
          continue;
        }
        if (before) {
          end(before.text, before.open);
          [row, width] = [before.open.join("") + after, afterWidth];
        } else {
          end(row, open);
          [row, width] = [open.join(""), 0];
        }
        [before, after, afterWidth] = [undefined, "", 0];
      }
      if (character === " " && width > 0) {
        before = { text: row, open };
        [after, afterWidth] = ["", 0];
      } else {
        after += character;
        afterWidth += cells;
      }
      row += character;
      width += cells;
    }
  }
  return [...rows, row];
}
