import { describe, expect, it } from "vitest";
import { imageSize } from "../../src/agent/image-size.ts";
import { dataUrl, takesImages } from "../../src/agent/images.ts";
import { png } from "../world/model/png.ts";

describe("an image", () => {
  const jpeg = Buffer.from(
    "ffd8ffe000104a46494600010100000100010000ffc0000b0800300040010111 00ffd9".replaceAll(" ", ""),
    "hex",
  );
  const gif = Buffer.from("4749463839610a001400800000000000ffffff3b", "hex");
  const webp = (form: string, rest: string) => Buffer.from(`52494646200000005745425056503${form}${rest}`, "hex");

  it.each([
    ["png", png(7, 9), { kind: "png", width: 7, height: 9 }],
    ["jpeg", jpeg, { kind: "jpeg", width: 64, height: 48 }],
    ["gif", gif, { kind: "gif", width: 10, height: 20 }],
    ["lossy webp", webp("820", "100000000000009d012a05000600"), { kind: "webp", width: 5, height: 6 }],
    ["lossless webp", webp("84c", "100000002f03400100000000"), { kind: "webp", width: 4, height: 6 }],
    ["webp of the long form", webp("858", "0a00000000000000ff03007f0000"), { kind: "webp", width: 1024, height: 128 }],
  ] as const)("(%s) is known by its bytes, and its size is read", (_name, bytes, size) => {
    expect(imageSize(bytes)).toEqual(size);
    expect(dataUrl(bytes)).toBe(`data:image/${size.kind};base64,${bytes.toString("base64")}`);
  });

  it.each([
    ["a text", Buffer.from("a picture of a cat")],
    ["an SVG", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ["a BMP", Buffer.from("424d460000000000000036000000", "hex")],
    ["nothing", Buffer.alloc(0)],
    ["the mark of a PNG and no more", png().subarray(0, 12)],
    ["a JPEG cut off before its frame", jpeg.subarray(0, 22)],
    ["a JPEG whose segments do not hang together", Buffer.from("ffd8ffe00002aabbccdd", "hex")],
    ["sound in the frame of WebP", Buffer.from("5249464620000000574156456d74201000000000", "hex")],
    ["an image without height", png(3, 0)],
    ["one over 8,000 pixels", png(8001, 1)],
    ["one over 5 MB", png(1, 1, 5 * 1024 * 1024)],
  ])("is not %s", (_name, bytes) => {
    expect(dataUrl(bytes)).toBeUndefined();
  });

  it("is taken from the middle of a larger buffer as it is", () => {
    const larger = Buffer.concat([Buffer.from("before"), png(), Buffer.from("after")]);
    expect(dataUrl(larger.subarray(6, 6 + png().length))).toBe(dataUrl(png()));
  });
});

describe("models that take images", () => {
  const names = (provider: "openai" | "anthropic" | "dashscope" | "ollama" | "custom", ...models: string[]) =>
    models.map((model) => ({ provider, model }));

  it.each([
    ...names("openai", "gpt-4o", "gpt-4o-mini", "chatgpt-4o-latest", "gpt-4.1-nano", "gpt-4-turbo", "gpt-5", "gpt-5.1"),
    ...names("openai", "o1", "o3", "o3-pro", "o4-mini"),
    ...names("anthropic", "claude-3-haiku-20240307", "claude-sonnet-4-5", "claude-opus-4-5"),
    ...names("dashscope", "qwen-vl-max", "qwen2.5-vl-72b-instruct", "qwen3-vl-plus", "qvq-max", "qwen3-omni-flash"),
    ...names("ollama", "llava:13b", "bakllava", "llama3.2-vision:11b", "gemma3", "gemma3:27b", "qwen2.5vl:7b"),
    ...names("ollama", "minicpm-v", "moondream", "llama4:scout", "granite3.2-vision", "mistral-small3.1"),
    ...names("custom", "Qwen/Qwen2.5-VL-7B-Instruct", "openai/gpt-4o", "anthropic/claude-3.5-sonnet"),
    ...names("custom", "google/gemini-2.5-flash", "mistralai/pixtral-12b", "glm-4.5v", "Phi-3.5-vision-instruct"),
    ...names("custom", "meta-llama/Llama-3.2-90B-Vision-Instruct", "google/gemma-3-27b-it"),
  ])("are known by name: $provider $model", (spec) => {
    expect(takesImages(spec)).toBe(true);
  });

  it.each([
    ...names("openai", "gpt-3.5-turbo", "gpt-4", "gpt-4o-audio-preview", "gpt-4o-transcribe", "o1-mini", "o3-mini"),
    ...names("anthropic", "claude-2.1", "claude-instant-1.2"),
    ...names("dashscope", "qwen-plus", "qwen3-max", "qwen3-coder-plus"),
    ...names("ollama", "llama3.2", "llama3.2:1b", "gemma3:1b", "gemma3:270m", "gemma2", "qwen3:8b", "gpt-oss:20b"),
    ...names("custom", "Qwen/Qwen3-32B", "meta-llama/Llama-3.3-70B-Instruct", "our-own-model", "deepseek-v3.2"),
    { provider: "deepseek" as const, model: "deepseek-chat" },
    { provider: "offline" as const, model: "gpt-4o" },
  ])("are not $provider $model", (spec) => {
    expect(takesImages(spec)).toBe(false);
  });

  it("are what config says, whatever their name", () => {
    expect(takesImages({ provider: "custom", model: "our-own-model", images: true })).toBe(true);
    expect(takesImages({ provider: "openai", model: "gpt-4o", images: false })).toBe(false);
  });
});
