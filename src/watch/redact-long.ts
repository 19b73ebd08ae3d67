import { setImmediate as breath } from "node:timers/promises";
import type { Redact } from "./redact.ts";

/** So much is looked through at once: some milliseconds. */
const slice = 128 * 1024;
/** Longer than any key that goes over several lines. */
const around = 24 * 1024;
const mark = "[redacted]";

/** Takes secrets out of a text of any length, bit by bit, so that nothing else waits; no secret is cut in two. */
export async function redactLong(text: string, redact: Redact): Promise<string> {
  const clean: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = cutAfter(text, at, redact);
    const part = redact(text.slice(at, end));
    clean.push(part);
    at = end;
    // A token that reaches up to the cut goes on behind it.
    if (part.endsWith(mark)) while (at < text.length && partOfToken.test(text.charAt(at))) at++;
    if (at < text.length) await breath();
  }
  return clean.join("");
}

const partOfToken = /[\w.~+/=-]/;

/** Where the text can be cut: behind something that is in no token, and not within what is taken out as a whole. */
function cutAfter(text: string, from: number, redact: Redact): number {
  let cut = from + slice;
  for (let tries = 0; tries < 4; tries++) {
    if (cut >= text.length) return text.length;
    cut = gapBefore(text, cut, from);
    const [before, after] = [text.slice(Math.max(from, cut - around), cut), text.slice(cut, cut + around)];
    if (redact(before + after) === redact(before) + redact(after)) return cut;
    cut += around + around / 2;
  }
  return Math.min(cut, text.length);
}

/** The nearest gap between words, or else between tokens, not far before a place; the place itself where there is none. */
function gapBefore(text: string, place: number, from: number): number {
  const least = Math.max(from + 1, place - 8 * 1024);
  for (const gap of [/\s/, /[^\w.~+/=-]/]) {
    for (let at = place; at > least; at--) {
      const sign = text.charAt(at - 1);
      // Halves of one sign stay together.
      if (gap.test(sign) && !/[\uD800-\uDBFF]/.test(sign)) return at;
    }
  }
  return place;
}
