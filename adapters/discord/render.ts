import { ButtonStyle, ComponentType, MessageFlags } from "discord.js";
import type { Button, Card, DraftState, Post, ToolLine } from "../../src/chat.ts";
import { splitMarkdown } from "../../src/words/split.ts";
import type { Request } from "./api.ts";
import { drawable } from "./text.ts";

/** One Discord message, as its API takes it; `file` is what did not fit into a few messages. */
export type Body = {
  content: string;
  components: unknown[];
  flags: number;
  allowed_mentions: { parse: [] };
  file?: string;
};

/** How long a message's text may be. */
export const longest = 2_000;
const most = 4;
const styles = { primary: ButtonStyle.Primary, danger: ButtonStyle.Danger };

/** A whole post as messages: at most four, the rest of a longer text in a file with the last. */
export function messagesOf(post: Post): Body[] {
  const notes = post.footer ? `\n${note(post.footer)}` : "";
  return bodies(textOf(post.lines ?? [], post.text, post.card), notes, rows(post.card?.buttons ?? []), true);
}

/** A draft as messages, with its stop button under the last. */
export function draftMessagesOf(state: DraftState): Body[] {
  const text = textOf(state.lines, state.text);
  return text === "" ? [] : bodies(text, "", rows(state.stop ? [state.stop] : []), false);
}

function bodies(text: string, notes: string, components: unknown[], whole: boolean): Body[] {
  const split = splitMarkdown(text, longest - notes.length);
  const parts = split.length === 1 ? split : split.filter((part) => part.trim() !== "");
  const shown = parts.length > most ? parts.slice(0, most - 1) : parts;
  const messages: Body[] = shown.map((content) => message(content));
  if (parts.length > most) {
    const rest = parts.slice(most - 1).join("");
    messages.push(whole ? { ...message("-# …"), file: rest } : message("-# …"));
  }
  const last = messages.at(-1);
  if (last) {
    last.content = `${last.content}${notes}`.trim();
    last.components = components;
  }
  return messages;
}

function message(content: string): Body {
  return { content, components: [], flags: MessageFlags.SuppressEmbeds, allowed_mentions: { parse: [] } };
}

function textOf(lines: ToolLine[], text: string, card?: Card): string {
  const fields = (card?.fields ?? []).map(({ name, value }) => `**${name}** ${value}`);
  const parts = [lines.map(toolLine).join("\n"), drawable(text), fields.join("\n")];
  return parts.filter((part) => part.trim() !== "").join("\n");
}

const marks = { running: "⋯", done: "✓", failed: "✗" };

function toolLine({ title, state, ms, note: why }: ToolLine): string {
  const took = ms !== undefined && ms >= 0 ? ` ${(ms / 1_000).toFixed(1)} s` : "";
  return note(`${marks[state]} ${title}${took}${why ? ` — ${why}` : ""}`);
}

/** One quiet line; a line end in it would make the rest loud. */
function note(text: string): string {
  return `-# ${text.replace(/\s+/g, " ").trim()}`;
}

function rows(buttons: Button[]): unknown[] {
  const drawn = buttons.slice(0, 25).map(({ id, text, value, style }) => ({
    type: ComponentType.Button,
    style: style ? styles[style] : ButtonStyle.Secondary,
    label: text.length > 80 ? `${text.slice(0, 79)}…` : text,
    custom_id: value === undefined ? id : `${id}\n${value}`,
  }));
  const rows: unknown[] = [];
  for (let at = 0; at < drawn.length; at += 5) {
    rows.push({ type: ComponentType.ActionRow, components: drawn.slice(at, at + 5) });
  }
  return rows;
}

/** A message as a request carries it. */
export function requestOf({ file, ...message }: Body, more: object = {}): Pick<Request, "body" | "files"> {
  const files =
    file === undefined ? [] : [{ name: "answer.md", data: Buffer.from(file), contentType: "text/markdown" }];
  const attachments = files.map(({ name }, id) => ({ id, filename: name }));
  return { body: { ...message, attachments, ...more }, ...(files.length > 0 && { files }) };
}

/** The words of a button pressed, as they were put into it. */
export function pressed(customId: string): { id: string; value?: string } {
  const at = customId.indexOf("\n");
  return at === -1 ? { id: customId } : { id: customId.slice(0, at), value: customId.slice(at + 1) };
}
