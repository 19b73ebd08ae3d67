import { lexer, type Token, type Tokens } from "marked";
import { decoded } from "../../../src/words/plain.ts";
import { drawTable } from "../../../src/words/table.ts";
import { harmless } from "./harmless.ts";
import type { Style } from "./style.ts";

/** Markdown as the lines of a terminal. Tables are drawn, links are followed by where they lead. */
export function drawMarkdown(text: string, style: Style, columns: number): string[] {
  return blocks(lexer(harmless(text)), style, columns)
    .join("\n")
    .split("\n");
}

/** Each block; an empty line stays between those that had one. */
function blocks(tokens: Token[], style: Style, columns: number): string[] {
  const drawn = tokens.flatMap((token) => (token.type === "space" ? [] : [block(token, style, columns)]));
  return drawn.flatMap((one, n) => (n === 0 ? [one] : ["", one]));
}

function block(token: Token, style: Style, columns: number): string {
  switch (token.type) {
    case "heading":
      return style.bold(inline(token.tokens ?? [], style));
    case "paragraph":
    case "text":
      return token.tokens ? inline(token.tokens, style) : decoded(token.text);
    case "list":
      return list(token, style, columns);
    case "blockquote":
      return indented(blocks(token.tokens ?? [], style, columns - 2).join("\n"), style.dim("│ "));
    case "code":
      return indented(perLine(token.text, style.code), "    ");
    case "table":
      return table(token, columns);
    case "hr":
      return style.dim("─".repeat(Math.min(columns, 40)));
    default:
      return token.raw.trimEnd();
  }
}

function list(token: Token, style: Style, columns: number): string {
  if (!isList(token)) return token.raw;
  const first = token.start === "" ? 1 : token.start;
  const items = token.items.map((item, n) => {
    const mark = item.task ? (item.checked ? "☑" : "☐") : token.ordered ? `${first + n}.` : "•";
    const tokens = item.tokens.filter(({ type }) => type !== "space" && type !== "checkbox");
    const text = tokens.map((inner) => block(inner, style, columns - mark.length - 1)).join("\n");
    const room = " ".repeat(mark.length + 1);
    return `${mark} ${indented(text, room).slice(room.length)}`;
  });
  return items.join(token.loose ? "\n\n" : "\n");
}

function table(token: Token, columns: number): string {
  if (!isTable(token)) return token.raw;
  const rows = [token.header, ...token.rows].map((row) => row.map((cell) => cell.text));
  return drawTable({ rows, align: token.align.map((side) => side ?? undefined) }, columns);
}

function inline(tokens: Token[], style: Style): string {
  return tokens.map((token) => span(token, style)).join("");
}

function span(token: Token, style: Style): string {
  const inner = () => (token.type !== "text" && "tokens" in token && token.tokens ? inline(token.tokens, style) : "");
  switch (token.type) {
    case "strong":
      return style.bold(inner());
    case "em":
      return style.italic(inner());
    case "del":
      return style.struck(inner());
    case "codespan":
      return style.code(token.text);
    case "br":
      return "\n";
    case "link":
    case "image": {
      const target = decoded(token.href);
      const words = inner() || decoded(token.text);
      return words === target || `mailto:${words}` === target ? words : `${words} (${target})`;
    }
    default:
      return "text" in token ? decoded(token.text) : token.raw;
  }
}

function isList(token: Token): token is Tokens.List {
  return token.type === "list";
}

function isTable(token: Token): token is Tokens.Table {
  return token.type === "table";
}

function indented(text: string, by: string): string {
  return perLine(text, (line) => by + line);
}

function perLine(text: string, change: (line: string) => string): string {
  return text.split("\n").map(change).join("\n");
}
