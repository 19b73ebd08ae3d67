import type { Seen } from "./platform.ts";

/** Paragraphs of many words, each with its own number, 30,000 characters in all. */
export function longText(): { text: string; numbers: string[] } {
  const numbers: string[] = [];
  let text = "";
  while (text.length < 30_000) {
    const number = `n${String(numbers.length).padStart(4, "0")}`;
    numbers.push(number);
    text += `${number} ${"the quick brown fox jumps over the lazy dog ".repeat(1 + (numbers.length % 5))}\n\n`;
  }
  return { text, numbers };
}

/**
 * The numbers of such a text, as far as they are to be seen, in the order in which they stand. A file that holds the text
 * whole may follow messages that show how it begins.
 */
export function numbersIn(seen: Seen[]): string[] {
  const numbers = seen.flatMap((message) => message.text.match(/n\d{4}/g) ?? []);
  const again = numbers.lastIndexOf("n0000");
  const whole = numbers.slice(again);
  return again > 0 && numbers.slice(0, again).every((number, n) => whole[n] === number) ? whole : numbers;
}
