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

/** Markdown as Discord can show it: tables as text in columns, headings down to the third, no images in line. */
export function drawable(markdown: string): string {
  if (!/^ *#{4}|^\s*\||^\s*~~~|!\[|\|\s*:?-{2}/m.test(markdown)) return markdown;
  const drawn: string[] = [];
  let table: string[] = [];
  let fence = "";
  for (const line of [...markdown.split("\n"), undefined]) {
    if (line !== undefined && !fence && isRow(line)) {
      table.push(line);
      continue;
    }
    drawn.push(...drawTable(table));
    table = [];
    if (line === undefined) break;
    const marker = /^\s*(`{3,}|~{3,})/.exec(line)?.[1] ?? "";
    if (fence) {
      const closes = marker.startsWith(fence) && line.trim() === marker;
      drawn.push(closes ? line.replace(marker, "```") : line);
      if (closes) fence = "";
    } else if (marker) {
      fence = marker;
      drawn.push(line.replace(marker, "```"));
    } else {
      drawn.push(
        line.replace(/^#{4,6}(?= )/, "###").replace(/!\[([^\]]*)\](?=\()/g, (_, alt) => `[${alt || "image"}]`),
      );
    }
  }
  return drawn.join("\n");
}

const isRow = (line: string) => /^\s*\|.*\|\s*$/.test(line);

/** A table in columns within a code block; rows without the line under the head are no table and stay as they are. */
function drawTable(lines: string[]): string[] {
  const rule = lines[1];
  if (rule === undefined || !/^[\s|:-]+$/.test(rule) || !rule.includes("-")) return lines;
  const rows = lines.filter((_, n) => n !== 1).map(cellsOf);
  const widths: number[] = [];
  for (const row of rows) for (const [n, cell] of row.entries()) widths[n] = Math.max(widths[n] ?? 0, widthOf(cell));
  const columns = (row: string[]) =>
    widths
      .map((width, n) => `${row[n] ?? ""}${" ".repeat(width - widthOf(row[n] ?? ""))}`)
      .join("  ")
      .trimEnd();
  const [head = [], ...body] = rows;
  return ["```", columns(head), widths.map((width) => "─".repeat(width)).join("  "), ...body.map(columns), "```"];
}

function cellsOf(row: string): string[] {
  const cells = row
    .trim()
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/);
  return cells.map((cell) =>
    cell
      .trim()
      .replace(/\\\|/g, "|")
      .replace(/\*\*|`/g, ""),
  );
}

/** In columns of a fixed-width font, where Chinese, Japanese and Korean characters take two. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text)
    width += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60\u{1f300}-\u{1faff}]/u.test(character)
      ? 2
      : 1;
  return width;
}
