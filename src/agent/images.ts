import { imageSize } from "./image-size.ts";
import type { ModelSpec } from "./run-input.ts";

/** No provider takes larger ones, in bytes or in pixels of a side. */
const mostBytes = 5 * 1024 * 1024;
const mostPixels = 8000;

/** An image as models take it, by what its bytes are; undefined for what is no image, broken, or larger than they take. */
export function dataUrl(bytes: Uint8Array): string | undefined {
  if (bytes.length > mostBytes) return undefined;
  const size = imageSize(bytes);
  if (size === undefined || Math.min(size.width, size.height) < 1) return undefined;
  if (Math.max(size.width, size.height) > mostPixels) return undefined;
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
  return `data:image/${size.kind};base64,${base64}`;
}

/** Names of models that see, as their makers spell them; what stands before the last slash is the maker. */
const seeing = [
  /^(?:chat)?gpt-4o(?!.*(?:audio|realtime|transcribe|tts|search))/,
  /^gpt-(?:4\.[15]|4-turbo|4-vision|[5-9])(?!.*-(?:audio|realtime)\b)/,
  /^o(?:1(?!-mini|-preview)|3(?!-mini)|[4-9])(?:-|$)/,
  /^claude-(?!1|2|instant)/,
  /^gemini-/,
  /^(?:qwen[\d.]*-?vl|qvq|qwen[\d.]*-omni)/,
  /^gemma-?(?:3n?(?!:270m|:1b|-270m|-1b)|[4-9])/,
  /^llama-?(?:3\.2-?(?:vision|1[12]b|90b)|4)/,
  /^(?:bak)?llava/,
  /^(?:pixtral|mistral-(?:small|medium)-?3\.[1-9]|moondream|minicpm-v|internvl|kimi-vl|grok-4|smolvlm)/,
  /^glm-[\d.]+v/,
  /-(?:vl|vision|multimodal)(?:-|:|$)/,
];

/** Whether a model is shown images: as config says, else by its name. Where nothing is known, it is not. */
export function takesImages(spec: Pick<ModelSpec, "provider" | "model" | "images">): boolean {
  if (spec.provider === "offline") return false;
  if (spec.images !== undefined) return spec.images;
  if (spec.provider === "deepseek") return false;
  const name = spec.model.toLowerCase().split("/").at(-1) ?? "";
  return seeing.some((pattern) => pattern.test(name));
}
