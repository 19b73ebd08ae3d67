import type { types } from "@slack/bolt";
import type { Button, DraftState, Post, ToolLine } from "../../src/chat.ts";
import { splitMarkdown } from "../../src/words/split.ts";
import { harmless, shortened, toMrkdwn } from "./text.ts";

/** One Slack message: its blocks, and the text for notifications. */
export type Sheet = { text: string; blocks: types.KnownBlock[] };

/** Markdown per message. Slack takes 12,000 in a block, and about 13,200 in all blocks together. */
export const markdownLimit = 11_000;

const leastMarkdown = 3_000;
const blocksLimit = 13_000;
const fallbackLimit = 300;
const linesLimit = 1_200;
const footerLimit = 400;
const fieldLimit = 200;
const buttonLimit = 75;
const mostFields = 4;
const mostButtons = 25;

/** A post as the messages it takes, in order: tool lines before the text, fields, buttons and the footer after it. */
export function sheetsOf(post: Post): Sheet[] {
  const head = linesBlock(post.lines ?? []);
  const tail = tailOf(post);
  // Counted with all that JSON adds: more than Slack counts, but seldom more than there is room for.
  const limit = Math.min(markdownLimit, Math.max(leastMarkdown, blocksLimit - JSON.stringify([head, tail]).length));
  const parts = splitMarkdown(bodyOf(post), limit).filter((part) => part.trim() !== "");
  if (parts.length === 0 && head.length + tail.length === 0) parts.push("…");
  if (parts.length === 0) parts.push("");
  return parts.map((part, at) => ({
    text: toMrkdwn(shortened(part || quietText(post), fallbackLimit)),
    blocks: [
      ...(at === 0 ? head : []),
      ...(part ? [markdownBlock(part)] : []),
      ...(at === parts.length - 1 ? tail : []),
    ],
  }));
}

/** A draft as one message, as much of it as fits. */
export function sheetOfDraft(state: DraftState): Sheet {
  const body = harmless(state.text);
  const text = body.length > markdownLimit ? `${shortened(body, markdownLimit - 2)}\n…` : body;
  const stop = state.stop ? actionsBlocks([state.stop]) : [];
  const blocks = [...linesBlock(state.lines), ...(text.trim() ? [markdownBlock(text)] : [])];
  if (blocks.length === 0) blocks.push(quietBlock(state.status ?? "…"));
  return { text: toMrkdwn(shortened(text || state.status || "…", fallbackLimit)), blocks: [...blocks, ...stop] };
}

/** The words of a post: its text, and the fields that are too long to stand beside each other. */
export function bodyOf(post: Post): string {
  const text = harmless(post.text);
  const fields = post.card?.fields ?? [];
  if (fields.length === 0 || areShort(fields)) return text;
  const told = fields.map(({ name, value }) => `**${harmless(name)}**\n${harmless(value)}`);
  return [text, ...told].filter((part) => part.trim() !== "").join("\n\n");
}

/** What stands under the words of a post. */
export function tailOf(post: Post): types.KnownBlock[] {
  const { fields = [], buttons = [] } = post.card ?? {};
  return [
    ...(fields.length > 0 && areShort(fields) ? [fieldsBlock(fields)] : []),
    ...actionsBlocks(buttons),
    ...(post.footer ? [quietBlock(shortened(post.footer, footerLimit))] : []),
  ];
}

/** A tool call in a few words: `clock now 0.1 s — cached`. */
export function lineText(line: ToolLine): string {
  const took = line.ms === undefined ? "" : ` ${(Math.max(0, line.ms) / 1000).toFixed(1)} s`;
  return shortened(`${line.title || "…"}${took}${line.note ? ` — ${line.note}` : ""}`, 150);
}

const signs = { running: "…", done: "✓", failed: "✗" };

/** The newest lines that fit; older ones are only counted. */
function linesBlock(lines: ToolLine[]): types.KnownBlock[] {
  if (lines.length === 0) return [];
  const told: string[] = [];
  let room = linesLimit;
  for (const line of lines.toReversed()) {
    const text = toMrkdwn(`${signs[line.state]} ${lineText(line)}`);
    room -= text.length + 1;
    if (room < 0) break;
    told.unshift(text);
  }
  if (told.length < lines.length) told.unshift(`+${lines.length - told.length}`);
  return [{ type: "context", elements: [{ type: "mrkdwn", text: told.join("\n") }] }];
}

function markdownBlock(text: string): types.KnownBlock {
  return { type: "markdown", text };
}

function quietBlock(text: string): types.KnownBlock {
  return { type: "context", elements: [{ type: "mrkdwn", text: toMrkdwn(text) }] };
}

type Field = { name: string; value: string };

function areShort(fields: Field[]): boolean {
  return fields.length <= mostFields && fields.every(({ name, value }) => name.length + value.length <= fieldLimit);
}

function fieldsBlock(fields: Field[]): types.KnownBlock {
  const told = fields.map(({ name, value }) => `*${toMrkdwn(name)}*\n${toMrkdwn(value)}`);
  return { type: "section", fields: told.map((text) => ({ type: "mrkdwn", text })) };
}

/** Slack wants every action_id of a message to be its own: the second button of one id gets a number. */
function actionsBlocks(buttons: Button[]): types.KnownBlock[] {
  const used = new Map<string, number>();
  const elements = buttons.map((button): types.Button => {
    const times = (used.get(button.id) ?? 0) + 1;
    used.set(button.id, times);
    return {
      type: "button",
      action_id: times === 1 ? button.id : `${button.id}#${times}`,
      text: { type: "plain_text", text: shortened(button.text || "…", buttonLimit), emoji: true },
      ...(button.value && { value: button.value }),
      ...(button.style && { style: button.style }),
    };
  });
  const rows: types.KnownBlock[] = [];
  for (let at = 0; at < elements.length; at += mostButtons) {
    rows.push({ type: "actions", elements: elements.slice(at, at + mostButtons) });
  }
  return rows;
}

function quietText(post: Post): string {
  return post.footer ?? post.card?.fields?.[0]?.name ?? post.lines?.[0]?.title ?? "…";
}
