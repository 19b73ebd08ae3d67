import { Lexer, type Tokens } from "marked";

/** On which side a column's words stand. */
export type Align = "left" | "center" | "right";

/** A table of a Markdown text. Cells are Markdown of one line; the first row is the head, all rows are equally long. */
export type Table = { rows: string[][]; align: (Align | undefined)[] };

/** A part of a Markdown text. Contract: the `text` of all pieces, joined, is the text (with `\n` as its line ends). */
export type Piece = { kind: "text"; text: string } | ({ kind: "table"; text: string } & Table);

const tableLike = /^[^\n]*\|[^\n]*\n[ \t]*\|?[ \t]*:?-+/m;
const singleColumn = /^[ \t]*\|?[ \t]*:?-+:?[ \t]*\|?[ \t]*$/m;

/** A Markdown text as what is a table and what is not, in order. Tables within lists, quotes and code are left as they are. */
export function piecesOf(markdown: string): Piece[] {
  const text = markdown.replace(/\r\n?/g, "\n");
  if (!tableLike.test(text) && !(text.includes("|") && singleColumn.test(text))) return [{ kind: "text", text }];
  const pieces: Piece[] = [];
  let done = 0;
  let at = 0;
  for (const token of new Lexer().blockTokens(text)) {
    const start = text.indexOf(token.raw, at);
    if (start < 0) continue;
    at = start + token.raw.length;
    if (!isTable(token)) continue;
    const raw = token.raw.trimEnd();
    if (start > done) pieces.push({ kind: "text", text: text.slice(done, start) });
    const rows = [token.header, ...token.rows].map((row) => row.map((cell) => cell.text));
    pieces.push({ kind: "table", text: raw, rows, align: token.align.map((side) => side ?? undefined) });
    done = start + raw.length;
  }
  if (done < text.length || pieces.length === 0) pieces.push({ kind: "text", text: text.slice(done) });
  return pieces;
}

function isTable(token: { type: string }): token is Tokens.Table {
  return token.type === "table";
}
