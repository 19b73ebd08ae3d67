import { Lexer, type Token, type Tokens } from "marked";
import { codeAt, codeIn } from "./code.ts";

/** On which side a column's words stand. */
export type Align = "left" | "center" | "right";

/** A table of a Markdown text. Cells are Markdown of one line; the first row is the head, all rows are equally long. */
export type Table = { rows: string[][]; align: (Align | undefined)[] };

/** A part of a Markdown text. Contract: the `text` of all pieces, joined, is the text (with `\n` as its line ends). */
export type Piece = { kind: "text"; text: string } | ({ kind: "table"; text: string } & Table);

const rule = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?$/;
const item = /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]/;
/** What ends a table without an empty line, or is no row of one. */
const otherBlock = /^\s*(?:$|>|#{1,6}\s|`{3}|~{3}|<[a-z/!?]|(?:[-*+]|\d{1,9}[.)])\s)/i;
const mostColumns = 200;

/** A Markdown text as what is a table and what is not, in order; tables in list items are tables, those in code and quotes not. */
export function piecesOf(markdown: string): Piece[] {
  const text = markdown.replace(/\r\n?/g, "\n");
  if (!text.includes("|")) return [{ kind: "text", text }];
  const lines = text.split("\n");
  const codes = codeIn(text);
  const pieces: Piece[] = [];
  let done = 0;
  let at = 0;
  for (let n = 0; n < lines.length; n++) {
    const rows = rowsAt(lines, n);
    const table = rows > 0 && !codeAt(codes, at) ? tableIn(lines.slice(n, n + rows)) : undefined;
    if (!table) {
      at += (lines[n]?.length ?? 0) + 1;
      continue;
    }
    const raw = lines.slice(n, n + rows).join("\n");
    if (at > done) pieces.push({ kind: "text", text: text.slice(done, at) });
    pieces.push({ kind: "table", text: raw, ...table });
    at += raw.length;
    done = at;
    at += 1;
    n += rows - 1;
  }
  if (done < text.length || pieces.length === 0) pieces.push({ kind: "text", text: text.slice(done) });
  return pieces;
}

/** How many lines from this one on may be a table's. */
function rowsAt(lines: string[], first: number): number {
  const [head = "", under = ""] = lines.slice(first, first + 2);
  if (!rule.test(under.trim()) || !(head + under).includes("|") || otherBlock.test(head)) return 0;
  const indent = indentOf(head);
  if (under.split("|").length > mostColumns || !standsAt(lines, first, indent)) return 0;
  let end = first + 2;
  while (end < lines.length && isRow(lines[end] ?? "", indent)) end++;
  return end - first;
}

function isRow(line: string, indent: number): boolean {
  return !otherBlock.test(line) && indentOf(line) >= Math.min(indent, 2) && !/^ {0,3}(?:[-*_] *){3,}$/.test(line);
}

/** May a table stand this far in: at the margin, or as a part of a list's item? */
function standsAt(lines: string[], first: number, indent: number): boolean {
  for (let n = first - 1; n >= 0 && indent > 0; n--) {
    const line = lines[n] ?? "";
    if (line.trim() !== "" && indentOf(line) < indent) return item.test(line) || indent < 4;
  }
  return indent < 4;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function tableIn(lines: string[]): Table | undefined {
  const [token, ...more] = new Lexer().blockTokens(lines.map((line) => line.trim()).join("\n"));
  if (!token || more.length > 0 || !isTable(token)) return undefined;
  const rows = [token.header, ...token.rows].map((row) => row.map((cell) => cell.text));
  return { rows, align: token.align.map((side) => side ?? undefined) };
}

function isTable(token: Token): token is Tokens.Table {
  return token.type === "table";
}
