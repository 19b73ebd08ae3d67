import { runAgent } from "../../src/agent/loop.ts";
import type { Model, ModelPart, ModelRequest } from "../../src/agent/models/model.ts";
import type { RunEvent } from "../../src/agent/run-event.ts";
import type { Ending, Go, ModelSaid, ModelSpec, RunInput, RunState } from "../../src/agent/run-input.ts";
import type { ToolResult, ToolSpec } from "../../src/agent/tool.ts";
import type { ToolCall } from "../../src/agent/turn.ts";

/** What a scripted model does when it is asked: says parts, throws, or waits until it is stopped. */
export type Reply = (ModelPart | Error | "wait")[];

/** An answer of some words. */
export function says(...texts: string[]): Reply {
  return [...texts.map((text): ModelPart => ({ kind: "text", text })), end()];
}

/** An answer that calls tools, each as `[name, input]`, after some words. */
export function calls(said: string, ...asked: [name: string, input: string][]): Reply {
  const parts: ModelPart[] = said === "" ? [] : [{ kind: "text", text: said }];
  return [...parts, end(asked.map(([name, input], nth) => ({ id: `c${nth}`, name, input })))];
}

/** The last part of an answer. */
export function end(made: ToolCall[] = [], stopped: "done" | "length" | "filtered" = "done"): ModelPart {
  return { kind: "end", calls: made, stopped, tokens: { input: 10, output: 5 } };
}

/** A model's place in config. */
export function spec(name = "main", more: Partial<ModelSpec> = {}): ModelSpec {
  return { name, provider: "custom", model: name, ...more };
}

/** A tool that takes a path. */
export const readFile: ToolSpec = {
  name: "fs__read",
  description: "Reads a file.",
  parameters: {
    type: "object",
    properties: { path: { type: "string" }, lines: { type: "integer" } },
    required: ["path"],
    additionalProperties: false,
  },
};

/** A run with scripted models in a world of plain functions; what happened is kept. */
export class ScriptedRun {
  readonly events: RunEvent[] = [];
  readonly requests: { model: string; request: ModelRequest }[] = [];
  readonly called: ToolCall[] = [];
  readonly checkpoints: RunState[] = [];
  /** What main was told to keep. */
  readonly spoken: { said: ModelSaid; at: number }[] = [];
  readonly stop = new AbortController();
  readonly input: RunInput;
  readonly #replies: Map<string, Reply[]>;
  onCheckpoint: (state: RunState) => Go | Promise<Go> = () => ({ kind: "go", steers: [] });
  onCall: (call: ToolCall, signal: AbortSignal) => ToolResult | Promise<ToolResult> = ({ input }) => ({
    text: `read ${input}`,
  });
  onEvent: (event: RunEvent) => void = () => {};
  /** Makes the run's time stand still, and go on. */
  hold: (held: boolean) => void = () => {};
  time = 0;

  constructor(replies: Reply[] | Record<string, Reply[]>, input: Partial<RunInput> = {}) {
    this.#replies = new Map(Object.entries(Array.isArray(replies) ? { main: replies } : replies));
    this.input = {
      id: "r1",
      agent: "researcher",
      instructions: "You help.",
      models: [...this.#replies.keys()].map((name) => spec(name)),
      turns: [{ role: "user", text: "What is in the file?" }],
      tools: [readFile],
      maxSteps: 8,
      timeoutMs: 10_000,
      contextTokens: 100_000,
      ...input,
    };
  }

  start(): Promise<Ending> {
    const parts = {
      open: (asked: ModelSpec) => this.#open(asked),
      checkpoint: async (state: RunState) => {
        this.checkpoints.push(structuredClone(state));
        return this.onCheckpoint(state);
      },
      emit: (event: RunEvent) => {
        this.events.push(event);
        this.onEvent(event);
      },
      call: async (call: ToolCall, signal: AbortSignal) => {
        this.called.push(call);
        return this.onCall(call, signal);
      },
      spoke: (said: ModelSaid, at: number) => void this.spoken.push({ said, at }),
      heldBy: (hold: (held: boolean) => void) => {
        this.hold = hold;
      },
      now: () => this.time,
    };
    return runAgent(this.input, parts, this.stop.signal);
  }

  /** What the text events come to. */
  get shown(): string {
    let shown = "";
    for (const event of this.events) {
      if (event.kind === "text") shown = event.afresh ? event.text : shown + event.text;
    }
    return shown;
  }

  of<K extends RunEvent["kind"]>(kind: K): Extract<RunEvent, { kind: K }>[] {
    return this.events.filter((event): event is Extract<RunEvent, { kind: K }> => event.kind === kind);
  }

  #open({ name }: ModelSpec): Model {
    const { requests } = this;
    const replies = this.#replies.get(name);
    return {
      name,
      async *stream(request, signal) {
        requests.push({ model: name, request });
        const reply = replies?.shift();
        if (reply === undefined) throw new Error(`${name} was asked once too often`);
        for (const part of reply) {
          if (part === "wait") {
            await new Promise((_, reject) => {
              signal.addEventListener("abort", () => reject(signal.reason), { once: true });
            });
          } else if (part instanceof Error) throw part;
          else yield part;
        }
      },
    };
  }
}
