import { describe, expect, test } from "vitest";
import { type Model, ModelFailure, type ModelPart } from "../../../src/agent/models/model.ts";
import { modelOpener } from "../../../src/agent/models/open.ts";
import { withRetries } from "../../../src/agent/models/retry.ts";
import { createModel } from "../../world/model/model.ts";
import { ask, specOf } from "./asking.ts";

const text = (words: string): ModelPart => ({ kind: "text", text: words });
const end: ModelPart = { kind: "end", calls: [], stopped: "done" };
const passing = (retryAfterMs?: number) => new ModelFailure("passing", "busy", { retryAfterMs });

/** A model that does one thing each time it is asked, under a clock that only waiting moves. */
function scripted(tries: (ModelPart | Error)[][], { random = 0.5, took = 0 } = {}) {
  const waits: number[] = [];
  let now = 0;
  let asked = 0;
  const model: Model = {
    name: "main",
    async *stream() {
      const parts = tries[asked] ?? [];
      asked += 1;
      now += took;
      for (const part of parts) {
        if (part instanceof Error) throw part;
        yield part;
      }
    },
  };
  const pace = {
    now: () => now,
    random: () => random,
    wait: async (ms: number, signal: AbortSignal) => {
      signal.throwIfAborted();
      waits.push(ms);
      now += ms;
    },
  };
  return { model: withRetries(model, pace), waits, asked: () => asked };
}

describe("a model that fails in passing", () => {
  test("is asked again, after longer and longer", async () => {
    const { model, waits } = scripted([[passing()], [passing()], [text("Here."), end]]);
    expect((await ask(model)).text).toBe("Here.");
    expect(waits).toEqual([750, 3000]);
  });

  test("is given up after three tries, and the failure says how many", async () => {
    const { model, asked } = scripted([[passing()], [passing()], [passing()], [end]]);
    await expect(ask(model)).rejects.toMatchObject({ kind: "passing", message: "busy", times: 3 });
    expect(asked()).toBe(3);
  });

  test("is asked no sooner than it said, and not all runs at the same moment", async () => {
    const early = scripted([[passing(5000)], [end]], { random: 0 });
    await ask(early.model);
    expect(early.waits).toEqual([5000]);
    const late = scripted([[passing(5000)], [end]], { random: 0.99 });
    await ask(late.model);
    expect(late.waits[0]).toBeGreaterThan(5200);
  });

  test("is not waited for longer than people would", async () => {
    const { model, waits } = scripted([[passing(60_000)], [end]]);
    await expect(ask(model)).rejects.toMatchObject({ times: 1 });
    expect(waits).toEqual([]);
  });

  test("that falls silent each time is asked twice", async () => {
    const { model, asked } = scripted([[passing()], [passing()], [end]], { took: 30_000 });
    await expect(ask(model)).rejects.toMatchObject({ times: 2 });
    expect(asked()).toBe(2);
  });
});

test("what was streamed before a stream broke is void", async () => {
  const { model } = scripted([
    [text("He"), passing()],
    [text("Hello"), end],
  ]);
  const { parts } = await ask(model);
  expect(parts).toEqual([text("He"), { kind: "afresh" }, text("Hello"), end]);
});

test.each(["refused", "refused-key"] as const)("a failure of kind %s is not tried again", async (kind) => {
  const { model, asked } = scripted([[new ModelFailure(kind, "no")], [end]]);
  await expect(ask(model)).rejects.toMatchObject({ kind, times: 1 });
  expect(asked()).toBe(1);
});

test("a stop is not tried again", async () => {
  const stop = new AbortController();
  const { model, asked } = scripted([[passing()], [end]]);
  stop.abort();
  await expect(ask(model, {}, stop.signal)).rejects.toBeDefined();
  expect(asked()).toBe(1);
});

test("over the wire: two broken streams and a third that is whole", async () => {
  const world = await createModel();
  try {
    world.queue({ say: "one two three", fault: { cutAfter: 2 } }, { fault: { status: 503 } }, "one two three four");
    const open = modelOpener({ now: () => Date.now(), random: () => 0, wait: async () => {} });
    expect((await ask(open(specOf(world)))).text).toBe("one two three four");
    expect(world.requests).toHaveLength(3);
    expect(world.violations).toEqual([]);
  } finally {
    await world.stop();
  }
});
