import type { Model, ModelPart, ModelRequest } from "../../../src/agent/models/model.ts";
import type { ModelSpec } from "../../../src/agent/run-input.ts";
import type { ModelWorld } from "../../world/model/model.ts";

/** What a model answered, put together. */
export type Answer = { text: string; thought: string; end: Extract<ModelPart, { kind: "end" }>; parts: ModelPart[] };

/** Asks a model and hears it out. */
export async function ask(
  model: Model,
  request: Partial<ModelRequest> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Answer> {
  const parts: ModelPart[] = [];
  const asked = { instructions: "You help.", turns: [{ role: "user" as const, text: "hello" }], tools: [], ...request };
  for await (const part of model.stream(asked, signal)) parts.push(part);
  const end = parts.at(-1);
  if (end?.kind !== "end") throw new Error("the answer has no end");
  let text = "";
  let thought = "";
  for (const part of parts) {
    if (part.kind === "text") text += part.text;
    if (part.kind === "thought") thought += part.text;
    if (part.kind === "afresh") text = "";
  }
  return { text, thought, end, parts };
}

/** Config for a model of a simulated provider. */
export function specOf(world: ModelWorld, more: Partial<ModelSpec> = {}): ModelSpec {
  return { name: "main", provider: "custom", model: world.model, baseUrl: world.baseUrl, key: world.key, ...more };
}
