import type { types, webApi } from "@slack/bolt";
import type { Address, ToolLine } from "../../src/chat.ts";
import { lineText } from "./blocks.ts";
import { type Bot, isDirect } from "./messages.ts";
import { refusalOf } from "./refusals.ts";
import { harmless } from "./text.ts";
import type { Wire } from "./wire.ts";

/** What has to be added to a stream; what it will have shown then. */
type Step = { chunks: types.AnyChunk[]; text: string; tasks: Map<string, string> };

/** How a stream is ended. */
export type StreamEnd = {
  text: string;
  lines: ToolLine[];
  tail: types.KnownBlock[];
  metadata: { event_type: string; event_payload: { key: string; part: number } };
  /** The state its session is to have then. */
  session?: "active";
};

/** One of Slack's streams: text can only be added to it. */
export type Stream = {
  ts: string;
  /** Adds what is missing; false when adding alone can't show this. Rejects when the stream can't be trusted any more. */
  append(text: string, lines: ToolLine[]): Promise<boolean>;
  /** Adds the rest and ends it; false when adding alone can't show this. */
  finish(end: StreamEnd): Promise<boolean>;
  /** It will not be written to again. */
  close(): void;
};

/** Slack's streams, as many as its limits allow. */
export type Streams = {
  /** Could one be begun now, and ended whenever it is over? */
  available(): boolean;
  /** Begins a stream; undefined when Slack does not want one here. */
  open(address: Address, user: string | undefined, text: string, lines: ToolLine[]): Promise<Stream | undefined>;
};

const taskStates = { running: "in_progress", done: "complete", failed: "error" } as const;

/** Streams to the workspace of `bot`. */
export function createStreams(wire: Wire, bot: Bot): Streams {
  const { client } = wire;
  let open = 0;
  let unknown = false;

  function createStream(channel: string, ts: string, shown: Step): Stream {
    let { text, tasks } = shown;
    let closed = false;

    return {
      ts,
      async append(next, lines) {
        const step = stepTo({ text, tasks }, next, lines);
        if (!step) return false;
        const { chunks } = step;
        if (chunks.length === 0) return true;
        await wire.call("chat.appendStream", () => client.chat.appendStream({ channel, ts, chunks }));
        ({ text, tasks } = step);
        return true;
      },
      async finish({ text: next, lines, tail, metadata, session }) {
        const step = stepTo({ text, tasks }, next, lines);
        const ids = new Set(lines.map(idOf));
        const isShownTooMuch = [...tasks.keys()].some((id) => !ids.has(id));
        if (!step || isShownTooMuch) return false;
        const { chunks } = step;
        await wire.call("chat.stopStream", () =>
          client.chat.stopStream({
            channel,
            ts,
            metadata,
            ...(chunks.length > 0 && { chunks }),
            ...(tail.length > 0 && { blocks: tail }),
            ...(session && { session_status: session }),
          }),
        );
        return true;
      },
      close() {
        if (!closed) open -= 1;
        closed = true;
      },
    };
  }

  return {
    // Ending is as limited as beginning: a place is kept for the end of each that is open.
    available: () => !unknown && wire.room("chat.startStream") > 0 && wire.room("chat.stopStream") > open,

    async open({ channel, thread }, user, text, lines) {
      const step = stepTo({ text: "", tasks: new Map() }, text, lines);
      if (!thread || !step) return undefined;
      const recipient = isDirect(channel)
        ? {}
        : { recipient_team_id: bot.team, ...(user && { recipient_user_id: user }) };
      const start: webApi.ChatStartStreamArguments = { channel, thread_ts: thread, chunks: step.chunks, ...recipient };
      open += 1;
      try {
        const { ts = "" } = await wire.call("chat.startStream", () => client.chat.startStream(start));
        return createStream(channel, ts, step);
      } catch (error) {
        open -= 1;
        const refusal = refusalOf(error);
        if (refusal === undefined) throw error;
        unknown ||= refusal === "unknown_method" || refusal === "missing_scope";
        return undefined;
      }
    },
  };
}

/** What leads from what is shown to what is to be shown; undefined when something shown would have to go. */
function stepTo(
  shown: { text: string; tasks: Map<string, string> },
  text: string,
  lines: ToolLine[],
): Step | undefined {
  if (!text.startsWith(shown.text)) return undefined;
  const tasks = new Map(shown.tasks);
  const chunks: types.AnyChunk[] = [];
  for (const [at, line] of lines.entries()) {
    const id = idOf(line, at);
    const chunk = { type: "task_update" as const, id, title: harmless(lineText(line)), status: taskStates[line.state] };
    const written = JSON.stringify(chunk);
    tasks.set(id, written);
    if (shown.tasks.get(id) !== written) chunks.push(chunk);
  }
  const rest = text.slice(shown.text.length);
  if (rest) chunks.push({ type: "markdown_text", text: rest });
  return { chunks, text, tasks };
}

function idOf(line: ToolLine, at: number): string {
  return line.id || `line-${at}`;
}
