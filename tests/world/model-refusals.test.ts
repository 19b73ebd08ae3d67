import { afterAll, beforeAll, expect, test } from "vitest";
import type { DialectName } from "./model/dialect.ts";
import { createModel, type ModelWorld } from "./model/model.ts";
import { pngUrl } from "./model/png.ts";

const worlds = new Map<DialectName, ModelWorld>();
beforeAll(async () => {
  for (const dialect of ["openai", "anthropic", "deepseek", "ollama", "azure", "vllm", "dashscope"] as const) {
    worlds.set(dialect, await createModel({ dialect }));
  }
});
afterAll(async () => {
  await Promise.all([...worlds.values()].map((world) => world.stop()));
});

function worldOf(dialect: DialectName): ModelWorld {
  const world = worlds.get(dialect);
  if (world === undefined) throw new Error(`no ${dialect}`);
  return world;
}

interface Told {
  status: number;
  message: string;
}

async function post(dialect: DialectName, body: object, headers: Record<string, string> = {}): Promise<Told> {
  const world = worldOf(dialect);
  const response = await fetch(`${world.baseUrl}/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${world.key}`, "content-type": "application/json", ...headers },
    body: JSON.stringify({ model: world.model, ...body }),
  });
  const told: unknown = await response.json();
  const message = JSON.stringify(told);
  return { status: response.status, message };
}

const user = { role: "user", content: "hello" };
const messages = [user];
const call = { id: "call_1", type: "function", function: { name: "now", arguments: "{}" } };
const asked = { role: "assistant", content: null, tool_calls: [call] };
const result = { role: "tool", tool_call_id: "call_1", content: "09:00" };
const tool = (more: object = {}) => ({
  type: "function",
  function: { name: "now", description: "The time.", parameters: { type: "object", properties: {} }, ...more },
});
const shaped = (parameters: object, more: object = {}) => ({ messages, tools: [tool({ parameters, ...more })] });

test.each<[string, object]>([
  ["a message and nothing else", { messages }],
  ["a call with its result", { messages: [user, asked, result] }],
  ["an empty tool result", { messages: [user, asked, { ...result, content: "" }] }],
  [
    "two calls with results in another order",
    {
      messages: [
        user,
        { ...asked, tool_calls: [call, { ...call, id: "call_2" }] },
        { ...result, tool_call_id: "call_2" },
        result,
      ],
    },
  ],
  ["a tool without parameters", { messages, tools: [{ type: "function", function: { name: "now" } }] }],
  [
    "an image in the message",
    {
      messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: pngUrl() } }] }],
    },
  ],
  [
    "an image larger than the context, which is not counted as text",
    {
      messages: [
        {
          role: "user",
          content: [{ type: "image_url", image_url: { url: pngUrl(1, 1, 600_000) } }],
        },
      ],
    },
  ],
  ["128 tools", { messages, tools: Array.from({ length: 128 }, (_, index) => tool({ name: `t${index}` })) }],
  [
    "a closed strict tool",
    shaped({ type: "object", properties: {}, required: [], additionalProperties: false }, { strict: true }),
  ],
])("takes %s", async (_name, body) => {
  const { status, message } = await post("openai", body);
  expect(message).not.toContain('"error"');
  expect(status).toBe(200);
});

