import { describe, expect, it } from "vitest";
import { Lane } from "../../adapters/slack/lane.ts";
import { createManualClock } from "../world/slack/clock.ts";

const settle = () => new Promise(setImmediate);

/** Starts so many calls that each take `takes` ms; tells when each began. */
function startCalls(lane: Lane, clock: ReturnType<typeof createManualClock>, count: number, takes = 0) {
  const began: number[] = [];
  const done = Array.from({ length: count }, () =>
    lane.run(
      () =>
        new Promise<void>((resolve) => {
          began.push(clock.now());
          clock.after(takes, resolve);
        }),
    ),
  );
  return { began, done: Promise.all(done) };
}

async function advance(clock: ReturnType<typeof createManualClock>, ms: number) {
  for (let gone = 0; gone < ms; gone += 10) {
    clock.advance(10);
    await settle();
  }
}

describe("a lane", () => {
  it("lets through what is allowed at once, and the rest when the minute since their end is over", async () => {
    const clock = createManualClock(0);
    const lane = new Lane({ calls: 3, per: 1_000 }, clock);
    const { began } = startCalls(lane, clock, 7, 50);
    await advance(clock, 3_000);
    expect(began.map((at) => Math.floor(at / 1_000))).toEqual([0, 0, 0, 1, 1, 1, 2]);
    for (const at of began) expect(began.filter((one) => one > at - 1_000 && one <= at).length).toBeLessThanOrEqual(3);
  });

  it("runs one after the other, in order, where order matters", async () => {
    const clock = createManualClock(0);
    const lane = new Lane({ calls: 100, per: 1_000, atOnce: 1 }, clock);
    const order: string[] = [];
    const call = (name: string, takes: number) =>
      lane.run(
        () =>
          new Promise<void>((resolve) => {
            order.push(`${name} begins`);
            clock.after(takes, () => {
              order.push(`${name} ends`);
              resolve();
            });
          }),
      );
    const all = Promise.all([call("slow", 300), call("quick", 10)]);
    await advance(clock, 500);
    await all;
    expect(order).toEqual(["slow begins", "slow ends", "quick begins", "quick ends"]);
  });

  it("lets nobody through while it is held", async () => {
    const clock = createManualClock(0);
    const lane = new Lane({ calls: 10, per: 1_000 }, clock);
    lane.hold(5_000);
    expect(lane.room).toBe(0);
    const { began } = startCalls(lane, clock, 2);
    await advance(clock, 4_900);
    expect(began).toEqual([]);
    await advance(clock, 200);
    expect(began).toHaveLength(2);
  });

  it("says how much room is left", async () => {
    const clock = createManualClock(0);
    const lane = new Lane({ calls: 3, per: 1_000 }, clock);
    expect(lane.room).toBe(3);
    startCalls(lane, clock, 2, 100);
    expect(lane.room).toBe(1);
    await advance(clock, 200);
    expect(lane.room).toBe(1);
    await advance(clock, 1_000);
    expect(lane.room).toBe(3);
  });

  it("goes on after a call that failed", async () => {
    const clock = createManualClock(0);
    const lane = new Lane({ calls: 10, per: 1_000, atOnce: 1 }, clock);
    await expect(lane.run(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await lane.run(async () => "yes")).toBe("yes");
  });

  it("turns away whoever waits, and whoever comes, once it is closed", async () => {
    const clock = createManualClock(0);
    const lane = new Lane({ calls: 1, per: 1_000 }, clock);
    await lane.run(async () => {});
    const waiting = lane.run(async () => {});
    const late = expect(waiting).rejects.toThrow("closed");
    lane.close(new Error("closed"));
    await late;
    await expect(lane.run(async () => {})).rejects.toThrow("closed");
  });
});
