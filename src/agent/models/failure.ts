import OpenAI from "openai";
import type { ModelSpec } from "../run-input.ts";
import type { Optional } from "./chat-body.ts";
import { ModelFailure } from "./model.ts";

/** What went wrong, as the retries understand it; the key never stands in its words. */
export function failureOf(error: unknown, spec: ModelSpec, now: number): ModelFailure {
  if (error instanceof ModelFailure) return error;
  const message = withoutKey(wordsOf(error), spec.key);
  if (error instanceof OpenAI.APIConnectionError) return new ModelFailure("passing", message, { cause: error });
  if (error instanceof OpenAI.APIError && error.status !== undefined) {
    const retryAfterMs = retryAfter(error.headers, now);
    return new ModelFailure(kindOf(error), message, { retryAfterMs, cause: error });
  }
  // A stream that is cut in the middle is a plain error of the connection.
  return new ModelFailure("passing", message, { cause: error });
}

function kindOf(error: InstanceType<typeof OpenAI.APIError>): ModelFailure["kind"] {
  const status: number = error.status ?? 0;
  if (status === 401 || status === 403) return "refused-key";
  if (error.code === "insufficient_quota") return "refused";
  if ((status === 400 || status === 413) && saysTooLong(error.code, error.message)) return "too-long";
  return status === 408 || status === 409 || status === 429 || status >= 500 ? "passing" : "refused";
}

/** Whether a refusal is about more text than the model can read. */
export function saysTooLong(code: unknown, message: string): boolean {
  if (code === "context_length_exceeded") return true;
  return /context (?:length|window|size)|prompt is too long|too many (?:input )?tokens|range of input length/i.test(
    message,
  );
}

/** How long a server asks us to wait, in the three ways servers say it. */
function retryAfter(headers: Headers | undefined, now: number): number | undefined {
  const ms = Number.parseFloat(headers?.get("retry-after-ms") ?? "");
  if (!Number.isNaN(ms)) return Math.max(0, ms);
  const told = headers?.get("retry-after") ?? "";
  if (/^\s*\d+(\.\d+)?\s*$/.test(told)) return Number.parseFloat(told) * 1000;
  const date = Date.parse(told);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

const clues: [Optional, RegExp][] = [
  ["stream_options", /stream_options|include_usage/],
  ["response_format", /response_format|json_schema|json_object/],
  ["temperature", /temperature/],
  ["limit", /max_tokens|max_completion_tokens/],
  ["thoughts", /reasoning_content/],
  ["images", /image|multimodal|item type in content|content must be a string/i],
];

/** The part of a request that a server refused and that we can do without. */
export function refusedPart(error: unknown, body: OpenAI.ChatCompletionCreateParamsStreaming): Optional | undefined {
  if (!(error instanceof OpenAI.APIError) || (error.status !== 400 && error.status !== 422)) return undefined;
  const told = `${error.param ?? ""} ${wordsOf(error)}`;
  return clues.find(([part, clue]) => clue.test(told) && carries(body, part))?.[0];
}

const faultyImage =
  /(?:could not|unable to|failed to|cannot) (?:process|decode|download|load|identify)|base64|(?:invalid|broken|corrupt\w*|valid|unsupported) image\b|image (?:data|exceeds|dimensions|size|is too|was too|length)|too (?:large|many)/i;

/** Whether a refusal is about what this one request carries: an image that is broken or too large, not images as such. */
export function isOfThisRequest(part: Optional, error: unknown): boolean {
  return part === "images" && faultyImage.test(wordsOf(error));
}

function carries(body: OpenAI.ChatCompletionCreateParamsStreaming, part: Optional): boolean {
  if (part === "limit") return body.max_tokens !== undefined || body.max_completion_tokens !== undefined;
  if (part === "thoughts") return body.messages.some((message) => "reasoning_content" in message);
  if (part === "images") return body.messages.some(({ role, content }) => role === "user" && Array.isArray(content));
  return body[part] !== undefined;
}

/** The words of an error and, where they say little, of what caused it. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  let words = error.message;
  for (let { cause } = error; cause instanceof Error; cause = cause.cause) {
    const why = cause.message || ("code" in cause ? String(cause.code) : cause.name);
    if (!words.includes(why)) words += ` (${why})`;
  }
  return words.length > 500 ? `${words.slice(0, 500)}…` : words;
}

function withoutKey(words: string, key: string | undefined): string {
  return key === undefined || key === "" ? words : words.replaceAll(key, "…");
}
