import { getHeapStatistics } from "node:v8";
import { parentPort } from "node:worker_threads";
import { complaintOf } from "../src/agent/complaint.ts";
import { documentText } from "../src/agent/documents/document-text.ts";
import { EventBatch } from "../src/agent/event-batch.ts";
import { runAgent } from "../src/agent/loop.ts";
import { modelOpener, realPace } from "../src/agent/models/open.ts";
import type { Ending, Go, ModelSaid, RunInput, RunState } from "../src/agent/run-input.ts";
import type { ToolResult } from "../src/agent/tool.ts";
import type { ToolCall } from "../src/agent/turn.ts";
import type { MainMessage, WorkerMessage } from "../src/runs/crossing.ts";
import { Mail } from "../src/runs/mail.ts";

/** A run in this thread, and what it waits for from main. */
type LiveRun = {
  stop: AbortController;
  go?: (go: Go) => void;
  hold?: (held: boolean) => void;
  calls: Map<string, { resolve(result: ToolResult): void; reject(why: unknown): void }>;
  /** What says that its calls are given up, once there was one. */
  givenUp?: AbortSignal;
};

if (parentPort === null) throw new Error("jobs/agent runs in a worker thread");
const main = parentPort;
const open = modelOpener(realPace);
const runs = new Map<string, LiveRun>();

const mail = new Mail<WorkerMessage>((messages) => main.postMessage(messages));

// Only main speaks on this port, and both sides are compiled from one file of words.
main.on("message", (messages: MainMessage[] | "cancel") => {
  if (messages === "cancel") return end();
  for (const message of messages) hear(message);
});

function hear(message: MainMessage): void {
  switch (message.kind) {
    case "run":
      void begin(message.input, message.go);
      break;
    case "answer":
      runs.get(message.run)?.go?.(message.go);
      break;
    case "result":
      take(message.run, message.call, message.result);
      break;
    case "stop":
      runs.get(message.run)?.stop.abort();
      break;
    case "hold":
      runs.get(message.run)?.hold?.(message.held);
      break;
    case "read":
      void documentText(message.file).then((text) => tell({ kind: "text", id: message.id, text }));
      break;
    case "check":
      void complaintOf(message.schema, message.value).then((complaint) =>
        tell({ kind: "checked", id: message.id, ...(complaint === undefined ? {} : { complaint }) }),
      );
      break;
    case "ping":
      tell({ kind: "pong", runs: runs.size, heapBytes: getHeapStatistics().used_heap_size });
  }
}

// A stray fault belongs to one run at most, and that one has its timeout; the others go on.
process.on("uncaughtException", (error) => console.error("stray fault in the agent worker:", error));
process.on("unhandledRejection", (reason) => console.error("stray rejection in the agent worker:", reason));

tell({ kind: "ready" });

function tell(message: WorkerMessage): void {
  mail.add(message);
}

/** Does a run from its begin to its end; whatever it throws ends this run only. `go` answers its first checkpoint. */
async function begin(input: RunInput, go?: Go): Promise<void> {
  const { id } = input;
  const answered = go ? [go] : [];
  const run: LiveRun = { stop: new AbortController(), calls: new Map() };
  runs.set(id, run);
  const batch = new EventBatch((events) => tell({ kind: "events", run: id, events }));
  let ending: Ending;
  try {
    const parts = {
      open,
      now: realPace.now,
      emit: batch.add.bind(batch),
      checkpoint: (state: RunState) =>
        new Promise<Go>((resolve) => {
          const known = answered.pop();
          if (known) return resolve(known);
          run.go = resolve;
          batch.flush();
          tell({ kind: "checkpoint", run: id, state });
        }),
      call: (call: ToolCall, signal: AbortSignal) => {
        batch.flush();
        return reach(id, run, call, signal);
      },
      spoke: (said: ModelSaid, at: number) => tell({ kind: "spoke", run: id, said, at }),
      heldBy: (hold: (held: boolean) => void) => {
        run.hold = hold;
      },
    };
    ending = await runAgent(input, parts, run.stop.signal);
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    ending = { kind: "failed", code: "worker", detail, text: "", usage: { input: 0, output: 0 } };
  }
  runs.delete(id);
  batch.flush();
  tell({ kind: "ended", run: id, ending });
}

/** Has main make a call; when the run is stopped meanwhile, main is told to drop it with all the others. */
function reach(id: string, run: LiveRun, call: ToolCall, signal: AbortSignal): Promise<ToolResult> {
  if (run.givenUp !== signal) signal.addEventListener("abort", () => drop(id, run, signal.reason), { once: true });
  run.givenUp = signal;
  return new Promise((resolve, reject) => {
    run.calls.set(call.id, { resolve, reject });
    tell({ kind: "call", run: id, call });
  });
}

function take(id: string, callId: string, result: ToolResult): void {
  const calls = runs.get(id)?.calls;
  const waiting = calls?.get(callId);
  calls?.delete(callId);
  waiting?.resolve(result);
}

function drop(id: string, { calls }: LiveRun, why: unknown): void {
  if (calls.size === 0) return;
  for (const { reject } of calls.values()) reject(why);
  calls.clear();
  tell({ kind: "drop", run: id });
}

/** Bree asks for the end and waits to hear that it comes. */
function end(): void {
  mail.flush();
  main.postMessage("cancelled");
  process.exit(0);
}
