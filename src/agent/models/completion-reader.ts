import { isObject } from "../json.ts";
import type { ToolCall } from "../turn.ts";
import { saysTooLong } from "./failure.ts";
import { ModelFailure, type ModelPart } from "./model.ts";

type Tokens = { input: number; output: number };
type OpenCall = { id: string; index: number | undefined; name: string; input: string };

/**
 * Reads a Chat Completions answer chunk by chunk, in every dialect servers speak: tool calls without `index`, two with
 * index 0, ids on the first piece or on all, arguments as text or as an object, thoughts under two names, a whole
 * message where a delta was expected.
 */
export class CompletionReader {
  readonly #calls: OpenCall[] = [];
  #finish: string | undefined;
  #tokens: Tokens | undefined;

  /** Whether the server has said that the answer is complete. */
  get finished(): boolean {
    return this.#finish !== undefined;
  }

  /** The parts a chunk brings. Throws `ModelFailure` for an error told inside the stream. */
  read(chunk: unknown): ModelPart[] {
    if (!isObject(chunk)) throw new ModelFailure("passing", "the stream brought something that is no answer");
    if (isObject(chunk.error) || typeof chunk.error === "string") throw toldInside(chunk.error);
    this.#tokens = tokensOf(chunk.usage) ?? this.#tokens;
    const choice: unknown = Array.isArray(chunk.choices) ? chunk.choices[0] : undefined;
    if (!isObject(choice)) return [];
    if (typeof choice.finish_reason === "string" && choice.finish_reason !== "") this.#finish = choice.finish_reason;
    const said = isObject(choice.delta) ? choice.delta : choice.message;
    return isObject(said) ? this.#partsOf(said) : [];
  }

  /** The last part: what the whole answer came to. */
  end(): ModelPart {
    const calls: ToolCall[] = this.#calls.map(({ id, name, input }, nth) => ({ id: id || `call_${nth}`, name, input }));
    return {
      kind: "end",
      calls,
      stopped: stoppedBy(this.#finish),
      ...(this.#tokens === undefined ? {} : { tokens: this.#tokens }),
    };
  }

  #partsOf(said: Record<string, unknown>): ModelPart[] {
    const parts: ModelPart[] = [];
    const thought = said.reasoning_content ?? said.reasoning;
    if (typeof thought === "string" && thought !== "") parts.push({ kind: "thought", text: thought });
    for (const text of [textOf(said.content), textOf(said.refusal)]) {
      if (text !== "") parts.push({ kind: "text", text });
    }
    if (Array.isArray(said.tool_calls)) {
      for (const piece of said.tool_calls) if (isObject(piece)) this.#readCall(piece);
    }
    return parts;
  }

  #readCall(piece: Record<string, unknown>): void {
    const id = typeof piece.id === "string" ? piece.id : "";
    const index = typeof piece.index === "number" ? piece.index : undefined;
    const described = isObject(piece.function) ? piece.function : {};
    const name = typeof described.name === "string" ? described.name : "";
    let call = this.#callOf(id, index, name);
    if (call === undefined) {
      call = { id, index, name, input: "" };
      this.#calls.push(call);
    }
    if (call.id === "") call.id = id;
    if (call.name === "") call.name = name;
    if (typeof described.arguments === "string") call.input += described.arguments;
    else if (isObject(described.arguments)) call.input = JSON.stringify(described.arguments);
  }

  /** The call a piece belongs to: by id, else by index, else the latest; undefined when it begins a new one. */
  #callOf(id: string, index: number | undefined, name: string): OpenCall | undefined {
    if (id !== "") {
      const known = this.#calls.find((call) => call.id === id);
      if (known !== undefined) return known;
    }
    const open = index === undefined ? this.#calls.at(-1) : this.#calls.findLast((call) => call.index === index);
    if (open === undefined) return undefined;
    if (id !== "") return open.id === "" && index !== undefined && !isJson(open.input) ? open : undefined;
    // Without an id a name begins a new call, unless the server repeats the name on every piece.
    if (name !== "" && open.name !== "" && (open.name !== name || isJson(open.input))) return undefined;
    return open;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Text as it comes from most, or as a list of parts, as some send it. */
function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: unknown) => (isObject(part) && typeof part.text === "string" ? part.text : "")).join("");
}

function tokensOf(usage: unknown): Tokens | undefined {
  if (!isObject(usage)) return undefined;
  const { prompt_tokens: input, completion_tokens: output } = usage;
  if (typeof input !== "number" || typeof output !== "number") return undefined;
  // Some servers send zeros while they stream and never the figures.
  return input === 0 && output === 0 ? undefined : { input, output };
}

function stoppedBy(finish: string | undefined): "done" | "length" | "filtered" {
  if (finish === "length" || finish === "max_tokens") return "length";
  return finish === "content_filter" ? "filtered" : "done";
}

function toldInside(error: Record<string, unknown> | string): ModelFailure {
  if (typeof error === "string") return new ModelFailure("passing", error);
  const message = typeof error.message === "string" ? error.message : "an error inside the stream";
  if (saysTooLong(error.code, message)) return new ModelFailure("too-long", message);
  return new ModelFailure(error.type === "invalid_request_error" ? "refused" : "passing", message);
}
