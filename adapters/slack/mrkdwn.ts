import type { types } from "@slack/bolt";
import { Lexer, type Token } from "marked";
import { plainOf } from "../../src/words/plain.ts";
import { splitMarkdown } from "../../src/words/split.ts";
import { drawTable } from "../../src/words/table.ts";
import { calm, escaped, shortened } from "./text.ts";

const headerLimit = 150;
const sectionLimit = 2_900;
// Escaping makes a text longer, five times at most.
const pieceLimit = 550;

/** Markdown as blocks for modals and the app's page, which take no `markdown` block. */
export function mrkdwnBlocks(markdown: string): types.KnownBlock[] {
  const blocks: types.KnownBlock[] = [];
  let open = "";
  const close = () => {
    if (open.trim()) blocks.push({ type: "section", text: { type: "mrkdwn", text: open } });
    open = "";
  };
  for (const token of new Lexer().lex(calm(markdown))) {
    if (token.type === "heading" || token.type === "hr") {
      close();
      const text = token.type === "heading" ? shortened(plainOf(token.text).trim(), headerLimit) : "";
      if (token.type === "hr") blocks.push({ type: "divider" });
      else if (text) blocks.push({ type: "header", text: { type: "plain_text", text, emoji: true } });
      continue;
    }
    for (const text of wordsOf(token)) {
      if (open.length + text.length + 2 > sectionLimit) close();
      open = open && text ? `${open}\n\n${text}` : open || text;
    }
  }
  close();
  return blocks;
}

/** A block of Markdown as mrkdwn, in pieces that fit a section each. */
function wordsOf(token: Token): string[] {
  const whole = blockText(token);
  if (whole.length <= sectionLimit) return [whole];
  const pieces = splitMarkdown(token.raw, pieceLimit).flatMap((piece) => new Lexer().lex(piece).map(blockText));
  // A table takes more room when it is drawn than when it is written.
  return pieces.flatMap((text) => (text.length > sectionLimit ? splitMarkdown(text, sectionLimit) : [text]));
}

function blockText(token: Token): string {
  switch (token.type) {
    case "space":
      return "";
    case "code":
      return `\`\`\`\n${escaped(token.text)}\n\`\`\``;
    case "table": {
      const rows = [token.header, ...token.rows].map((row: { text: string }[]) => row.map((cell) => cell.text));
      return `\`\`\`\n${escaped(drawTable({ rows, align: token.align }))}\n\`\`\``;
    }
    case "blockquote":
      return (token.tokens ?? []).map(blockText).join("\n").replace(/^/gm, "&gt; ");
    case "list":
      return token.items.map((item: Token, at: number) => listItem(item, markerOf(token, at))).join("\n");
    case "paragraph":
    case "text":
    case "heading":
      return inlineText(token.tokens ?? []) || escaped("text" in token ? token.text : token.raw);
    default:
      return escaped(token.raw.trim());
  }
}

function markerOf(list: Token, at: number): string {
  if (!("ordered" in list) || !list.ordered) return "•";
  return `${Number(list.start || 1) + at}.`;
}

function listItem(item: Token, marker: string): string {
  const parts = "tokens" in item ? (item.tokens ?? []).map(blockText).filter(Boolean) : [];
  return `${marker} ${parts.join("\n").replace(/\n/g, "\n    ")}`;
}

const marks: Record<string, string> = { strong: "*", em: "_", del: "~" };

function inlineText(tokens: Token[]): string {
  return tokens.map(inlineToken).join("");
}

function inlineToken(token: Token): string {
  const inner = "tokens" in token ? (token.tokens ?? []) : [];
  const mark = marks[token.type];
  if (mark) return `${mark}${inlineText(inner)}${mark}`;
  switch (token.type) {
    case "codespan":
      return `\`${escaped(token.text)}\``;
    case "br":
      return "\n";
    case "link": {
      const label = inlineText(inner);
      if (!/^https?:\/\//.test(token.href)) return label;
      const target = escaped(token.href).replace(/[|\s]/g, encodeURIComponent);
      return label && label !== target ? `<${target}|${label.replace(/[<>|]/g, " ")}>` : `<${target}>`;
    }
    case "image":
      return escaped(token.text || token.href);
    default:
      return inner.length > 0 ? inlineText(inner) : escaped("text" in token ? token.text : token.raw);
  }
}
