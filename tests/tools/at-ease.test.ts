import { describe, expect, it } from "vitest";
import { atEase } from "../../src/tools/mcp/at-ease.ts";

/** Work and pauses that end when the test says so. */
function stage() {
  const ends: (() => void)[] = [];
  const done: string[] = [];
  const held = (what: string) => () =>
    new Promise<void>((resolve) => {
      done.push(what);
      ends.push(resolve);
    });
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    done,
    want: atEase(held("work"), held("pause")),
    async end() {
      ends.shift()?.();
      await settled();
    },
  };
}

describe("work that somebody may ask for as often as they like", () => {
  it("is done by one at a time, and once more for all who asked meanwhile", async () => {
    const { want, done, end } = stage();
    const first = want();
    for (let n = 0; n < 100; n++) void want();
    expect(done).toEqual(["work"]);
    await end();
    expect(done).toEqual(["work", "work"]);
    await end();
    await first;
    expect(done).toEqual(["work", "work"]);
  });

  it("has pauses once it was asked for again and again", async () => {
    const { want, done, end } = stage();
    void want();
    for (let n = 0; n < 6; n++) {
      void want();
      await end();
    }
    expect(done).toEqual(["work", "work", "work", "pause", "work", "pause", "work"]);
  });

  it("is done anew after it has failed", async () => {
    let tries = 0;
    const want = atEase(async () => {
      tries++;
      if (tries === 1) throw new Error("no");
    });
    await expect(want()).rejects.toThrow("no");
    await want();
    expect(tries).toBe(2);
  });
});
