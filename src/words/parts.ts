import { splitMarkdown } from "./split.ts";

/** A long text as messages. `rest` is the whole text, when the messages hold only its beginning. */
export type Parts = { parts: string[]; rest?: string };

/** How much one message takes, how many there may be, and the line that says where the whole text is. */
export type Room = { limit: number; most: number; note?: string };

/**
 * A Markdown text as at most `most` messages of at most `limit` characters. What needs more is begun in them, the last
 * ending with `note`, and given whole as `rest`, for a file. Contract: `limit` without the note is 100 or more.
 */
export function partsOf(text: string, { limit, most, note = "" }: Room): Parts {
  const parts = spoken(splitMarkdown(text, limit));
  if (parts.length <= most) return { parts };
  const end = note ? `\n\n${note}` : "";
  const shown = spoken(splitMarkdown(text, limit - end.length)).slice(0, most);
  return { parts: [...shown.slice(0, -1), `${shown.at(-1)?.trimEnd()}${end}`], rest: text };
}

function spoken(parts: string[]): string[] {
  return parts.length === 1 ? parts : parts.filter((part) => part.trim() !== "");
}
