/**
 * A stretch of Markdown that is code: a fenced block or a span. `sure`: every reader takes it for code, whichever dialect it
 * knows. `closer` is what would end a block that is still open.
 */
export type Code = { start: number; end: number; sure: boolean; closer?: string };

const longestAddress = 2_000;
const longestSpan = 250;
/** The end of a link that begins before the code. */
const endOfLink = /^[^[]*\]\(/;

type Line = { start: number; end: number; text: string };
type Opening = { quotes: number; prefix: string; indent: number; atMarker: boolean; marker: string; info: string };

const quoted = /^(?: {0,3}> ?)+/;
const fence = /^((?: {0,3}> ?)*)([ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(`{3,}|~{3,})(.*)$/;

/**
 * Where there is code in a Markdown text, in order. Where readers could disagree about a block, neither it nor anything
 * after it is sure.
 */
export function codeIn(text: string): Code[] {
  if (!/[`~]/.test(text)) return [];
  const lines = linesOf(text);
  const found: Code[] = [];
  let sure = true;
  let from = -1;
  const endParagraph = (at: number) => {
    const [first, last] = [lines[from], lines[at - 1]];
    if (from >= 0 && first && last) {
      const paragraph = text.slice(first.start, last.end);
      // Some begin a block in the middle of a line.
      if (paragraph.includes("```")) sure = false;
      found.push(...spansIn(paragraph, first.start, sure));
    }
    from = -1;
  };
  for (let n = 0; n < lines.length; n++) {
    const line = lines[n];
    if (!line) break;
    const opening = openingOf(line.text);
    if (opening) {
      endParagraph(n);
      let end = n + 1;
      while (end < lines.length && !closes(lines[end]?.text ?? "", opening)) end++;
      const isOpen = end === lines.length;
      const within = lines.slice(n + 1, end + 1);
      const last = within.at(-1) ?? line;
      sure &&= isPlain(opening, within, !isOpen) && !endOfLink.test(text.slice(line.end, last.end));
      found.push({ start: line.start, end: last.end, sure, ...(isOpen && { closer: closerOf(opening) }) });
      n = end;
    } else if (line.text.replace(quoted, "").trim() === "") {
      endParagraph(n);
    } else {
      // HTML swallows what stands in it, for some.
      if (/^[\s>]*<[a-z/!?]/i.test(line.text)) sure = false;
      if (from < 0) from = n;
    }
  }
  endParagraph(lines.length);
  return found;
}

/** The first code, of some in order, that does not end before a place. */
export function codeFrom(codes: Code[], at: number): Code | undefined {
  let [low, high] = [0, codes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((codes[middle]?.end ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return codes[low];
}

/** The code that a place lies in. */
export function codeAt(codes: Code[], at: number): Code | undefined {
  const code = codeFrom(codes, at);
  return code && code.start <= at ? code : undefined;
}

function linesOf(text: string): Line[] {
  let start = 0;
  return text.split("\n").map((line) => {
    const one = { start, end: start + line.length, text: line };
    start = one.end + 1;
    return one;
  });
}

function openingOf(line: string): Opening | undefined {
  const [, quotes = "", before = "", marker, info = ""] = fence.exec(line) ?? [];
  if (marker === undefined || (marker.startsWith("`") && info.includes("`"))) return undefined;
  const prefix = quotes + before.replace(/[^\t]/g, " ");
  return { quotes: countOf(quotes), prefix, indent: before.length, atMarker: /\S/.test(before), marker, info };
}

function closes(line: string, { marker }: Opening): boolean {
  const rest = line.replace(quoted, "").trim();
  return rest.startsWith(marker) && rest === marker.charAt(0).repeat(rest.length);
}

function closerOf({ prefix, marker }: Opening): string {
  return `${prefix}${marker}`;
}

/** Does every dialect see this block, and see it end here? */
function isPlain(opening: Opening, within: Line[], closed: boolean): boolean {
  const { quotes, indent, atMarker, marker, prefix, info } = opening;
  if (prefix.includes("\t") || /[[\]<]/.test(info)) return false;
  const closing = closed ? within.at(-1) : undefined;
  // Indented that far it may be no fence; what is between the same backticks is code all the same.
  if (indent > 3 && !atMarker && (marker.startsWith("~") || (closing && closing.text.trim() !== marker))) return false;
  return within.every((line) => {
    const quote = quoted.exec(line.text)?.[0] ?? "";
    if ((quotes > 0 || atMarker) && countOf(quote) !== quotes) return false;
    const rest = quotes > 0 ? line.text.slice(quote.length) : line.text;
    if (line === closing) return isIndented(rest, indent) && !isIndented(rest, indent + 4);
    return (rest.trim() === "" || isIndented(rest, indent)) && !rest.includes("```");
  });
}

function isIndented(line: string, by: number): boolean {
  return line.startsWith(" ".repeat(by));
}

function countOf(quotes: string): number {
  return quotes.split(">").length - 1;
}

/** The code spans of a paragraph: from a run of backticks to the next of the same length. */
function spansIn(paragraph: string, offset: number, trusted: boolean): Code[] {
  if (!paragraph.includes("`")) return [];
  const runs = [...paragraph.matchAll(/`+/g)].map((run) => ({ at: run.index, length: run[0].length }));
  const found: Code[] = [];
  // Escapes, tags and addresses swallow a backtick, for some.
  let sure = trusted && !/\\`|<[a-z/!?][^<>`]*`[^<>]*>/i.test(paragraph);
  let done = 0;
  const next = new Map<number, number[]>();
  for (const [n, { length }] of runs.entries()) {
    const same = next.get(length);
    if (same) same.push(n);
    else next.set(length, [n]);
  }
  for (let n = 0; n < runs.length; n++) {
    const run = runs[n];
    const same = run && next.get(run.length);
    while (same && (same[0] ?? n + 1) <= n) same.shift();
    const end = runs[same?.[0] ?? -1];
    if (!run || !end || paragraph.charAt(run.at - 1) === "\\") {
      sure = false;
      continue;
    }
    const stop = end.at + end.length;
    if (/(?:\/\/|www\.)[^\s<]*$/i.test(paragraph.slice(Math.max(done, run.at - longestAddress), run.at))) sure = false;
    done = stop;
    // Lines and the cells of tables are told apart before code is, and a long span may be cut in two.
    const span = paragraph.slice(run.at, stop);
    if (span.length > longestSpan || /[\n|]/.test(span) || endOfLink.test(span)) sure = false;
    found.push({ start: offset + run.at, end: offset + stop, sure: true });
    n = same?.[0] ?? n;
  }
  return found.map((code) => ({ ...code, sure }));
}
