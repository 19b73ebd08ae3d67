import { createHash } from "node:crypto";
import { MessageFlags } from "discord.js";
import { bytesOf, type DraftState, type Post, type PostedFile, type ToolLine } from "../../src/chat.ts";
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
/** What Discord takes in one file where nobody boosts the server. */
const largestFile = 10 * 1024 * 1024;
const wholeAnswer = "answer.md";

/**
 * A whole post as messages: at most four, a longer text whole in a file with the last; files that are too large are named.
 * Without the right to `attach`, all of it in as many messages as it takes.
 */
export function messagesOf(post: Post, attach = true): Body[] {
  const { lines = [], card, rating, people = [], files = [], language = "en" } = post;
  const words = wordsOf(language);
  const notes = post.footer ? `\n${note(post.footer)}` : "";
  const fields = (card?.fields ?? []).map(({ name, value }) => `**${name}** ${value}`).join("\n");
  const said = together(drawable(post.text, people), drawable(fields, people));
  const fits = files.filter((file) => attach && bytesOf(file).length <= largestFile);
  const left = namesOf(files.filter((file) => !fits.includes(file) && (attach || "bytes" in file)));
  const lefts = left.length === 0 ? "" : attach ? words.filesLeft.tooMuch(left) : words.filesLeft.notHere(left);
  const inside = attach ? "" : files.map(inText).join("\n");
  const text = together(lines.map(toolLine).join("\n"), said, inside, drawable(lefts));
  // The whole answer would be one of the files that go along, too.
  const surplus = namesOf(fits.slice(mostFiles - 1));
  const also = surplus.length > 0 ? `\n${drawable(words.filesLeft.tooMuch(surplus))}` : "";
  const room = { limit: longest - notes.length, most: attach ? most : Number.POSITIVE_INFINITY };
  const { parts, rest } = partsOf(text, { ...room, note: `${words.theRest(wholeAnswer)}${also}` });
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
  const attached = attach ? [...(rest === undefined ? [] : [whole]), ...fits].slice(0, mostFiles) : [];
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

function namesOf(files: readonly PostedFile[]): string[] {
  return files.map(({ name }) => name);
}

function inText(file: PostedFile): string {
  if ("bytes" in file) return "";
  const { name, text } = file;
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
  const sent = files.map((file) => ({ name: file.name, data: bytesOf(file), contentType: file.type }));
  const attachments = sent.map(({ name }, id) => ({ id: String(id), filename: name }));
  return { body: { ...message, attachments, ...more }, ...(sent.length > 0 && { files: sent }) };
}

/** What tells a message from another state of it. */
export function stateOf({ files = [], ...message }: Body): string {
  const drawn = files.map((file) => [file.name, createHash("sha256").update(bytesOf(file)).digest("base64")]);
  return JSON.stringify([message, drawn]);
}
