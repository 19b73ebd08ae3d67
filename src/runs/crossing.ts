/** All that crosses the thread between main and a worker; both sides import this file. */
import { z } from "zod";
import { DocumentFile, DocumentText } from "../agent/documents/document.ts";
import { RunEvent } from "../agent/run-event.ts";
import { Ending, Go, ModelSaid, RunInput, RunState } from "../agent/run-input.ts";
import { ToolResult } from "../agent/tool.ts";
import { ToolCall } from "../agent/turn.ts";

/** What a worker tells main. */
export const WorkerMessage = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready") }),
  z.object({ kind: z.literal("pong"), runs: z.number(), heapBytes: z.number() }),
  z.object({ kind: z.literal("checkpoint"), run: z.string(), state: RunState }),
  z.object({ kind: z.literal("events"), run: z.string(), events: z.array(RunEvent) }),
  z.object({ kind: z.literal("call"), run: z.string(), call: ToolCall }),
  /** The calls that a run waits for are given up. */
  z.object({ kind: z.literal("drop"), run: z.string() }),
  /** What the model at this place of the run's models answered; told only by runs that have a cache. */
  z.object({ kind: z.literal("spoke"), run: z.string(), said: ModelSaid, at: z.number() }),
  z.object({ kind: z.literal("ended"), run: z.string(), ending: Ending }),
  /** What a file says that was to be read. */
  z.object({ kind: z.literal("text"), id: z.string(), text: DocumentText }),
  /** What a schema has against a value that was to be held against it. */
  z.object({ kind: z.literal("checked"), id: z.string(), complaint: z.string().optional() }),
]);
export type WorkerMessage = z.infer<typeof WorkerMessage>;

/** What main tells a worker. `"cancel"` alone is Bree's way to ask for the end. */
export const MainMessage = z.discriminatedUnion("kind", [
  /** `go` answers the checkpoint before the first model call of a run that begins. */
  z.object({ kind: z.literal("run"), input: RunInput, go: Go.optional() }),
  z.object({ kind: z.literal("answer"), run: z.string(), go: Go }),
  z.object({ kind: z.literal("result"), run: z.string(), call: z.string(), result: ToolResult }),
  /** Stops a run wherever it is, the model call in flight too. */
  z.object({ kind: z.literal("stop"), run: z.string() }),
  /** The time of a run stands still, since a person is asked something; or goes on. */
  z.object({ kind: z.literal("hold"), run: z.string(), held: z.boolean() }),
  /** Reads a file, beside the runs. */
  z.object({ kind: z.literal("read"), id: z.string(), file: DocumentFile }),
  /** Holds a value against a schema, beside the runs. */
  z.object({ kind: z.literal("check"), id: z.string(), schema: z.record(z.string(), z.unknown()), value: z.unknown() }),
  z.object({ kind: z.literal("ping") }),
]);
export type MainMessage = z.infer<typeof MainMessage>;
