import OpenAI, { AzureOpenAI } from "openai";
import { afterEach, expect, test } from "vitest";
import { createModel, type ModelOptions, type ModelWorld } from "./model/model.ts";
import type { Quirks } from "./model/quirks.ts";
import type { Part } from "./model/reply.ts";

const worlds: ModelWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.stop()));
});

async function start(options?: ModelOptions): Promise<ModelWorld> {
  const world = await createModel(options);
  worlds.push(world);
  return world;
}

type Chunk = OpenAI.ChatCompletionChunk;
const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "hello" }];
const text = "Grüße, 台北的天氣 😀 很好";
const calls: Part[] = [
  "Looking.",
  { call: "clock__now", arguments: { zone: "Asia/Taipei", lang: "zh" } },
  { call: "weather__now", arguments: { city: "Taipei" } },
];

async function chunksOf(world: ModelWorld, say: string | Part[], quirks: Quirks = {}): Promise<Chunk[]> {
  const client = new OpenAI({ apiKey: world.key, baseURL: world.baseUrl, maxRetries: 0, logLevel: "off" });
  world.queue({ say, quirks });
  const chunks: Chunk[] = [];
  const stream = await client.chat.completions.create({ model: world.model, messages, stream: true });
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

/** The stream as it goes over the wire. */
async function wireOf(world: ModelWorld, say: string | Part[], quirks: Quirks = {}): Promise<string> {
  world.queue({ say, quirks });
  const response = await fetch(`${world.baseUrl}/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${world.key}`, "content-type": "application/json" },
    body: JSON.stringify({ model: world.model, messages, stream: true }),
  });
  return response.text();
}

function textOf(chunks: Chunk[]): string {
  return chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");
}

function callDeltas(chunks: Chunk[]) {
  return chunks.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? []);
}

test("OpenAI's own form: the first piece names a call, the rest bring its arguments by index", async () => {
  const chunks = await chunksOf(await start(), calls);
  const deltas = callDeltas(chunks);
  const named = deltas.filter((delta) => delta.id !== undefined);
  expect(named.map((delta) => [delta.index, delta.type, delta.function?.name])).toEqual([
    [0, "function", "clock__now"],
    [1, "function", "weather__now"],
  ]);
  const collected = [0, 1].map((index) =>
    deltas
      .filter((delta) => delta.index === index)
      .map((delta) => delta.function?.arguments ?? "")
      .join(""),
  );
  expect(collected.map((json) => JSON.parse(json))).toEqual([{ zone: "Asia/Taipei", lang: "zh" }, { city: "Taipei" }]);
  expect(deltas.length).toBeGreaterThan(4);
  expect(textOf(chunks)).toBe("Looking.");
  expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("tool_calls");
});

test("calls may come without an index, all with index 0, without a type", async () => {
  const world = await start();
  const bare = callDeltas(await chunksOf(world, calls, { callsWithoutIndex: true, noType: true }));
  expect(bare.some((delta) => "index" in delta || "type" in delta)).toBe(false);
  const zero = callDeltas(await chunksOf(world, calls, { twoWithIndexZero: true }));
  expect(new Set(zero.map((delta) => delta.index))).toEqual(new Set([0]));
});

test("a call's id may come on every piece, or be empty after the first", async () => {
  const world = await start();
  const every = callDeltas(await chunksOf(world, calls, { idOn: "every" }));
  expect(every.every((delta) => delta.id !== undefined && delta.id !== "")).toBe(true);
  const empty = callDeltas(await chunksOf(world, calls, { idOn: "empty-after-first" }));
  expect(empty.filter((delta) => delta.id !== "")).toHaveLength(2);
});

test("a call may come whole, and its arguments as an object", async () => {
  const world = await start();
  expect(callDeltas(await chunksOf(world, calls, { wholeCalls: true }))).toHaveLength(2);
  const [call] = callDeltas(await chunksOf(world, calls, { argumentsAsObject: true }));
  expect(call?.function?.arguments).toEqual({ zone: "Asia/Taipei", lang: "zh" });
});

test("arguments that are text go out as they stand", async () => {
  const chunks = await chunksOf(await start(), [{ call: "nowhere", arguments: '{"a":' }]);
  expect(
    callDeltas(chunks)
      .map((delta) => delta.function?.arguments)
      .join(""),
  ).toBe('{"a":');
});

test("usage may come unasked, on its own chunk or on the last one, or not at all", async () => {
  const world = await start();
  const alone = (await chunksOf(world, "hi", { emptyChoicesUsageChunk: true })).at(-1);
  expect(alone?.choices).toEqual([]);
  expect(alone?.usage?.total_tokens).toBeGreaterThan(0);
  const last = (await chunksOf(world, "hi", { usageOnLastChunk: true })).at(-1);
  expect(last?.choices[0]?.finish_reason).toBe("stop");
  expect(last?.usage?.total_tokens).toBeGreaterThan(0);
  const none = await chunksOf(world, "hi", { emptyChoicesUsageChunk: true, noUsage: true });
  expect(none.some((chunk) => chunk.usage)).toBe(false);
});

