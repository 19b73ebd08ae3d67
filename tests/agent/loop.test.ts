import { describe, expect, test } from "vitest";
import { ModelFailure } from "../../src/agent/models/model.ts";
import type { ToolResult } from "../../src/agent/tool.ts";
import { calls, end, ScriptedRun, says, spec } from "./a-run.ts";

describe("answering", () => {
  test("an answer is streamed, told as finished and ends the run", async () => {
    const run = new ScriptedRun([says("Hello ", "there.")]);
    expect(await run.start()).toEqual({
      kind: "answered",
      text: "Hello there.",
      model: "main",
      usage: { input: 10, output: 5 },
    });
    expect(run.events.map(({ kind }) => kind)).toEqual(["text", "text", "usage", "finished"]);
    expect(run.of("finished")[0]?.text).toBe("Hello there.");
  });

  test("what is said before tool calls stands above the answer, a blank line between", async () => {
    const run = new ScriptedRun([calls("Let me look.", ["fs__read", '{"path":"a"}']), says("It is ", "empty.")]);
    const ending = await run.start();
    expect(ending).toMatchObject({ kind: "answered", text: "Let me look.\n\nIt is empty." });
    expect(run.shown).toBe("Let me look.\n\nIt is empty.");
    expect(run.of("finished")[0]?.text).toBe(run.shown);
  });

  test("blank lines the model leaves itself are not doubled", async () => {
    const run = new ScriptedRun([calls("Look:\n", ["fs__read", '{"path":"a"}']), says("\n\nDone.")]);
    expect(await run.start()).toMatchObject({ text: "Look:\n\nDone." });
  });

  test("an empty answer is asked for once more", async () => {
    const run = new ScriptedRun([says(""), says("Now.")]);
    expect(await run.start()).toMatchObject({ kind: "answered", text: "Now." });
  });

  test("two empty answers fail the run", async () => {
    const run = new ScriptedRun([says(""), says("  \n")]);
    expect(await run.start()).toMatchObject({ kind: "failed", code: "empty" });
  });

  test("an answer cut at the model's limit says so", async () => {
    const run = new ScriptedRun([[{ kind: "text", text: "Once upon" }, end([], "length")]]);
    const ending = await run.start();
    expect(ending).toMatchObject({ kind: "answered", text: run.shown });
    expect(run.shown).toBe("Once upon\n\n(The answer ends here: it reached the model's limit for one answer.)");
  });

  test("an answer stopped by the content filter says so in the language it was asked in", async () => {
    const run = new ScriptedRun([[end([], "filtered")]], { turns: [{ role: "user", text: "為什麼?" }] });
    expect(await run.start()).toMatchObject({ kind: "answered", text: expect.stringContaining("內容過濾") });
  });

  test("tokens are summed over the steps, told per call and priced", async () => {
    const models = [spec("main", { price: { input: 1_000_000, output: 2_000_000 } })];
    const run = new ScriptedRun([calls("", ["fs__read", '{"path":"a"}']), says("Done.")], { models });
    expect(await run.start()).toMatchObject({ usage: { input: 20, output: 10, cost: 40 } });
    expect(run.of("usage").map(({ usage }) => usage.cost)).toEqual([20, 20]);
  });

  test("tokens nobody counted are estimated and marked as such", async () => {
    const run = new ScriptedRun([
      [
        { kind: "text", text: "Twelve chars" },
        { kind: "end", calls: [], stopped: "done" },
      ],
    ]);
    const ending = await run.start();
    expect(ending).toMatchObject({ usage: { output: 3, estimated: true } });
  });
});

