import type { Align, Table } from "./pieces.ts";
import { plainOf } from "./plain.ts";
import { charactersOf, widthOf } from "./width.ts";

const gap = "  ";
const leastColumn = 6;

/**
 * A table drawn in columns of plain text, for a font of fixed width. What is wider than `limit` cells is wrapped within
 * its column; where there are too many columns for that, each row is told line by line. Nothing is lost.
 */
export function drawTable({ rows, align }: Table, limit = 80): string {
  const cells = rows.map((row) => row.map(linesOf));
  const widths = columnsWithin(naturalWidths(cells), limit);
  if (!widths) return toldByRow(cells);
  const drawn = cells.map((row) => drawRow(row, widths, align));
  const [head = [], ...body] = drawn;
  const rule = widths.map((width) => "─".repeat(width)).join(gap);
  // Rows of several lines are told apart by an empty one.
  const between = body.some((row) => row.length > 1) ? "\n\n" : "\n";
  return [...head, rule, ...(body.length > 0 ? [body.map((row) => row.join("\n")).join(between)] : [])].join("\n");
}

/** A cell's words; backticks that would end a code block around the table are kept apart. */
function linesOf(cell: string): string[] {
  const plain = plainOf(cell).replace(/`(?=`)/g, "`\u200b");
  return plain.split("\n").map((line) => line.replace(/[\s\p{Cc}]+/gu, " ").trim());
}

function naturalWidths(rows: string[][][]): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [n, cell] of row.entries()) widths[n] = Math.max(widths[n] ?? 1, ...cell.map(widthOf));
  }
  return widths;
}

/** Narrow columns stay as they are, wide ones share what is left; undefined when that is too little. */
function columnsWithin(natural: number[], limit: number): number[] | undefined {
  const room = limit - gap.length * (natural.length - 1);
  const widths = [...natural];
  let left = room;
  const open = new Set(widths.keys());
  for (;;) {
    const share = Math.floor(left / open.size);
    const fitting = [...open].filter((n) => (natural[n] ?? 0) <= share);
    for (const n of fitting) {
      open.delete(n);
      left -= natural[n] ?? 0;
    }
    if (open.size === 0) return widths;
    if (fitting.length > 0) continue;
    if (share < leastColumn) return undefined;
    for (const n of open) widths[n] = share;
    return widths;
  }
}

function drawRow(row: string[][], widths: number[], align: Table["align"]): string[] {
  const columns = widths.map((width, n) => (row[n] ?? [""]).flatMap((line) => wrapped(line, width)));
  const height = Math.max(1, ...columns.map((lines) => lines.length));
  return Array.from({ length: height }, (_, at) =>
    columns
      .map((lines, n) => placed(lines[at] ?? "", widths[n] ?? 0, align[n]))
      .join(gap)
      .trimEnd(),
  );
}

function placed(text: string, width: number, side: Align | undefined): string {
  const left = Math.max(0, width - widthOf(text));
  const before = side === "right" ? left : side === "center" ? Math.floor(left / 2) : 0;
  return `${" ".repeat(before)}${text}${" ".repeat(left - before)}`;
}

/** A line in lines of at most `width` cells: between words, or East Asian characters, else within a word. */
function wrapped(line: string, width: number): string[] {
  if (widthOf(line) <= width) return [line];
  const lines: string[] = [];
  let current = "";
  for (const word of wordsOf(line)) {
    if (widthOf(current + word.trimEnd()) <= width) {
      current += word;
      continue;
    }
    if (current) lines.push(current.trimEnd());
    current = "";
    for (const character of widthOf(word.trimEnd()) <= width ? [word] : charactersOf(word)) {
      if (current && widthOf(current + character.trimEnd()) > width) {
        lines.push(current.trimEnd());
        current = "";
      }
      current += character;
    }
  }
  return current.trim() ? [...lines, current.trimEnd()] : lines;
}

/** What a line may be broken after: words with the space that follows them, East Asian characters one by one. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  let open = false;
  for (const character of charactersOf(line)) {
    const alone = widthOf(character) > 1;
    if (character === " " && words.length > 0) words.push(`${words.pop()} `);
    else if (open && !alone) words.push(`${words.pop()}${character}`);
    else words.push(character);
    open = !alone && character !== " ";
  }
  return words;
}

function toldByRow([head = [], ...body]: string[][][]): string {
  const names = head.map((cell) => cell.join(" "));
  if (body.length === 0) return names.join(" · ");
  return body
    .map((row) => row.map((cell, n) => `${names[n] ? `${names[n]}: ` : ""}${cell.join(" ")}`.trimEnd()).join("\n"))
    .join("\n\n");
}
