import { checkBlocks, withIds } from "../block-kit.ts";
import { messageJson } from "../message-json.ts";
import { whisper } from "../private-words.ts";
import { change, post, remove } from "../timeline.ts";
import { type Fields, isFields, type Message } from "../workspace.ts";
import type { World } from "../world.ts";
import { type Args, type Method, readMetadata, refuse, requireScope } from "./method.ts";
import { channelFor, channelToPostIn, isWithin, messageFor, threadFor } from "./places.ts";

const longestPost = 40_000;
const longestUpdate = 4_000;
const longestMarkdown = 12_000;

/** What a post says, checked. */
export interface Content {
  readonly text?: string;
  readonly blocks?: unknown[];
  readonly attachments?: unknown[];
  /** Whether the blocks were made of Markdown. */
  readonly rendered: boolean;
}

/** Reads and checks text, markdown_text, blocks and attachments, as every posting method does. */
export function readContent(args: Args, world: World): Content {
  const markdown = args.text("markdown_text");
  const text = args.text("text");
  if (markdown !== undefined) {
    if (text !== undefined || args.has("blocks")) refuse("markdown_text_conflict");
    if (markdown.length > longestMarkdown) tooLong(world, "markdown_text", markdown.length, longestMarkdown);
    const blocks = withIds([{ type: "markdown", text: markdown }], () => world.ids.secret(5));
    return { text: markdown, blocks, rendered: true };
  }
  const blocks = args.has("blocks") ? readBlocks(args.json("blocks"), world) : undefined;
  const attachments = args.json("attachments");
  if (attachments !== undefined && !Array.isArray(attachments)) refuse("invalid_attachments");
  if (attachments && attachments.length > 100) refuse("too_many_attachments");
  return {
    rendered: false,
    ...(text !== undefined ? { text } : {}),
    ...(blocks ? { blocks } : {}),
    ...(attachments ? { attachments } : {}),
  };
}

/** Blocks for a message, checked and given ids. */
export function readBlocks(value: unknown, world: World): unknown[] {
  const fault = checkBlocks(value, "message");
  if (fault) {
    world.violate(`blocks refused: ${fault.error} ${fault.messages.join("; ")}`);
    refuse(fault.error, {
      errors: fault.messages,
      response_metadata: { messages: fault.messages.map((message) => `[ERROR] ${message}`) },
    });
  }
  return withIds(Array.isArray(value) ? value : [], () => world.ids.secret(5));
}

/** Ends the call with msg_too_long and notes it. */
export function tooLong(world: World, what: string, length: number, most: number): never {
  world.violate(`${what} of ${length} characters; the most is ${most}`);
  refuse("msg_too_long");
}

function requireSomething(content: Content): void {
  const said = content.text?.trim() || (content.blocks?.length ?? 0) > 0 || (content.attachments?.length ?? 0) > 0;
  if (!said) refuse("no_text");
}

