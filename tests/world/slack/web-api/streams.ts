import { taskStates } from "../block-rules.ts";
import { messageJson } from "../message-json.ts";
import { pingsIn } from "../shown.ts";
import { change, post } from "../timeline.ts";
import { type Channel, type Fields, isFields, type Message, type Stream } from "../workspace.ts";
import type { World } from "../world.ts";
import { sessionStates, setSession } from "./assistant.ts";
import { disguise, readBlocks, tooLong } from "./chat.ts";
import { type Args, type Method, readMetadata, refuse } from "./method.ts";
import { channelFor, channelToPostIn, isWithin, messageFor, threadFor } from "./places.ts";

const lifeMs = 5 * 60_000;
const longestMarkdown = 12_000;

/** chat.startStream, appendStream, stopStream. */
export const streams: Readonly<Record<string, Method>> = {
  "chat.startStream": {
    args: {
      channel: "text!",
      thread_ts: "text!",
      chunks: "json",
      markdown_text: "text",
      recipient_user_id: "text",
      recipient_team_id: "text",
      task_display_mode: "text",
      icon_emoji: "text",
      icon_url: "text",
      username: "text",
    },
    token: "bot",
    scopes: ["chat:write"],
    limit: "tier2",
    run(args, world) {
      const channel = channelToPostIn(world, args.need("channel"));
      const threadTs = threadFor(world, channel, args);
      checkRecipient(args, world, channel);
      const mode = args.text("task_display_mode");
      if (mode !== undefined && mode !== "timeline" && mode !== "plan") refuse("invalid_arguments");
      const chunks = readChunks(args, world);
      const stream: Stream = {
        state: "in_progress",
        stoppedByPerson: false,
        markdown: "",
        tasks: new Map(),
        blocks: [],
        endLife: () => {},
      };
      for (const chunk of chunks) take(stream, chunk, world);
      const byApp = disguise(args, world);
      const message = post(world, channel, {
        user: world.app.botUserId,
        text: stream.markdown,
        byApp,
        threadTs,
        stream,
        rendered: true,
      });
      stream.endLife = world.clock.after(lifeMs, () => {
        if (stream.state !== "in_progress") return;
        stream.state = "errored";
        world.changed();
      });
      render(message, stream);
      if (threadTs) world.workspace.statuses.delete(`${channel.id}:${threadTs}`);
      world.changed();
      return { channel: channel.id, ts: message.ts };
    },
  },

  "chat.appendStream": {
    args: { channel: "text!", ts: "text!", markdown_text: "text", chunks: "json" },
    token: "bot",
    scopes: ["chat:write"],
    limit: "tier4",
    run(args, world) {
      const { channel, message, stream } = openStream(args, world, "stopped_by_user");
      const chunks = readChunks(args, world);
      if (chunks.length === 0) refuse("no_text");
      for (const chunk of chunks) take(stream, chunk, world);
      render(message, stream);
      world.changed();
      return { channel: channel.id, ts: message.ts };
    },
  },

  "chat.stopStream": {
    args: {
      channel: "text!",
      ts: "text!",
      markdown_text: "text",
      chunks: "json",
      blocks: "json",
      metadata: "json",
      session_status: "text",
    },
    token: "bot",
    scopes: ["chat:write"],
    limit: "tier2",
    run(args, world) {
      const { channel, message, stream } = openStream(args, world, "message_not_in_streaming_state");
      const metadata = readMetadata(args);
      const status = args.text("session_status");
      if (status !== undefined && !sessionStates.includes(status)) refuse("invalid_arguments");
      const blocks = args.has("blocks") ? readBlocks(args.json("blocks"), world) : [];
      for (const chunk of readChunks(args, world)) take(stream, chunk, world);
      if (!stream.markdown && stream.tasks.size === 0 && stream.blocks.length + blocks.length === 0) refuse("no_text");
      change(world, channel, message, () => {
        stream.blocks.push(...blocks);
        stream.state = "completed";
        stream.endLife();
        if (metadata) message.metadata = metadata;
        render(message, stream);
        message.notified = pingsIn([message.text, message.blocks]);
      });
      if (status && message.threadTs) setSession(world, channel.id, message.threadTs, status);
      return { channel: channel.id, ts: message.ts, message: messageJson(world, message, { metadata: true }) };
    },
  },
};

