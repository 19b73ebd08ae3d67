import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Turns } from "../../src/runs/turns.ts";

const anybody = () => true;

describe("turns", () => {
  it("go round the lanes, so that a busy channel does not keep the others waiting", () => {
    const turns = new Turns<string>();
    for (const one of ["a1", "a2", "a3", "b1", "c1", "c2"]) turns.add(one.charAt(0), one);
    const order = Array.from({ length: 6 }, () => turns.take(anybody));
    expect(order).toEqual(["a1", "b1", "c1", "a2", "c2", "a3"]);
    expect(turns.take(anybody)).toBeUndefined();
  });

  it("pass over those that may not go yet", () => {
    const turns = new Turns<string>();
    for (const one of ["a1", "a2", "b1"]) turns.add(one.charAt(0), one);
    expect(turns.take((one) => one !== "a1")).toBe("a2");
    expect(turns.take((one) => one !== "a1")).toBe("b1");
    expect(turns.size).toBe(1);
  });

  it("tell how many go before the newest of a lane", () => {
    const turns = new Turns<string>();
    for (const one of ["a1", "a2", "a3"]) turns.add("a", one);
    turns.add("b", "b1");
    expect(turns.ahead("b")).toBe(1);
    expect(turns.ahead("a")).toBe(3);
  });

  it("lose nobody, keep the order within a lane, and let no lane wait for more than one of each other", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4), { maxLength: 60 }), (lanes) => {
        const turns = new Turns<{ lane: number; nr: number }>();
        lanes.forEach((lane, nr) => {
          turns.add(String(lane), { lane, nr });
        });
        const taken = lanes.map(() => turns.take(anybody));
        expect(turns.size).toBe(0);
        for (const lane of new Set(lanes)) {
          const mine = taken.flatMap((one, at) => (one?.lane === lane ? [{ at, nr: one.nr }] : []));
          expect(mine.map(({ nr }) => nr)).toEqual(mine.map(({ nr }) => nr).sort((one, other) => one - other));
          for (const [before, after] of mine.slice(1).map((one, n) => [mine[n], one] as const)) {
            const between = taken.slice((before?.at ?? 0) + 1, after.at).map((one) => one?.lane);
            expect(new Set(between).size).toBe(between.length);
          }
        }
      }),
    );
  });
});
