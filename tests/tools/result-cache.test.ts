import { describe, expect, it } from "vitest";
import { createAccess } from "../../src/access/access.ts";
import type { Meanwhile, Tool, ToolOutput } from "../../src/agent/tool.ts";
import { Config } from "../../src/config/schema.ts";
import type { Kv } from "../../src/store/store.ts";
import { createGate } from "../../src/tools/gate.ts";
import { createResultCache } from "../../src/tools/result-cache.ts";
import { createLog } from "../../src/watch/log.ts";

const never = new AbortController().signal;
const minute = 60_000;

/** A gate over one server, whose tool counts how often it was called. */
function house(options: { cache?: Record<string, string>; tool?: Partial<Tool>; output?: () => ToolOutput } = {}) {
  let time = 0;
  let calls = 0;
  const kept = new Map<string, unknown>();
  const kv: Kv = {
    get: async <Value>(key: string) => kept.get(key) as Value | undefined,
    set: async (key, value) => void kept.set(key, value),
    delete: async (key) => void kept.delete(key),
  };
  const output = options.output ?? (() => ({ text: `result ${calls} of hunter2` }));
  const tool: Tool = {
    name: "look",
    description: "Looks.",
    parameters: { type: "object" },
    reads: true,
    async run() {
      calls++;
      return output();
    },
    ...options.tool,
  };
  const settings = (more: Record<string, unknown> = {}) =>
    Config.parse({
      agents: [{ name: "ops", mcp_servers: ["s"] }],
      mcp_servers: [{ name: "s", url: "http://s.example", cache: options.cache ?? {}, ...more }],
    });
  let config = settings();
  /** As after a restart: nothing is in memory. */
  const begin = () => {
    const cache = createResultCache({
      servers: () => config.mcp_servers,
      kv,
      log: createLog({ level: "info", redact: () => "" }),
      now: () => time,
    });
    const gate = createGate({
      toolboxes: () => [{ name: "s", tools: () => [tool], async close() {} }],
      access: createAccess(() => config),
      redact: (text) => text.replaceAll("hunter2", "[redacted]"),
      cache,
    });
    return { gate, cache };
  };
  let { gate, cache } = begin();
  return {
    kept,
    calls: () => calls,
    pass: (ms: number) => {
      time += ms;
    },
    restart: () => {
      ({ gate, cache } = begin());
    },
    changeAccount: () => cache.forget("s"),
    change: (more: Record<string, unknown>) => {
      config = settings(more);
    },
    /** Whoever waits answers questions by this. */
    reply: undefined as Meanwhile["ask"],
    async ask(input: unknown = {}, asker: `slack:${string}` = "slack:U1") {
      const [agent] = config.agents;
      if (!agent) throw new Error("no agent");
      const at = { adapter: "slack", channel: "C1" };
      const user = { agent, asker: { id: asker, roles: [], guest: false }, at, beforeChange: async () => {} };
      const open = await gate.open(user);
      const result = await open.call({ id: "1", name: "s__look", input: JSON.stringify(input) }, never, {
        ...(this.reply ? { ask: this.reply } : {}),
      });
      // What is kept is kept behind the result's back.
      await new Promise((resolve) => setImmediate(resolve));
      return result;
    },
  };
}

