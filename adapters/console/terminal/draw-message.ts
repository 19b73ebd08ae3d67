import type { Content, Message } from "../wire.ts";
import { drawMarkdown } from "./draw-markdown.ts";
import { harmless } from "./harmless.ts";
import type { Style } from "./style.ts";
import type { TerminalWords } from "./words.ts";

/** What drawing needs to know besides the message. */
export type Drawing = {
  style: Style;
  columns: number;
  words: TerminalWords;
  /** Offers to rate answers. */
  ratings: boolean;
  /** The number by which something of the message can be pressed. */
  number(what: Pressing): number;
  fileAt(ref: string): string;
};

/** What can be pressed under a message: a button of its card, or a rating. */
export type Pressing = { text: string } & (
  | { kind: "button"; button: string; value?: string }
  | { kind: "rating"; rating: "good" | "bad" }
);

/** A message as lines: who says it, then what. */
export function drawMessage(message: Message, name: string, drawing: Drawing): string[] {
  const { style, words } = drawing;
  const { edited, only: isWhisper, pinned } = message;
  const notes = [
    ...(edited ? [words.edited] : []),
    ...(isWhisper ? [words.onlyYou] : []),
    ...(pinned ? [words.pinned] : []),
  ];
  const about = notes.length > 0 ? ` ${style.dim(`(${notes.join(" · ")})`)}` : "";
  const quotes = (message.quotes ?? []).flatMap(({ author = "", text }) => [
    style.dim(words.passesOn(harmless(author))),
    ...drawMarkdown(text, style, drawing.columns - 4).map((line) => `${style.dim("│")} ${line}`),
  ]);
  const reactions = Object.keys(message.reactions ?? {}).join(" ");
  const said = [...quotes, ...drawContent(message, drawing), ...(reactions ? [reactions] : [])];
  const head = `${message.thread ? style.dim("⤷ ") : ""}${style.bold(style.name(harmless(name)))}:${about}`;
  const [only = "", ...more] = said;
  return more.length === 0 ? [`${head} ${only}`.trimEnd()] : [head, ...said.map((line) => (line ? `  ${line}` : ""))];
}

/** What a message or the bot's page says, as lines. */
export function drawContent(content: Content, drawing: Drawing): string[] {
  const { style } = drawing;
  const { text, lines = [], status, card, files = [], rating, footer } = content;
  const marks = { running: style.dim("…"), done: style.good("✓"), failed: style.bad("✗") };
  const tools = lines.map(({ state, title, ms, note }) => {
    const took = ms === undefined ? "" : ` ${(ms / 1000).toFixed(1)} s`;
    return `${marks[state]} ${style.code(harmless(title))}${style.dim(`${took}${note ? ` ${harmless(note)}` : ""}`)}`;
  });
  const fields = (card?.fields ?? []).flatMap(({ name, value }) => {
    const [first = "", ...rest] = drawMarkdown(value, style, drawing.columns - 4);
    return [`${style.bold(harmless(name))}: ${first}`, ...rest.map((line) => `  ${line}`)];
  });
  const shared = files.map(
    ({ name, size, ref }) => `📎 ${harmless(name)} ${style.dim(`(${sizeOf(size)}) ${drawing.fileAt(ref)}`)}`,
  );
  const presses: Pressing[] = [
    ...(card?.buttons ?? []).map(({ id, text, value }) => ({
      kind: "button" as const,
      text,
      button: id,
      ...(value !== undefined && { value }),
    })),
    ...(rating && drawing.ratings
      ? [
          { kind: "rating" as const, rating: "good" as const, text: `👍 ${rating.good}` },
          { kind: "rating" as const, rating: "bad" as const, text: `👎 ${rating.bad}` },
        ]
      : []),
  ];
  const buttons = presses.map((one) => `${style.bold(`[${drawing.number(one)}]`)} ${harmless(one.text)}`).join("  ");
  return [
    ...tools,
    ...(status && !text ? [style.dim(harmless(status))] : []),
    ...(text ? drawMarkdown(text, style, drawing.columns - 2) : []),
    ...fields,
    ...shared,
    ...(buttons ? [buttons] : []),
    ...(footer ? [style.dim(`— ${drawMarkdown(footer, style, drawing.columns).join(" ")}`)] : []),
  ];
}

function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
