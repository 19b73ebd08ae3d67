import { describe, expect, it } from "vitest";
import { createAccess } from "../../src/access/access.ts";
import type { Tool, Toolbox } from "../../src/agent/tool.ts";
import { Config } from "../../src/config/schema.ts";
import { createGate, type OwnToolbox, type ToolUser } from "../../src/tools/gate.ts";

const never = new AbortController().signal;

/** A tool whose description takes about a hundred tokens. */
function tool(name: string, more: Partial<Tool> = {}): Tool {
  return {
    name,
    description: `Does ${name}. ${"It does so very well. ".repeat(15)}`,
    parameters: { type: "object", properties: { a: { type: "string" } } },
    reads: true,
    run: async () => ({ text: `${name} was called` }),
    ...more,
  };
}

function box(name: string, tools: Tool[]): Toolbox {
  return { name, tools: () => tools, async close() {} };
}

const many = (server: string, count: number) =>
  box(
    server,
    Array.from({ length: count }, (_, n) => tool(`do_${n}`)),
  );

function open(boxes: Toolbox[], agent: Record<string, unknown> = {}, user: Partial<ToolUser> = {}, own?: OwnToolbox) {
  const servers = boxes.map(({ name }) => name);
  const config = Config.parse({ agents: [{ name: "ops", mcp_servers: servers, ...agent }] });
  const [ops] = config.agents;
  if (!ops) throw new Error("no agent");
  const gate = createGate({
    toolboxes: () => boxes,
    own: () => (own ? [own] : []),
    access: createAccess(() => config),
    redact: (text) => text,
  });
  return gate.open({
    agent: ops,
    asker: { id: "slack:U1", roles: [], guest: false },
    at: { adapter: "slack", channel: "C1" },
    beforeChange: async () => {},
    ...user,
  });
}

const names = (gate: { specs: { name: string }[] }) => gate.specs.map((spec) => spec.name);
const call = (name: string, input: unknown = {}) => ({ id: "1", name, input: JSON.stringify(input) });

describe("an agent whose tools fit", () => {
  it("has them all, and nothing to find others with", async () => {
    const gate = await open([many("a", 20)]);
    expect(names(gate)).toHaveLength(20);
    expect(await gate.call(call("find_tools", { query: "do" }), never)).toMatchObject({ failed: true });
  });
});

