import OpenAI, { APIConnectionError, APIError, AuthenticationError, RateLimitError } from "openai";
import { afterEach, expect, test } from "vitest";
import { createModel, type ModelOptions, type ModelWorld } from "./model/model.ts";
import type { Fault } from "./model/reply.ts";

const worlds: ModelWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.stop()));
});

async function start(options?: ModelOptions) {
  const world = await createModel(options);
  worlds.push(world);
  const client = new OpenAI({ apiKey: world.key, baseURL: world.baseUrl, maxRetries: 0, logLevel: "off" });
  return { world, client };
}

type Message = OpenAI.ChatCompletionMessageParam;
const hello: Message[] = [
  { role: "system", content: "You are ops." },
  { role: "user", content: "hello" },
];

async function stream(client: OpenAI, model: string, messages = hello) {
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  const answer = await client.chat.completions.create({ model, messages, stream: true });
  for await (const chunk of answer) chunks.push(chunk);
  return chunks;
}

function textOf(chunks: OpenAI.ChatCompletionChunk[]): string {
  return chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");
}

test("streams the default answer word by word and ends with a reason", async () => {
  const { world, client } = await start();
  world.answer("The checkout is slow.");
  const chunks = await stream(client, world.model);
  expect(textOf(chunks)).toBe("The checkout is slow.");
  expect(chunks.filter((chunk) => chunk.choices[0]?.delta.content).length).toBe(4);
  expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("stop");
  expect(world.violations).toEqual([]);
});

test("answers whole where no stream is asked for, with usage", async () => {
  const { world, client } = await start();
  world.answer({ say: "Hi.", usage: { input: 7, output: 2 } });
  const answer = await client.chat.completions.create({ model: world.model, messages: hello });
  expect(answer.choices[0]?.message.content).toBe("Hi.");
  expect(answer.usage).toEqual({ prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 });
});

test("sends usage on a stream only when asked, in a chunk without choices", async () => {
  const { world, client } = await start();
  world.answer({ say: "Hi.", usage: { input: 7, output: 2 } });
  expect((await stream(client, world.model)).some((chunk) => chunk.usage)).toBe(false);
  const asked = await client.chat.completions.create({
    model: world.model,
    messages: hello,
    stream: true,
    stream_options: { include_usage: true },
  });
  let last: OpenAI.ChatCompletionChunk | undefined;
  for await (const chunk of asked) last = chunk;
  expect(last?.choices).toEqual([]);
  expect(last?.usage?.total_tokens).toBe(9);
});

test("says what is queued first, then what fits the message, then the default", async () => {
  const { world, client } = await start();
  world.answer("default");
  world.on("weather", "sunny");
  world.on({ system: /researcher/ }, "researched");
  world.queue("queued");
  const ask = async (content: string, system = "You are ops.") =>
    textOf(
      await stream(client, world.model, [
        { role: "system", content: system },
        { role: "user", content },
      ]),
    );
  expect(await ask("how is the weather?")).toBe("queued");
  expect(await ask("how is the weather?")).toBe("sunny");
  expect(await ask("how is the weather?", "You are a researcher.")).toBe("researched");
  expect(await ask("and you?")).toBe("default");
});

test("goes on to the next reply once the results of its tool calls are there", async () => {
  const { world, client } = await start();
  world.on("time", [{ call: "clock__now", arguments: { zone: "Asia/Taipei" } }], "It is nine.");
  const first = await client.chat.completions.create({
    model: world.model,
    messages: [{ role: "user", content: "what time is it?" }],
  });
  const message = first.choices[0]?.message;
  const call = message?.tool_calls?.[0];
  expect(first.choices[0]?.finish_reason).toBe("tool_calls");
  expect(call).toMatchObject({ type: "function", function: { name: "clock__now" } });
  if (message === undefined || call === undefined) throw new Error("no call");
  const second = await client.chat.completions.create({
    model: world.model,
    messages: [
      { role: "user", content: "what time is it?" },
      { role: "assistant", content: null, tool_calls: message.tool_calls ?? [] },
      { role: "tool", tool_call_id: call.id, content: "09:00" },
    ],
  });
  expect(second.choices[0]?.message.content).toBe("It is nine.");
});

test("a reply made by a function may hold the answer back", async () => {
  const { world, client } = await start();
  let release = (_text: string): void => undefined;
  world.answer(() => new Promise<string>((resolve) => (release = resolve)));
  const asked = stream(client, world.model);
  await world.until((model) => model.inFlight === 1);
  release("at last");
  expect(textOf(await asked)).toBe("at last");
  await world.until((model) => model.inFlight === 0 && model.answered === 1);
  expect(world.maxInFlight).toBe(1);
});

test("keeps to the pace it was given", async () => {
  const { world, client } = await start({ tokensPerSecond: 200 });
  world.answer({ say: "one two three four five six seven eight nine ten", deltas: 20 });
  const begun = performance.now();
  await stream(client, world.model);
  expect(performance.now() - begun).toBeGreaterThan(90);
});

test("a request whose client went away is told apart from an answered one", async () => {
  const { world, client } = await start();
  world.answer({ fault: { endless: true } });
  const answer = await client.chat.completions.create({ model: world.model, messages: hello, stream: true });
  for await (const chunk of answer) if (chunk.choices[0]?.delta.content) break;
  await world.until((model) => model.aborted.length === 1);
  expect(world.answered).toBe(0);
});

test("until tells what had happened when it waited in vain", async () => {
  const { world } = await start();
  await expect(world.until((model) => model.answered > 0, 20)).rejects.toThrow(/0 requests, 0 answered/);
});

