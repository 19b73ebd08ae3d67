import { expect, test } from "vitest";
import type { ToolSpec } from "../../src/agent/tool.ts";
import { calls, readFile, ScriptedRun, says } from "./a-run.ts";

const finder: ToolSpec = { name: "find_tools", description: "Finds.", parameters: { type: "object" } };

function weather(name = "wetter__forecast"): ToolSpec {
  return {
    name,
    description: "Weather.",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  };
}

/** A run whose `find_tools` finds these. */
function finding(tools: ToolSpec[], replies: ConstructorParameters<typeof ScriptedRun>[0], input = {}) {
  const run = new ScriptedRun(replies, { tools: [readFile, finder], ...input });
  run.onCall = ({ name }) => (name === "find_tools" ? { text: "found", tools } : { text: `${name} answered` });
  return run;
}

const offered = (run: ScriptedRun) => run.requests.map(({ request }) => request.tools.map(({ name }) => name));
const find = () => calls("", ["find_tools", '{"query":"weather"}']);

test("a tool that was found is offered from the next step on, and can be called", async () => {
  const run = finding([weather()], [find(), calls("", ["wetter__forecast", '{"city":"Taipei"}']), says("Rain.")]);
  expect(await run.start()).toMatchObject({ kind: "answered", text: "Rain." });
  expect(offered(run)).toEqual([
    ["fs__read", "find_tools"],
    ["fs__read", "find_tools", "wetter__forecast"],
    ["fs__read", "find_tools", "wetter__forecast"],
  ]);
  expect(run.called.map(({ name }) => name)).toEqual(["find_tools", "wetter__forecast"]);
});

test("before it was found it can't be called, and the model is told how to find it", async () => {
  const run = finding([weather()], [calls("", ["wetter__forecast", '{"city":"Taipei"}']), says("No.")]);
  await run.start();
  expect(run.called).toEqual([]);
  expect(run.requests[1]?.request.turns.at(-1)).toMatchObject({
    text: 'There is no tool called "wetter__forecast". The tools are: fs__read, find_tools. find_tools finds more.',
    failed: true,
  });
});

test("its arguments are checked as those of any other", async () => {
  const run = finding([weather()], [find(), calls("", ["wetter__forecast", "{}"]), says("No.")]);
  await run.start();
  expect(run.called.map(({ name }) => name)).toEqual(["find_tools"]);
  expect(run.requests[2]?.request.turns.at(-1)).toMatchObject({ text: expect.stringContaining("'city'") });
});

test("a run that was parked meanwhile still has it", async () => {
  const park = finding([weather()], [find(), calls("", ["fs__read", '{"path":"a"}'])]);
  park.onCall = ({ name }) =>
    name === "find_tools" ? { text: "found", tools: [weather()] } : { text: "", parked: true };
  const ending = await park.start();
  if (ending.kind !== "parked") throw new Error(`it ended ${ending.kind}`);
  const [pending] = ending.state.pending;
  const on = finding([], [calls("", ["wetter__forecast", '{"city":"Taipei"}']), says("Rain.")], {
    state: JSON.parse(JSON.stringify(ending.state)),
    results: [{ call: pending?.id ?? "", result: { text: "read" } }],
  });
  expect(await on.start()).toMatchObject({ kind: "answered" });
  expect(on.called.map(({ name }) => name)).toEqual(["wetter__forecast"]);
  expect(offered(on)[0]).toContain("wetter__forecast");
});

test("found twice it is offered once; one that is offered anyway is not offered again", async () => {
  const run = finding([weather(), readFile], [find(), find(), says("Well.")]);
  await run.start();
  expect(offered(run)[2]).toEqual(["fs__read", "find_tools", "wetter__forecast"]);
});

test("of very many that were found the latest are offered, so that models take them all", async () => {
  const run = new ScriptedRun([find(), find(), find(), find(), find(), says("Well.")], { tools: [finder] });
  let nth = 0;
  run.onCall = () => {
    nth += 1;
    return { text: "found", tools: Array.from({ length: 8 }, (_, n) => weather(`s__${nth}_${n}`)) };
  };
  await run.start();
  const last = offered(run).at(-1) ?? [];
  expect(last).toHaveLength(29);
  expect(last.at(-1)).toBe("s__5_7");
  expect(last).not.toContain("s__1_7");
});
