import { setTimeout as wait } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { describe, expect, it } from "vitest";
import { listTools } from "../../src/tools/mcp/listing.ts";

type Page = { tools: unknown[]; nextCursor?: string };

/** A client of a server that lists its tools so, page by page. */
async function clientOf(page: (nth: number) => Page | Promise<Page>): Promise<Client> {
  const [near, far] = InMemoryTransport.createLinkedPair();
  const server = new Server({ name: "lists", version: "1" }, { capabilities: { tools: {} } });
  let pages = 0;
  server.setRequestHandler(ListToolsRequestSchema, () => page(pages++));
  const client = new Client({ name: "bellhop", version: "1" });
  await Promise.all([server.connect(far), client.connect(near)]);
  return client;
}

const tool = (name: unknown, more = {}) => ({ name, inputSchema: { type: "object", ...more } });

function nested(levels: number): object {
  let value: object = {};
  for (let at = 0; at < levels; at++) value = { properties: { a: value } };
  return value;
}

describe("a list of tools", () => {
  it("is read page by page", async () => {
    const client = await clientOf((nth) => ({
      tools: [tool(`tool_${nth}`)],
      ...(nth < 2 ? { nextCursor: String(nth) } : {}),
    }));
    const { tools } = await listTools(client, 1000);
    expect(tools.map(({ name }) => name)).toEqual(["tool_0", "tool_1", "tool_2"]);
  });

  it("that turns in a circle is read once", async () => {
    const client = await clientOf(() => ({ tools: [tool("again")], nextCursor: "here" }));
    expect((await listTools(client, 1000)).tools).toHaveLength(2);
  });

  it("of a million things that are no tools is soon given up, and few of them are named", async () => {
    const client = await clientOf(() => ({ tools: [tool("first"), ...Array(1_000_000).fill(0), tool("last")] }));
    const since = performance.now();
    const { tools, odd } = await listTools(client, 10_000);
    expect(tools.map(({ name }) => name)).toEqual(["first"]);
    expect(odd).toEqual(Array(20).fill("(no name)"));
    expect(performance.now() - since).toBeLessThan(3000);
  });

  it("with names that are none, or without end, has them left out", async () => {
    const strange = { toString: 1, valueOf: 1 };
    const client = await clientOf(() => ({
      tools: [strange, "x".repeat(300_000), "y".repeat(201), "", "x".repeat(200)]
        .map((name) => tool(name))
        .concat(tool("deep", nested(1000)), tool("fine", nested(20))),
    }));
    const { tools, odd } = await listTools(client, 1000);
    expect(tools.map(({ name }) => name)).toEqual(["x".repeat(200), "fine"]);
    expect(odd).toEqual(["(no name)", "x".repeat(200), "y".repeat(200), "", "deep"]);
  });

  it("that comes slowly and has no end is taken as far as it came", async () => {
    const client = await clientOf(async (nth) => {
      await wait(30);
      return { tools: [tool(`tool_${nth}`)], nextCursor: String(nth) };
    });
    const since = performance.now();
    const { tools } = await listTools(client, 200);
    expect(tools.length).toBeGreaterThan(3);
    expect(performance.now() - since).toBeLessThan(3000);
  });
});