test.each([
  ["seconds", { seconds: 2 }, "retry-after", /^2$/],
  ["milliseconds", { ms: 300 }, "retry-after-ms", /^300$/],
  ["a date", { date: new Date(Date.now() + 60_000) }, "retry-after", /GMT$/],
])("a 429 says when to come back in %s", async (_name, retryAfter, header, value) => {
  const { world, client } = await start();
  world.queue({ fault: { status: 429, retryAfter } });
  const error = await stream(client, world.model).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(RateLimitError);
  if (!(error instanceof RateLimitError)) return;
  expect(error.headers?.get(header)).toMatch(value);
  await stream(client, world.model);
  expect(world.violations.join()).toMatch(/asked again \d+ ms before Retry-After/);
});

test.each([401, 403, 404, 408, 409, 429, 500, 503])("a %i comes with a provider's error body", async (status) => {
  const { world, client } = await start();
  world.queue({ fault: { status } });
  const error = await stream(client, world.model).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ status });
  expect(error).toBeInstanceOf(APIError);
  expect(world.violations).toEqual([]);
});

test("a stream that is cut surfaces as an error after the pieces that came through", async () => {
  const { world, client } = await start();
  world.queue({ say: "one two three four", fault: { cutAfter: 2 } });
  const answer = await client.chat.completions.create({ model: world.model, messages: hello, stream: true });
  let text = "";
  await expect(async () => {
    for await (const chunk of answer) text += chunk.choices[0]?.delta.content ?? "";
  }).rejects.toThrow("terminated");
  expect(text).toBe("one two");
  expect(world.aborted).toEqual([]);
});

test("a stall leaves the client waiting, before the headers or after some pieces", async () => {
  const { world, client } = await start();
  world.queue({ fault: { stallBeforeHeaders: true } }, { say: "one two three", fault: { stallAfter: 1 } });
  const abort = new AbortController();
  const silent = client.chat.completions
    .create({ model: world.model, messages: hello, stream: true }, { signal: abort.signal })
    .catch((cause: unknown) => cause);
  await world.until((model) => model.inFlight === 1);
  abort.abort();
  expect(await silent).toBeInstanceOf(Error);
  const answer = await client.chat.completions.create({ model: world.model, messages: hello, stream: true });
  let text = "";
  for await (const chunk of answer) {
    text += chunk.choices[0]?.delta.content ?? "";
    if (text === "one") break;
  }
  await world.until((model) => model.aborted.length === 2);
});

test("broken JSON, an error inside the stream and a proxy's page all fail the call", async () => {
  const { world, client } = await start();
  world.queue(
    { say: "one two three", fault: { brokenJsonAfter: 1 } },
    { say: "one two three", fault: { errorEventAfter: 1 } },
    { fault: { html: 502 } },
  );
  await expect(stream(client, world.model)).rejects.toThrow(SyntaxError);
  await expect(stream(client, world.model)).rejects.toThrow(/server had an error/i);
  await expect(stream(client, world.model)).rejects.toMatchObject({ status: 502 });
});

test.each<[string, Fault]>([
  ["cut in the middle", { cutAfter: 1 }],
  ["of broken JSON", { brokenJsonAfter: 1 }],
  ["replaced by an error", { errorEventAfter: 1 }],
])("an answer that is no stream may be %s", async (_name, fault) => {
  const { world, client } = await start();
  world.queue({ say: "one two three", fault });
  await expect(client.chat.completions.create({ model: world.model, messages: hello })).rejects.toBeInstanceOf(Error);
  await world.until((model) => model.inFlight === 0);
  expect(world.aborted).toEqual([]);
});

test("an answer longer than the tokens allowed ends early and says so", async () => {
  const { world, client } = await start();
  world.answer("one two three four");
  const short = await client.chat.completions.create({ model: world.model, messages: hello, max_tokens: 2 });
  expect(short.choices[0]).toMatchObject({ message: { content: "one two" }, finish_reason: "length" });
});

test("a conversation longer than the model takes is refused", async () => {
  const { world, client } = await start({ contextTokens: 100 });
  const long: Message[] = [{ role: "user", content: "word ".repeat(200) }];
  await expect(stream(client, world.model, long)).rejects.toMatchObject({
    status: 400,
    code: "context_length_exceeded",
  });
});

test("is not there while it is down and the same afterwards", async () => {
  const { world, client } = await start();
  await stream(client, world.model);
  await world.down();
  await expect(stream(client, world.model)).rejects.toBeInstanceOf(APIConnectionError);
  await world.up();
  expect(textOf(await stream(client, world.model))).not.toBe("");
});

test("refuses a wrong key and lists its models to the right one", async () => {
  const { world, client } = await start();
  const stranger = new OpenAI({ apiKey: "sk-wrong", baseURL: world.baseUrl, maxRetries: 0 });
  await expect(stream(stranger, world.model)).rejects.toBeInstanceOf(AuthenticationError);
  expect(world.violations).toEqual([expect.stringMatching(/401: Incorrect API key provided/)]);
  const models = [];
  for await (const model of client.models.list()) models.push(model.id);
  expect(models).toContain(world.model);
  expect(await client.models.retrieve(world.model)).toMatchObject({ id: world.model });
});

test("embeds the same text always the same, and alike texts closer than others", async () => {
  const { world, client } = await start();
  const input = [
    "refunds fail for PayPal",
    "PayPal refunds are failing",
    "the weather in Oslo",
    "refunds fail for PayPal",
  ];
  const { data } = await client.embeddings.create({ model: world.embeddingModel, input });
  const [first = [], alike = [], other = [], same = []] = data.map((entry) => entry.embedding);
  const close = (a: number[], b: number[]) => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
  expect(first).toHaveLength(1536);
  expect(same).toEqual(first);
  expect(close(first, alike)).toBeGreaterThan(close(first, other));
  expect(world.embedded).toEqual(input);
});
