import { describe, expect, it, vi } from "vitest";
import { createAccess } from "../../src/access/access.ts";
import type { Tool, Toolbox, ToolResult } from "../../src/agent/tool.ts";
import { Config } from "../../src/config/schema.ts";
import { createGate, type OwnToolbox, type ToolUser } from "../../src/tools/gate.ts";
import type { WholeResult } from "../../src/tools/telling.ts";

const never = new AbortController().signal;

function box(name: string, ...tools: (Partial<Tool> & { name: string })[]): Toolbox {
  return {
    name,
    tools: () =>
      tools.map((tool) => ({
        description: `does ${tool.name}`,
        parameters: {
          type: "object",
          properties: { a: { type: "string" }, index: { type: "string" } },
          required: ["a", "index"],
        },
        reads: true,
        run: async (input) => ({ text: JSON.stringify(input) }),
        ...tool,
      })),
    async close() {},
  };
}

async function open(
  servers: unknown[],
  boxes: Toolbox[],
  options: {
    approve?: Record<string, string>;
    beforeChange?: () => Promise<void>;
    agent?: Record<string, unknown>;
    own?: OwnToolbox;
    user?: Partial<ToolUser>;
  } = {},
) {
  const approve = options.approve ?? {};
  const config = Config.parse({ agents: [{ name: "ops", mcp_servers: servers, approve, ...options.agent }] });
  const [agent] = config.agents;
  if (!agent) throw new Error("no agent");
  const gate = createGate({
    toolboxes: () => boxes,
    own: () => (options.own ? [options.own] : []),
    access: createAccess(() => config),
    redact: (text) => text.replaceAll("hunter2", "[redacted]"),
  });
  return gate.open({
    agent,
    asker: { id: "slack:U1", roles: [], guest: false },
    at: { adapter: "slack", channel: "C1" },
    beforeChange: options.beforeChange ?? (async () => {}),
    ...options.user,
  });
}

const names = (gate: { specs: { name: string }[] }) => gate.specs.map((spec) => spec.name);
const call = (name: string, input: unknown = {}) => ({
  id: "1",
  name,
  input: typeof input === "string" ? input : JSON.stringify(input),
});

describe("the tools an agent is offered", () => {
  it("are those of its own servers only, named server__tool", async () => {
    expect(names(await open(["a"], [box("a", { name: "x" }), box("b", { name: "y" })]))).toEqual(["a__x"]);
  });

  it("are filtered by what the agent is given and denied", async () => {
    const gate = await open(
      [{ name: "a", tools: ["query*"], deny: ["query_raw"] }],
      [box("a", { name: "query_range" }, { name: "query_raw" }, { name: "write" })],
    );
    expect(names(gate)).toEqual(["a__query_range"]);
  });

  it("have names that models take, each its own", async () => {
    const long = "x".repeat(80);
    const gate = await open(["a.b"], [box("a.b", { name: "say hello!" }, { name: long }, { name: `${long}y` })]);
    expect(names(gate)[0]).toMatch(/^a_b__say_hello_[a-z0-9]{10}$/);
    for (const name of names(gate)) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(new Set(names(gate)).size).toBe(3);
  });

  it("don't show preset arguments, which are put in at the call whatever the model says", async () => {
    const gate = await open([{ name: "a", preset: { x: { index: "docs" } } }], [box("a", { name: "x" })]);
    expect(gate.specs[0]?.parameters).toMatchObject({ properties: { a: { type: "string" } }, required: ["a"] });
    expect(JSON.stringify(gate.specs)).not.toContain("index");
    expect((await gate.call(call("a__x", { a: "1", index: "secrets" }), never)).text).toBe('{"a":"1","index":"docs"}');
  });
});

