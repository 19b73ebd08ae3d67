import { once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, test } from "vitest";
import type { DialectName } from "./model/dialect.ts";
import { createModel, type ModelWorld } from "./model/model.ts";
import { png, pngUrl } from "./model/png.ts";

const opened: ModelWorld[] = [];
afterEach(async () => {
  for (const world of opened.splice(0)) await world.stop();
});

/** Shows a model an image, and tells what the provider said. */
async function show(dialect: DialectName, url: string, model?: string): Promise<{ status: number; told: string }> {
  const world = await createModel({ dialect, models: ["gpt-3.5-turbo", "o3-mini"] });
  opened.push(world);
  const content = [{ type: "image_url", image_url: { url } }];
  const body = JSON.stringify({ model: model ?? world.model, messages: [{ role: "user", content }] });
  // A connection of its own: what other tests have open in this process is no part of this.
  const asking = request(`${world.baseUrl}/chat/completions`, {
    method: "POST",
    agent: false,
    headers: { authorization: `Bearer ${world.key}`, "content-type": "application/json" },
  }).end(body);
  const [response] = await once(asking, "response").catch((error: unknown) => {
    throw new Error(`no answer; ${world.violations.join("; ")}`, { cause: error });
  });
  return { status: response.statusCode, told: await text(response) };
}

describe("images", () => {
  test.each<[DialectName, string]>([
    ["openai", "gpt-4o-mini"],
    ["openai", "gpt-5"],
    ["anthropic", "claude-haiku-4-5"],
    ["ollama", "llama3.2-vision"],
    ["vllm", "Qwen/Qwen2.5-VL-7B-Instruct"],
    ["dashscope", "qwen-vl-plus"],
  ])("are taken: %s %s", async (dialect, model) => {
    expect(await show(dialect, pngUrl(), model)).toMatchObject({ status: 200 });
  });

  test.each<[DialectName, string, RegExp]>([
    ["openai", "gpt-3.5-turbo", /only supported by certain models/],
    ["openai", "o3-mini", /only supported by certain models/],
    ["deepseek", "deepseek-chat", /Invalid value: 'image_url'/],
    ["ollama", "llama3.2", /image input/],
    ["vllm", "Qwen/Qwen3-32B", /not a multimodal model/],
    ["dashscope", "qwen-plus", /Unexpected item type/],
  ])("are refused for a model that sees none: %s %s", async (dialect, model, words) => {
    expect(await show(dialect, pngUrl(), model)).toMatchObject({ status: 400, told: expect.stringMatching(words) });
  });

  const whole = png();
  test.each<[string, string, RegExp]>([
    ["no base64", "data:image/png;base64,<svg/>", /Invalid base64/],
    ["nothing", "data:image/png;base64,", /Invalid base64/],
    ["bytes of no image", `data:image/png;base64,${Buffer.from("hello").toString("base64")}`, /valid image/],
    ["half an image", `data:image/png;base64,${whole.subarray(0, 40).toString("base64")}`, /valid image/],
    ["another kind of image", pngUrl().replace("image/png", "image/svg+xml"), /png, jpeg, gif or webp/],
  ])("are refused when they are %s", async (_name, url, words) => {
    expect(await show("openai", url)).toMatchObject({ status: 400, told: expect.stringMatching(words) });
  });

  test("must be of the type they say, and of 5 MB at most, for Anthropic", async () => {
    expect(await show("anthropic", pngUrl().replace("png", "jpeg"))).toMatchObject({
      status: 400,
      told: expect.stringContaining("appears to be a image/png image"),
    });
    expect(await show("anthropic", pngUrl(1, 1, 5 * 1024 * 1024))).toMatchObject({
      status: 400,
      told: expect.stringContaining("exceeds 5 MB"),
    });
  });
});
