import { expect, it, vi } from "vitest";
import { createChecking } from "../../src/runs/checking.ts";
import type { MainMessage } from "../../src/runs/crossing.ts";
import type { Seat } from "../../src/runs/workers.ts";

function stage({ waitMs = 60_000 } = {}) {
  const heard: MainMessage[] = [];
  const tell = (message: MainMessage) => void heard.push(message);
  const worker: Seat = { name: "one", open: true, tell, tellUnhurried: tell };
  let free: Seat | undefined;
  const checking = createChecking({ seat: () => free, waitMs });
  return {
    checking,
    heard,
    worker,
    open() {
      free = worker;
      checking.opened();
    },
  };
}

it("waits for a worker, and tells what it says", async () => {
  const { checking, heard, open } = stage();
  const complaint = checking.check({ type: "number" }, "one");
  expect(heard).toEqual([]);
  open();
  expect(heard).toEqual([{ kind: "check", id: expect.any(String), schema: { type: "number" }, value: "one" }]);
  const [message] = heard;
  if (message?.kind !== "check") throw new Error("nothing was to be checked");
  checking.told({ kind: "checked", id: message.id, complaint: "it must be number" });
  expect(await complaint).toBe("it must be number");
});

it("has nothing against what a worker was lost over, or that takes too long", async () => {
  const { checking, open, worker, heard } = stage();
  open();
  const complaint = checking.check({}, 1);
  checking.lost(worker);
  expect(await complaint).toBeUndefined();
  expect(heard).toHaveLength(1);
  vi.useFakeTimers();
  try {
    const late = stage({ waitMs: 5000 });
    const waiting = late.checking.check({}, 1);
    vi.advanceTimersByTime(5000);
    expect(await waiting).toBeUndefined();
    late.open();
    expect(late.heard).toEqual([]);
  } finally {
    vi.useRealTimers();
  }
});

it("leaves nobody waiting when it stops", async () => {
  const { checking } = stage();
  const complaint = checking.check({}, 1);
  checking.stop();
  expect(await complaint).toBeUndefined();
});
