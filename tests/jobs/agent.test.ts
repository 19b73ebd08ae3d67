import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import type { ModelSpec, RunInput } from "../../src/agent/run-input.ts";
import { type MainMessage, WorkerMessage } from "../../src/runs/crossing.ts";
import { createModel, type ModelWorld } from "../world/model/model.ts";

const folder = mkdtempSync(join(tmpdir(), "agent-job-"));
const file = join(folder, "agent.js");

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
        for (const told of z.array(WorkerMessage).parse(message)) {
          this.heard.push(told);
          const answer = told.kind === "checkpoint" ? this.onCheckpoint(told.run) : undefined;
          if (answer !== undefined) this.tell(answer);
        }
      }
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  tell(message: MainMessage | "cancel"): void {
    this.worker.postMessage(message === "cancel" ? message : [message]);
  }

  async until<K extends Kind>(kind: K, run?: string, count = 1): Promise<Extract<WorkerMessage, { kind: K }>> {
    const deadline = Date.now() + 10_000;
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

test("a hundred runs at once are all answered, each with its own words", async () => {
  const ids = Array.from({ length: 100 }, (_, nth) => `r${nth}`);
  const allAsked = model.until(({ requests }) => requests.length === ids.length);
  model.answer(async (request) => {
    await allAsked;
    return `You said: ${request.user}`;
  });
  for (const id of ids) thread.tell({ kind: "run", input: runInput(id) });
  await thread.until("ended", undefined, 100);
  const ended = new Map(thread.of("ended").map(({ run, ending }) => [run, ending]));
  for (const id of ids) expect(ended.get(id)).toMatchObject({ kind: "answered", text: `You said: hello from ${id}` });
});

test("tool calls go to main, and their results come back to the run that asked", async () => {
  model.answer([{ call: "clock__now", arguments: { place: "Taipei" } }], "It is noon.");
  thread.tell({ kind: "run", input: runInput("r1", { tools: [clock] }) });
  const { call } = await thread.until("call", "r1");
  expect(call).toMatchObject({ name: "clock__now", input: '{"place":"Taipei"}' });
  thread.tell({ kind: "result", run: "r1", call: call.id, result: { text: "12:00" } });
  expect(await thread.until("ended", "r1")).toMatchObject({ ending: { kind: "answered", text: "It is noon." } });
  expect(thread.of("checkpoint").map(({ state }) => state.step)).toEqual([0, 1]);
  expect(model.requests[1]?.body.messages.at(-1)).toMatchObject({ role: "tool", content: "12:00" });
});

test("a run that waits for a person is forgotten, and goes on in any worker", async () => {
  model.answer([{ call: "clock__now", arguments: { place: "Taipei" } }], "It is noon.");
  const input = runInput("r1", { tools: [clock] });
  thread.tell({ kind: "run", input });
  const { call } = await thread.until("call", "r1");
  thread.tell({ kind: "result", run: "r1", call: call.id, result: { text: "", parked: true } });
  const { ending } = await thread.until("ended", "r1");
  if (ending.kind !== "parked") throw new Error(`it ${ending.kind}`);
  const other = new Thread();
  try {
    await other.until("ready");
    const results = [{ call: call.id, result: { text: "12:00" } }];
    other.tell({ kind: "run", input: { ...input, state: ending.state, results } });
    expect(await other.until("ended", "r1")).toMatchObject({ ending: { kind: "answered", text: "It is noon." } });
  } finally {
    await other.worker.terminate();
  }
});

test("the time of a run stands still while main holds it", async () => {
  model.answer([{ call: "clock__now", arguments: { place: "Taipei" } }], "It is noon.");
  for (const id of ["held", "other"]) {
    thread.tell({ kind: "run", input: runInput(id, { tools: [clock], timeoutMs: 500 }) });
    if (id === "held") thread.tell({ kind: "hold", run: id, held: true });
  }
  expect(await thread.until("ended", "other")).toMatchObject({ ending: { kind: "failed", code: "timeout" } });
  expect(thread.of("ended").map(({ run }) => run)).toEqual(["other"]);
  thread.tell({ kind: "hold", run: "held", held: false });
  expect(await thread.until("ended", "held")).toMatchObject({ ending: { kind: "failed", code: "timeout" } });
});

test("a stop ends a run in the middle of its answer, with what it said so far", async () => {
  model.answer({ say: "on and on ", fault: { endless: true } });
  thread.tell({ kind: "run", input: runInput("r1") });
  await thread.until("events", "r1");
  thread.tell({ kind: "stop", run: "r1" });
  expect(await thread.until("ended", "r1")).toMatchObject({
    ending: { kind: "stopped", text: expect.stringContaining("on") },
  });
  await model.until(({ aborted }) => aborted.length === 1);
});

test("a stop while main makes calls drops them all at once", async () => {
  const calls = ["Taipei", "Paris"].map((place) => ({ call: "clock__now", arguments: { place } }));
  model.answer(calls);
  thread.tell({ kind: "run", input: runInput("r1", { tools: [clock] }) });
  await thread.until("call", "r1");
  thread.tell({ kind: "stop", run: "r1" });
  await thread.until("ended", "r1");
  expect(thread.of("drop")).toEqual([{ kind: "drop", run: "r1" }]);
});

test("the words of a stream come in few messages, in order, none lost", async () => {
  const words = Array.from({ length: 200 }, (_, nth) => `w${nth}`).join(" ");
  model.answer({ say: words, msPerDelta: 2 });
  thread.tell({ kind: "run", input: runInput("r1") });
  await thread.until("ended", "r1");
  const messages = thread.of("events");
  const events = messages.flatMap((message) => message.events);
  expect(events.map((event) => (event.kind === "text" ? event.text : "")).join("")).toBe(words);
  expect(messages.length).toBeLessThan(50);
  expect(messages.length).toBeGreaterThan(3);
});

test("a value is held against a schema, also one made to keep its reader busy", async () => {
  const holding = (id: string, schema: Record<string, unknown>, value: unknown) =>
    thread.tell({ kind: "check", id, schema, value });
  holding("fits", { type: "number" }, 1);
  holding("other", { type: "number" }, "one");
  holding("hostile", { pattern: "^(a+)+$" }, `${"a".repeat(60)}!`);
  await thread.until("checked", undefined, 3);
  const told = new Map(thread.of("checked").map(({ id, complaint }) => [id, complaint]));
  expect(told).toEqual(
    new Map([
      ["fits", undefined],
      ["other", "it must be number"],
      ["hostile", undefined],
    ]),
  );
});

test("a ping is answered with the number of runs and the heap, also while runs go on", async () => {
  model.answer({ say: "on and on ", fault: { endless: true } });
  thread.tell({ kind: "run", input: runInput("r1") });
  await thread.until("events", "r1");
  thread.tell({ kind: "ping" });
  const pong = await thread.until("pong");
  expect(pong.runs).toBe(1);
  expect(pong.heapBytes).toBeGreaterThan(1_000_000);
});

test("a fault in one run ends that run only", async () => {
  model.answer("Fine.");
  thread.tell({ kind: "run", input: { ...runInput("bad"), models: [] } });
  thread.tell({ kind: "run", input: runInput("good") });
  expect(await thread.until("ended", "bad")).toMatchObject({ ending: { kind: "failed", code: "worker" } });
  expect(await thread.until("ended", "good")).toMatchObject({ ending: { kind: "answered" } });
});

test("what main says of runs that are gone is passed over", async () => {
  model.answer("Fine.");
  thread.tell({ kind: "result", run: "gone", call: "c", result: { text: "" } });
  thread.tell({ kind: "answer", run: "gone", go: { kind: "stop" } });
  thread.tell({ kind: "stop", run: "gone" });
  thread.tell({ kind: "run", input: runInput("r1") });
  expect(await thread.until("ended", "r1")).toMatchObject({ ending: { kind: "answered" } });
});

test("the offline model needs neither key nor network", async () => {
  const models: ModelSpec[] = [{ name: "offline", provider: "offline", model: "offline" }];
  const turns = [{ role: "user" as const, text: "ana: what time is it in Taipei?" }];
  thread.tell({ kind: "run", input: runInput("r1", { models, turns, tools: [clock] }) });
  const { call } = await thread.until("call", "r1");
  expect(call).toMatchObject({ name: "clock__now", input: '{"place":"Taipei"}' });
  thread.tell({ kind: "result", run: "r1", call: call.id, result: { text: "12:00" } });
  expect(await thread.until("ended", "r1")).toMatchObject({ ending: { text: "clock now says: 12:00" } });
  expect(model.requests).toEqual([]);
});

test("it ends at once when Bree asks for it, whatever goes on", async () => {
  model.answer({ say: "on and on ", fault: { endless: true } });
  thread.tell({ kind: "run", input: runInput("r1") });
  await thread.until("events", "r1");
  thread.tell("cancel");
  expect(await thread.exited).toBe(0);
  expect(thread.heard).toContain("cancelled");
});

const clock = {
  name: "clock__now",
  description: "The time it is now in a place.",
  parameters: { type: "object", properties: { place: { type: "string" } }, required: ["place"] },
};

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