describe("an agent with more tools than its prompt should carry", () => {
  it("has as many as fit, and a tool that finds the others and says of whom they are", async () => {
    const gate = await open([many("a", 60), many("b", 140)]);
    const offered = names(gate);
    expect(offered.at(-1)).toBe("find_tools");
    expect(offered.length).toBeGreaterThan(20);
    expect(JSON.stringify(gate.specs).length / 4).toBeLessThan(8500);
    const left = 200 - (offered.length - 1);
    expect(gate.specs.at(-1)?.description).toContain(`${left} that you may use are not shown here, of`);
    expect(gate.specs.at(-1)?.description).toContain(`of b (${left}).`);
  });

  it("never has more than a hundred, however short they are", async () => {
    const short = Array.from({ length: 150 }, (_, n) => tool(`t${n}`, { description: "x", parameters: {} }));
    expect(names(await open([box("a", short)]))).toHaveLength(100);
  });

  it("may be given more room, or less", async () => {
    expect(names(await open([many("a", 60)], { tools_budget: 50_000 }))).toHaveLength(60);
    expect(names(await open([many("a", 60)], { tools_budget: 0 }))).toEqual(["find_tools"]);
  });

  it("finds the others by a few words, with all that is needed to call them", async () => {
    const weather = tool("forecast", {
      description: `Weather of the next days. 天氣預報 ${"Anywhere. ".repeat(40)}`,
      run: async () => ({ text: "Rain." }),
    });
    const gate = await open([many("a", 150), box("wetter", [weather])], { tools_budget: 2000 });
    expect(names(gate)).not.toContain("wetter__forecast");
    for (const query of ["the weather tomorrow", "明天天氣"]) {
      const { text, tools, failed } = await gate.call(call("find_tools", { query }), never);
      expect(failed).toBeUndefined();
      expect(tools?.map(({ name }) => name)).toEqual(["wetter__forecast"]);
      expect(tools?.[0]?.parameters).toEqual(weather.parameters);
      expect(text).toContain("wetter__forecast(a?: string): Weather of the next days.");
    }
    expect(await gate.call(call("wetter__forecast"), never)).toEqual({ text: "Rain." });
  });

  it("is told of which servers there are tools when nothing is found", async () => {
    const gate = await open([many("a", 150)]);
    expect(await gate.call(call("find_tools", { query: "zeppelin" }), never)).toEqual({
      text: "No tool matches. There are tools of a (150). Try other words.",
      tools: [],
    });
  });

  it("finds few at a time, so that the prompt stays small", async () => {
    const gate = await open([many("a", 150)]);
    const { tools = [] } = await gate.call(call("find_tools", { query: "do well" }), never);
    expect(tools.length).toBeGreaterThan(0);
    expect(tools.length).toBeLessThanOrEqual(8);
    expect(JSON.stringify(tools).length / 4).toBeLessThan(4500);
  });

  it("finds nothing it may not have: what is denied, held back, or another agent's server's", async () => {
    const secret = box("vault", [tool("forecast_secret", { withheld: () => "It has changed." })]);
    const other = box("other", [tool("forecast_other")]);
    const boxes = [many("a", 150), secret, other, box("b", [tool("forecast_deny"), tool("forecast_ok")])];
    const servers = ["a", "vault", { name: "b", deny: ["*_deny"] }];
    const gate = await open(boxes, { mcp_servers: servers, tools_budget: 1000 });
    const { tools } = await gate.call(call("find_tools", { query: "forecast" }), never);
    expect(tools?.map(({ name }) => name)).toEqual(["b__forecast_ok"]);
    for (const name of ["other__forecast_other", "b__forecast_deny", "vault__forecast_secret"])
      expect(await gate.call(call(name), never)).toMatchObject({ failed: true });
  });

  it("keeps its own toolboxes, and has first what the route names, then what was used before", async () => {
    const own: OwnToolbox = { name: "clock", tools: () => [tool("now")] };
    const boxes = [many("a", 100), many("b", 100)];
    const prefers = { globs: ["b.do_7*"], used: async () => ["b__do_99", "gone__tool"] };
    const few = names(await open(boxes, { tools_budget: 1900 }, { prefers }, own));
    expect(few.filter((name) => name.startsWith("b__"))).toEqual(
      ["do_7", "do_70", "do_71", "do_72", "do_73", "do_74", "do_75", "do_76", "do_77", "do_78", "do_79", "do_99"].map(
        (name) => `b__${name}`,
      ),
    );
    expect(few).toContain("now");
    expect(few).toContain("a__do_0");
    const byModelsName = { globs: ["b__do_5"], used: async () => [] };
    expect(names(await open(boxes, { tools_budget: 300 }, { prefers: byModelsName }, own))).toContain("b__do_5");
  });

  it("is not asked what was used before where all fit", async () => {
    const used = () => Promise.reject(new Error("asked"));
    expect(names(await open([many("a", 5)], {}, { prefers: { globs: [], used } }))).toHaveLength(5);
  });

  it("has the same tools each time, in the same order", async () => {
    const boxes = [many("a", 60), many("b", 140)];
    expect(names(await open(boxes))).toEqual(names(await open(boxes)));
  });
});

it("a search for what is no text finds nothing, and fails nothing", async () => {
  const gate = await open([many("a", 200)]);
  for (const query of [7, null, { toString: 1, valueOf: 1 }])
    expect((await gate.call(call("find_tools", { query }), never)).text).toContain("No tool matches");
});
