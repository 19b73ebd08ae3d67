import type { types } from "@slack/bolt";
import type { Button, Card, Post, ToolLine } from "../../src/chat.ts";
import { ratingBlock } from "./rating.ts";
import { calm, shortened, toMrkdwn } from "./text.ts";

const linesLimit = 1_200;
const footerLimit = 400;
const fieldLimit = 200;
const buttonLimit = 75;
const mostFields = 4;
const mostButtons = 25;

/** The words of a post: its text, and the fields that are too long to stand beside each other. */
export function bodyOf({ text, card }: { text: string; card?: Card }): string {
  const fields = card?.fields ?? [];
  if (fields.length === 0 || areShort(fields)) return calm(text);
  const told = fields.map(({ name, value }) => `**${name}**\n${value}`);
  return [text, ...told]
    .map(calm)
    .filter((part) => part.trim() !== "")
    .join("\n\n");
}

/** What stands under the words of a post. */
export function tailOf(post: Post): types.KnownBlock[] {
  const { fields = [], buttons = [] } = post.card ?? {};
  return [
    ...(fields.length > 0 && areShort(fields) ? [fieldsBlock(fields)] : []),
    ...actionsBlocks(buttons),
    ...(post.footer ? [quietBlock(shortened(post.footer, footerLimit))] : []),
    ...(post.rating ? [ratingBlock(post.rating)] : []),
  ];
}

/** A tool call in a few words: `clock now 0.1 s — cached`. */
export function lineText(line: ToolLine): string {
  const took = line.ms === undefined ? "" : ` ${(Math.max(0, line.ms) / 1000).toFixed(1)} s`;
  return shortened(`${line.title || "…"}${took}${line.note ? ` — ${line.note}` : ""}`, 150);
}

const signs = { running: "…", done: "✓", failed: "✗" };

/** The newest lines that fit; older ones are only counted. */
export function linesBlock(lines: ToolLine[]): types.KnownBlock[] {
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

/** One quiet line. */
export function quietBlock(text: string): types.KnownBlock {
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
export function actionsBlocks(buttons: Button[]): types.KnownBlock[] {
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

/** What a notification says of a post without words. */
export function quietText(post: Post): string {
  return post.footer ?? post.card?.fields?.[0]?.name ?? post.lines?.[0]?.title ?? "…";
}
