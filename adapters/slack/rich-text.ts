import { type Fields, fieldsIn, isFields, listIn, textIn } from "./fields.ts";
import type { NameOf } from "./text.ts";

/** The words of a message's blocks, as Markdown; buttons and quiet lines are not words. */
export function readBlocks(blocks: readonly unknown[], nameOf: NameOf): string {
  const parts = blocks.filter(isFields).map((block) => readBlock(block, nameOf));
  return parts.filter((part) => part !== "").join("\n\n");
}

function readBlock(block: Fields, nameOf: NameOf): string {
  switch (block.type) {
    case "markdown":
      return textIn(block, "text") ?? "";
    case "rich_text":
      return listIn(block, "elements")
        .map((element) => readElement(element, nameOf))
        .join("\n");
    case "table":
      return readTable(block, nameOf);
    case "header":
      return `## ${textIn(fieldsIn(block, "text"), "text") ?? ""}`;
    case "section":
      return [fieldsIn(block, "text"), ...listIn(block, "fields")].map((text) => textIn(text, "text") ?? "").join("\n");
    default:
      return "";
  }
}

/** A table as the Markdown it was made of. */
function readTable(block: Fields, nameOf: NameOf): string {
  const rows: unknown[] = Array.isArray(block.rows) ? block.rows : [];
  const lines = rows.map((row) => {
    const cells = Array.isArray(row) ? row.filter(isFields) : [];
    const words = cells.map((cell) => textIn(cell, "text") ?? readBlocks([cell], nameOf));
    return `| ${words.map((text) => text.replace(/\s+/g, " ").replace(/\|/g, "\\|").trim()).join(" | ")} |`;
  });
  const [head = "", ...body] = lines;
  const columns = Array.isArray(rows[0]) ? rows[0].length : 0;
  return columns === 0 ? "" : [head, `|${" --- |".repeat(columns)}`, ...body].join("\n");
}

function readElement(element: Fields, nameOf: NameOf): string {
  const inner = listIn(element, "elements");
  const words = () => inner.map((piece) => readPiece(piece, nameOf)).join("");
  switch (element.type) {
    case "rich_text_preformatted":
      return `\`\`\`\n${words()}\n\`\`\``;
    case "rich_text_quote":
      return words().replace(/^/gm, "> ");
    case "rich_text_list": {
      const indent = "  ".repeat(typeof element.indent === "number" ? element.indent : 0);
      const bullet = (at: number) => (element.style === "ordered" ? `${at + 1}.` : "-");
      return inner.map((item, at) => `${indent}${bullet(at)} ${readElement(item, nameOf)}`).join("\n");
    }
    default:
      return words();
  }
}

function readPiece(piece: Fields, nameOf: NameOf): string {
  const id = textIn(piece, "user_id") ?? textIn(piece, "channel_id") ?? textIn(piece, "usergroup_id") ?? "";
  switch (piece.type) {
    case "text":
      return styled(textIn(piece, "text") ?? "", fieldsIn(piece, "style"));
    case "link": {
      const url = textIn(piece, "url") ?? "";
      const label = textIn(piece, "text");
      return label && label !== url ? `[${label}](${url})` : url;
    }
    case "user":
      return `@${nameOf(id) ?? id}`;
    case "channel":
      return `#${id}`;
    case "usergroup":
      return `@${id}`;
    case "broadcast":
      return `@${textIn(piece, "range") ?? "channel"}`;
    case "emoji":
      return `:${textIn(piece, "name") ?? ""}:`;
    default:
      return textIn(piece, "text") ?? textIn(piece, "fallback") ?? "";
  }
}

function styled(text: string, style: Fields): string {
  if (text.trim() === "") return text;
  const mark = style.code ? "`" : style.bold ? "**" : style.italic ? "_" : style.strike ? "~~" : "";
  return `${mark}${text}${mark}`;
}
