import type { Mentioned } from "../../src/chat.ts";
import { honestLinks } from "../../src/words/links.ts";
import { withMentions } from "../../src/words/mentions.ts";
import { piecesOf } from "../../src/words/pieces.ts";
import { drawTable } from "../../src/words/table.ts";

/** How the things that Discord writes as ids are called. */
export type Names = {
  person(id: string): string | undefined;
  role(id: string): string | undefined;
  channel(id: string): string | undefined;
};

/** Discord's text in words that everybody reads: people, roles, channels, emoji and times by name. `calls` are taken out. */
export function readable(content: string, names: Names, calls: ReadonlySet<string>): string {
  if (!content.includes("<")) return content.trim();
  return content
    .replace(/<(@[!&]?\d+)>[ \t]?/g, (whole, call: string) => (calls.has(call.replace("!", "")) ? "" : whole))
    .replace(/<@!?(\d+)>/g, (_, id: string) => `@${names.person(id) ?? "someone"}`)
    .replace(/<@&(\d+)>/g, (_, id: string) => `@${names.role(id) ?? "role"}`)
    .replace(/<#(\d+)>/g, (_, id: string) => `#${names.channel(id) ?? "channel"}`)
    .replace(/<a?:(\w+):\d+>/g, ":$1:")
    .replace(/<\/([^:>]+):\d+>/g, "/$1")
    .replace(/<t:(-?\d{1,12})(?::[tTdDfFR])?>/g, (whole, seconds: string) => timeOf(Number(seconds)) ?? whole)
    .trim();
}

function timeOf(seconds: number): string | undefined {
  if (Math.abs(seconds) > 60_000_000_000) return undefined;
  return `${new Date(seconds * 1_000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Markdown as Discord can show it: tables in columns, headings down to the third, links one can trust, people by their ids. */
export function drawable(markdown: string, people: Mentioned[] = []): string {
  return piecesOf(honestLinks(markdown))
    .map((piece) => {
      if (piece.kind === "table") return `\`\`\`\n${drawTable(piece)}\n\`\`\``;
      return withMentions(shown(piece.text), people, (id) => `<@${id.replace(/^discord:/, "")}>`);
    })
    .join("");
}

/** Headings and fences as Discord knows them. */
function shown(markdown: string): string {
  if (!/^ *#{4}|^\s*~~~/m.test(markdown)) return markdown;
  let fence = "";
  const lines = markdown.split("\n").map((line) => {
    const marker = /^\s*(`{3,}|~{3,})/.exec(line)?.[1] ?? "";
    if (fence) {
      const closes = marker.startsWith(fence) && line.trim() === marker;
      if (closes) fence = "";
      return closes ? line.replace(marker, "```") : line;
    }
    if (marker) {
      fence = marker;
      return line.replace(marker, "```");
    }
    return line.replace(/^#{4,6}(?= )/, "###");
  });
  return lines.join("\n");
}