describe("tools", () => {
  test("a tool's result goes back to the model", async () => {
    const run = new ScriptedRun([calls("", ["fs__read", '{"path":"a"}']), says("Done.")]);
    await run.start();
    expect(run.called).toEqual([{ id: "c0", name: "fs__read", input: '{"path":"a"}' }]);
    expect(run.requests[1]?.request.turns.slice(1)).toEqual([
      { role: "assistant", text: "", calls: run.called },
      { role: "tool", call: "c0", text: 'read {"path":"a"}' },
    ]);
  });

  test("several calls run side by side and their results come in order", async () => {
    const run = new ScriptedRun([calls("", ["fs__read", '{"path":"a"}'], ["fs__read", '{"path":"b"}']), says("Done.")]);
    let second: (result: ToolResult) => void = () => {};
    run.onCall = ({ input }) => {
      if (input.includes('"b"')) {
        second({ text: "b came first" });
        return { text: "b" };
      }
      return new Promise((resolve) => {
        second = resolve;
      });
    };
    await run.start();
    expect(run.requests[1]?.request.turns.slice(2)).toEqual([
      { role: "tool", call: "c0", text: "b came first" },
      { role: "tool", call: "c1", text: "b" },
    ]);
  });

  test("each call is told when it starts and when it finishes, with the time it took", async () => {
    const run = new ScriptedRun([calls("", ["fs__read", '{"path":"a"}']), says("Done.")]);
    run.onCall = () => {
      run.time += 250;
      return { text: "  two\n words  " };
    };
    await run.start();
    expect(run.of("tool-started")).toEqual([
      { kind: "tool-started", call: "c0", tool: "fs__read", input: '{"path":"a"}' },
    ]);
    expect(run.of("tool-finished")).toEqual([
      { kind: "tool-finished", call: "c0", tool: "fs__read", failed: false, ms: 250, summary: "two words" },
    ]);
  });

  test.each([
    ["a tool that does not exist", "fs__write", "{}", 'There is no tool called "fs__write". The tools are: fs__read.'],
    ["arguments of broken JSON", "fs__read", '{"path":', "not valid JSON"],
    ["arguments that are no object", "fs__read", '["a"]', "must be one JSON object"],
    ["arguments missing", "fs__read", "", "it must have required property 'path'"],
    ["arguments of another type", "fs__read", '{"path":"a","lines":"ten"}', "lines must be integer"],
    ["arguments nobody asked for", "fs__read", '{"path":"a","size":1}', "additional properties (size)"],
  ])("%s are told to the model and reach no tool", async (_, name, input, complaint) => {
    const run = new ScriptedRun([calls("", [name, input]), says("Sorry.")]);
    expect(await run.start()).toMatchObject({ kind: "answered", text: "Sorry." });
    expect(run.called).toEqual([]);
    expect(run.requests[1]?.request.turns.at(-1)).toMatchObject({
      role: "tool",
      failed: true,
      text: expect.stringContaining(complaint),
    });
    expect(run.of("tool-finished")[0]).toMatchObject({ failed: true });
  });

  test("a tool that throws is a failed result", async () => {
    const run = new ScriptedRun([calls("", ["fs__read", '{"path":"a"}']), says("Sorry.")]);
    run.onCall = () => Promise.reject(new Error("disk on fire"));
    expect(await run.start()).toMatchObject({ kind: "answered" });
    expect(run.requests[1]?.request.turns.at(-1)).toMatchObject({
      failed: true,
      text: "The tool failed: disk on fire",
    });
  });

  test("a call without arguments reaches a tool that needs none", async () => {
    const tools = [{ name: "now", description: "", parameters: {} }];
    const run = new ScriptedRun([calls("", ["now", ""]), says("Noon.")], { tools });
    await run.start();
    expect(run.called).toEqual([{ id: "c0", name: "now", input: "{}" }]);
  });

  test("ids that a server uses twice are told apart", async () => {
    const run = new ScriptedRun([
      calls("", ["fs__read", '{"path":"a"}']),
      calls("", ["fs__read", '{"path":"b"}']),
      says("Done."),
    ]);
    await run.start();
    expect(run.called.map(({ id }) => id)).toEqual(["c0", "c0_2"]);
  });

  test("the same call failing three times running ends the run", async () => {
    const again = () => calls("", ["fs__read", '{"path":"a"}']);
    const run = new ScriptedRun([again(), again(), again(), says("never")]);
    run.onCall = () => ({ text: "no such file", failed: true });
    expect(await run.start()).toMatchObject({
      kind: "failed",
      code: "repeating",
      detail: expect.stringContaining("fs__read"),
    });
  });

  test("a success in between starts the count of failures anew", async () => {
    const again = () => calls("", ["fs__read", '{"path":"a"}']);
    const run = new ScriptedRun([again(), again(), again(), again(), says("Done.")]);
    run.onCall = () => ({ text: "hm", failed: run.called.length !== 2 });
    expect(await run.start()).toMatchObject({ kind: "answered" });
  });

  test("different calls that fail do not count together", async () => {
    const run = new ScriptedRun([
      calls("", ["fs__read", '{"path":"a"}'], ["fs__read", '{"path":"a"}'], ["fs__read", '{"path":"a"}']),
      calls("", ["fs__read", '{"path":"b"}']),
      says("Done."),
    ]);
    run.onCall = () => ({ text: "no", failed: true });
    expect(await run.start()).toMatchObject({ kind: "answered" });
  });

  test("a run that calls tools and never answers ends after its steps, with what it said", async () => {
    const run = new ScriptedRun(
      [calls("One.", ["fs__read", '{"path":"a"}']), calls("Two.", ["fs__read", '{"path":"b"}'])],
      { maxSteps: 2 },
    );
    expect(await run.start()).toMatchObject({ kind: "failed", code: "steps", text: "One.\n\nTwo." });
  });
});

