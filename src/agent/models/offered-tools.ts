import type OpenAI from "openai";
import { isObject } from "../json.ts";
import type { ToolSpec } from "../tool.ts";

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
const refusedAtTop = ["$schema", "oneOf", "anyOf", "allOf", "enum", "not"];

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
    const parameters = objectSchema(spec.parameters);
    const described = { name, description, parameters: narrow ? withItems(parameters) : parameters };
    offer.tools.push({ type: "function", function: described });
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

function objectSchema(schema: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(schema).filter(([word]) => !refusedAtTop.includes(word));
  const properties = isObject(schema.properties) ? schema.properties : {};
  return { ...Object.fromEntries(kept), type: "object", properties };
}

/** The same schema, with `items` wherever an array does not say them. */
function withItems(schema: Record<string, unknown>): Record<string, unknown> {
  const copy: Record<string, unknown> = { ...schema };
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  if (types.includes("array") && schema.items === undefined) copy.items = {};
  for (const word of ["properties", "$defs", "definitions"]) {
    const named = schema[word];
    if (!isObject(named)) continue;
    copy[word] = Object.fromEntries(Object.entries(named).map(([key, value]) => [key, inside(value)]));
  }
  for (const word of ["items", "additionalProperties", "anyOf", "oneOf", "allOf"]) {
    if (copy[word] !== undefined) copy[word] = inside(copy[word]);
  }
  return copy;
}

function inside(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inside);
  return isObject(value) ? withItems(value) : value;
}
