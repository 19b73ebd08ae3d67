import { expect, it } from "vitest";
import { keepNewestImages } from "../../src/agent/newest-images.ts";
import type { Turn } from "../../src/agent/turn.ts";
import { calls, ScriptedRun, says } from "./a-run.ts";

const result = (call: string, images: string[]): Turn => ({ role: "tool", call, text: "drawn", images });

it("a run goes on with the newest eight images of its tools, and all that people sent", () => {
  const asked: Turn = { role: "user", text: "draw", images: ["sent"] };
  const turns = [
    asked,
    result("1", ["a", "b"]),
    result("2", ["c", "d", "e"]),
    result("3", ["f", "g", "h", "i", "j", "k"]),
  ];
  const older = turns[1];
  keepNewestImages(turns);
  expect(turns).toEqual([
    asked,
    { role: "tool", call: "1", text: "drawn" },
    result("2", ["c", "d"]),
    result("3", ["f", "g", "h", "i", "j", "k"]),
  ]);
  // Whoever was given the turns before keeps them as they were.
  expect(older).toEqual(result("1", ["a", "b"]));
});

it("a run goes on with no more of them than can be written down at each step", () => {
  const large = "x".repeat(5 * 1024 * 1024);
  const turns = [result("1", [large]), result("2", [large])];
  keepNewestImages(turns);
  expect(turns.map((turn) => turn.role === "tool" && turn.images?.length)).toEqual([undefined, 1]);
});

it("a run shows its model what its tools drew, and writes down no more of it than that", async () => {
  const steps = Array.from({ length: 10 }, (_, n) => calls("", ["fs__read", `{"path":"${n}"}`]));
  const run = new ScriptedRun([...steps, says("Done.")], { maxSteps: 12 });
  run.onCall = ({ input }) => ({ text: "drawn", images: [`data:${input}`] });
  expect(await run.start()).toMatchObject({ kind: "answered", text: "Done." });
  const imagesIn = (turns: readonly Turn[]) =>
    turns.flatMap((turn) => (turn.role === "tool" ? (turn.images ?? []) : []));
  const newest = Array.from({ length: 8 }, (_, n) => `data:{"path":"${n + 2}"}`);
  expect(imagesIn(run.requests.at(-1)?.request.turns ?? [])).toEqual(newest);
  expect(imagesIn(run.checkpoints.at(-1)?.turns ?? [])).toEqual(newest);
});
