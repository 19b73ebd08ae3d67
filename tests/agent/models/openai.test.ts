import { createServer, type Server } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import type { ModelRequest } from "../../../src/agent/models/model.ts";
import { ModelFailure } from "../../../src/agent/models/model.ts";
import { chatCompletions } from "../../../src/agent/models/openai.ts";
import type { ModelSpec } from "../../../src/agent/run-input.ts";
import { speak } from "../../../src/agent/speak.ts";
import type { Turn } from "../../../src/agent/turn.ts";
import { createModel, type ModelOptions, type ModelWorld } from "../../world/model/model.ts";
import { pngUrl } from "../../world/model/png.ts";
import type { Quirks } from "../../world/model/quirks.ts";
import { ask, specOf } from "./asking.ts";

const tool = {
  name: "fs__read",
  description: "Reads a file.",
  parameters: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
};
const someCalls = [
  { call: "fs__read", arguments: { path: "a" } },
  { call: "fs__read", arguments: { path: "b" } },
];

const opened: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.stop();
});

async function world(options: ModelOptions = {}): Promise<ModelWorld> {
  const made = await createModel(options);
  opened.push(made);
  return made;
}

/** A model on a server of our own making. */
async function served(server: Server): Promise<ModelSpec> {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  opened.push({
    stop: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return { name: "m", provider: "custom", model: "m", baseUrl: `http://127.0.0.1:${port}/v1` };
}

function open(spec: ModelSpec, silenceMs = 5000) {
  return chatCompletions({ now: () => Date.now(), silenceMs })(spec);
}

async function failure(asked: Promise<unknown>): Promise<ModelFailure> {
  const error = await asked.then(
    () => new Error("it answered"),
    (error: unknown) => error,
  );
  if (!(error instanceof ModelFailure)) throw error;
  return error;
}

describe("each way servers stream", () => {
  const quirks: [string, Quirks][] = [
    ["OpenAI's own", {}],
    ["calls without index", { callsWithoutIndex: true }],
    ["two calls with index 0", { twoWithIndexZero: true }],
    ["calls without type", { noType: true }],
    ["ids on every piece", { idOn: "every" }],
    ["empty ids after the first piece", { idOn: "empty-after-first" }],
    ["whole calls", { wholeCalls: true }],
    ["arguments as an object", { argumentsAsObject: true }],
    ["an empty list of choices with the usage", { emptyChoicesUsageChunk: true }],
    ["usage on the last chunk", { usageOnLastChunk: true }],
    ["an empty list of choices first", { emptyChoicesFirst: true }],
    ["thoughts under another name", { thoughtField: "reasoning" }],
    ["no [DONE]", { noDone: true }],
    ["CR LF", { crlf: true }],
    ["comments between", { keepAliveComments: true }],
    ["JSON although a stream was asked for", { nonStreamJson: true }],
    ["one chunk for all", { oneChunk: true }],
    ["packets that end inside characters", { splitUtf8: true }],
    ["a role in each delta", { roleInEachDelta: true }],
    ["null for no words", { nullContent: true }],
  ];

  test.each(quirks)("%s", async (_, quirk) => {
    const model = await world({ quirks: quirk });
    model.answer([{ thought: "Zwei Dateien …" }, "Ich lese beide, größtenteils 兩個檔案 🙂.", ...someCalls]);
    const { text, thought, end } = await ask(open(specOf(model)), { tools: [tool] });
    expect(text).toBe("Ich lese beide, größtenteils 兩個檔案 🙂.");
    expect(thought).toBe("Zwei Dateien …");
    expect(end.calls.map(({ name, input }) => [name, JSON.parse(input)])).toEqual([
      ["fs__read", { path: "a" }],
      ["fs__read", { path: "b" }],
    ]);
    expect(end.tokens).toBeDefined();
    expect(model.violations).toEqual([]);
  });

  test("no usage", async () => {
    const model = await world({ quirks: { noUsage: true } });
    expect((await ask(open(specOf(model)))).end.tokens).toBeUndefined();
  });

  test("a refusal is the answer", async () => {
    const model = await world();
    model.answer([{ refusal: "I can't help with that." }]);
    expect((await ask(open(specOf(model)))).text).toBe("I can't help with that.");
  });
});

describe("each provider", () => {
  const conversation: Turn[] = [
    { role: "user", text: "read both" },
    {
      role: "assistant",
      text: "",
      reasoning: "two files",
      calls: [
        { id: "c0", name: "fs__read", input: '{"path":"a"}' },
        { id: "c1", name: "fs__read", input: "{broken" },
        { id: "c2", name: "gone.tool", input: "{}" },
        { id: "a-very-long-id-that-some-other-server-made-up-once", name: "fs__read", input: '{"path":"b"}' },
      ],
    },
    { role: "tool", call: "c0", text: "" },
    { role: "tool", call: "c1", text: "broken JSON", failed: true },
    { role: "tool", call: "a-very-long-id-that-some-other-server-made-up-once", text: "b" },
    { role: "tool", call: "nobody", text: "an orphan" },
    { role: "assistant", text: "" },
  ];
  const output = { type: "object", properties: { total: { type: "number" } }, required: ["total"] };
  const asked: Partial<ModelRequest> = { turns: conversation, tools: [tool], output };
  const more = { temperature: 0.5, maxTokens: 100 };

  test.each([
    ["openai", "openai", {}],
    ["openai", "openai", { model: "gpt-5" }],
    ["anthropic", "anthropic", {}],
    ["deepseek", "deepseek", {}],
    ["deepseek", "deepseek", { model: "deepseek-reasoner" }],
    ["dashscope", "dashscope", {}],
    ["ollama", "ollama", {}],
    ["vllm", "custom", {}],
    ["azure", "azure_openai", {}],
    ["openai", "custom", { model: "gpt-5" }],
  ] as const)("%s, asked as %s %o, takes a conversation with all its warts", async (dialect, provider, particular) => {
    const model = await world({ dialect });
    model.answer("Done.");
    const spec = specOf(model, { provider, ...more, ...particular });
    const line = open(spec);
    expect((await ask(line, asked)).text).toBe("Done.");
    const learned = model.violations.length;
    expect((await ask(line, asked)).text).toBe("Done.");
    expect(model.violations.length).toBe(learned);
    // Only what nothing in config could have told is learned from a refusal.
    if (provider !== "custom") expect(model.violations).toEqual([]);
    const { body } = model.requests.at(-1) ?? {};
    expect(body).toMatchObject({ stream: true, tools: [{ function: { name: "fs__read" } }] });
    const results = body?.messages.filter(({ role }) => role === "tool");
    expect(results?.map(({ content }) => content)).toEqual([
      "",
      "broken JSON",
      "(There is no result: the call was interrupted.)",
      "b",
    ]);
  });

  test("DeepSeek gets its thoughts back within the tool loop, and none from before", async () => {
    const model = await world({ dialect: "deepseek" });
    const turns: Turn[] = [...conversation.slice(0, 5), { role: "user", text: "again" }, ...conversation.slice(1, 5)];
    await ask(open(specOf(model, { provider: "deepseek" })), { turns, tools: [tool] });
    const thoughts = model.requests[0]?.body.messages.flatMap((message) =>
      "reasoning_content" in message ? [message.reasoning_content] : [],
    );
    expect(thoughts).toEqual(["two files"]);
  });

  test("Azure's old address names the deployment and the version, and gets its key in its own header", async () => {
    const model = await world({ dialect: "azure" });
    const baseUrl = new URL(model.baseUrl).origin;
    const spec = specOf(model, { provider: "azure_openai", baseUrl, apiVersion: "2024-10-21" });
    await ask(open(spec));
    const [request] = model.requests;
    expect(request?.path).toContain(`/openai/deployments/${model.model}/chat/completions`);
    expect(request?.headers).toMatchObject({ "api-key": model.key });
    expect(request?.headers.authorization).toBeUndefined();
  });

  test("Azure's new address is found from the resource alone", async () => {
    const model = await world({ dialect: "azure" });
    const baseUrl = `${new URL(model.baseUrl).origin}/`;
    await ask(open(specOf(model, { provider: "azure_openai", baseUrl })));
    expect(model.requests[0]?.path).toBe("/openai/v1/chat/completions");
  });

  test("a model without a key gets none", async () => {
    const model = await world({ dialect: "ollama" });
    const { key: _, ...keyless } = specOf(model, { provider: "ollama" });
    await ask(open(keyless));
    expect(model.requests[0]?.headers.authorization).toBeUndefined();
  });

  test("headers from config are sent", async () => {
    const model = await world();
    await ask(open(specOf(model, { headers: { "x-team": "ops" } })));
    expect(model.requests[0]?.headers).toMatchObject({ "x-team": "ops", authorization: `Bearer ${model.key}` });
  });

  test("a custom model without an address says what is missing", async () => {
    const spec: ModelSpec = { name: "mine", provider: "custom", model: "m" };
    expect(await failure(ask(open(spec)))).toMatchObject({
      kind: "refused",
      message: expect.stringContaining("base_url"),
    });
  });

  test("images go to models that see, and are named to those that do not", async () => {
    const turns: Turn[] = [{ role: "user", text: "what is this?", images: [pngUrl()] }];
    const seeing = await world();
    await ask(open(specOf(seeing, { provider: "openai" })), { turns });
    expect(JSON.stringify(seeing.requests[0]?.body.messages)).toContain("image_url");
    const blind = await world({ dialect: "deepseek" });
    await ask(open(specOf(blind, { provider: "deepseek" })), { turns });
    expect(blind.requests[0]?.user).toBe("what is this?\n(an image could not be shown to this model)");
  });

  test("a server that refuses something we can do without is asked without it, from then on", async () => {
    const model = await world({ dialect: "deepseek" });
    const line = open(specOf(model, { provider: "custom", model: "deepseek-chat", images: true }));
    const turns: Turn[] = [{ role: "user", text: "what is this?", images: [pngUrl()] }];
    await ask(line, { turns });
    expect(model.refusals).toHaveLength(1);
    await ask(line, { turns });
    expect(model.refusals).toHaveLength(1);
  });

  test("one broken image is left out of one request; the next may bring others", async () => {
    const model = await world();
    const line = open(specOf(model, { provider: "openai" }));
    const half = Buffer.from(pngUrl().split(",")[1] ?? "", "base64")
      .subarray(0, 40)
      .toString("base64");
    const broken: Turn[] = [{ role: "user", text: "and this?", images: [`data:image/png;base64,${half}`] }];
    await ask(line, { turns: broken });
    expect(model.refusals).toMatchObject([{ message: expect.stringContaining("valid image") }]);
    expect(model.requests[0]?.user).toBe("and this?\n(an image could not be shown to this model)");
    await ask(line, { turns: [{ role: "user", text: "and this?", images: [pngUrl()] }] });
    expect(JSON.stringify(model.requests[1]?.body.messages)).toContain("image_url");
  });

  test("images of tool results go out behind all results of their step, and are named to those that see none", async () => {
    const turns: Turn[] = [
      { role: "user", text: "draw both" },
      { role: "assistant", text: "", calls: ["1", "2"].map((id) => ({ id, name: tool.name, input: "{}" })) },
      { role: "tool", call: "1", text: "one", images: [pngUrl(1, 1)] },
      { role: "tool", call: "2", text: "two", images: [pngUrl(2, 2)] },
      { role: "assistant", text: "Here." },
      { role: "user", text: "thanks" },
    ];
    const seeing = await world({ models: ["gpt-4o"] });
    await ask(open(specOf(seeing)), { turns, tools: [tool] });
    const messages = seeing.requests[0]?.body.messages ?? [];
    const roles = ["system", "user", "assistant", "tool", "tool", "user", "assistant", "user"];
    expect(messages.map(({ role }) => role)).toEqual(roles);
    const shown: unknown = messages[5]?.content;
    expect(JSON.stringify(shown)).toMatch(/"text":"\(Not a message of a person/);
    const urls = JSON.stringify(shown).match(/data:[^"]+/g);
    expect(urls).toEqual([pngUrl(1, 1), pngUrl(2, 2)]);

    const blind = await world({ dialect: "deepseek" });
    await ask(open(specOf(blind, { provider: "deepseek" })), { turns, tools: [tool] });
    expect(blind.requests[0]?.body.messages.map(({ role }) => role)).toEqual(roles);
    expect(blind.requests[0]?.body.messages[5]?.content).toContain("(2 images could not be shown to this model)");
  });

  test("a fallback that sees no images is told how many it is not shown, and answers", async () => {
    const first = await world();
    const second = await world({ dialect: "deepseek" });
    first.answer({ fault: { status: 500 } });
    second.answer("I can't see them, but go on.");
    const models = [specOf(first, { provider: "openai" }), specOf(second, { provider: "deepseek" })];
    const request = {
      instructions: "",
      turns: [{ role: "user" as const, text: "these?", images: [pngUrl(), pngUrl()] }],
    };
    const opener = chatCompletions({ now: () => Date.now(), silenceMs: 5000 });
    const { signal } = new AbortController();
    const spoken = await speak(
      { ...request, tools: [] },
      models,
      0,
      opener,
      () => {},
      () => 0,
      signal,
    );
    expect(spoken.at).toBe(1);
    expect(second.requests[0]?.user).toBe("these?\n(2 images could not be shown to this model)");
    expect(second.violations).toEqual([]);
  });
});

describe("tools", () => {
  test("more than 128 are offered up to there, and the model is told of the rest", async () => {
    const model = await world();
    const tools = Array.from({ length: 130 }, (_, nth) => ({ ...tool, name: `t${nth}` }));
    await ask(open(specOf(model)), { tools });
    expect(model.requests[0]?.body.tools).toHaveLength(128);
    expect(model.requests[0]?.system).toContain("2 more tools");
  });

  test("names that providers refuse are changed on the way out and changed back on the way in", async () => {
    const model = await world();
    const long = `files.${"x".repeat(80)}`;
    model.answer([{ call: "fs_read_all", arguments: {} }]);
    const tools = ["fs.read all", "fs/read/all", long].map((name) => ({ ...tool, name }));
    const { end } = await ask(open(specOf(model)), { tools });
    expect(end.calls[0]?.name).toBe("fs.read all");
    expect(model.violations).toEqual([]);
  });

  test("parameters are an object schema whatever the tool says of itself", async () => {
    const model = await world();
    const schemas = [
      {},
      { type: "string" },
      { anyOf: [{ required: ["a"] }] },
      { type: "object", properties: { a: { type: "array" } } },
    ];
    const tools = schemas.map((parameters, nth) => ({ name: `t${nth}`, description: "x".repeat(3000), parameters }));
    await ask(open(specOf(model, { provider: "openai" })), { tools });
    expect(model.violations).toEqual([]);
  });

  test("the same name twice is offered once", async () => {
    const model = await world();
    await ask(open(specOf(model)), { tools: [tool, tool] });
    expect(model.requests[0]?.body.tools).toHaveLength(1);
  });
});

describe("answers to a schema", () => {
  const output = { type: "object", properties: { total: { type: "number" } } };

  test.each([
    ["openai", "openai", "json_schema", false],
    ["deepseek", "deepseek", "json_object", true],
    ["anthropic", "anthropic", undefined, true],
    ["vllm", "custom", undefined, true],
  ] as const)("%s as %s gets response_format %s", async (dialect, provider, format, inWords) => {
    const model = await world({ dialect });
    await ask(open(specOf(model, { provider })), { output });
    expect(model.requests[0]?.body.response_format?.type).toBe(format);
    expect(model.requests[0]?.system.includes("JSON Schema")).toBe(inWords);
  });
});

describe("what goes wrong", () => {
  test.each([408, 409, 429, 500, 502, 503])("%i is worth another try", async (status) => {
    const model = await world();
    model.answer({ fault: { status } });
    expect(await failure(ask(open(specOf(model))))).toMatchObject({ kind: "passing" });
  });

  test.each([401, 403])("%i is a refused key", async (status) => {
    const model = await world();
    model.answer({ fault: { status } });
    expect(await failure(ask(open(specOf(model))))).toMatchObject({ kind: "refused-key" });
  });

  test("a key never stands in the failure's words", async () => {
    const model = await world();
    model.answer({ fault: { status: 500, message: `upstream said: ${model.key} is odd` } });
    expect((await failure(ask(open(specOf(model))))).message).toContain("upstream said: … is odd");
  });

  test.each([400, 404, 422])("%i is not", async (status) => {
    const model = await world();
    model.answer({ fault: { status } });
    expect(await failure(ask(open(specOf(model))))).toMatchObject({ kind: "refused" });
  });

  test.each([
    "This model's maximum context length is 8192 tokens.",
    "prompt is too long: 210000 tokens > 200000 maximum",
    "Range of input length should be [1, 30720]",
  ])("%s is told apart", async (message) => {
    const model = await world();
    model.answer({ fault: { status: 400, message } });
    expect(await failure(ask(open(specOf(model))))).toMatchObject({ kind: "too-long" });
  });

  test("a connection that the server closed as it was taken up again is replaced at once", async () => {
    const asked = new WeakMap<object, number>();
    let hungUp = 0;
    const server = createServer((request, response) => {
      const times = (asked.get(request.socket) ?? 0) + 1;
      asked.set(request.socket, times);
      if (times > 1) {
        hungUp += 1;
        request.socket.destroy();
        return;
      }
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end('data: {"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
    });
    const line = open(await served(server));
    expect((await ask(line)).text).toBe("ok");
    expect((await ask(line)).text).toBe("ok");
    expect(hungUp).toBe(1);
  });

  test.each([
    ["seconds", { seconds: 2 }, 2000],
    ["milliseconds", { ms: 1500 }, 1500],
    ["a date", { date: new Date(60_000) }, 30_000],
  ] as const)("how long to wait is read from %s", async (_, retryAfter, ms) => {
    const model = await world();
    model.answer({ fault: { status: 429, retryAfter } });
    const line = chatCompletions({ now: () => 30_000, silenceMs: 5000 })(specOf(model));
    expect((await failure(ask(line))).retryAfterMs).toBe(ms);
  });

  test.each([
    ["a stream that is cut", { cutAfter: 1 }],
    ["broken JSON", { brokenJsonAfter: 1 }],
    ["an error inside the stream", { errorEventAfter: 1 }],
    ["a web page", { html: 200 }],
    ["a web page that says 502", { html: 502 }],
    ["silence in the middle", { stallAfter: 1 }],
  ] as const)("%s is worth another try", async (_, fault) => {
    const model = await world();
    model.answer({ say: "one two three four", fault });
    expect(await failure(ask(open(specOf(model), 100)))).toMatchObject({ kind: "passing" });
  });

  test("a connection that is refused is worth another try, and says why", async () => {
    const model = await world();
    await model.down();
    const failed = await failure(ask(open(specOf(model))));
    expect(failed).toMatchObject({ kind: "passing", message: expect.stringContaining("ECONNREFUSED") });
  });

  test("comments keep a silent stream alive", async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      let comments = 0;
      const ticking = setInterval(() => {
        comments += 1;
        if (comments < 12) response.write(": still here\n\n");
        else {
          clearInterval(ticking);
          response.end('data: {"choices":[{"delta":{"content":"Late."},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
        }
      }, 25);
    });
    const spec = await served(server);
    expect((await ask(open(spec, 200))).text).toBe("Late.");
  });

  test("a stop hangs up at once", async () => {
    const model = await world();
    model.answer({ say: "round and round ", fault: { endless: true } });
    const stop = new AbortController();
    const asked = ask(open(specOf(model)), {}, stop.signal);
    await model.until(({ inFlight }) => inFlight === 1);
    stop.abort();
    await expect(asked).rejects.toThrow();
    await model.until(({ aborted }) => aborted.length === 1);
  });
});

test("connections are used again", async () => {
  let connections = 0;
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end('data: {"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
    });
  });
  server.on("connection", () => {
    connections += 1;
  });
  const line = open(await served(server));
  for (let nth = 0; nth < 5; nth++) await ask(line);
  expect(connections).toBe(1);
});
