import { createRequire } from "node:module";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createAccess } from "../../src/access/access.ts";
import { Config } from "../../src/config/schema.ts";
import { createGate } from "../../src/tools/gate.ts";
import { keepLists } from "../../src/tools/mcp/pages.ts";
import { fits } from "../../src/tools/mcp/resources.ts";
import type { ServerToolbox } from "../../src/tools/resource-tools.ts";
import { libraryProgram, visitLibraries } from "./library.ts";

const { resolve } = createRequire(import.meta.url);
const never = new AbortController().signal;
const { connect, leave } = visitLibraries();
afterEach(leave);

const library = (habit = "good", more: Record<string, unknown> = {}) =>
  connect({ command: process.execPath, args: [libraryProgram, habit], ...more }, { hasLists: habit !== "bare" });
const uris = ({ resources }: ServerToolbox) => resources?.list().map(({ uri }) => uri);

/** The gate before these servers, for an agent that has them. */
function gateTo(boxes: ServerToolbox[], agent: Record<string, unknown> = {}) {
  const config = Config.parse({ agents: [{ name: "ops", mcp_servers: boxes.map(({ name }) => name), ...agent }] });
  const [ops] = config.agents;
  if (!ops) throw new Error("no agent");
  const gate = createGate({
    toolboxes: () => boxes,
    access: createAccess(() => config),
    redact: (text) => text.replaceAll("hunter2", "[redacted]"),
  });
  return gate.open({
    agent: ops,
    asker: { id: "slack:U1", roles: [], guest: false },
    at: { adapter: "slack", channel: "C1" },
    async beforeChange() {},
  });
}

const call = (name: string, input: unknown) => ({ id: "1", name, input: JSON.stringify(input) });

