import { roughTokens } from "../agent/gauge.ts";
import { isObject, writtenLength } from "../agent/json.ts";
import type { ToolSpec } from "../agent/tool.ts";

type Parameters = ToolSpec["parameters"];

/** Longer than this, as JSON, no tool can expect its parameters to be read. */
const longest = 64 * 1024;
const mostNamed = 100;
const lengths = new WeakMap<Parameters, number>();
const tokens = new WeakMap<ToolSpec, number>();

/** Parameters that a prompt can carry: of those that are beyond all measure only the names and types at the top are left. */
export function carried(parameters: Parameters): Parameters {
  if (lengthOf(parameters) <= longest) return parameters;
  const properties = Object.entries(isObject(parameters.properties) ? parameters.properties : {}).slice(0, mostNamed);
  const required = Array.isArray(parameters.required) ? parameters.required : [];
  return {
    type: "object",
    properties: Object.fromEntries(properties.map(([name, schema]) => [name.slice(0, 200), typeOnly(schema)])),
    required: required.filter((name) => properties.some(([one]) => one === name)),
  };
}

/** What a tool takes of each prompt, in tokens. */
export function weightOf(spec: ToolSpec): number {
  const known = tokens.get(spec) ?? roughTokens(JSON.stringify(spec));
  tokens.set(spec, known);
  return known;
}

function lengthOf(parameters: Parameters): number {
  const known = lengths.get(parameters) ?? writtenLength(parameters);
  lengths.set(parameters, known);
  return known;
}

function typeOnly(schema: unknown): Parameters {
  if (!isObject(schema) || typeof schema.type !== "string") return {};
  return schema.type === "array" ? { type: "array", items: {} } : { type: schema.type };
}
