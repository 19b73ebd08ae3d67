import { describe, expect, test } from "vitest";
import type { Ending, Go, ModelSaid, RunInput } from "../../src/agent/run-input.ts";
import type { Turn } from "../../src/agent/turn.ts";
import { type ModelCacheParts, withModelCache } from "../../src/runs/model-cache.ts";
import type { RunHooks } from "../../src/runs/run-in-hand.ts";
import type { Runner } from "../../src/runs/runner.ts";
import type { Kv } from "../../src/store/store.ts";
import { createLog } from "../../src/watch/log.ts";
import { createRedactor } from "../../src/watch/redact.ts";

const log = createLog({ level: "silent", redact: (text) => text });
const answered: Ending = { kind: "answered", text: "", model: "main", usage: { input: 0, output: 0 } };
const failed: Ending = { kind: "failed", code: "steps", detail: "", text: "", usage: { input: 0, output: 0 } };
const asked: RunInput = {
  id: "r",
  agent: "ops",
  instructions: "You help.",
  models: [
    { name: "main", provider: "custom", model: "big" },
    { name: "spare", provider: "custom", model: "small" },
  ],
  turns: [{ role: "user", text: "ana: why?" }],
  tools: [{ name: "look", description: "Looks.", parameters: { type: "object" } }],
  maxSteps: 8,
  timeoutMs: 1000,
  contextTokens: 1000,
  cacheMs: 600_000,
};

/** Values on a disk that counts how often it is read. */
function disk() {
  const rows = new Map<string, { value: unknown; ttl: number | undefined }>();
  const seen = { reads: 0 };
  const kv: Kv = {
    async get<Value>(key: string) {
      seen.reads++;
      return structuredClone(rows.get(key)?.value) as Value | undefined;
    },
    async set(key, value, ttl) {
      rows.set(key, { value: structuredClone(value), ttl });
    },
    async delete(key) {
      rows.delete(key);
    },
  };
  return { kv, rows, seen };
}

/** A cache whose runs are played by hand: the worker's side is called as a worker would. */
function cache(parts: Partial<ModelCacheParts> = {}) {
  const clock = { now: 1_000_000 };
  const begun: { hooks: RunHooks; end(ending: Ending): void }[] = [];
  const run: Runner["run"] = (_input, hooks) => {
    let end = (_: Ending): void => {};
    const ended = new Promise<Ending>((resolve) => {
      end = resolve;
    });
    begun.push({ hooks, end });
    return { ended, ahead: 0, stop() {}, hold: () => () => {} };
  };
  const cached = withModelCache(run, {
    kv: disk().kv,
    log,
    redact: createRedactor(() => ["the-api-key"]),
    now: () => clock.now,
    ...parts,
  });

  /** One run of one model call: what it was answered before, else `says` is what the model at `by` answers. */
  async function ask(
    input: Partial<RunInput>,
    says: string | ModelSaid,
    more: { by?: number; steers?: Turn[]; turns?: Turn[]; speaking?: number; ending?: Ending } = {},
  ): Promise<string> {
    const { by = 0, steers = [], turns = [], speaking = 0, ending = answered } = more;
    const go: Go = { kind: "go", steers };
    const hooks: RunHooks = { checkpoint: async () => go, event() {}, call: async () => ({ text: "" }) };
    const { ended } = cached({ ...asked, ...input }, hooks, { interactive: true });
    const run = begun.at(-1);
    if (run === undefined) throw new Error("no run began");
    const usage = { input: 0, output: 0 };
    const gone = await run.hooks.checkpoint({ turns, step: 0, usage, pending: [], speaking });
    const before = gone.kind === "go" ? gone.cached : undefined;
    const said = typeof says === "string" ? { text: says, calls: [] } : says;
    if (before === undefined) run.hooks.spoke?.(said, by);
    run.end(ending);
    await ended;
    return before?.text ?? said.text;
  }
  return { ask, clock, cached, begun };
}

