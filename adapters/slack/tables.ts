import type { types } from "@slack/bolt";
import { Lexer, type Token } from "marked";
import type { Table } from "../../src/words/pieces.ts";
import { plainOf } from "../../src/words/plain.ts";
import { drawTable } from "../../src/words/table.ts";

const mostRows = 100;
const mostColumns = 20;
const mostText = 9_000;

/** A table as Slack draws them, and how many characters that takes; undefined when it is too large for that. */
export function tableBlock({ rows, align }: Table): { block: types.TableBlock; size: number } | undefined {
  const columns = rows[0]?.length ?? 0;
  if (rows.length > mostRows || columns === 0 || columns > mostColumns) return undefined;
  const size = rows.flat().reduce((sum, cell) => sum + cell.length + 1, 0);
  if (size > mostText) return undefined;
  return {
    size,
    block: {
      type: "table",
      rows: rows.map((row) => row.map(cellOf)),
      column_settings: align.map((side) => ({ ...(side && { align: side }), is_wrapped: true })),
    },
  };
}

/** A table as a code block, where Slack draws none. */
export function drawnTable(table: Table): string {
  return `\`\`\`\n${drawTable(table)}\n\`\`\``;
}

const marked = /[\\`*_~[\]<>&!:@]/;

function cellOf(cell: string): types.RichTextBlock | types.RawTextElement {
  // Slack takes no empty cell.
  if (cell.trim() === "") return { type: "raw_text", text: "\u00a0" };
  if (!marked.test(cell)) return { type: "raw_text", text: cell };
  const elements = new Lexer().inlineTokens(cell).flatMap((token) => richOf(token, {}));
  if (elements.length === 0) return { type: "raw_text", text: cell };
  return { type: "rich_text", elements: [{ type: "rich_text_section", elements }] };
}

type Style = { bold?: true; italic?: true; strike?: true; code?: true };
const styles: Record<string, Style> = { strong: { bold: true }, em: { italic: true }, del: { strike: true } };

function richOf(token: Token, style: Style): types.RichTextElement[] {
  const inner = "tokens" in token ? (token.tokens ?? []) : [];
  const more = styles[token.type];
  if (more) return inner.flatMap((one) => richOf(one, { ...style, ...more }));
  if (token.type === "link" && /^(?:https?:\/\/|mailto:)/.test(token.href)) {
    return [{ type: "link", url: token.href, text: plainOf(token.text) || token.href, ...styled(style) }];
  }
  if (token.type === "codespan") return textOf(token.text, { ...style, code: true });
  if (token.type === "br" || /^<br\s*\/?>$/i.test(token.raw)) return textOf("\n", style);
  if (inner.length > 0) return inner.flatMap((one) => richOf(one, style));
  return withPeople(
    token.type === "image" ? plainOf(token.raw) : "text" in token ? plainOf(token.raw) : token.raw,
    style,
  );
}

/** A person called in a cell is called there too. */
function withPeople(text: string, style: Style): types.RichTextElement[] {
  return text.split(/(<@[A-Z][A-Z0-9]+>)/).flatMap((part, at): types.RichTextElement[] => {
    if (at % 2 === 1) return [{ type: "user", user_id: part.slice(2, -1) }];
    return textOf(part, style);
  });
}

function textOf(text: string, style: Style): types.RichTextElement[] {
  return text === "" ? [] : [{ type: "text", text, ...styled(style) }];
}

function styled(style: Style): { style?: Style } {
  return Object.keys(style).length > 0 ? { style } : {};
}