describe("a tool whose results the settings let be used again", () => {
  it("is called once for the same input, for everybody, and it is said that the result is recalled", async () => {
    const here = house({ cache: { "lo*": "10m" } });
    expect(await here.ask({ a: 1, b: { c: 2, d: 3 } })).toEqual({ text: "result 1 of [redacted]" });
    expect(await here.ask({ b: { d: 3, c: 2 }, a: 1 }, "slack:U2")).toEqual({
      text: "result 1 of [redacted]",
      recalled: true,
    });
    expect(await here.ask({ a: 2 })).toEqual({ text: "result 2 of [redacted]" });
    expect(here.calls()).toBe(2);
  });

  it("is called again when the time is over, or its server is set up otherwise", async () => {
    const here = house({ cache: { look: "10m" } });
    await here.ask();
    here.pass(10 * minute - 1);
    expect((await here.ask()).recalled).toBe(true);
    here.pass(1);
    expect((await here.ask()).recalled).toBeUndefined();
    here.change({ headers: { "X-Tenant": "b" } });
    expect((await here.ask()).recalled).toBeUndefined();
  });

  it("is not called again after a restart, and nothing on disk has a secret in it", async () => {
    const here = house({ cache: { look: "10m" } });
    await here.ask();
    here.restart();
    expect((await here.ask()).recalled).toBe(true);
    expect(JSON.stringify([...here.kept.values()])).not.toContain("hunter2");
  });

  it("is called again once its server has another account, also after a restart", async () => {
    const here = house({ cache: { look: "10m" } });
    await here.ask();
    here.pass(1);
    await here.changeAccount();
    here.restart();
    expect((await here.ask()).text).toBe("result 2 of [redacted]");
    here.pass(1);
    await here.ask();
    expect((await here.ask()).recalled).toBe(true);
  });

  it("is called anew when it changes things, failed, gave files, or could not ask somebody", async () => {
    const file = { name: "a.png", type: "image/png", bytes: new Uint8Array(1) };
    for (const more of [
      { tool: { reads: false } },
      { output: () => ({ text: "no", failed: true }) },
      { output: () => ({ text: "see", files: [file] }) },
      { output: () => ({ text: "nobody was asked", unasked: true as const }) },
    ]) {
      const here = house({ cache: { "*": "10m" }, ...more });
      await here.ask();
      expect((await here.ask()).recalled).toBeUndefined();
      expect(here.calls()).toBe(2);
    }
  });

  it("is called anew when a person was asked something on the way, since their answer is no part of the input", async () => {
    let calls = 0;
    const run: Tool["run"] = async (_, signal, meanwhile) => {
      calls++;
      await meanwhile?.ask?.({ kind: "form", from: "s", message: "Which?", fields: [] }, signal);
      return { text: "yours" };
    };
    const here = house({ cache: { "*": "10m" }, tool: { run } });
    here.reply = async () => ({ kind: "given", values: {} });
    await here.ask();
    await here.ask();
    expect(calls).toBe(2);
  });

  it("that is too long for a model is told in short each time", async () => {
    const here = house({ cache: { "*": "10m" }, output: () => ({ text: `begin ${"word ".repeat(30_000)}end` }) });
    const first = await here.ask();
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    const second = await here.ask();
    expect(second.recalled).toBe(true);
    expect(second.text).toBe(first.text);
    expect(second.text).toMatch(/^begin .*characters left out.*end$/s);
  });
});

describe("a result that its server lets be used again", () => {
  const fresh = (shared: boolean) => () => ({ text: "said", fresh: { ms: minute, shared } });

  it("is used again for the same person only", async () => {
    const here = house({ output: fresh(false) });
    await here.ask();
    expect((await here.ask()).recalled).toBe(true);
    expect((await here.ask({}, "slack:U2")).recalled).toBeUndefined();
    here.restart();
    expect((await here.ask()).recalled).toBe(true);
    here.pass(minute);
    expect((await here.ask()).recalled).toBeUndefined();
  });

  it("is used again for everybody where the server says so, and no longer than an hour", async () => {
    const here = house({ output: () => ({ text: "said", fresh: { ms: 1000 * minute, shared: true } }) });
    await here.ask();
    expect((await here.ask({}, "slack:U2")).recalled).toBe(true);
    here.pass(60 * minute);
    expect((await here.ask()).recalled).toBeUndefined();
  });

  it("goes by the settings where they name the tool", async () => {
    const here = house({ cache: { look: "2m" }, output: fresh(false) });
    await here.ask();
    here.pass(minute + 1);
    expect((await here.ask({}, "slack:U2")).recalled).toBe(true);
  });
});

it("a tool that nobody lets be used again is called each time", async () => {
  const here = house();
  await here.ask();
  expect((await here.ask()).recalled).toBeUndefined();
  expect(here.kept.size).toBe(0);
});

it.each([
  ["the settings", { cache: { look: "10m" } }],
  ["its server", { output: () => ({ text: "said", fresh: { ms: minute, shared: true } }) }],
])(
  "a call whose input is too deep to be told from others is made each time, though %s would not",
  async (_, options) => {
    const here = house(options);
    const deep = JSON.parse(`${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`);
    expect((await here.ask(deep)).failed).toBeUndefined();
    expect((await here.ask(deep)).recalled).toBeUndefined();
    expect(here.calls()).toBe(2);
  },
);
