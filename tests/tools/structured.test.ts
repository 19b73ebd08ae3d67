import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { complaintOf } from "../../src/agent/complaint.ts";
import { McpServer } from "../../src/config/schema/mcp-server.ts";
import { connectMcpServer } from "../../src/tools/mcp/mcp.ts";
import { withDataChecked } from "../../src/tools/mcp/structured.ts";
import { createLog } from "../../src/watch/log.ts";

const program = fileURLToPath(new URL("../world/mcp/answering-server.mjs", import.meta.url));
const never = new AbortController().signal;
const box = connectMcpServer(
  McpServer.parse({ name: "s", command: process.execPath, args: [program], preset: { shaped: { how: "good" } } }),
  { log: createLog({ level: "silent", redact: (text) => text }), env: process.env },
);
const checked: unknown[] = [];
const plain = connectMcpServer(McpServer.parse({ name: "s", command: process.execPath, args: [program] }), {
  log: createLog({ level: "silent", redact: (text) => text }),
  env: process.env,
  check(schema, data) {
    checked.push(data);
    return complaintOf(schema, data);
  },
});
afterAll(() => Promise.all([box.close(), plain.close()]));

async function run(from: typeof box, name: string, input: Record<string, unknown>) {
  await from.tried;
  const tool = from.tools().find((one) => one.name === name);
  if (!tool) throw new Error(`no ${name}`);
  return tool.run(input, never);
}

describe("a tool that says what its results look like", () => {
  it("has them told as they are when they fit", async () => {
    expect(await run(plain, "shaped", { how: "good" })).toEqual({ text: "It is fine." });
    expect(checked).toHaveLength(1);
  });

  it("has failed when they don't, and the model is told why and what came all the same", async () => {
    expect(await run(plain, "shaped", { how: "wrong" })).toEqual({
      text: "shaped was called, but its result is not what it says it gives: degrees must be number; sky must be equal to one of the allowed values (clear, cloudy). Don't rely on it. What came:\nIt is fine.",
      failed: true,
    });
    expect(await run(plain, "shaped", { how: "none" })).toMatchObject({
      failed: true,
      text: expect.stringMatching(/it has no structured content at all.*What came:\nIt is fine\.$/s),
    });
  });

  it.each([1000, 20_000])("has them told unchecked where they are %i levels deep", async (levels) => {
    const data = JSON.parse(`${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`);
    const nobody = () => Promise.reject(new Error("nobody can read that"));
    const output = await withDataChecked({ text: "It is fine.", data }, "deep", { type: "object" }, nobody);
    expect(output).toEqual({ text: "It is fine." });
  });

  it("owes nothing when it failed anyway", async () => {
    expect(await run(plain, "shaped", { how: "failing" })).toEqual({ text: "It is fine.", failed: true });
  });
});

it("a result that its server lets be used again says how long and for whom", async () => {
  expect((await run(plain, "count_for_one", {})).fresh).toEqual({ ms: 60_000, shared: false });
  expect((await run(plain, "count_for_one", { how: "public" })).fresh).toEqual({ ms: 60_000, shared: true });
  expect((await run(plain, "count", {})).fresh).toBeUndefined();
});

it("presets of a server's settings are put in at the call and not shown", async () => {
  expect(await run(box, "shaped", { how: "wrong" })).toEqual({ text: "It is fine." });
  const shown = box.tools().find((one) => one.name === "shaped")?.parameters;
  expect(JSON.stringify(shown)).not.toContain("how");
});