test("thoughts come in a field of their own, a refusal in its own", async () => {
  const world = await start();
  const thoughtful = await wireOf(world, [{ thought: "hm" }, "yes"]);
  expect(thoughtful).toContain('"delta":{"reasoning_content":"hm"}');
  expect(await wireOf(world, [{ thought: "hm" }], { thoughtField: "reasoning" })).toContain('"reasoning":"hm"');
  expect(await wireOf(world, [{ refusal: "No." }])).toContain('"refusal":"No."');
});

test("content may be null where there is none, and the role on every delta", async () => {
  const world = await start();
  expect(await wireOf(world, [{ call: "now" }], { nullContent: true })).toContain('"content":null,"tool_calls"');
  const chunks = await chunksOf(world, "one two", { roleInEachDelta: true });
  expect(chunks.slice(0, 3).map((chunk) => chunk.choices[0]?.delta.role)).toEqual(Array(3).fill("assistant"));
});

test("the end may be missing, lines may end in CR LF, comments may come between", async () => {
  const world = await start();
  expect(await wireOf(world, "hi")).toContain("data: [DONE]\n\n");
  expect(await wireOf(world, "hi", { noDone: true })).not.toContain("[DONE]");
  expect(await wireOf(world, "hi", { crlf: true })).toMatch(/^data: .*\r\n\r\ndata: /);
  expect(await wireOf(world, "hi", { keepAliveComments: true })).toMatch(/^: keep-alive\n\ndata: /);
});

test("the whole answer may be one delta with its finish reason", async () => {
  const chunks = await chunksOf(await start(), calls, { oneChunk: true });
  expect(chunks).toHaveLength(1);
  expect(chunks[0]?.choices[0]).toMatchObject({ delta: { content: "Looking." }, finish_reason: "tool_calls" });
  expect(callDeltas(chunks)).toHaveLength(2);
});

test("a server that ignores the wish for a stream answers in JSON", async () => {
  const answer: unknown = JSON.parse(await wireOf(await start(), "hi", { nonStreamJson: true }));
  expect(answer).toMatchObject({ object: "chat.completion", choices: [{ message: { content: "hi" } }] });
});

test.each<[string, Quirks]>([
  ["nothing odd", {}],
  ["packets that end inside characters", { splitUtf8: true }],
  ["CR LF and comments", { crlf: true, keepAliveComments: true }],
  ["no end", { noDone: true }],
  ["one chunk", { oneChunk: true }],
  ["an empty chunk first", { emptyChoicesFirst: true }],
  ["null content and roles", { nullContent: true, roleInEachDelta: true }],
])("the text arrives whole with %s", async (_name, quirks) => {
  expect(textOf(await chunksOf(await start(), text, quirks))).toBe(text);
});

test("a text can be cut into as many pieces as asked, never inside a character", async () => {
  const world = await start();
  const client = new OpenAI({ apiKey: world.key, baseURL: world.baseUrl });
  world.answer({ say: "😀😀😀😀😀", deltas: 5 });
  const pieces: string[] = [];
  const stream = await client.chat.completions.create({ model: world.model, messages, stream: true });
  for await (const chunk of stream) pieces.push(chunk.choices[0]?.delta.content ?? "");
  expect(pieces.filter((piece) => piece !== "")).toEqual(Array(5).fill("😀"));
});

test("deepseek comments while it thinks and tells its usage unasked", async () => {
  const wire = await wireOf(await start({ dialect: "deepseek" }), [{ thought: "hm" }, "yes"]);
  expect(wire).toContain(": keep-alive");
  expect(wire).toContain('"content":null,"reasoning_content":"hm"');
  expect(wire).toContain('"usage":{"prompt_tokens"');
});

test("azure takes its own key header at its old address and a bearer key at its new one only", async () => {
  const world = await start({ dialect: "azure" });
  world.answer("hi");
  const resource = world.baseUrl.replace(/\/openai\/v1$/, "");
  const old = new AzureOpenAI({ apiKey: world.key, endpoint: resource, apiVersion: "2024-10-21", maxRetries: 0 });
  const answer = await old.chat.completions.create({ model: world.model, messages });
  expect(answer.choices[0]?.message.content).toBe("hi");
  expect(world.requests[0]?.path).toBe(`/openai/deployments/${world.model}/chat/completions`);

  expect(textOf(await chunksOf(world, "new"))).toBe("new");
  const chunks = await chunksOf(world, "new");
  expect(chunks[0]?.choices).toEqual([]);

  const bearer = { method: "POST", headers: { authorization: `Bearer ${world.key}` } };
  const deployment = `${resource}/openai/deployments/${world.model}/chat/completions`;
  expect((await fetch(`${deployment}?api-version=2024-10-21`, bearer)).status).toBe(401);
  expect((await fetch(deployment, { method: "POST", headers: { "api-key": world.key } })).status).toBe(404);
});
