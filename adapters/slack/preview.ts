import { codeIn } from "../../src/words/code.ts";
import { honestSoFar } from "../../src/words/links.ts";
import { piecesOf } from "../../src/words/pieces.ts";
import { drawnTable } from "./tables.ts";
import { harmless, settled } from "./text.ts";

const rule = /^[ \t]*[|:-][ \t|:-]*$/;

/**
 * As much of a growing Markdown text as can be shown already, and stays as it is when more comes: what may become a
 * reference, a link or a table is held back until it has; tables are drawn in code until the end, when all is known.
 */
export function previewOf(text: string): string {
  const sure = text.slice(0, tableAt(text));
  return piecesOf(honestSoFar(settled(harmless(sure))))
    .map((piece) => (piece.kind === "table" ? drawnTable(piece) : piece.text))
    .join("");
}

/**
 * As much of a growing text as calls none of these. An edit notifies nobody, so whoever may be called is named only with
 * the end of a stream, where it is known whether they are.
 */
export function beforeCalls(text: string, names: readonly string[]): string {
  if (names.length === 0) return text;
  for (const { index } of text.matchAll(/[@＠]/g)) {
    const rest = text.slice(index + 1).toLowerCase();
    const mayCall = (name: string) => rest.startsWith(name.toLowerCase()) || name.toLowerCase().startsWith(rest);
    if (names.some(mayCall)) return text.slice(0, index);
  }
  return text;
}

/** Where a table may be growing at the end of a text; its length when there is none. */
function tableAt(text: string): number {
  const blank = Math.max(0, ...[...text.matchAll(/\n[ \t]*\n/g)].map((gap) => gap.index + gap[0].length));
  if (!text.includes("|", blank)) return text.length;
  const open = codeIn(text).at(-1);
  if (open?.closer !== undefined && open.start <= blank) return text.length;
  let at = blank;
  const lines = text.slice(blank).split("\n");
  for (const [n, line] of lines.entries()) {
    const next = lines[n + 1];
    if (line.includes("|") && (next === undefined || next === "" || rule.test(next))) return at;
    at += line.length + 1;
  }
  return text.length;
}
