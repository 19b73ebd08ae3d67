import { type Fields, isFields, type Message } from "./workspace.ts";

/** What people read in blocks, as plain lines; buttons and inputs in brackets. */
export function shown(text: string, blocks: readonly unknown[] | undefined): string {
  if (!blocks || blocks.length === 0) return text;
  return blocks.filter(isFields).map(blockText).filter(Boolean).join("\n");
}

/** The labels of the buttons people could press. */
export function buttonsIn(blocks: readonly unknown[] | undefined): string[] {
  return pressables(blocks).map(({ label }) => label);
}

/** Something that can be pressed or chosen in, and the block it sits in. */
export interface Pressable {
  readonly label: string;
  readonly element: Fields;
  readonly blockId: string;
}

/** All of a message's or a view's interactive elements; feedback buttons count as two. */
export function pressables(blocks: readonly unknown[] | undefined): Pressable[] {
  return (blocks ?? []).filter(isFields).flatMap((block) => {
    const blockId = String(block.block_id ?? "");
    const places = ["elements", "accessory", "element", "actions"].flatMap((key) => block[key] ?? []).filter(isFields);
    return places.flatMap((element): Pressable[] => {
      if (element.type !== "feedback_buttons")
        return element.action_id ? [{ label: label(element), element, blockId }] : [];
      const halves = [element.positive_button, element.negative_button].filter(isFields);
      return halves.map((half) => ({
        label: label(half),
        element: { ...half, type: "feedback_buttons", action_id: element.action_id },
        blockId,
      }));
    });
  });
}

function label(element: Fields): string {
  const { text, placeholder, action_id: action } = element;
  const named = isFields(text) ? text : isFields(placeholder) ? placeholder : undefined;
  return named ? String(named.text) : String(action ?? "");
}

function blockText(block: Fields): string {
  const { type } = block;
  if (type === "divider") return "—";
  if (type === "image") return `(image: ${block.alt_text})`;
  if (type === "markdown") return String(block.text);
  if (type === "table" || type === "data_table") return rows(block.rows);
  if (type === "task_card") return `[${block.status}] ${block.title}`;
  if (type === "plan") return [String(block.title), ...list(block.tasks).map(blockText)].join("\n");
  if (type === "rich_text") return list(block.elements).map(richText).join("\n");
  if (type === "input") return `[${textOf(block.label)}]`;
  const own = [textOf(block.text), ...list(block.fields).map(textOf)].filter(Boolean).join("\n");
  const interactive = pressables([{ block_id: "", ...block }]).map((one) => `[${one.label}]`);
  const context = type === "context" ? list(block.elements).map(textOf).join(" ") : "";
  return [own, context, interactive.join(" ")].filter(Boolean).join("\n");
}

function rows(value: unknown): string {
  const cells = (row: unknown) => list(row).map((cell) => String(cell.text ?? cell.value ?? richText(cell)));
  return (Array.isArray(value) ? value : []).map((row) => cells(row).join(" | ")).join("\n");
}

function richText(element: Fields): string {
  const { type, text, url, user_id: user, channel_id: channel, name, range } = element;
  if (type === "link") return String(text ?? url);
  if (type === "user") return `<@${user}>`;
  if (type === "channel") return `<#${channel}>`;
  if (type === "emoji") return `:${name}:`;
  if (type === "broadcast") return `@${range}`;
  if (typeof text === "string") return text;
  const glue = type === "rich_text_list" ? "\n" : "";
  return list(element.elements).map(richText).join(glue);
}

function textOf(value: unknown): string {
  return isFields(value) && typeof value.text === "string" ? value.text : "";
}

function list(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** A message as the people in its channel see it now. */
export interface SeenMessage {
  readonly ts: string;
  readonly channel: string;
  /** The id of who wrote it. */
  readonly user: string;
  /** Whether an app posted it, and under which name if not its own. */
  readonly byApp: boolean;
  readonly username?: string;
  /** The `text` field; `shown` is what people read when there are blocks. */
  readonly text: string;
  readonly shown: string;
  readonly blocks: readonly unknown[];
  readonly buttons: readonly string[];
  readonly threadTs?: string;
  readonly broadcast: boolean;
  readonly edited: boolean;
  /** Whether it is a tombstone above a thread. */
  readonly deleted: boolean;
  readonly subtype?: string;
  readonly files: readonly string[];
  readonly reactions: Readonly<Record<string, readonly string[]>>;
  /** Whom it calls: user ids, `here`, `channel`, `everyone`, `subteam^S…`. */
  readonly pings: readonly string[];
  /** Whom it notified: those it called when it was posted, or its stream ended. An edit notifies nobody. */
  readonly notified: readonly string[];
  /** Links Slack fetched for a preview. */
  readonly unfurls: readonly string[];
  readonly metadata?: Fields;
  /** Set on streamed messages only; `in_progress` while being written. */
  readonly streaming?: "in_progress" | "completed" | "errored";
}

/** Who is called: a mention pings wherever Slack reads markup, in texts, never in plain_text. */
export function pingsIn(value: unknown): string[] {
  if (typeof value === "string") {
    const found = value.matchAll(/<(?:@([UW][A-Z0-9]+)|!(here|channel|everyone|subteam\^[A-Z0-9]+))(?:\|[^>]*)?>/g);
    return [...new Set([...found].map((match) => match[1] ?? match[2] ?? ""))];
  }
  if (Array.isArray(value)) return [...new Set(value.flatMap(pingsIn))];
  if (!isFields(value) || value.type === "plain_text") return [];
  if (value.type === "user") return [String(value.user_id)];
  if (value.type === "broadcast") return [String(value.range)];
  if (value.type === "usergroup") return [`subteam^${value.usergroup_id}`];
  if (value.type === "text") return [];
  return [...new Set(Object.values(value).flatMap(pingsIn))];
}

/** What people see of a message. */
export function seen(message: Message): SeenMessage {
  const { ts, channel, user, byApp, text, blocks, threadTs, subtype, metadata, stream } = message;
  return {
    ts,
    channel,
    user,
    byApp: byApp !== undefined,
    ...(byApp?.username ? { username: byApp.username } : {}),
    text: message.tombstone ? "" : text,
    shown: message.tombstone ? "(deleted)" : shown(text, blocks),
    blocks: blocks ?? [],
    buttons: buttonsIn(blocks),
    ...(threadTs ? { threadTs } : {}),
    broadcast: message.broadcast,
    edited: message.edited !== undefined,
    deleted: message.tombstone,
    ...(subtype ? { subtype } : {}),
    files: message.files,
    reactions: Object.fromEntries(message.reactions),
    pings: message.tombstone ? [] : pingsIn([text, blocks]),
    notified: message.notified,
    unfurls: message.unfurls,
    ...(metadata ? { metadata } : {}),
    ...(stream ? { streaming: stream.state } : {}),
  };
}