function checkRecipient(args: Args, world: World, channel: Channel): void {
  const user = args.text("recipient_user_id");
  const team = args.text("recipient_team_id");
  if (channel.kind !== "im") {
    if (!user) refuse("missing_recipient_user_id");
    if (!team) refuse("missing_recipient_team_id");
  }
  if (user && !world.workspace.people.has(user)) refuse("user_not_found");
  if (team && team !== world.workspace.team.id) refuse("team_not_found");
}

interface OpenStream {
  readonly channel: Channel;
  readonly message: Message;
  readonly stream: Stream;
}

function openStream(args: Args, world: World, whenStopped: string): OpenStream {
  const channel = channelFor(world, args.need("channel"));
  if (channel.archived) refuse("is_archived");
  if (!isWithin(world, channel)) refuse("not_in_channel");
  const message = messageFor(channel, args.need("ts"));
  if (!message.byApp) refuse("message_not_owned_by_app");
  const { stream } = message;
  if (stream?.stoppedByPerson) refuse(whenStopped);
  if (stream?.state !== "in_progress") refuse("message_not_in_streaming_state");
  return { channel, message, stream };
}

/** The chunks of a call, its markdown_text among them, all checked. */
function readChunks(args: Args, world: World): Fields[] {
  const markdown = args.text("markdown_text");
  const given = args.has("chunks") ? args.json("chunks") : [];
  if (!Array.isArray(given) || !given.every(isFields)) refuse("invalid_chunks");
  const chunks = [...(markdown ? [{ type: "markdown_text", text: markdown }] : []), ...given];
  for (const chunk of chunks) if (!wellFormed(chunk)) invalidChunk(world, chunk);
  const length = chunks.reduce((sum, { type, text }) => sum + (type === "markdown_text" ? String(text).length : 0), 0);
  if (length > longestMarkdown) tooLong(world, "streamed markdown in one call", length, longestMarkdown);
  return chunks;
}

function wellFormed(chunk: Fields): boolean {
  const { type, text, id, title, status, details, output, blocks } = chunk;
  if (type === "markdown_text") return typeof text === "string" && text !== "";
  if (type === "plan_update") return typeof title === "string" && title !== "";
  if (type === "blocks") return Array.isArray(blocks) && blocks.length > 0;
  if (type !== "task_update") return false;
  const extras = [details, output].every((value) => value === undefined || typeof value === "string");
  return (
    typeof id === "string" && id !== "" && typeof title === "string" && extras && taskStates.includes(String(status))
  );
}

function invalidChunk(world: World, chunk: Fields): never {
  world.violate(`stream chunk refused: ${JSON.stringify(chunk).slice(0, 120)}`);
  refuse("invalid_chunks");
}

function take(stream: Stream, chunk: Fields, world: World): void {
  if (chunk.type === "markdown_text") stream.markdown += String(chunk.text);
  else if (chunk.type === "plan_update") stream.plan = String(chunk.title);
  else if (chunk.type === "blocks") stream.blocks.push(...readBlocks(chunk.blocks, world));
  else stream.tasks.set(String(chunk.id), { ...stream.tasks.get(String(chunk.id)), ...chunk });
}

function render(message: Message, stream: Stream): void {
  const tasks = [...stream.tasks.values()].map(({ id, title, status }) => ({
    type: "task_card",
    task_id: id,
    title,
    status,
  }));
  message.text = stream.markdown;
  message.blocks = [
    ...(stream.plan ? [{ type: "plan", title: stream.plan, tasks }] : tasks),
    ...(stream.markdown ? [{ type: "markdown", text: stream.markdown }] : []),
    ...stream.blocks,
  ];
}