test.each<[string, object, RegExp]>([
  ["no messages", {}, /Missing required parameter: 'messages'/],
  ["an empty list of messages", { messages: [] }, /empty array/],
  ["a message that is no object", { messages: ["hello"] }, /Invalid type for 'messages\[0\]'/],
  ["an unknown role", { messages: [{ role: "bot", content: "hi" }] }, /Invalid value: 'bot'/],
  ["no role", { messages: [{ content: "hi" }] }, /'messages\[0\].role'/],
  ["an empty message", { messages: [{ role: "user", content: "" }] }, /non-empty/],
  ["an empty text part", { messages: [{ role: "user", content: [{ type: "text", text: " " }] }] }, /non-empty/],
  ["an answer of nothing", { messages: [user, { role: "assistant", content: "" }, user] }, /non-empty/],
  [
    "content of null without calls",
    { messages: [{ role: "assistant", content: null }] },
    /expected a string, got null/,
  ],
  ["content that is a number", { messages: [{ role: "user", content: 7 }] }, /one of a string or array of objects/],
  ["an unknown part", { messages: [{ role: "user", content: [{ type: "image" }] }] }, /Invalid value: 'image'/],
  [
    "an image from a tool",
    {
      messages: [user, asked, { ...result, content: [{ type: "image_url", image_url: { url: "https://x.y/z.png" } }] }],
    },
    /Invalid value: 'image_url'/,
  ],
  [
    "an image that is no image",
    {
      messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "data:text/plain;base64,AA" } }] }],
    },
    /image_url/,
  ],
  ["a message field it does not know", { messages: [{ ...user, ts: "1" }] }, /Unknown parameter: 'messages\[0\].ts'/],
  ["thoughts sent back", { messages: [user, { ...asked, reasoning_content: "hm" }, result] }, /reasoning_content/],
  ["a name with spaces", { messages: [{ ...user, name: "Ana B" }] }, /messages\[0\].name/],
  ["a tool result without a call", { messages: [user, result] }, /must be a response to a preceeding message/],
  ["a tool result after another message", { messages: [user, asked, user, result] }, /call_1/],
  ["a tool result given twice", { messages: [user, asked, result, result] }, /Duplicate value for 'tool_call_id'/],
  ["a tool result without an id", { messages: [user, asked, { role: "tool", content: "x" }] }, /tool_call_id/],
  ["a call without a result", { messages: [user, asked] }, /did not have response messages: call_1/],
  ["a call without a result before the next answer", { messages: [user, asked, user] }, /did not have response/],
  ["an empty list of calls", { messages: [user, { ...asked, tool_calls: [] }] }, /tool_calls': empty array/],
  ["two calls with one id", { messages: [user, { ...asked, tool_calls: [call, call] }, result] }, /Duplicate/],
  ["a call without a type", { messages: [user, { ...asked, tool_calls: [{ ...call, type: undefined }] }] }, /type/],
  [
    "a call with arguments that are no text",
    {
      messages: [user, { ...asked, tool_calls: [{ ...call, function: { name: "now", arguments: {} } }] }, result],
    },
    /arguments': expected a string/,
  ],
  [
    "a call of a tool with a bad name",
    {
      messages: [user, { ...asked, tool_calls: [{ ...call, function: { name: "a.b", arguments: "{}" } }] }, result],
    },
    /does not match pattern/,
  ],
  [
    "a call id that is too long",
    {
      messages: [user, { ...asked, tool_calls: [{ ...call, id: "c".repeat(41) }] }, result],
    },
    /maximum length 40/,
  ],
  ["an empty list of tools", { messages, tools: [] }, /'tools': empty array/],
  ["129 tools", { messages, tools: Array.from({ length: 129 }, (_, index) => tool({ name: `t${index}` })) }, /128/],
  ["two tools of one name", { messages, tools: [tool(), tool()] }, /must be unique/],
  ["a tool name with a dot", { messages, tools: [tool({ name: "clock.now" })] }, /does not match pattern/],
  ["a tool name of 65 characters", { messages, tools: [tool({ name: "n".repeat(65) })] }, /maximum length 64/],
  ["a tool without a name", { messages, tools: [tool({ name: undefined })] }, /function.name/],
  ["a tool that is no function", { messages, tools: [{ type: "web_search" }] }, /Supported values are: 'function'/],
  ["a description of 1,025 characters", { messages, tools: [tool({ description: "d".repeat(1025) })] }, /1024/],
  ["parameters that are no object schema", shaped({ type: "string" }), /type: \\"object\\"/],
  ["parameters without a type", shaped({}), /type: \\"object\\"/],
  ["parameters without properties", shaped({ type: "object" }), /object schema missing properties/],
  ["parameters that are alternatives", shaped({ type: "object", anyOf: [] }), /top level/],
  ["an array without items", shaped({ type: "object", properties: { a: { type: "array" } } }), /missing items/],
  ["a strict tool that is open", shaped({ type: "object", properties: {} }, { strict: true }), /additionalProperties/],
  [
    "a strict tool with an optional argument",
    shaped(
      { type: "object", properties: { a: { type: "string" } }, required: [], additionalProperties: false },
      { strict: true },
    ),
    /Missing 'a'/,
  ],
  ["a choice without tools", { messages, tool_choice: "auto" }, /only allowed when 'tools'/],
  ["parallel calls without tools", { messages, parallel_tool_calls: true }, /only allowed when 'tools'/],
  [
    "a choice of no tool it has",
    {
      messages,
      tools: [tool()],
      tool_choice: { type: "function", function: { name: "then" } },
    },
    /tool_choice/,
  ],
  [
    "stream options without a stream",
    { messages, stream_options: { include_usage: true } },
    /only allowed when 'stream'/,
  ],
  ["a stream that is no boolean", { messages, stream: "yes" }, /'stream': expected a boolean/],
  ["an unknown stream option", { messages, stream: true, stream_options: { usage: true } }, /stream_options.usage/],
  ["an unknown field", { messages, max_steps: 3 }, /Unknown parameter: 'max_steps'/],
  ["a temperature of 3", { messages, temperature: 3 }, /<= 2/],
  ["no tokens at all", { messages, max_tokens: 0 }, />= 1/],
  ["half a token", { messages, max_tokens: 1.5 }, /an integer/],
  ["both limits of tokens", { messages, max_tokens: 5, max_completion_tokens: 5 }, /same time/],
  ["max_tokens for a reasoning model", { messages, model: "gpt-5", max_tokens: 5 }, /max_completion_tokens/],
  ["a temperature for a reasoning model", { messages, model: "gpt-5", temperature: 0.2 }, /Only the default/],
  ["JSON asked for without the word", { messages, response_format: { type: "json_object" } }, /word 'json'/],
  [
    "a schema without a name",
    { messages, response_format: { type: "json_schema", json_schema: { schema: {} } } },
    /name/,
  ],
  ["an unknown format", { messages, response_format: { type: "xml" } }, /Invalid value: 'xml'/],
  ["five stops", { messages, stop: ["a", "b", "c", "d", "e"] }, /maximum length 4/],
  ["metadata that is not stored", { messages, metadata: { run: "1" } }, /only allowed when 'store'/],
])("refuses %s, and notes it", async (_name, body, complaint) => {
  const world = worldOf("openai");
  const before = world.violations.length;
  const { status, message } = await post("openai", body);
  expect(message).toMatch(complaint);
  expect(status).toBe(400);
  expect(world.violations.length).toBe(before + 1);
  expect(world.refusals.at(-1)).toMatchObject({ status: 400 });
});

