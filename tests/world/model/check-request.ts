import type { ChatCompletionCreateParams } from "openai/resources/chat/completions";
import { checkMessages } from "./check-messages.ts";
import { checkTools } from "./check-tools.ts";
import { type Dialect, reasons } from "./dialect.ts";
import { isObject, Refusal, refuse, refuseType } from "./refusal.ts";

/** A request this provider took. */
export type ChatBody = ChatCompletionCreateParams;

const fields = new Set([
  ..."messages model audio frequency_penalty function_call functions logit_bias logprobs".split(" "),
  ..."max_completion_tokens max_tokens metadata modalities moderation n parallel_tool_calls prediction".split(" "),
  ..."presence_penalty prompt_cache_key prompt_cache_options prompt_cache_retention reasoning_effort".split(" "),
  ..."response_format safety_identifier seed service_tier stop store stream stream_options temperature".split(" "),
  ..."tool_choice tools top_logprobs top_p user verbosity web_search_options".split(" "),
]);

/** Refuses what providers refuse. Contract: returns only for a body that fits `ChatBody`. */
export function checkRequest(
  body: unknown,
  dialect: Dialect,
  models: readonly string[],
): asserts body is ChatBody & Record<string, unknown> {
  if (!isObject(body)) throw new Refusal("We could not parse the JSON body of your request.");
  const model = checkModel(body.model, models);
  for (const field of Object.keys(body)) {
    if (fields.has(field) || dialect.extraFields.includes(field)) continue;
    refuse(field, `Unknown parameter: '${field}'.`, "unknown_parameter");
  }
  checkMessages(body.messages, dialect, model);
  checkTools(body, dialect);
  checkStream(body);
  checkNumbers(body, dialect, model);
  checkFormat(body, dialect);
  checkRest(body);
}

/** The name of a model this provider has. */
export function checkModel(model: unknown, models: readonly string[]): string {
  if (model === undefined || model === "") throw new Refusal("you must provide a model parameter");
  if (typeof model !== "string") refuseType("model", "a string", model);
  if (!models.includes(model)) {
    throw new Refusal(`The model \`${model}\` does not exist or you do not have access to it.`, {
      status: 404,
      code: "model_not_found",
    });
  }
  return model;
}

function checkStream(body: Record<string, unknown>): void {
  const { stream, stream_options: options } = body;
  if (stream !== undefined && stream !== null && typeof stream !== "boolean") {
    refuseType("stream", "a boolean", stream);
  }
  if (options === undefined || options === null) return;
  if (stream !== true) {
    refuse(
      "stream_options",
      "Invalid value for 'stream_options': The 'stream_options' parameter is only allowed when 'stream' is enabled.",
    );
  }
  if (!isObject(options)) refuseType("stream_options", "an object", options);
  for (const [key, value] of Object.entries(options)) {
    if (key !== "include_usage" && key !== "include_obfuscation") {
      refuse(`stream_options.${key}`, `Unknown parameter: 'stream_options.${key}'.`, "unknown_parameter");
    }
    if (typeof value !== "boolean") refuseType(`stream_options.${key}`, "a boolean", value);
  }
}

function checkNumbers(body: Record<string, unknown>, dialect: Dialect, model: string): void {
  checkNumber(body, "temperature", 0, dialect.maxTemperature);
  checkNumber(body, "top_p", 0, 1);
  checkNumber(body, "presence_penalty", -2, 2);
  checkNumber(body, "frequency_penalty", -2, 2);
  checkNumber(body, "n", 1, dialect.name === "anthropic" ? 1 : 128);
  checkNumber(body, "max_tokens", 1, Number.MAX_SAFE_INTEGER);
  checkNumber(body, "max_completion_tokens", 1, Number.MAX_SAFE_INTEGER);
  for (const param of ["n", "max_tokens", "max_completion_tokens", "seed"]) {
    const value = body[param];
    if (value !== undefined && value !== null && !Number.isInteger(value)) refuseType(param, "an integer", value);
  }
  if (typeof body.max_tokens === "number" && typeof body.max_completion_tokens === "number") {
    refuse("max_tokens", "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.");
  }
  if (!reasons(model)) return;
  if (body.max_tokens !== undefined) {
    refuse(
      "max_tokens",
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      "unsupported_parameter",
    );
  }
  for (const param of ["temperature", "top_p"]) {
    const value = body[param];
    if (value === undefined || value === null || value === 1) continue;
    refuse(
      param,
      `Unsupported value: '${param}' does not support ${String(value)} with this model. Only the default (1) value is supported.`,
      "unsupported_value",
    );
  }
}

function checkNumber(body: Record<string, unknown>, param: string, min: number, max: number): void {
  const value = body[param];
  if (value === undefined || value === null) return;
  if (typeof value !== "number") refuseType(param, "a decimal", value);
  if (value < min) {
    refuse(param, `Invalid '${param}': expected a value >= ${min}, but got ${value} instead.`, "below_min_value");
  }
  if (value > max) {
    refuse(param, `Invalid '${param}': expected a value <= ${max}, but got ${value} instead.`, "above_max_value");
  }
}

function checkFormat(body: Record<string, unknown>, dialect: Dialect): void {
  const format = body.response_format;
  if (format === undefined || format === null) return;
  if (!isObject(format)) refuseType("response_format", "an object", format);
  if (format.type === "json_object") {
    if (/json/i.test(JSON.stringify(body.messages))) return;
    refuse(
      "messages",
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
    );
  }
  if (format.type === "json_schema") {
    if (!dialect.takesJsonSchema) refuse("response_format", "This response_format type is unavailable now");
    const asked = format.json_schema;
    if (!isObject(asked)) refuseType("response_format.json_schema", "an object", asked);
    if (typeof asked.name !== "string" || !/^[a-zA-Z0-9_-]{1,64}$/.test(asked.name)) {
      refuse(
        "response_format.json_schema.name",
        "Invalid 'response_format.json_schema.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
        "invalid_value",
      );
    }
    if (!isObject(asked.schema)) refuseType("response_format.json_schema.schema", "an object", asked.schema);
    return;
  }
  if (format.type === "text") return;
  refuse(
    "response_format.type",
    `Invalid value: '${String(format.type)}'. Supported values are: 'json_object', 'json_schema', and 'text'.`,
    "invalid_value",
  );
}

function checkRest(body: Record<string, unknown>): void {
  const { stop, user, metadata, store } = body;
  if (Array.isArray(stop) && stop.length > 4) {
    refuse(
      "stop",
      "Invalid 'stop': array too long. Expected an array with maximum length 4.",
      "array_above_max_length",
    );
  }
  if (user !== undefined && typeof user !== "string") refuseType("user", "a string", user);
  if (metadata !== undefined && metadata !== null && store !== true) {
    refuse("metadata", "The 'metadata' parameter is only allowed when 'store' is enabled.");
  }
}
