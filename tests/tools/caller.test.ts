import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import {
  type JSONRPCMessage,
  JSONRPCMessageSchema,
  type JSONRPCRequest,
  McpError,
  type RequestId,
  UrlElicitationRequiredError,
} from "@modelcontextprotocol/sdk/types.js";
import { expect, it } from "vitest";
import { callerOver } from "../../src/tools/mcp/caller.ts";

const said = (text: string) => ({ content: [{ type: "text", text }] });
const ignore = () => {};

/** A session of the real client with a server whose words are put into its mouth. */
async function session() {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  const heard: JSONRPCMessage[] = [];
  const asked = new Map<string, (request: JSONRPCRequest) => void>();
  const say = (message: object) => theirs.send(JSONRPCMessageSchema.parse({ jsonrpc: "2.0", ...message }));
  theirs.onmessage = (message) => {
    heard.push(message);
    if (!("method" in message && "id" in message)) return;
    if (message.method === "initialize") {
      const serverInfo = { name: "mouth", version: "1" };
      void say({ id: message.id, result: { protocolVersion: "2025-06-18", capabilities: { tools: {} }, serverInfo } });
    } else asked.get(message.method)?.(message);
  };
  await theirs.start();
  const client = new Client({ name: "ear", version: "1" });
  const odd: string[] = [];
  client.onerror = ({ message }) => odd.push(message);
  await client.connect(ours);
  const answered: RequestId[] = [];
  const caller = callerOver(ours, (id) => answered.push(id));
  heard.length = 0;
  return { client, caller, theirs, heard, asked, say, odd, answered };
}

it("what is called and what the client asks go side by side, each with its own answer", async () => {
  const { client, caller, asked, say, heard } = await session();
  asked.set("ping", ({ id }) => say({ id, result: {} }));
  const one = caller.call("look", { query: "one" }, ignore);
  const other = caller.call("look", { query: "other" }, ignore);
  await client.ping();
  await say({ id: other.id, result: said("the other") });
  await say({ id: one.id, result: said("the one") });
  expect(await one.answer).toEqual(said("the one"));
  expect(await other.answer).toEqual(said("the other"));
  expect(new Set(heard.map((message) => "id" in message && message.id)).size).toBe(3);
  expect(heard[0]).toEqual({
    jsonrpc: "2.0",
    id: one.id,
    method: "tools/call",
    params: { name: "look", arguments: { query: "one" }, _meta: { progressToken: one.id } },
  });
});

it("a server may give the number of a call back as a text", async () => {
  const { caller, say } = await session();
  const { id, answer } = caller.call("look", {}, ignore);
  await say({ id: String(id), result: said("found") });
  expect(await answer).toEqual(said("found"));
});

it("how far a call is, is told to that call alone, and only what can be read", async () => {
  const { caller, say, odd } = await session();
  const told: unknown[] = [];
  const { id } = caller.call("look", {}, (progress) => told.push(progress));
  caller.call("look", {}, () => told.push("to the other"));
  const method = "notifications/progress";
  await say({ method, params: { progressToken: id, progress: 1, total: 4, message: "a quarter" } });
  await say({ method, params: { progressToken: id, progress: "half" } });
  await say({ method, params: { progressToken: 7, progress: 3 } });
  expect(told).toEqual([{ progressToken: id, progress: 1, total: 4, message: "a quarter" }]);
  await expect.poll(() => odd).toHaveLength(2);
});

it("of a call that is given up the server hears once, and its late answer is only noticed", async () => {
  const { caller, say, heard, odd, answered } = await session();
  const { id, answer, cancel } = caller.call("look", {}, ignore);
  cancel("nobody waits");
  cancel("nobody waits");
  await expect(answer).rejects.toThrow("nobody waits");
  expect(heard.slice(1)).toEqual([
    { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: id, reason: "nobody waits" } },
  ]);
  await say({ id, result: said("late") });
  expect(answered).toEqual([id]);
  expect(odd).toEqual([expect.stringContaining("unknown message ID")]);
});

it("a call that was answered can't be given up any more", async () => {
  const { caller, say, heard } = await session();
  const { id, answer, cancel } = caller.call("look", {}, ignore);
  await say({ id, result: said("found") });
  cancel("nobody waits");
  expect(await answer).toEqual(said("found"));
  expect(heard).toHaveLength(1);
});

it("all calls fail when the connection ends, once the client has heard of it", async () => {
  const { client, caller, theirs } = await session();
  const order: string[] = [];
  client.onclose = () => order.push("client");
  const calls = ["one", "other"].map((query) => caller.call("look", { query }, ignore).answer);
  const told = calls.map((answer) => answer.catch((error) => order.push(error.message)));
  await theirs.close();
  await Promise.all(told);
  expect(order).toEqual(["client", "MCP error -32000: Connection closed", "MCP error -32000: Connection closed"]);
  await expect(caller.call("look", {}, ignore).answer).rejects.toThrow("Not connected");
});

it("refusals keep their code, and those that name pages to open are known as such", async () => {
  const { caller, say } = await session();
  const refused = caller.call("look", {}, ignore);
  const paged = caller.call("look", {}, ignore);
  await say({ id: refused.id, error: { code: -32602, message: "no such tool", data: 3 } });
  await say({ id: paged.id, error: { code: -32042, message: "open it", data: { elicitations: [{ url: "x" }] } } });
  await expect(refused.answer).rejects.toMatchObject({ code: -32602, data: 3 });
  await expect(refused.answer).rejects.toBeInstanceOf(McpError);
  await expect(paged.answer).rejects.toBeInstanceOf(UrlElicitationRequiredError);
});

it("what is no result of a tool fails the call", async () => {
  const { caller, say } = await session();
  const { id, answer } = caller.call("look", {}, ignore);
  await say({ id, result: { content: "words" } });
  await expect(answer).rejects.toHaveProperty("issues");
});
