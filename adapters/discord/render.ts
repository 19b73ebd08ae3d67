import { MessageFlags } from "discord.js";
import type { DraftState, Post, PostedFile, ToolLine } from "../../src/chat.ts";
import { honestLinks } from "../../src/words/links.ts";
import { partsOf } from "../../src/words/parts.ts";
import { wordsOf } from "../../src/words/words.ts";
import type { Request } from "./api.ts";
import { rowsOf } from "./buttons.ts";
import { drawable } from "./text.ts";

/** One Discord message, as its API takes it. */
export type Body = {
  content: string;
  components: unknown[];
  flags: number;
  /** Nobody is pinged whom a post does not ring for: who is named is only shown. */
  allowed_mentions: { parse: []; users?: string[] };
  files?: PostedFile[];
};

/** How long a message's text may be. */
export const longest = 2_000;
const most = 4;
const mostFiles = 10;
const wholeAnswer = "answer.md";

/**
 * A whole post as messages: at most four, a longer text whole in a file with the last. Without the right to `attach`, all
 * of it in as many messages as it takes.
 */
export function messagesOf(post: Post, attach = true): Body[] {
  const { lines = [], card, rating, people = [], files = [], language = "en" } = post;
  const notes = post.footer ? `\n${note(post.footer)}` : "";
  const fields = (card?.fields ?? []).map(({ name, value }) => `**${name}** ${value}`).join("\n");
  const said = together(drawable(post.text, people), drawable(fields, people));
  const text = together(lines.map(toolLine).join("\n"), said, attach ? "" : files.map(inText).join("\n"));
  const room = { limit: longest - notes.length, most: attach ? most : Number.POSITIVE_INFINITY };
  const { parts, rest } = partsOf(text, { ...room, note: wordsOf(language).theRest(wholeAnswer) });
  const whole: PostedFile = {
    name: wholeAnswer,
    type: "text/markdown",
    text: together(honestLinks(post.text), fields),
  };
  const messages = parts.map(message);
  const last = messages.at(-1);
  if (!last) return [];
  const users = post.rings ? people.map(({ id }) => id.replace(/^discord:/, "")) : [];
  if (users.length > 0) for (const one of messages) one.allowed_mentions = { parse: [], users };
  last.content = `${last.content}${notes}`.trim();
  last.components = rowsOf(card?.buttons ?? [], rating);
  const attached = attach ? [...(rest === undefined ? [] : [whole]), ...files].slice(0, mostFiles) : [];
  if (attached.length > 0) last.files = attached;
  return messages;
}

/** A draft as messages, with its stop button under the last. */
export function draftMessagesOf({ text, lines, stop }: DraftState): Body[] {
  const shown = together(lines.map(toolLine).join("\n"), drawable(text));
  if (shown === "") return [];
  const messages = partsOf(shown, { limit: longest, most, note: note("…") }).parts.map(message);
  const last = messages.at(-1);
  if (last) last.components = rowsOf(stop ? [stop] : []);
  return messages;
}

function message(content: string): Body {
  return { content, components: [], flags: MessageFlags.SuppressEmbeds, allowed_mentions: { parse: [] } };
}

function together(...parts: string[]): string {
  return parts.filter((part) => part.trim() !== "").join("\n");
}

function inText({ name, text }: PostedFile): string {
  return `**${name}**\n\`\`\`\n${text.replace(/`(?=`)/g, "`\u200b")}\n\`\`\``;
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

/** A message as a request carries it. */
export function requestOf({ files = [], ...message }: Body, more: object = {}): Pick<Request, "body" | "files"> {
  const sent = files.map(({ name, type, text }) => ({ name, data: Buffer.from(text), contentType: type }));
  const attachments = sent.map(({ name }, id) => ({ id: String(id), filename: name }));
  return { body: { ...message, attachments, ...more }, ...(sent.length > 0 && { files: sent }) };
}
