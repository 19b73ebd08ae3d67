import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createCallsInFlight, type InFlight } from "../../src/tools/mcp/calls-in-flight.ts";

const never = new AbortController().signal;
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Calls that were made at once, in this order. */
async function under(...calls: InFlight[]) {
  const flight = createCallsInFlight<InFlight>(Date.now);
  for (const call of calls) await flight.enter(call, 1000, never);
  return flight;
}

describe("whose a question is", () => {
  it("is nobody's while nothing goes on, and the only owner's while one has calls", async () => {
    const [one, two] = [{ owner: "ana" }, { owner: "ana" }];
    const flight = await under(one, two);
    expect(await flight.asking(undefined, never)).toEqual([one, two]);
    flight.leave(one);
    flight.leave(two);
    expect(await flight.asking(undefined, never)).toEqual([]);
  });

  it("is the named call's at once, also among others", async () => {
    const [ana, tom] = [
      { owner: "ana", id: 0 },
      { owner: "tom", id: 1 },
    ];
    const flight = await under(ana, tom);
    expect(await flight.asking(0, never)).toEqual([ana]);
    expect(await flight.asking(1, never)).toEqual([tom]);
  });

  it("is waited for until one owner is left, 30 s at most", async () => {
    const [ana, tom] = [{ owner: "ana" }, { owner: "tom" }];
    const flight = await under(ana, tom);
    const first = flight.asking(undefined, never);
    await vi.advanceTimersByTimeAsync(29_000);
    flight.leave(tom);
    expect(await first).toEqual([ana]);
    flight.leave(ana);
    const again = await under(ana, tom);
    const second = again.asking(undefined, never);
    await vi.advanceTimersByTimeAsync(29_999);
    let isOver = false;
    void second.then(() => {
      isOver = true;
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await second).toBe("unsure");
  });

  it("is unsure while what was given up may still ask, until it lingers no more or its late answer came", async () => {
    const [ana, tom] = [{ owner: "ana", id: 7 }, { owner: "tom" }];
    const flight = await under(ana, tom);
    flight.leave(ana, 600_000);
    expect(await flight.asking(undefined, never)).toBe("unsure");
    await vi.advanceTimersByTimeAsync(599_999);
    const soon = flight.asking(undefined, never);
    await vi.advanceTimersByTimeAsync(1);
    expect(await soon).toEqual([tom]);

    const late = await under(ana, tom);
    late.leave(ana, 600_000);
    late.answered(7);
    expect(await late.asking(undefined, never)).toEqual([tom]);

    const anew = await under(ana, tom);
    anew.leave(ana, 600_000);
    anew.anew();
    expect(await anew.asking(undefined, never)).toEqual([tom]);
  });
});

describe("a server that has asked once", () => {
  it("takes calls of one owner at a time, and lets nobody wait longer than they would", async () => {
    const [ana, hers, tom, kim] = [{ owner: "ana" }, { owner: "ana" }, { owner: "tom" }, { owner: "kim" }];
    const flight = await under(ana);
    await flight.asking(undefined, never);
    expect(await flight.enter(hers, 1000, never)).toBe(true);
    const toms = flight.enter(tom, 1000, never);
    const kims = flight.enter(kim, 2000, never);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await toms).toBe(false);
    flight.leave(ana);
    flight.leave(hers);
    expect(await kims).toBe(true);
  });

  it("keeps nobody waiting whose run was stopped", async () => {
    const flight = await under({ owner: "ana" });
    await flight.asking(undefined, never);
    const stop = new AbortController();
    const toms = flight.enter({ owner: "tom" }, 60_000, stop.signal);
    stop.abort();
    expect(await toms).toBe(false);
  });
});