describe("checkpoints", () => {
  test("main is asked before each model call, with the state so far", async () => {
    const run = new ScriptedRun([calls("Look.", ["fs__read", '{"path":"a"}']), says("Done.")]);
    await run.start();
    expect(run.checkpoints.map(({ step, turns }) => [step, turns.map(({ role }) => role)])).toEqual([
      [0, []],
      [1, ["assistant", "tool"]],
    ]);
  });

  test("messages that came meanwhile are put before the model", async () => {
    const run = new ScriptedRun([calls("", ["fs__read", '{"path":"a"}']), says("Done.")]);
    run.onCheckpoint = ({ step }) => ({
      kind: "go",
      steers: step === 1 ? [{ role: "user", text: "and the other one" }] : [],
    });
    await run.start();
    expect(run.requests[1]?.request.turns.at(-1)).toEqual({ role: "user", text: "and the other one" });
  });

  test("main can stop a run there", async () => {
    const run = new ScriptedRun([calls("Look.", ["fs__read", '{"path":"a"}'])]);
    run.onCheckpoint = ({ step }) => (step === 0 ? { kind: "go", steers: [] } : { kind: "stop" });
    expect(await run.start()).toMatchObject({ kind: "stopped", text: "Look." });
  });

  test("main can park a run there, and it goes on from its state with another worker", async () => {
    const first = new ScriptedRun([calls("Look.", ["fs__read", '{"path":"a"}'])]);
    first.onCheckpoint = ({ step }) => (step === 0 ? { kind: "go", steers: [] } : { kind: "park" });
    const ending = await first.start();
    if (ending.kind !== "parked") throw new Error(`it ${ending.kind}`);
    const second = new ScriptedRun([says("Done.")], { state: ending.state });
    expect(await second.start()).toMatchObject({
      kind: "answered",
      text: "Look.\n\nDone.",
      usage: { input: 20, output: 10 },
    });
    expect(second.shown).toBe("Look.\n\nDone.");
    expect(second.of("text")[0]).toEqual({ kind: "text", text: "Look.", afresh: true });
  });

  test("what a lost worker had shown of a step is void", async () => {
    const state = { turns: [], step: 0, usage: { input: 0, output: 0 }, pending: [], speaking: 0 };
    const run = new ScriptedRun([says("Whole.")], { state });
    await run.start();
    expect(run.of("text")).toEqual([{ kind: "text", text: "Whole.", afresh: true }]);
  });
});

describe("waiting for a person", () => {
  const twoCalls = () => calls("I'll ask.", ["fs__read", '{"path":"a"}'], ["fs__read", '{"path":"b"}']);

  async function parked(): Promise<ScriptedRun["input"]> {
    const run = new ScriptedRun([twoCalls()]);
    run.time = 1000;
    run.onCall = ({ input }) => {
      run.time += 500;
      return input.includes('"a"') ? { text: "", parked: true } : { text: "b" };
    };
    const ending = await run.start();
    if (ending.kind !== "parked") throw new Error(`it ${ending.kind}`);
    expect(run.of("approval")).toEqual([{ kind: "approval", call: "c0", tool: "fs__read", input: '{"path":"a"}' }]);
    expect(run.of("tool-finished").map(({ call }) => call)).toEqual(["c1"]);
    expect(ending.state).toMatchObject({ pending: [{ id: "c0" }], elapsedMs: 1000 });
    return { ...run.input, state: ending.state };
  }

  test("the siblings finish, then the run is parked", async () => {
    const { state } = await parked();
    expect(state?.turns.at(-1)).toEqual({ role: "tool", call: "c1", text: "b" });
  });

  test("it goes on with the result, which stands where its call stood", async () => {
    const input = await parked();
    const run = new ScriptedRun([says("Done.")], {
      ...input,
      results: [{ call: "c0", result: { text: "a" }, ms: 40 }],
    });
    expect(await run.start()).toMatchObject({ kind: "answered", text: "I'll ask.\n\nDone." });
    expect(run.requests[0]?.request.turns.slice(-2)).toEqual([
      { role: "tool", call: "c0", text: "a" },
      { role: "tool", call: "c1", text: "b" },
    ]);
    expect(run.of("tool-finished")).toMatchObject([{ call: "c0", failed: false, ms: 40 }]);
  });

  test("it is parked again while a result is missing", async () => {
    const run = new ScriptedRun([], await parked());
    expect(await run.start()).toMatchObject({ kind: "parked", state: { pending: [{ id: "c0" }] } });
  });

  test("the time it was parked does not count", async () => {
    const input = await parked();
    const results = [{ call: "c0", result: { text: "a" } }];
    const late = new ScriptedRun([["wait"]], { ...input, timeoutMs: 1000, results });
    expect(await late.start()).toMatchObject({ kind: "failed", code: "timeout" });
    const inTime = new ScriptedRun([says("Done.")], { ...input, timeoutMs: 2000, results });
    inTime.time = 9_000_000;
    expect(await inTime.start()).toMatchObject({ kind: "answered" });
  });
});

