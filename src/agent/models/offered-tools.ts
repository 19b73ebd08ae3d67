import type OpenAI from "openai";
import type { ToolSpec } from "../tool.ts";
import { plainSchema } from "./plain-schema.ts";

/** Tools as a provider takes them, and the names they have on our side. */
export type OfferedTools = {
  tools: OpenAI.ChatCompletionFunctionTool[];
  /** Our name by the one offered. */
  ours: Map<string, string>;
  /** The name offered by ours. */
  offered: Map<string, string>;
  /** How many did not fit. */
  left: number;
};

const maxTools = 128;
const maxDescription = 1024;

/** Says tools in the form providers take: at most 128, plain names, an object for parameters. */
export function offerTools(specs: readonly ToolSpec[], narrow: boolean): OfferedTools {
  const offer: OfferedTools = { tools: [], ours: new Map(), offered: new Map(), left: 0 };
  for (const spec of specs) {
    if (offer.offered.has(spec.name)) continue;
    if (offer.tools.length === maxTools) {
      offer.left += 1;
      continue;
    }
    const name = freeName(spec.name, offer.ours);
    offer.ours.set(name, spec.name);
    offer.offered.set(spec.name, name);
    const description =
      narrow && spec.description.length > maxDescription ? shortened(spec.description) : spec.description;
    offer.tools.push({ type: "function", function: { name, description, parameters: plainSchema(spec.parameters) } });
  }
  return offer;
}

/** A name that providers take and no other tool has. */
export function freeName(name: string, taken: ReadonlyMap<string, string>): string {
  const plain = name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, 64) || "tool";
  let free = plain;
  for (let nth = 2; taken.has(free); nth++) free = `${plain.slice(0, 60)}_${nth}`;
  return free;
}

function shortened(text: string): string {
  return `${text.slice(0, maxDescription - 1)}…`;
}