describe("a call", () => {
  it("of a tool that is not offered is told what there is", async () => {
    const gate = await open(["a"], [box("a", { name: "x" }), box("b", { name: "y" })]);
    expect(await gate.call(call("b__y"), never)).toEqual({
      text: 'There is no tool named "b__y". There are: a__x.',
      failed: true,
    });
  });

  it("with arguments that are no object is told so", async () => {
    const gate = await open(["a"], [box("a", { name: "x" })]);
    for (const input of ["{broken", "[1]", "null"])
      expect(await gate.call(call("a__x", input), never)).toMatchObject({
        failed: true,
        text: expect.stringContaining("must be a JSON object"),
      });
    expect(await gate.call(call("a__x", ""), never)).toEqual({ text: "{}" });
  });

  it("that throws is a failed result, without secrets", async () => {
    const run = () => Promise.reject(new Error("login with hunter2 failed"));
    const gate = await open(["a"], [box("a", { name: "x", run })]);
    expect(await gate.call(call("a__x"), never)).toEqual({ text: "login with [redacted] failed", failed: true });
  });

  it("is written down before it changes anything, and not when it reads", async () => {
    const order: string[] = [];
    const tool = (name: string, reads: boolean) => ({
      name,
      reads,
      async run() {
        order.push(name);
        return { text: "" };
      },
    });
    const gate = await open([{ name: "a", reads: ["look"] }], [box("a", tool("look", false), tool("write", false))], {
      beforeChange: async () => {
        order.push("written down");
      },
    });
    await gate.call(call("a__look"), never);
    await gate.call(call("a__write"), never);
    expect(order).toEqual(["look", "written down", "write"]);
  });

  it("that needs a yes is not made, and counted as refused", async () => {
    let made = 0;
    const tool = { name: "x", run: async () => ({ text: String(++made) }) };
    for (const [who, word] of [
      ["requester", "person who asked"],
      ["approvers", "approvers"],
      ["deny", "not allowed"],
    ] as const) {
      const gate = await open(["a"], [box("a", tool)], { approve: { "a.*": who } });
      expect(await gate.call(call("a__x"), never)).toMatchObject({ failed: true, text: expect.stringContaining(word) });
      expect(gate.refused).toEqual(["a__x"]);
    }
    expect(made).toBe(0);
  });

  it("is ruled by the name its server gives the tool, however it had to be spelled for the model", async () => {
    const gate = await open(["a"], [box("a", { name: "admin.delete" })], { approve: { "a.admin.delete": "deny" } });
    const [name = ""] = names(gate);
    expect(name).toMatch(/^a__admin_delete_[a-z0-9]{10}$/);
    expect(await gate.call(call(name), never)).toMatchObject({
      failed: true,
      text: expect.stringContaining("not allowed"),
    });
  });

  it("with a huge result keeps its beginning and its end", async () => {
    const run = async () => ({ text: `begin${"x".repeat(200_000)}end` });
    const gate = await open(["a"], [box("a", { name: "x", run })]);
    const { text } = await gate.call(call("a__x"), never);
    expect(text.length).toBeLessThan(66_000);
    expect(text).toMatch(/^begin.*characters left out.*end$/s);
  });

  it("with a huge result tells no secret, nor the part of one where it is cut", async () => {
    const near = "x".repeat(32 * 1024 - 3);
    const cut = `${near}hunter2${"x".repeat(100_000)}hunter2${near}`;
    const gate = await open(["a"], [box("a", { name: "x", run: async () => ({ text: cut }) })]);
    const { text } = await gate.call(call("a__x"), never);
    expect(text).not.toMatch(/hu|r2/);
    expect(text).toMatch(/x\[re\n.*characters left out.*\ned\]x/s);
  });
});