describe("being stopped", () => {
  test("a stop in the middle of the answer keeps what was said", async () => {
    const run = new ScriptedRun([[{ kind: "text", text: "So far" }, "wait"]]);
    run.onEvent = ({ kind }) => kind === "text" && run.stop.abort();
    const ending = await run.start();
    expect(ending).toMatchObject({ kind: "stopped", text: "So far", usage: { estimated: true } });
  });

  test("a stop while a tool works lets go of it", async () => {
    const run = new ScriptedRun([calls("Look.", ["fs__read", '{"path":"a"}'])]);
    let dropped = false;
    run.onCall = (_, signal) =>
      new Promise(() => {
        signal.addEventListener("abort", () => {
          dropped = true;
        });
        run.stop.abort();
      });
    expect(await run.start()).toMatchObject({ kind: "stopped", text: "Look." });
    expect(dropped).toBe(true);
  });

  test("a stop while main thinks about a checkpoint ends the run", async () => {
    const run = new ScriptedRun([]);
    run.onCheckpoint = () => {
      run.stop.abort();
      return new Promise(() => {});
    };
    expect(await run.start()).toMatchObject({ kind: "stopped", text: "" });
  });

  test("a run stopped before it began asks nobody", async () => {
    const run = new ScriptedRun([]);
    run.stop.abort();
    expect(await run.start()).toMatchObject({ kind: "stopped" });
    expect(run.requests).toEqual([]);
  });

  test("a run that takes too long fails with what it said", async () => {
    const run = new ScriptedRun([[{ kind: "text", text: "So far" }, "wait"]], { timeoutMs: 20 });
    expect(await run.start()).toMatchObject({ kind: "failed", code: "timeout", text: "So far" });
  });

  test("a fault of main's is thrown on", async () => {
    const run = new ScriptedRun([]);
    run.onCheckpoint = () => Promise.reject(new Error("no disk"));
    await expect(run.start()).rejects.toThrow("no disk");
  });
});

