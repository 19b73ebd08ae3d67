import { useMemo } from "preact/hooks";
import { Markdown } from "./markdown.tsx";

/** A text with nothing but emoji, and few of them. */
const emojiOnly = /^(?:\s*(?:\p{RI}{2}|\p{ExtPict}(?:\p{EMod}|\uFE0F|\u200D\p{ExtPict})*)){1,6}\s*$/u;

/** A text drawn once, however often what it stands in is drawn anew. */
export function Prose({ text, names }: { text: string; names: string[] }) {
  const known = names.join(" ");
  return useMemo(
    () => (emojiOnly.test(text) ? <p class="emoji">{text}</p> : <Markdown text={text} names={names} />),
    [text, known],
  );
}
