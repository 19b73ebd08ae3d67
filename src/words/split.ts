type Fence = { opening: string; closing: string };
type Cut = { at: number; fence: Fence | undefined };

const item = /^\s*(?:[-*+]|\d{1,9}[.)])\s/;
const heading = /^#{1,6}\s/;
const fenceLine = /^\s*(`{3,}|~{3,})(.*)$/;
/** How far past the limit to look, so that what stands across it is seen whole: a character, a link, a code span. */
const lookahead = 300;
/** What is torn by a cut in it, as far as it is short: code spans, links, addresses. */
const torn = /(?<!`)(`+)(?!`)[^\n]{1,280}?(?<!`)\1(?!`)|!?\[[^[\]\n]{0,100}\]\([^()\s]{1,180}\)|https?:\/\/\S{1,280}/g;
const graphemes = new Intl.Segmenter();

/**
 * Splits Markdown into parts of at most `limit` characters (100 or more): between paragraphs where it can, else between
 * lines, words, characters. A code block that is cut is closed and opened again. Contract: nothing is lost; the parts
 * without the fences added at the cuts, joined, are the text.
 */
export function splitMarkdown(text: string, limit: number): string[] {
  if (text.length <= limit) return [text];
  const parts: string[] = [];
  let start = 0;
  let fence: Fence | undefined;
  for (;;) {
    const head = fence ? `${fence.opening}\n` : "";
    const room = limit - head.length;
    if (text.length - start <= room) {
      parts.push(head + text.slice(start));
      return parts;
    }
    const cut = findCut(text.slice(start, start + limit + lookahead), room, limit, fence);
    const body = text.slice(start, start + cut.at);
    parts.push(head + body + (cut.fence ? closingAfter(body, cut.fence) : ""));
    start += cut.at;
    fence = cut.fence;
  }
}

/** The best place to cut within `room` characters, and the code block that is open there. */
function findCut(text: string, room: number, limit: number, open: Fence | undefined): Cut {
  const good: (Cut | undefined)[] = [];
  let last: Cut | undefined;
  let fence = open;
  let before = "";
  let changed = -1;
  let at = 0;
  while (at <= room) {
    const newline = text.indexOf("\n", at);
    const line = text.slice(at, newline === -1 ? undefined : newline);
    if (at > 0 && at + (fence ? fence.closing.length : 0) <= room) {
      const rank = rankOf(before, line, fence);
      last = rank >= 0 ? { at, fence } : last;
      // A better kind of bound wins over a later one unless it would leave the message more than half empty.
      if (rank >= 0 && at * 2 >= room) good[rank] = { at, fence };
    }
    if (newline === -1) break;
    const next = afterLine(fence, line, limit);
    if (next !== fence) changed = newline;
    fence = next;
    before = line;
    at = newline + 1;
  }
  const best = good.findLast((cut) => cut !== undefined) ?? last;
  if (best) return best;
  const inLine = cutInLine(text, room, fence);
  return inLine.at > changed ? inLine : cutInLine(text, room, open);
}

/** How good a bound between two lines is: 2 between paragraphs, 1 between lines or list items, 0 within one; -1 never. */
function rankOf(before: string, line: string, fence: Fence | undefined): number {
  if (fence) return before.trim() === fence.opening.trim() || closes(line, fence) ? -1 : 0;
  if (heading.test(before)) return 0;
  if (before.trim() === "" || heading.test(line)) return line.trim() === "" ? 1 : 2;
  if (item.test(line)) return 1;
  const within = /^\s/.test(line) || (before.startsWith("|") && line.startsWith("|"));
  return within ? 0 : 1;
}

function afterLine(fence: Fence | undefined, line: string, limit: number): Fence | undefined {
  if (fence) return closes(line, fence) ? undefined : fence;
  const [, marker, info] = fenceLine.exec(line) ?? [];
  if (marker === undefined || info === undefined || (marker.startsWith("`") && info.includes("`"))) return undefined;
  if (marker.length * 8 > limit) return undefined;
  const opening = line.trimEnd();
  return { opening: opening.length * 4 > limit ? marker : opening, closing: marker };
}

function closes(line: string, fence: Fence): boolean {
  const trimmed = line.trim();
  return trimmed.startsWith(fence.closing) && trimmed === fence.closing.charAt(0).repeat(trimmed.length);
}

/** The text has no line end to cut at: after a word, else between characters. */
function cutInLine(text: string, room: number, fence: Fence | undefined): Cut {
  const end = room - (fence ? fence.closing.length + 1 : 0);
  const wholes = fence
    ? []
    : [...text.matchAll(torn)].map(({ index, 0: { length } }) => ({ index, end: index + length }));
  const within = (at: number) => wholes.find((whole) => whole.index < at && at < whole.end);
  for (let at = end; at * 2 > end; at--) {
    if (within(at)) continue;
    if (/[\s。!?;,、]/.test(text.charAt(at - 1)) && !/\s/.test(text.charAt(at))) return { at, fence };
  }
  const before = within(end)?.index ?? 0;
  if (before > 0) return { at: before, fence };
  // Characters are told apart from the last ASCII one on: beginning within a flag or a family would misread the rest.
  const from = Math.max(0, lastAscii(text, end));
  const whole = from + (graphemes.segment(text.slice(from)).containing(end - from)?.index ?? 0);
  if (whole > 0) return { at: whole, fence };
  return { at: isLowSurrogate(text, end) ? end - 1 : end, fence };
}

function lastAscii(text: string, before: number): number {
  for (let at = before - 1; at >= 0; at--) if (text.charCodeAt(at) < 0x80) return at;
  return -1;
}

function isLowSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function closingAfter(body: string, fence: Fence): string {
  return body.endsWith("\n") ? fence.closing : `\n${fence.closing}`;
}