describe("what a model answered", () => {
  test("is used again for an identical call, until its time is over", async () => {
    const { ask, clock } = cache();
    expect(await ask({}, "one")).toBe("one");
    clock.now += 599_999;
    expect(await ask({}, "two")).toBe("one");
    clock.now += 1;
    expect(await ask({}, "three")).toBe("three");
    expect(await ask({}, "four")).toBe("three");
  });

  test("is not used longer than the one who asks now would have it", async () => {
    const { ask, clock } = cache();
    await ask({}, "one");
    clock.now += 60_000;
    expect(await ask({ cacheMs: 60_000 }, "two")).toBe("two");
  });

  const [main, spare] = asked.models;
  if (main === undefined || spare === undefined) throw new Error("two models are asked");
  for (const [what, change] of Object.entries<Partial<RunInput>>({
    "another word": { turns: [{ role: "user", text: "ana: why??" }] },
    "another asker": { turns: [{ role: "user", text: "tom: why?" }] },
    "another turn before": { turns: [{ role: "user", text: "ana: hi" }, ...asked.turns] },
    "other instructions": { instructions: "You help. Today is 2026-11-22." },
    "another tool": { tools: [] },
    "a tool that says something else of itself": {
      tools: [{ name: "look", description: "Looks closely.", parameters: { type: "object" } }],
    },
    "an output schema": { output: { type: "object" } },
    "another model": { models: [{ ...main, model: "bigger" }] },
    "another place": { models: [{ ...main, baseUrl: "http://other" }] },
    "another temperature": { models: [{ ...main, temperature: 1 }] },
    "another length": { models: [{ ...main, maxTokens: 5 }] },
  })) {
    test(`is not used for a call with ${what}`, async () => {
      const { ask } = cache();
      await ask({}, "one");
      expect(await ask(change, "two")).toBe("two");
      expect(await ask({}, "three")).toBe("one");
    });
  }

  test("is used whatever the run, the price and the limits are", async () => {
    const { ask } = cache();
    await ask({}, "one");
    const more = { id: "r2", maxSteps: 2, timeoutMs: 5, models: [{ ...main, price: { input: 1, output: 1 } }, spare] };
    expect(await ask(more, "two")).toBe("one");
  });

  test("is the same whether a turn was there at the beginning, came as a steer, or was in the run's state", async () => {
    const { ask } = cache();
    const turn: Turn = { role: "user", text: "tom: and why now?" };
    await ask({}, "one", { steers: [turn] });
    expect(await ask({ turns: [...asked.turns, turn] }, "two")).toBe("one");
    expect(await ask({}, "three", { turns: [turn] })).toBe("one");
    expect(await ask({}, "four")).toBe("four");
  });

  test("counts for the model that said it, not for the one that was silent", async () => {
    const { ask } = cache();
    await ask({}, "from the spare", { by: 1 });
    expect(await ask({}, "from main", { speaking: 0 })).toBe("from main");
    expect(await ask({}, "asked again", { speaking: 1 })).toBe("from the spare");
  });

  test("is forgotten with a run that failed, whether it was said in it or used by it", async () => {
    const { kv, rows } = disk();
    const { ask } = cache({ kv });
    await ask({}, "one", { ending: failed });
    expect(rows.size).toBe(0);
    expect(await ask({}, "two")).toBe("two");
    expect(await ask({}, "three", { ending: failed })).toBe("two");
    expect(await ask({}, "four")).toBe("four");
  });

  test("is not kept when a secret is in it", async () => {
    const { kv, rows } = disk();
    const { ask } = cache({ kv });
    await ask({}, "it is the-api-key, I think");
    await ask({}, { text: "", calls: [{ id: "c", name: "look", input: '{"key":"the-api-key"}' }] });
    await ask({}, { text: "", calls: [], reasoning: "the-api-key" });
    expect(rows.size).toBe(0);
    expect(await ask({}, "one")).toBe("one");
  });

  test("is read from disk by another process, and forgotten there after its time", async () => {
    const { kv, rows } = disk();
    await cache({ kv }).ask({}, "one");
    expect([...rows.values()].map(({ ttl }) => ttl)).toEqual([600_000]);
    expect(await cache({ kv }).ask({}, "two")).toBe("one");
  });

  test("is read from memory as long as there is room, the newest first", async () => {
    const { kv, seen } = disk();
    const { ask } = cache({ kv, mostHeld: 2_500 });
    const long = "x".repeat(1_000);
    const ids = ["a", "b", "c"];
    for (const id of ids) await ask({ instructions: id }, `${id}${long}`);
    expect(seen.reads).toBe(3);
    expect(await ask({ instructions: "c" }, "")).toBe(`c${long}`);
    expect(await ask({ instructions: "b" }, "")).toBe(`b${long}`);
    expect(seen.reads).toBe(3);
    expect(await ask({ instructions: "a" }, "")).toBe(`a${long}`);
    expect(seen.reads).toBe(4);
    // Reading it pushed out what had not been used for longest.
    expect(await ask({ instructions: "b" }, "")).toBe(`b${long}`);
    expect(seen.reads).toBe(4);
    expect(await ask({ instructions: "c" }, "")).toBe(`c${long}`);
    expect(seen.reads).toBe(5);
  });

  test("is asked for anew when the disk fails, and the run goes on", async () => {
    const broken = async () => {
      throw new Error("the disk is full");
    };
    const { ask } = cache({ kv: { get: broken, set: broken, delete: broken } });
    expect(await ask({}, "one", { ending: failed })).toBe("one");
    expect(await ask({}, "two")).toBe("two");
    expect(await ask({}, "three")).toBe("two");
  });
});

test("a run without a cache passes as it is", async () => {
  const { kv, seen } = disk();
  const { cached, begun } = cache({ kv });
  const { cacheMs: _, ...plain } = asked;
  const hooks: RunHooks = {
    checkpoint: async () => ({ kind: "go", steers: [] }),
    event() {},
    call: async () => ({ text: "" }),
  };
  cached(plain, hooks, { interactive: true });
  expect(begun[0]?.hooks).toBe(hooks);
  expect(seen.reads).toBe(0);
});

test("a checkpoint that parks or stops looks nothing up", async () => {
  const { kv, seen } = disk();
  const { cached, begun } = cache({ kv });
  for (const kind of ["park", "stop"] as const) {
    const hooks: RunHooks = { checkpoint: async () => ({ kind }), event() {}, call: async () => ({ text: "" }) };
    cached(asked, hooks, { interactive: true });
    const state = { turns: [], step: 0, usage: { input: 0, output: 0 }, pending: [], speaking: 0 };
    expect(await begun.at(-1)?.hooks.checkpoint(state)).toEqual({ kind });
  }
  expect(seen.reads).toBe(0);
});
