import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitContext } from "../../src/agent/context.ts";
import { Gauge, roughTokens } from "../../src/agent/gauge.ts";
import type { Turn } from "../../src/agent/turn.ts";
import { calls, ScriptedRun, says, spec } from "./a-run.ts";

const long = (words: number) => "word ".repeat(words);
const user = (text: string): Turn => ({ role: "user", text });
const said = (text: string): Turn => ({ role: "assistant", text });

/** A step of a run: a call and its result. */
function step(id: string, result: string): Turn[] {
  return [
    { role: "assistant", text: "", calls: [{ id, name: "fs__read", input: '{"path":"a"}' }] },
    { role: "tool", call: id, text: result },
  ];
}

function fitted(turns: Turn[], room: number, summarise: (text: string) => Promise<string | undefined>) {
  return fitContext(turns, undefined, room, new Gauge(), summarise);
}

const never = () => Promise.reject(new Error("nothing had to be summarised"));

describe("a conversation", () => {
  test("that fits stays as it is", async () => {
    const turns = [user("hi"), said("hello"), user("how are you?")];
    expect(await fitted(turns, 1000, never)).toEqual({ turns, summary: undefined });
  });

  test("with long tool results has the older ones shortened first, the newest kept whole", async () => {
    const turns = [user("look"), ...step("a", long(2000)), ...step("b", long(500))];
    const { turns: kept, summary } = await fitted(turns, 1500, never);
    expect(summary).toBeUndefined();
    expect(kept[2]?.text).toMatch(/characters left out/);
    expect(kept[4]?.text).toBe(long(500));
  });

  test("that is too long has its older turns told by a summary", async () => {
    const turns = [user(`first ${long(400)}`), said(long(400)), user("second"), said("yes"), user("third")];
    let told = "";
    const { turns: kept, summary } = await fitted(turns, 400, async (transcript) => {
      told = transcript;
      return "They spoke of the first thing.";
    });
    expect(told).toContain("asked: first");
    expect(summary?.text).toBe("They spoke of the first thing.");
    expect(kept[0]?.text).toContain("They spoke of the first thing.");
    expect(kept.at(-1)).toEqual(user("third"));
  });

  test("whose question is older than what fits keeps the question as it was asked", async () => {
    const turns = [
      user("What is in all of these?"),
      ...step("a", long(900)),
      ...step("b", long(900)),
      ...step("c", long(300)),
    ];
    const { turns: kept } = await fitted(turns, 900, async () => "Two files were read.");
    expect(kept).toContainEqual(user("What is in all of these?"));
  });

  test("goes on from the summary it has", async () => {
    const turns = [user(long(500)), said("ok"), user("next")];
    const known = { turns: 2, text: "Something long was said." };
    const { turns: kept, summary } = await fitContext(turns, known, 300, new Gauge(), never);
    expect(summary).toBe(known);
    expect(kept.map(({ text }) => text)).toEqual([expect.stringContaining("Something long was said."), "next"]);
  });

  test("that no model could summarise says what was left out", async () => {
    const turns = [user(`pay the invoice ${long(600)}`), said("done"), user("thanks"), user("and now?")];
    const { summary } = await fitted(turns, 300, async () => undefined);
    expect(summary?.text).toMatch(/left out[\s\S]*pay the invoice/);
  });

  test("always fits in the end, and no call is parted from its results", async () => {
    const texts = fc.integer({ min: 0, max: 3000 }).map(long);
    const entry = fc.oneof(
      texts.map((text) => [user(text)]),
      texts.map((text) => [said(text)]),
      fc.tuple(fc.uuid(), texts).map(([id, text]) => step(id, text)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 25 }), async (entries) => {
        const gauge = new Gauge();
        const { turns } = await fitContext(entries.flat(), undefined, 4000, gauge, async () => "In short.");
        expect(gauge.turns(turns)).toBeLessThanOrEqual(4000);
        for (const [at, turn] of turns.entries()) {
          if (turn.role !== "tool") continue;
          const before = turns[at - 1];
          expect(before?.role === "assistant" && before.calls?.some(({ id }) => id === turn.call)).toBe(true);
        }
        for (const [at, turn] of turns.entries()) {
          if (turn.role === "assistant" && turn.calls) expect(turns[at + 1]?.role).toBe("tool");
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("a run whose conversation grows too long", () => {
  const history = [user(`first ${long(1000)}`), said(long(1000))];

  test("has it summarised by the model meant for that, and pays for it", async () => {
    const run = new ScriptedRun(
      { main: [says("Done.")], small: [says("They spoke.")] },
      {
        turns: [...history, user("and now?")],
        contextTokens: 900,
        models: [spec("main")],
        compressWith: spec("small"),
      },
    );
    expect(await run.start()).toMatchObject({ kind: "answered", text: "Done.", usage: { input: 20, output: 10 } });
    expect(run.requests.map(({ model }) => model)).toEqual(["small", "main"]);
    expect(run.requests[1]?.request.instructions).toBe("You help.");
    expect(run.requests[1]?.request.turns[0]?.text).toContain("They spoke.");
    expect(run.shown).toBe("Done.");
  });

  test("keeps the summary in its state, so that it is made once", async () => {
    const run = new ScriptedRun(
      { main: [calls("", ["fs__read", '{"path":"a"}']), says("Done.")], small: [says("They spoke.")] },
      {
        turns: [...history, user("and now?")],
        contextTokens: 900,
        models: [spec("main")],
        compressWith: spec("small"),
      },
    );
    expect(await run.start()).toMatchObject({ kind: "answered" });
    expect(run.checkpoints[1]?.summary).toEqual({ turns: 2, text: "They spoke." });
    expect(run.requests.map(({ model }) => model)).toEqual(["small", "main", "main"]);
  });

  test("goes on without a summary when that model fails", async () => {
    const run = new ScriptedRun(
      { main: [says("Done.")], small: [[new Error("down")]] },
      {
        turns: [...history, user("and now?")],
        contextTokens: 900,
        models: [spec("main")],
        compressWith: spec("small"),
      },
    );
    expect(await run.start()).toMatchObject({ kind: "answered" });
    expect(run.requests.at(-1)?.request.turns[0]?.text).toContain("left out");
  });
});

describe("the estimate of tokens", () => {
  test("counts four letters, or one Chinese character, as a token", () => {
    expect(roughTokens("abcdefgh")).toBe(2);
    expect(roughTokens("工作日")).toBe(3);
  });

  test("comes nearer to what providers count", () => {
    const gauge = new Gauge();
    for (let nth = 0; nth < 10; nth++) gauge.learn(gauge.text("x".repeat(4000)), 1500);
    expect(gauge.text("x".repeat(4000))).toBeCloseTo(1500, -1);
  });

  test("is not thrown off by counts that make no sense", () => {
    const gauge = new Gauge();
    gauge.learn(10, 1_000_000);
    gauge.learn(10, 0);
    expect(gauge.text("abcdefgh")).toBeLessThanOrEqual(8);
  });
});
