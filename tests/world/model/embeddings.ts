import type { Dialect } from "./dialect.ts";
import { isObject, refuse, refuseType } from "./refusal.ts";

const sizes: Record<string, number> = { "text-embedding-3-small": 1536, "text-embedding-3-large": 3072 };
const usualSize = 1024;
const maxInputs = 2048;

/** Answers `POST /embeddings`: the same text has always the same vector, texts that share words have close ones. */
export function embeddingsOf(body: Record<string, unknown>, dialect: Dialect): string {
  const { input, model, dimensions, encoding_format: format } = body;
  for (const field of Object.keys(body)) {
    if (["input", "model", "dimensions", "encoding_format", "user"].includes(field)) continue;
    refuse(field, `Unknown parameter: '${field}'.`, "unknown_parameter");
  }
  if (model !== dialect.embeddingModel && !(typeof model === "string" && model in sizes)) {
    refuse("model", `The model \`${String(model)}\` does not make embeddings.`, "model_not_found");
  }
  const texts = textsOf(input);
  if (dimensions !== undefined && (!Number.isInteger(dimensions) || Number(dimensions) < 1)) {
    refuseType("dimensions", "an integer", dimensions);
  }
  if (format !== undefined && format !== "float" && format !== "base64") {
    refuse("encoding_format", `Invalid value: '${String(format)}'. Supported values are: 'float' and 'base64'.`);
  }
  const size = dimensions === undefined ? (sizes[String(model)] ?? usualSize) : Number(dimensions);
  const tokens = texts.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0);
  return JSON.stringify({
    object: "list",
    data: texts.map((text, index) => ({
      object: "embedding",
      index,
      embedding: encoded(vectorOf(text, size), format),
    })),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
}

function textsOf(input: unknown): string[] {
  const list: unknown[] = Array.isArray(input) ? input : [input];
  if (input === undefined || list.length === 0) refuse("input", "'$.input' is invalid. Expected at least one text.");
  if (list.length > maxInputs) refuse("input", `'$.input' is invalid. At most ${maxInputs} texts.`);
  return list.map((text, index) => {
    if (typeof text !== "string") refuseType(`input[${index}]`, "a string", text);
    if (text === "") refuse("input", "'$.input' is invalid. A text cannot be empty.");
    return text;
  });
}

function encoded(vector: Float32Array, format: unknown): number[] | string {
  return format === "base64" ? Buffer.from(vector.buffer).toString("base64") : [...vector];
}

/** Every word, and every pair of Chinese characters, adds to one place; the whole has length one. */
function vectorOf(text: string, size: number): Float32Array {
  const vector = new Float32Array(size);
  const words = text.toLowerCase().match(/\p{Script=Han}|[\p{L}\p{N}]+/gu) ?? [text];
  for (const [index, word] of words.entries()) {
    add(vector, word);
    if (/^\p{Script=Han}$/u.test(word)) add(vector, word + (words[index + 1] ?? ""));
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

function add(vector: Float32Array, word: string): void {
  let hash = 2166136261;
  for (const character of word) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619) >>> 0;
  const place = hash % vector.length;
  vector[place] = (vector[place] ?? 0) + 1;
}

/** The body of an embeddings request as an object. */
export function asEmbeddingsBody(body: unknown): Record<string, unknown> {
  if (!isObject(body)) refuse("input", "We could not parse the JSON body of your request.");
  return body;
}