describe("toolboxes that come with the program", () => {
  const asked = { id: "r1", by: "ana", language: "en" as const };
  /** Offers its tool only to runs that somebody waits for. */
  const schedules = (tool: Partial<Tool> = {}): OwnToolbox => ({
    name: "schedules",
    tools: (user) =>
      user.asked
        ? box("schedules", { name: "plan", run: async () => ({ text: `for ${user.asked?.by}` }), ...tool }).tools()
        : [],
  });
  const ask = (more: Partial<ToolUser> = {}, options: { own?: OwnToolbox; agent?: Record<string, unknown> } = {}) =>
    open(["a"], [box("a", { name: "x" })], { ...options, own: options.own ?? schedules(), user: { asked, ...more } });

  it("are offered by their own names, behind those of servers, to agents that have them", async () => {
    const gate = await ask();
    expect(names(gate)).toEqual(["a__x", "plan"]);
    expect(await gate.call(call("plan"), never)).toEqual({ text: "for ana" });
    expect(names(await ask({}, { agent: { toolboxes: ["clock"] } }))).toEqual(["a__x"]);
  });

  it("know whether somebody waits for the run", async () => {
    const gate = await open(["a"], [box("a", { name: "x" })], { own: schedules() });
    expect(names(gate)).toEqual(["a__x"]);
    expect(await gate.call(call("plan"), never)).toMatchObject({
      failed: true,
      text: expect.stringContaining("no tool"),
    });
  });

  it("are ruled like any other, by toolbox and tool", async () => {
    const gate = await ask({}, { agent: { approve: { "schedules.plan": "deny" } } });
    expect(await gate.call(call("plan"), never)).toMatchObject({
      failed: true,
      text: expect.stringContaining("not allowed"),
    });
  });

  it("that ask the person themselves need no second yes of theirs, but that of others", async () => {
    const rule = async (who: string, tool: Partial<Tool>) => {
      const gate = await ask({}, { own: schedules(tool), agent: { approve: { "*": who } } });
      return (await gate.call(call("plan"), never)).failed === true;
    };
    expect(await rule("requester", { asks: true })).toBe(false);
    expect(await rule("requester", {})).toBe(true);
    expect(await rule("approvers", { asks: true })).toBe(true);
    expect(await rule("deny", { asks: true })).toBe(true);
  });
});

describe("what a tool of the program's own gives", () => {
  const own = (run: Tool["run"], more: Partial<Tool> = {}): OwnToolbox => ({
    name: "chat",
    tools: () => box("chat", { name: "read", run, ...more }).tools(),
  });

  it("is shortened, and tells no secrets, as what servers give", async () => {
    const long = own(async () => ({ text: `begin hunter2 ${"x".repeat(200_000)}end` }));
    const { text } = await (await open([], [], { own: long })).call(call("read"), never);
    expect(text).toMatch(/^begin \[redacted\] x.*characters left out.*end$/s);
  });

  it("is kept whole where it was shortened, without secrets, and no more than 10 MB of it", async () => {
    const whole: WholeResult[] = [];
    const results = ["short", `hunter2 ${"x ".repeat(100_000)}`, "y ".repeat(6 * 1024 * 1024)];
    const user = { keepWhole: (result: WholeResult) => void whole.push(result) };
    const gate = await open([], [], { own: own(async () => ({ text: results.shift() ?? "" })), user });
    for (let n = 0; n < 3; n++) await gate.call(call("read"), never);
    while (whole.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(whole[0]).toEqual({ call: "1", tool: "read", text: `[redacted] ${"x ".repeat(100_000)}` });
    expect(whole[1]?.text.length).toBeLessThan(10 * 1024 * 1024 + 100);
    expect(whole[1]?.text).toMatch(/y y \n\[… the rest was not kept …\]$/);
  });

  it("is waited for a minute, unless a person is asked", async () => {
    vi.useFakeTimers();
    try {
      const forever = () => new Promise<ToolResult>(() => {});
      const gate = await open([], [], { own: own(forever) });
      const late = gate.call(call("read"), never);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(await late).toMatchObject({ failed: true, text: expect.stringContaining("did not answer within 60 s") });
      const asking = await open([], [], { own: own(forever, { asks: true }) });
      let done = false;
      void asking.call(call("read"), never).then(() => {
        done = true;
      });
      await vi.advanceTimersByTimeAsync(600_000);
      expect(done).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });
});