test("refuses a model it does not have with 404", async () => {
  expect(await post("openai", { messages, model: "gpt-99" })).toMatchObject({
    status: 404,
    message: expect.stringContaining("does not exist"),
  });
});

test("refuses a request without a key with 401", async () => {
  expect(await post("openai", { messages }, { authorization: "" })).toMatchObject({ status: 401 });
});

test("refuses a body of another content type", async () => {
  expect((await post("openai", { messages }, { "content-type": "text/plain" })).message).toContain("content type");
});

test("refuses what is no JSON, addresses it does not have and other methods", async () => {
  const { baseUrl, key } = worldOf("openai");
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const broken = await fetch(`${baseUrl}/chat/completions`, { method: "POST", headers, body: "{" });
  const elsewhere = await fetch(`${baseUrl}/responses`, { method: "POST", headers, body: "{}" });
  const read = await fetch(`${baseUrl}/chat/completions`, { headers });
  expect([broken.status, elsewhere.status, read.status]).toEqual([400, 404, 405]);
});

const replayed = (args: string) => ({
  messages: [user, { ...asked, tool_calls: [{ ...call, function: { name: "now", arguments: args } }] }, result],
});

test.each<[DialectName, string, object, RegExp]>([
  ["anthropic", "arguments sent back that are no JSON", replayed("{"), /invalid tool call arguments/],
  ["ollama", "arguments sent back that are no JSON", replayed("{"), /invalid tool call arguments/],
  ["vllm", "arguments sent back that are no object", replayed("[]"), /invalid tool call arguments/],
  ["anthropic", "a temperature over one", { messages, temperature: 1.5 }, /<= 1/],
  ["anthropic", "two answers at once", { messages, n: 2 }, /<= 1/],
  ["anthropic", "parameters that are alternatives", shaped({ type: "object", oneOf: [] }), /top level/],
  [
    "deepseek",
    "a developer message",
    { messages: [{ role: "developer", content: "x" }] },
    /Invalid value: 'developer'/,
  ],
  ["deepseek", "a JSON schema", { messages, response_format: { type: "json_schema" } }, /unavailable now/],
  [
    "deepseek",
    "an image",
    {
      messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: pngUrl() } }] }],
    },
    /Invalid value: 'image_url'/,
  ],
  [
    "deepseek",
    "a tool loop without its thoughts",
    { model: "deepseek-reasoner", messages: [user, asked, result] },
    /reasoning_content/,
  ],
  [
    "dashscope",
    "a developer message",
    { messages: [{ role: "developer", content: "x" }] },
    /Invalid value: 'developer'/,
  ],
  [
    "ollama",
    "an image that is elsewhere",
    {
      messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "https://x.y/z.png" } }] }],
    },
    /image/,
  ],
])("%s refuses %s", async (dialect, _name, body, complaint) => {
  const { status, message } = await post(dialect, body);
  expect(message).toMatch(complaint);
  expect(status).toBe(400);
});

test.each<[DialectName, string, object]>([
  ["openai", "arguments sent back that are no JSON", replayed("{")],
  [
    "deepseek",
    "thoughts within a tool loop",
    {
      model: "deepseek-reasoner",
      messages: [user, { ...asked, reasoning_content: "hm" }, result],
    },
  ],
  ["anthropic", "a strict tool that is open", shaped({ type: "object", properties: {} }, { strict: true })],
  ["vllm", "sampling of its own", { messages, top_k: 5 }],
  ["dashscope", "a switch for thinking", { messages, enable_thinking: false }],
])("%s takes %s", async (dialect, _name, body) => {
  const { status, message } = await post(dialect, body);
  expect(message).not.toContain('"error"');
  expect(status).toBe(200);
});

test("ollama looks at no key", async () => {
  expect(await post("ollama", { messages }, { authorization: "Bearer whatever" })).toMatchObject({ status: 200 });
});