// Text links are previewed when asked for, media unless told not to.
function unfurls(args: Args, text: string): string[] {
  const links = [...text.matchAll(/https?:\/\/[^\s|<>]+/g)].map(([url]) => url);
  const media = (url: string) =>
    /\.(png|jpe?g|gif|webp|mp4|mp3)([?#]|$)/i.test(url) || /youtu\.?be|vimeo|spotify/.test(url);
  const wanted = (url: string) =>
    media(url) ? !args.has("unfurl_media") || args.flag("unfurl_media") : args.flag("unfurl_links");
  return links.filter(wanted);
}

/** The name and picture an app may put on, with the scope for it. */
export function disguise(args: Args, world: World): NonNullable<Message["byApp"]> {
  const username = args.text("username");
  const emoji = args.text("icon_emoji");
  const url = args.text("icon_url");
  if (username || emoji || url) requireScope(world, "chat:write.customize");
  return {
    ...(username ? { username } : {}),
    ...(emoji || url ? { icons: emoji ? { emoji } : { image_64: url } } : {}),
  };
}

const contentArgs = { text: "text", markdown_text: "text", blocks: "json", attachments: "json" } as const;
const looksArgs = { username: "text", icon_emoji: "text", icon_url: "text" } as const;

/** chat.postMessage, update, delete, postEphemeral, getPermalink. */
export const chat: Readonly<Record<string, Method>> = {
  "chat.postMessage": {
    args: {
      ...contentArgs,
      ...looksArgs,
      channel: "text!",
      thread_ts: "text",
      reply_broadcast: "flag",
      metadata: "json",
      unfurl_links: "flag",
      unfurl_media: "flag",
      mrkdwn: "flag",
      link_names: "flag",
      parse: "text",
      as_user: "flag",
    },
    token: "bot",
    scopes: ["chat:write"],
    limit: "posting",
    run(args, world) {
      if (args.flag("as_user")) refuse("as_user_not_supported");
      const channel = channelToPostIn(world, args.need("channel"));
      const threadTs = threadFor(world, channel, args);
      const content = readContent(args, world);
      requireSomething(content);
      const metadata = readMetadata(args);
      const warnings: string[] = [];
      let text = content.text ?? "";
      if (text.length > longestPost) {
        world.violate(`chat.postMessage text of ${text.length} characters; Slack cuts at ${longestPost}`);
        text = text.slice(0, longestPost);
        warnings.push("message_truncated");
      }
      const message = post(world, channel, {
        ...content,
        user: world.app.botUserId,
        text,
        byApp: disguise(args, world),
        threadTs,
        metadata,
        ...(threadTs && args.flag("reply_broadcast") ? { broadcast: true, subtype: "thread_broadcast" } : {}),
        unfurls: unfurls(args, text),
      });
      if (threadTs) world.workspace.statuses.delete(`${channel.id}:${threadTs}`);
      return {
        channel: channel.id,
        ts: message.ts,
        message: messageJson(world, message, { metadata: true }),
        ...(warnings.length > 0 ? { warning: warnings.join(","), response_metadata: { warnings } } : {}),
      };
    },
  },

  "chat.update": {
    args: {
      ...contentArgs,
      channel: "text!",
      ts: "text!",
      metadata: "json",
      link_names: "flag",
      parse: "text",
      as_user: "flag",
      reply_broadcast: "flag",
      file_ids: "list",
      unfurled_attachments: "json",
    },
    token: "bot",
    scopes: ["chat:write"],
    limit: "tier3",
    run(args, world) {
      const channel = channelFor(world, args.need("channel"));
      const message = messageFor(channel, args.need("ts"));
      if (!message.byApp) refuse("cant_update_message");
      if (channel.archived) refuse("is_inactive");
      if (!isWithin(world, channel)) refuse("channel_not_found");
      if (message.stream?.state === "in_progress") refuse("streaming_state_conflict");
      const content = readContent(args, world);
      const metadata = readMetadata(args);
      if (content.text === undefined && !content.blocks && !content.attachments) refuse("no_text");
      if ((content.text?.length ?? 0) > longestUpdate && args.text("markdown_text") === undefined) {
        tooLong(world, "chat.update text", content.text?.length ?? 0, longestUpdate);
      }
      change(world, channel, message, () => {
        if (content.text !== undefined) message.text = content.text;
        // What is left out is kept; an empty list takes it away.
        if (message.rendered && content.text !== undefined) delete message.blocks;
        if (content.text !== undefined || content.blocks) message.rendered = content.rendered;
        if (content.blocks) replace(message, "blocks", content.blocks);
        if (content.attachments) replace(message, "attachments", content.attachments);
        if (metadata) message.metadata = metadata;
        if (args.flag("reply_broadcast")) message.broadcast = true;
        message.edited = { user: world.app.botUserId, ts: world.workspace.nextTs() };
      });
      return {
        channel: channel.id,
        ts: message.ts,
        text: message.text,
        message: messageJson(world, message, { metadata: true }),
      };
    },
  },

  "chat.delete": {
    args: { channel: "text!", ts: "text!", as_user: "flag" },
    token: "bot",
    scopes: ["chat:write"],
    limit: "tier3",
    run(args, world) {
      const channel = channelFor(world, args.need("channel"));
      const message = messageFor(channel, args.need("ts"));
      if (!message.byApp) refuse("cant_delete_message");
      remove(world, channel, message);
      return { channel: channel.id, ts: message.ts };
    },
  },

  "chat.postEphemeral": {
    args: {
      ...contentArgs,
      ...looksArgs,
      channel: "text!",
      user: "text!",
      thread_ts: "text",
      link_names: "flag",
      parse: "text",
      as_user: "flag",
    },
    token: "bot",
    scopes: ["chat:write"],
    limit: "tier4",
    run(args, world) {
      const channel = channelToPostIn(world, args.need("channel"));
      const to = args.need("user");
      if (!channel.members.has(to)) refuse("user_not_in_channel");
      const threadTs = threadFor(world, channel, args);
      const content = readContent(args, world);
      requireSomething(content);
      if ((content.text?.length ?? 0) > longestPost)
        tooLong(world, "ephemeral", content.text?.length ?? 0, longestPost);
      disguise(args, world);
      const ts = whisper(world, channel, {
        to,
        text: content.text ?? "",
        ...(content.blocks ? { blocks: content.blocks } : {}),
        ...(threadTs ? { threadTs } : {}),
      });
      return { message_ts: ts };
    },
  },

  "chat.getPermalink": {
    args: { channel: "text!", message_ts: "text!" },
    token: "bot",
    limit: "high",
    run(args, world) {
      const channel = channelFor(world, args.need("channel"));
      const message = messageFor(channel, args.need("message_ts"));
      const path = `archives/${channel.id}/p${message.ts.replace(".", "")}`;
      const thread = message.threadTs ? `?thread_ts=${message.threadTs}&cid=${channel.id}` : "";
      return { channel: channel.id, permalink: `https://${world.workspace.team.domain}.slack.com/${path}${thread}` };
    },
  },
};

function replace(message: Message, key: "blocks" | "attachments", value: unknown[]): void {
  if (value.length > 0) message[key] = value;
  else delete message[key];
}

/** The fields a response_url or a command's answer may carry, read like a post's. */
export function readAnswer(body: Fields, world: World): { text: string; blocks?: unknown[] } {
  const text = typeof body.text === "string" ? body.text : "";
  const blocks = body.blocks === undefined ? undefined : readBlocks(body.blocks, world);
  if (!text && !blocks?.length && !isFields(body.attachments) && !Array.isArray(body.attachments)) refuse("no_text");
  return { text, ...(blocks ? { blocks } : {}) };
}
