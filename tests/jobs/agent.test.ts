import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { ModelSpec, RunInput, RunState } from "../../src/agent/run-input.ts";
import { type MainMessage, WorkerMessage } from "../../src/runs/crossing.ts";
import { createModel, type ModelWorld } from "../world/model/model.ts";

const folder = mkdtempSync(join(tmpdir(), "agent-job-"));
const file = join(folder, "agent.js");

type Said = Exclude<WorkerMessage, { kind: "ready" }>;
type Kind = WorkerMessage["kind"];

/** The worker, as main sees it. */
class Thread {
  readonly worker = new Worker(file, { env: {}, stdout: true, stderr: true });
  readonly heard: (WorkerMessage | "cancelled")[] = [];
  readonly exited = new Promise<number>((resolve) => this.worker.once("exit", resolve));
  #waiting: (() => void)[] = [];
  /** Answers checkpoints with "go" unless told otherwise. */
  onCheckpoint = (run: string): MainMessage | undefined => ({ kind: "answer", run, go: { kind: "go", steers: [] } });

  constructor() {
    this.worker.on("message", (message: unknown) => {
      if (message === "cancelled") this.heard.push(message);
      else {
        const told = WorkerMessage.parse(message);
        this.heard.push(told);
        if (told.kind === "checkpoint") {
          const answer = this.onCheckpoint(told.run);
          if (answer !== undefined) this.tell(answer);
        }
      }
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  tell(message: MainMessage | "cancel"): void {
    this.worker.postMessage(message);
  }

  async until<K extends Kind>(kind: K, run?: string, count = 1): Promise<Extract<WorkerMessage, { kind: K }>> {
    const deadline = Date.now() + 5000;
    for (;;) {
      const found = this.of(kind).filter((message) => run === undefined || ("run" in message && message.run === run));
      const last = found[count - 1];
      if (last !== undefined) return last;
      if (Date.now() > deadline) throw new Error(`no ${kind}; heard ${JSON.stringify(this.heard).slice(-2000)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, deadline - Date.now());
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  of<K extends Kind>(kind: K): Extract<WorkerMessage, { kind: K }>[] {
    return this.heard.flatMap((message) => (message !== "cancelled" && isOf(message, kind) ? [message] : []));
  }
}

function isOf<K extends Kind>(message: WorkerMessage, kind: K): message is Extract<WorkerMessage, { kind: K }> {
  return message.kind === kind;
}

let model: ModelWorld;
let thread: Thread;

beforeAll(async () => {
  await build({
    entryPoints: ["jobs/agent.ts"],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    banner: { js: 'import{createRequire as __r}from"node:module";const require=__r(import.meta.url);' },
    logLevel: "silent",
  });
});

beforeEach(async () => {
  model = await createModel();
  thread = new Thread();
  await thread.until("ready");
});

afterEach(async () => {
  await thread.worker.terminate();
  await model.stop();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a run is answered by the model, with all its events before its end", async () => {
  model.answer("Four words of answer.");
  thread.tell({ kind: "run", input: runInput("r1") });
  const { ending } = await thread.until("ended", "r1");
  expect(ending).toMatchObject({ kind: "answered", text: "Four words of answer.", model: "main" });
  expect(thread.heard.at(-1)).toMatchObject({ kind: "ended" });
  const events = thread.of("events").flatMap((message) => message.events);
  expect(events.map((event) => event.kind)).toEqual(["text", "usage", "finished"]);
});

function runInput(id: string, more: Partial<RunInput> = {}): RunInput {
  return {
    id,
    agent: "researcher",
    instructions: "You help.",
    models: [spec()],
    turns: [{ role: "user", text: `hello from ${id}` }],
    tools: [],
    maxSteps: 8,
    timeoutMs: 20_000,
    contextTokens: 100_000,
    ...more,
  };
}

function spec(): ModelSpec {
  return { name: "main", provider: "custom", model: model.model, baseUrl: model.baseUrl, key: model.key };
}
