import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Allowance } from "../../src/agent/allowance.ts";
import { calls, ScriptedRun, says } from "./a-run.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("an allowance of time", () => {
  function allow(ms: number) {
    let isOver = false;
    const allowance = new Allowance(ms, () => {
      isOver = true;
    });
    return { allowance, isOver: () => isOver };
  }

  it("is over after its time", () => {
    const { isOver } = allow(100);
    vi.advanceTimersByTime(99);
    expect(isOver()).toBe(false);
    vi.advanceTimersByTime(1);
    expect(isOver()).toBe(true);
  });

  it("stands still while it is held, until everybody lets go", () => {
    const { allowance, isOver } = allow(100);
    vi.advanceTimersByTime(60);
    const [first, second] = [allowance.hold(), allowance.hold()];
    vi.advanceTimersByTime(1_000_000);
    first();
    first();
    vi.advanceTimersByTime(1_000_000);
    expect(allowance.spent).toBe(60);
    second();
    vi.advanceTimersByTime(39);
    expect(isOver()).toBe(false);
    vi.advanceTimersByTime(1);
    expect(isOver()).toBe(true);
    expect(allowance.spent).toBe(100);
  });

  it("begins anew when it is renewed, also while it is held", () => {
    const { allowance, isOver } = allow(100);
    vi.advanceTimersByTime(90);
    allowance.renew(100);
    vi.advanceTimersByTime(90);
    const release = allowance.hold();
    allowance.renew(100);
    release();
    vi.advanceTimersByTime(99);
    expect(isOver()).toBe(false);
    expect(allowance.spent).toBe(279);
  });

  it("never goes off once it is closed, whoever lets go of it later", () => {
    const { allowance, isOver } = allow(100);
    const release = allowance.hold();
    allowance.close();
    release();
    vi.advanceTimersByTime(1_000_000);
    expect(isOver()).toBe(false);
  });
});

describe("a run whose person is asked something", () => {
  it("has as much time left afterwards as before", async () => {
    const run = new ScriptedRun([calls("", ["fs__read", '{"path":"a"}']), says("Done.")], { timeoutMs: 1000 });
    run.onCall = async () => {
      run.hold(true);
      await vi.advanceTimersByTimeAsync(600_000);
      run.hold(false);
      return { text: "read" };
    };
    expect(await run.start()).toMatchObject({ kind: "answered" });
  });

  it("runs out of time after that as any other", async () => {
    const run = new ScriptedRun([calls("", ["fs__read", '{"path":"a"}']), ["wait"]], { timeoutMs: 1000 });
    run.onCall = async () => {
      run.hold(true);
      run.hold(false);
      return { text: "read" };
    };
    const ended = run.start();
    await vi.advanceTimersByTimeAsync(1000);
    expect(await ended).toMatchObject({ kind: "failed", code: "timeout" });
  });
});