describe("models that fail", () => {
  const down = new ModelFailure("passing", "503", { times: 3 });

  test("the fallbacks are asked in order, and the one that spoke is named", async () => {
    const run = new ScriptedRun({ main: [[down]], second: [[down]], third: [says("Here.")] });
    expect(await run.start()).toMatchObject({ kind: "answered", text: "Here.", model: "third" });
  });

  test("the model that took over goes on speaking", async () => {
    const run = new ScriptedRun({ main: [[down]], cheap: [calls("", ["fs__read", '{"path":"a"}']), says("Done.")] });
    await run.start();
    expect(run.requests.map(({ model }) => model)).toEqual(["main", "cheap", "cheap"]);
    expect(run.checkpoints[1]?.speaking).toBe(1);
  });

  test("words of a model that broke off are taken back when the next one speaks", async () => {
    const run = new ScriptedRun({ main: [[{ kind: "text", text: "I th" }, down]], cheap: [says("I know.")] });
    expect(await run.start()).toMatchObject({ text: "I know." });
    expect(run.of("text")).toEqual([
      { kind: "text", text: "I th" },
      { kind: "text", text: "I know.", afresh: true },
    ]);
  });

  test("words of earlier steps are kept when a stream is begun again", async () => {
    const run = new ScriptedRun([
      calls("Look.", ["fs__read", '{"path":"a"}']),
      [{ kind: "text", text: "It i" }, { kind: "afresh" }, { kind: "text", text: "It is" }, end()],
    ]);
    expect(await run.start()).toMatchObject({ text: "Look.\n\nIt is" });
    expect(run.shown).toBe("Look.\n\nIt is");
  });

  test("when nobody answers the ending says who was asked, how often and for how long", async () => {
    const run = new ScriptedRun({ main: [[down]], cheap: [[new ModelFailure("passing", "no route", { times: 3 })]] });
    expect(await run.start()).toMatchObject({
      kind: "failed",
      code: "model",
      detail: "main: 503; cheap: no route",
      tried: { models: ["main", "cheap"], times: 6, ms: 0 },
    });
  });

  test("a conversation that a model finds too long is shortened until it fits", async () => {
    const tooLong = new ModelFailure("too-long", "maximum context length is 8192 tokens");
    const turns = [
      { role: "user" as const, text: "old ".repeat(5000) },
      { role: "user" as const, text: "new" },
    ];
    const run = new ScriptedRun(
      { main: [[tooLong], [tooLong], says("In short."), says("Here.")] },
      { turns, contextTokens: 16_000 },
    );
    expect(await run.start()).toMatchObject({ kind: "answered", text: "Here." });
    expect(run.requests.at(-1)?.request.turns[0]?.text).toContain("In short.");
  });

  test("a conversation that cannot be shorter fails the run", async () => {
    const tooLong = new ModelFailure("too-long", "too many tokens");
    const run = new ScriptedRun([[tooLong], [tooLong]], { contextTokens: 3000 });
    expect(await run.start()).toMatchObject({ kind: "failed", code: "model" });
  });

  test("a refused key is told as such", async () => {
    const run = new ScriptedRun([[new ModelFailure("refused-key", "401")]]);
    expect(await run.start()).toMatchObject({ kind: "failed", code: "refused-key" });
  });
});

describe("answers that must fit a schema", () => {
  const output = { type: "object", properties: { total: { type: "number" } }, required: ["total"] };

  test("the parsed answer comes with the ending", async () => {
    const run = new ScriptedRun([says('{"total": 3}')], { output });
    expect(await run.start()).toMatchObject({ kind: "answered", text: '{"total": 3}', output: { total: 3 } });
    expect(run.requests[0]?.request.output).toBe(output);
  });

  test("a code fence around it does no harm", async () => {
    const run = new ScriptedRun([says('```json\n{"total": 3}\n```\n')], { output });
    expect(await run.start()).toMatchObject({ output: { total: 3 } });
  });

  test("an answer that does not fit is asked for once more, with the complaint", async () => {
    const run = new ScriptedRun([says('{"sum": 3}'), says('{"total": 3}')], { output });
    expect(await run.start()).toMatchObject({ kind: "answered", text: '{"total": 3}', output: { total: 3 } });
    expect(run.shown).toBe('{"total": 3}');
    expect(run.requests[1]?.request.turns.at(-1)).toMatchObject({
      role: "user",
      text: expect.stringContaining("must have required property 'total'"),
    });
  });

  test("two answers that do not fit fail the run", async () => {
    const run = new ScriptedRun([says("three"), says("3")], { output });
    expect(await run.start()).toMatchObject({ kind: "failed", code: "output", detail: "it must be object" });
  });

  test("words before a tool call are not part of it", async () => {
    const run = new ScriptedRun([calls("Let me count.", ["fs__read", '{"path":"a"}']), says('{"total":1}')], {
      output,
    });
    expect(await run.start()).toMatchObject({ text: '{"total":1}', output: { total: 1 } });
    expect(run.shown).toBe('{"total":1}');
  });
});

test("thoughts are told apart from words and kept for the model within its tool loop", async () => {
  const run = new ScriptedRun([
    [
      { kind: "thought", text: "a file, " },
      { kind: "thought", text: "then" },
      end([{ id: "c0", name: "fs__read", input: '{"path":"a"}' }]),
    ],
    says("Done."),
  ]);
  await run.start();
  expect(run.of("thought").map(({ text }) => text)).toEqual(["a file, ", "then"]);
  expect(run.requests[1]?.request.turns[1]).toMatchObject({ role: "assistant", reasoning: "a file, then" });
});
