import { expect, test } from "vitest";
import type { ModelSaid } from "../../src/agent/run-input.ts";
import { calls, end, type Reply, ScriptedRun, says, spec } from "./a-run.ts";

const priced = { models: [spec("main", { price: { input: 1, output: 1 } })] };

/** A run whose checkpoints are answered, one after the other, with what was said before. */
function recalling(said: (ModelSaid | undefined)[], ...rest: ConstructorParameters<typeof ScriptedRun>) {
  const run = new ScriptedRun(...rest);
  run.onCheckpoint = () => {
    const cached = said.shift();
    return { kind: "go", steers: [], ...(cached === undefined ? {} : { cached }) };
  };
  return run;
}

test("an answer given before is said again without asking the model, and costs nothing", async () => {
  const run = recalling([{ text: "It is empty.", calls: [] }], [], { ...priced, cacheMs: 1000 });
  expect(await run.start()).toEqual({
    kind: "answered",
    text: "It is empty.",
    model: "main",
    usage: { input: 0, output: 0 },
  });
  expect(run.requests).toEqual([]);
  expect(run.events.map(({ kind }) => kind)).toEqual(["recalled", "text", "finished"]);
  expect(run.spoken).toEqual([]);
});

test("tools that were asked for before are called anew, and the model goes on from what they give now", async () => {
  const asked = {
    text: "Let me look.",
    calls: [{ id: "c0", name: "fs__read", input: '{"path":"a"}' }],
    reasoning: "Hm.",
  };
  const run = recalling([asked], [says("It is full.")], { cacheMs: 1000 });
  run.onCall = () => ({ text: "full" });
  expect(await run.start()).toMatchObject({ kind: "answered", text: "Let me look.\n\nIt is full." });
  expect(run.called).toEqual(asked.calls);
  expect(run.of("thought")).toEqual([{ kind: "thought", text: "Hm." }]);
  expect(run.requests[0]?.request.turns.slice(1)).toEqual([
    { role: "assistant", text: "Let me look.", calls: asked.calls, reasoning: "Hm." },
    { role: "tool", call: "c0", text: "full" },
  ]);
  expect(run.checkpoints.map(({ step }) => step)).toEqual([0, 1]);
});

test("what is said before counts as a step", async () => {
  const asked = { text: "", calls: [{ id: "c0", name: "fs__read", input: '{"path":"a"}' }] };
  const run = recalling([asked, { ...asked, calls: [{ id: "c1", name: "fs__read", input: '{"path":"b"}' }] }], [], {
    maxSteps: 2,
  });
  expect(await run.start()).toMatchObject({ kind: "failed", code: "steps" });
});

test("main is told what a model said, whole: its words, calls and thoughts, and its place", async () => {
  const thoughtful = calls("Look.", ["fs__read", '{"path":"a"}']);
  const replies: Record<string, Reply[]> = {
    main: [[new Error("down")]],
    second: [[{ kind: "thought", text: "Hm." }, ...thoughtful], says("Done.")],
  };
  const run = new ScriptedRun(replies, { cacheMs: 1000 });
  await run.start();
  expect(run.spoken).toEqual([
    {
      said: { text: "Look.", calls: [{ id: "c0", name: "fs__read", input: '{"path":"a"}' }], reasoning: "Hm." },
      at: 1,
    },
    { said: { text: "Done.", calls: [] }, at: 1 },
  ]);
});

test("a run without a cache tells nothing", async () => {
  const run = new ScriptedRun([calls("", ["fs__read", '{"path":"a"}']), says("Done.")]);
  await run.start();
  expect(run.spoken).toEqual([]);
});

test("what was cut short, or is of no use, is not kept", async () => {
  const cut = new ScriptedRun([[{ kind: "text", text: "Once upon" }, end([], "length")]], { cacheMs: 1000 });
  expect(await cut.start()).toMatchObject({ kind: "answered" });
  const empty = new ScriptedRun([says(" "), says("Now.")], { cacheMs: 1000 });
  expect(await empty.start()).toMatchObject({ kind: "answered" });
  const output = { type: "object", properties: { n: { type: "number" } }, required: ["n"] };
  const unfit = new ScriptedRun([says("many"), says('{"n":1}')], { cacheMs: 1000, output });
  expect(await unfit.start()).toMatchObject({ kind: "answered", output: { n: 1 } });
  expect([cut, empty, unfit].map((run) => run.spoken.map(({ said }) => said.text))).toEqual([
    [],
    ["Now."],
    ['{"n":1}'],
  ]);
});

test("an answer to a schema given before is read like a new one", async () => {
  const output = { type: "object", properties: { n: { type: "number" } }, required: ["n"] };
  const run = recalling([{ text: '{"n":1}', calls: [] }], [], { output });
  expect(await run.start()).toMatchObject({ kind: "answered", output: { n: 1 }, text: '{"n":1}' });
});