describe("what a server has to read", () => {
  it("is listed, page by page, the templates last", async () => {
    const { box } = await library();
    expect(uris(box)).toEqual([
      "lib://book/one",
      "lib://book/two",
      "lib://book/three",
      "lib://cover/front.png",
      "lib://page/{book}/{number}",
    ]);
  });

  it("is listed without what is not as MCP has it", async () => {
    const { box } = await library("odd");
    expect(uris(box)).toHaveLength(5);
  });

  it("is listed anew when the server says that it changed, however often", async () => {
    const { box, run, until } = await library();
    await run("add");
    await until(() => uris(box)?.includes("lib://book/four"));
    await run("burn");
    await until(() => uris(box)?.length === 1);
  });

  it("is no more than 2,000 of a kind, where a list has no end", async () => {
    const { box } = await library("endless");
    expect(uris(box)?.length).toBe(4000);
    expect(box.state().state).toBe("connected");
  });

  it("may fail to be listed, and the server's tools are there all the same", async () => {
    const { box, log } = await library("broken");
    expect(uris(box)).toEqual([]);
    expect(box.tools()).toHaveLength(3);
    expect(log.join()).toContain("the shelves are locked");
  });

  it("is nothing where a server has none", async () => {
    const { box } = await library("bare");
    expect(uris(box)).toEqual([]);
    expect((await gateTo([box])).specs.map(({ name }) => name)).not.toContain("read_resource");
  });

  it("is waited for two seconds and no longer: a list that never comes holds nobody up", async () => {
    vi.useFakeTimers();
    try {
      const failed: unknown[] = [];
      const lists = keepLists({
        has: () => true,
        canChange: () => true,
        read: () => new Promise(() => {}),
        none() {},
        onChange() {},
        failed: (error) => failed.push(error),
      });
      const client = Object.create(null);
      let isGreeted = false;
      const greeting = lists.greet(client).then(() => {
        isGreeted = true;
      });
      await vi.advanceTimersByTimeAsync(1990);
      expect(isGreeted).toBe(false);
      await vi.advanceTimersByTimeAsync(20);
      await greeting;
      expect(failed).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("is read, and refused with the server's words", async () => {
    const { box } = await library();
    expect(await box.resources?.read("lib://book/two", never)).toMatchObject({
      text: expect.stringContaining("The whole of two, unsigned."),
    });
    expect(await box.resources?.read("lib://page/two/7", never)).toMatchObject({
      text: expect.stringContaining("Page 7 of two"),
    });
    await expect(box.resources?.read("lib://nowhere/x/y/z", never)).rejects.toMatchObject({
      name: "ServerTrouble",
      kind: "refused",
      said: "nothing at lib://nowhere/x/y/z",
    });
  });

  it("of the server that has everything is understood", async () => {
    const program = resolve("@modelcontextprotocol/server-everything/dist/index.js");
    const { box } = await connect({ command: process.execPath, args: [program, "stdio"] });
    expect(uris(box)).toContain("demo://resource/static/document/features.md");
    expect(uris(box)).toContain("demo://resource/dynamic/text/{resourceId}");
    const gate = await gateTo([box]);
    const read = await gate.call(call("read_resource", { uri: "demo://resource/dynamic/text/3" }), never);
    expect(read.text).toContain("Resource 3: This is a plaintext resource");
  });
});

describe("agents", () => {
  it("list what their servers have, all or by words, and read it", async () => {
    const [{ box: library1 }, { box: library2 }] = await Promise.all([
      library("good", { name: "city", env: { BOOK: "hunter2" } }),
      library("good", { name: "school", deny: ["read_resource"] }),
    ]);
    const gate = await gateTo([library1, library2]);
    const names = gate.specs.map(({ name }) => name);
    expect(names.filter((name) => name.includes("resource"))).toEqual(["read_resource", "list_resources"]);
    const listed = await gate.call(call("list_resources", { query: "BOOK thr" }), never);
    expect(listed.text).toBe("city: lib://book/three (text/plain) three — Book three.");
    // A secret of ours does not come back by a server.
    const read = await gate.call(call("read_resource", { uri: "lib://book/three" }), never);
    expect(read.text).toContain("The whole of three, [redacted].");
  });

  it("say which server is meant where two have the same", async () => {
    const shelves = [shelf("a", ["x://1"]), shelf("b", ["x://1", "x://2"]), shelf("c", [], ["x://{id}"])];
    const gate = await gateTo(shelves);
    const read = (input: unknown) => gate.call(call("read_resource", input), never);
    expect(await read({ uri: "x://1" })).toEqual({
      text: 'a, b all have x://1. Say which is meant, as "server".',
      failed: true,
    });
    expect((await read({ uri: "x://1", server: "b" })).text).toBe("b has x://1");
    expect((await read({ uri: "x://2" })).text).toBe("b has x://2");
    expect((await read({ uri: "x://3" })).text).toBe("c has x://3");
    expect(await read({ uri: "y://3" })).toMatchObject({ failed: true, text: expect.stringContaining("a, b, c") });
    expect((await read({ uri: "y://3", server: "a" })).text).toBe("a has y://3");
    expect(await read({ uri: "x://1", server: "d" })).toMatchObject({ failed: true });
    expect(await read({})).toMatchObject({ failed: true });
  });

  it("read nothing where their filters or rules say so, server by server", async () => {
    const shelves = [shelf("a", ["x://1"]), shelf("b", ["x://2"])];
    const filtered = await gateTo(shelves, { mcp_servers: ["a", { name: "b", deny: ["*_resource*"] }] });
    expect((await filtered.call(call("list_resources", {}), never)).text).toBe("a: x://1");
    expect(await filtered.call(call("read_resource", { uri: "x://2", server: "b" }), never)).toMatchObject({
      failed: true,
    });
    for (const tools of [["look"], ["list_*"]]) {
      const chosen = await gateTo(shelves, { mcp_servers: [{ name: "a", tools }] });
      expect(chosen.specs).toEqual([]);
    }
    const ruled = await gateTo(shelves, { approve: { "b.*": "deny" } });
    expect((await ruled.call(call("list_resources", {}), never)).text).toBe("a: x://1");
    expect(await ruled.call(call("read_resource", { uri: "x://2" }), never)).toMatchObject({
      failed: true,
      text: expect.stringContaining("not allowed"),
    });
    expect((await ruled.call(call("read_resource", { uri: "x://1" }), never)).text).toBe("a has x://1");
    expect(ruled.refused).toEqual(["read_resource"]);
  });

  it("are told when the server is away, and when it is tried again", async () => {
    const { box, run } = await library();
    const gate = await gateTo([box]);
    await run("leave");
    const { text, failed } = await gate.call(call("read_resource", { uri: "lib://book/one" }), never);
    expect(failed).toBe(true);
    expect(text).toMatch(/"library" is not connected .* tried again in 1 s/);
  });

  it("are shown a hundred at most, and how to find the rest", async () => {
    const many = Array.from({ length: 300 }, (_, n) => `x://${n}`);
    const gate = await gateTo([shelf("a", many)]);
    expect(gate.specs.map(({ description }) => description).join()).toContain("a (300)");
    const { text } = await gate.call(call("list_resources", {}), never);
    expect(text.split("\n")).toHaveLength(101);
    expect(text).toContain("200 more");
    expect((await gate.call(call("list_resources", { query: "299" }), never)).text).toBe("a: x://299");
  });
});

describe("a template", () => {
  it("is fit by what fills its gaps", () => {
    expect(fits("x://{a}/b/{c}", "x://1/b/2")).toBe(true);
    expect(fits("x://{a}/b/{c}", "x://1/c/2")).toBe(false);
    expect(fits("x://a{?q}", "x://a?q=1")).toBe(true);
    expect(fits("x://{a}.md", "x://a.txt")).toBe(false);
    expect(fits("x://aba{b}aba", "x://aba")).toBe(false);
    expect(fits("x://plain", "x://plain")).toBe(true);
    expect(fits("x://plain", "x://plain2")).toBe(false);
  });

  it("is looked at in no time, whatever a server writes", () => {
    const template = `x://${"{a}a".repeat(500)}b`;
    const began = performance.now();
    expect(fits(template, `x://${"a".repeat(2000)}c`)).toBe(false);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});

function shelf(name: string, plain: string[], templates: string[] = []): ServerToolbox {
  const listed = [
    ...plain.map((uri) => ({ uri, name: "", description: "" })),
    ...templates.map((uri) => ({ uri, name: "", description: "", template: true as const })),
  ];
  return {
    name,
    tools: () => [],
    resources: {
      async greet() {},
      missed() {},
      underway: () => undefined,
      list: () => listed,
      read: async (uri) => ({ text: `${name} has ${uri}` }),
    },
    async close() {},
  };
}
