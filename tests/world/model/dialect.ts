import type { Quirks } from "./quirks.ts";
import type { Refusal } from "./refusal.ts";

/** The providers this one can pretend to be. */
export type DialectName = "openai" | "anthropic" | "deepseek" | "ollama" | "azure" | "vllm" | "dashscope";

/** How a provider differs from the others: in what it takes, what it refuses and how it streams. */
export interface Dialect {
  name: DialectName;
  basePath: string;
  /** The first is the usual one. */
  models: readonly string[];
  embeddingModel: string;
  roles: readonly string[];
  /** Fields a request may have beside OpenAI's own. */
  extraFields: readonly string[];
  /** What a message may have beside OpenAI's own. */
  extraMessageFields: readonly string[];
  /** Keys are looked at. */
  wantsKey: boolean;
  /** OpenAI's own schema rules: no unknown message fields, `strict`, array items, lengths. */
  closedSchemas: boolean;
  /** No `oneOf`, `anyOf`, `allOf` at the top of a tool's parameters. */
  plainParameters: boolean;
  /** Arguments of earlier calls must be the JSON of an object. */
  parsesArguments: boolean;
  /** It knows images as parts of messages at all. */
  takesImages: boolean;
  /** Its models that see. */
  sees: RegExp;
  /** What it says when one that sees none is shown an image. */
  blindWords(model: string): string;
  mostImageBytes: number;
  takesJsonSchema: boolean;
  maxTemperature: number;
  quirks: Quirks;
  errorBody(refusal: Refusal): unknown;
}

const plainError = (refusal: Refusal) => ({
  error: { message: refusal.message, type: refusal.type, param: refusal.param, code: refusal.code },
});

const openai: Dialect = {
  name: "openai",
  basePath: "/v1",
  models: ["gpt-4.1", "gpt-4.1-mini", "gpt-4o", "gpt-4o-mini", "gpt-5", "gpt-5-mini", "o3"],
  embeddingModel: "text-embedding-3-small",
  roles: ["system", "developer", "user", "assistant", "tool", "function"],
  extraFields: [],
  extraMessageFields: [],
  wantsKey: true,
  closedSchemas: true,
  plainParameters: true,
  parsesArguments: false,
  takesImages: true,
  sees: /^(?:gpt-4o|gpt-4\.1|gpt-5|o1$|o3$|o4-mini)/,
  blindWords: () => "Invalid content type. image_url is only supported by certain models.",
  mostImageBytes: 20 * 1024 * 1024,
  takesJsonSchema: true,
  maxTemperature: 2,
  quirks: {},
  errorBody: plainError,
};

function azureCode(refusal: Refusal): string {
  return refusal.code === "model_not_found" ? "DeploymentNotFound" : String(refusal.status);
}

const open = { ...openai, closedSchemas: false, plainParameters: false } satisfies Dialect;

/** Every dialect by its name. */
export const dialects: Record<DialectName, Dialect> = {
  openai,
  azure: {
    ...openai,
    name: "azure",
    basePath: "/openai/v1",
    quirks: { emptyChoicesFirst: true },
    errorBody: (refusal) =>
      refusal.status === 401 || refusal.status === 404
        ? { error: { code: azureCode(refusal), message: refusal.message } }
        : plainError(refusal),
  },
  anthropic: {
    ...open,
    name: "anthropic",
    models: ["claude-sonnet-4-5", "claude-haiku-4-5", "claude-opus-4-5"],
    extraFields: ["thinking"],
    plainParameters: true,
    parsesArguments: true,
    sees: /^claude-/,
    mostImageBytes: 5 * 1024 * 1024,
    maxTemperature: 1,
    errorBody: (refusal) => ({
      error: { code: refusal.type, message: refusal.message, type: refusal.type, param: null },
    }),
  },
  deepseek: {
    ...open,
    name: "deepseek",
    models: ["deepseek-chat", "deepseek-reasoner"],
    roles: ["system", "user", "assistant", "tool"],
    extraFields: ["thinking"],
    extraMessageFields: ["reasoning_content", "prefix"],
    takesImages: false,
    takesJsonSchema: false,
    quirks: { keepAliveComments: true, usageOnLastChunk: true, nullContent: true },
    errorBody: (refusal) => ({
      error: { message: refusal.message, type: refusal.type, param: null, code: refusal.code ?? refusal.type },
    }),
  },
  ollama: {
    ...open,
    name: "ollama",
    models: ["llama3.2", "qwen3:8b", "llama3.2-vision", "qwen2.5vl:7b"],
    embeddingModel: "nomic-embed-text",
    extraFields: ["think", "keep_alive"],
    extraMessageFields: ["reasoning"],
    wantsKey: false,
    sees: /llava|vision|vl\b/,
    blindWords: () => "this model is missing data required for image input",
    parsesArguments: true,
    quirks: { wholeCalls: true, roleInEachDelta: true, thoughtField: "reasoning" },
  },
  vllm: {
    ...open,
    name: "vllm",
    models: ["Qwen/Qwen3-32B", "meta-llama/Llama-3.3-70B-Instruct", "Qwen/Qwen2.5-VL-7B-Instruct"],
    embeddingModel: "BAAI/bge-m3",
    extraFields: ["top_k", "min_p", "repetition_penalty", "chat_template_kwargs", "structured_outputs"],
    sees: /-VL-|Vision/,
    blindWords: (model) => `${model} is not a multimodal model`,
    extraMessageFields: ["reasoning", "reasoning_content"],
    parsesArguments: true,
    errorBody: (refusal) => ({
      error: { message: refusal.message, type: "BadRequestError", param: refusal.param, code: refusal.status },
    }),
  },
  dashscope: {
    ...open,
    name: "dashscope",
    basePath: "/compatible-mode/v1",
    models: ["qwen-plus", "qwen-max", "qwen-turbo", "qwen-vl-plus"],
    sees: /-vl-|qvq|omni/,
    blindWords: () => "<400> InternalError.Algo.InvalidParameter: Unexpected item type in content.",
    mostImageBytes: 10 * 1024 * 1024,
    embeddingModel: "text-embedding-v4",
    roles: ["system", "user", "assistant", "tool", "function"],
    extraFields: ["enable_thinking", "thinking_budget", "enable_search", "top_k"],
    extraMessageFields: ["reasoning_content"],
    quirks: { idOn: "empty-after-first" },
  },
};

/** A model that thinks first takes neither `max_tokens` nor a temperature. */
export function reasons(model: string): boolean {
  return /^(o\d|gpt-5)/.test(model) && !model.startsWith("gpt-5-chat");
}
