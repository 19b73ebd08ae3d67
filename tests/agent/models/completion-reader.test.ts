import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CompletionReader } from "../../../src/agent/models/completion-reader.ts";
import { ModelFailure, type ModelPart } from "../../../src/agent/models/model.ts";
import type { ToolCall } from "../../../src/agent/turn.ts";

type Piece = { index?: number; id?: string; type?: string; function?: { name?: string; arguments?: unknown } };

const delta = (delta: unknown, finish: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason: finish }],
});

function read(chunks: unknown[]): { text: string; thought: string; end: Extract<ModelPart, { kind: "end" }> } {
  const reader = new CompletionReader();
  const parts = chunks.flatMap((chunk) => reader.read(chunk));
  const last = reader.end();
  if (last.kind !== "end") throw new Error("no end");
  const joined = (kind: string) =>
    parts.map((part) => (part.kind === kind && "text" in part ? part.text : "")).join("");
  return { text: joined("text"), thought: joined("thought"), end: last };
}

function callsOf(pieces: Piece[]): ToolCall[] {
  return read(pieces.map((piece) => delta({ tool_calls: [piece] }))).end.calls;
}

/** Calls cut into pieces at any places, in one of the ways servers have of saying which piece is whose. */
const splitCalls = fc
  .record({
    calls: fc.uniqueArray(
      fc.record({
        id: fc.stringMatching(/^call_[a-z0-9]{1,8}$/),
        name: fc.constantFrom("search", "read", "now"),
        input: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer())).map((value) => JSON.stringify(value)),
      }),
      { minLength: 1, maxLength: 4, selector: ({ id }) => id },
    ),
    cuts: fc.array(fc.nat(30), { maxLength: 6 }),
    way: fc.constantFrom("by index", "without index", "all index 0", "id on every piece", "empty id after the first"),
  })
  .map(({ calls, cuts, way }) => ({
    calls,
    pieces: calls.flatMap(({ id, name, input }, nth): Piece[] => {
      const at = [...new Set([0, ...cuts.filter((cut) => cut < input.length), input.length])].sort((a, b) => a - b);
      const texts = at.slice(1).map((end, piece) => input.slice(at[piece], end));
      const index = way === "without index" ? {} : { index: way === "all index 0" ? 0 : nth };
      return texts.map((text, piece) => {
        if (piece === 0) return { ...index, id, function: { name, arguments: text } };
        if (way === "id on every piece") return { ...index, id, function: { name, arguments: text } };
        if (way === "empty id after the first") return { ...index, id: "", function: { name: "", arguments: text } };
        return { ...index, function: { arguments: text } };
      });
    }),
  }));

describe("tool calls", () => {
  test("come out the same however they were cut and labelled", () => {
    fc.assert(
      fc.property(splitCalls, ({ calls, pieces }) => {
        expect(callsOf(pieces)).toEqual(calls);
      }),
      { numRuns: 500 },
    );
  });

  test("come out the same when pieces of several calls are mixed, as long as each says its index", () => {
    const calls = callsOf([
      { index: 0, id: "a", function: { name: "read", arguments: '{"p' } },
      { index: 1, id: "b", function: { name: "now", arguments: "{" } },
      { index: 0, function: { arguments: '":1}' } },
      { index: 1, function: { arguments: "}" } },
    ]);
    expect(calls).toEqual([
      { id: "a", name: "read", input: '{"p":1}' },
      { id: "b", name: "now", input: "{}" },
    ]);
  });

  test("may bring their arguments as an object", () => {
    expect(callsOf([{ id: "a", function: { name: "read", arguments: { path: "x" } } }])).toEqual([
      { id: "a", name: "read", input: '{"path":"x"}' },
    ]);
  });

  test("without any ids are told apart by their names and whole arguments", () => {
    const calls = callsOf([
      { function: { name: "read", arguments: '{"a":1}' } },
      { function: { name: "read", arguments: '{"a":2}' } },
      { function: { name: "now", arguments: "{}" } },
    ]);
    expect(calls.map(({ id, name, input }) => [id, name, input])).toEqual([
      ["call_0", "read", '{"a":1}'],
      ["call_1", "read", '{"a":2}'],
      ["call_2", "now", "{}"],
    ]);
  });

  test("may get their id with a later piece", () => {
    const calls = callsOf([
      { index: 0, function: { name: "read", arguments: "" } },
      { index: 0, id: "a", function: { arguments: "{}" } },
    ]);
    expect(calls).toEqual([{ id: "a", name: "read", input: "{}" }]);
  });
});

describe("words", () => {
  test("come out the same however they were cut", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (texts) => {
        expect(read(texts.map((content) => delta({ content }))).text).toBe(texts.join(""));
      }),
    );
  });

  test("may come as a list of parts, as a whole message, or not at all", () => {
    const chunks = [
      { choices: [] },
      delta({ role: "assistant", content: null }),
      delta({ content: [{ type: "text", text: "one " }] }),
      { choices: [{ message: { role: "assistant", content: "two" }, finish_reason: "stop" }] },
    ];
    expect(read(chunks)).toMatchObject({ text: "one two", end: { stopped: "done", calls: [] } });
  });

  test("of a refusal are the answer", () => {
    expect(read([delta({ refusal: "I can't " }), delta({ refusal: "help with that." })]).text).toBe(
      "I can't help with that.",
    );
  });

  test("that are thoughts are told apart, under either name", () => {
    const chunks = [delta({ reasoning_content: "hm" }), delta({ reasoning: "m" }), delta({ content: "Yes." })];
    expect(read(chunks)).toMatchObject({ text: "Yes.", thought: "hmm" });
  });
});

describe("the end", () => {
  test.each([
    ["stop", "done"],
    ["tool_calls", "done"],
    ["length", "length"],
    ["max_tokens", "length"],
    ["content_filter", "filtered"],
  ])("%s is %s", (finish, stopped) => {
    expect(read([delta({}, finish)]).end.stopped).toBe(stopped);
  });

  test("carries what was counted, wherever it was told", () => {
    const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
    expect(read([delta({}, "stop"), { choices: [], usage }]).end.tokens).toEqual({ input: 7, output: 3 });
    expect(read([{ ...delta({}, "stop"), usage }]).end.tokens).toEqual({ input: 7, output: 3 });
  });

  test("carries no figures when there were none, or only zeros", () => {
    expect(read([{ ...delta({}, "stop"), usage: null }]).end.tokens).toBeUndefined();
    const usage = { prompt_tokens: 0, completion_tokens: 0 };
    expect(read([{ ...delta({}, "stop"), usage }]).end.tokens).toBeUndefined();
  });
});

describe("an error told inside the stream", () => {
  test("is worth another try when it is the server's", () => {
    expect(failure({ error: { message: "overloaded", type: "server_error" } })).toMatchObject({
      kind: "passing",
      message: "overloaded",
    });
  });

  test("is not when the request is wrong", () => {
    expect(failure({ error: { message: "no such tool", type: "invalid_request_error" } })).toMatchObject({
      kind: "refused",
    });
    expect(failure({ error: { message: "hm", code: "context_length_exceeded" } })).toMatchObject({ kind: "too-long" });
  });

  test("may be a bare string", () => {
    expect(failure({ error: "busy" })).toMatchObject({ kind: "passing", message: "busy" });
  });

  function failure(chunk: unknown): unknown {
    try {
      new CompletionReader().read(chunk);
    } catch (error) {
      expect(error).toBeInstanceOf(ModelFailure);
      return error;
    }
    throw new Error("it was taken");
  }
});
