import { existsSync, readFileSync } from "node:fs";
import { isObject, type Json, type JsonObject } from "./form.ts";
import type { CallRecord } from "./rest/server.ts";

/** Discord's own description of its API, when it lies beside the project. */
export interface Oracle {
  /** True when Discord has this route. */
  knows(method: string, path: string): boolean;
  /** What is wrong with a call's body and with its answer, by the description. */
  problems(call: CallRecord): string[];
}

const place = "../shared/data/discord-openapi.json";

/** Loads the description; undefined where it is not at hand. */
export function loadOracle(): Oracle | undefined {
  if (!existsSync(place)) return undefined;
  const description: Json = JSON.parse(readFileSync(place, "utf8"));
  const paths = dig(description, "paths");
  const at = (method: string, path: string) => dig(paths, path, method.toLowerCase());
  return {
    knows: (method, path) => isObject(at(method, path)),
    problems(call) {
      const operation = at(call.method, call.route);
      if (!isObject(operation)) return [`${call.method} ${call.route} is not in the description`];
      const asked = dig(operation, "requestBody", "content", "application/json", "schema");
      const answered =
        dig(operation, "responses", String(call.status), "content", "application/json", "schema") ??
        dig(operation, "responses", `${Math.floor(call.status / 100)}XX`, "content", "application/json", "schema");
      const check = (schema: Json | undefined, value: unknown, where: string) =>
        schema === undefined || value === undefined ? [] : complaints(description, schema, value, where);
      const isFine = call.status >= 200 && call.status < 300;
      return [
        ...(isFine ? check(asked, call.body, "request") : []),
        ...check(answered, call.answer, `answer ${call.status}`),
      ].map((problem) => `${call.method} ${call.route}: ${problem}`);
    },
  };
}

/** The complaints of a JSON schema, in the dialect the description uses. */
function complaints(root: Json, schema: Json, value: unknown, where: string): string[] {
  if (!isObject(schema)) return [];
  if (typeof schema.$ref === "string")
    return complaints(root, dig(root, ...schema.$ref.slice(2).split("/")) ?? {}, value, where);
  const choices = [schema.oneOf, schema.anyOf].find(Array.isArray);
  if (choices && !choices.some((choice) => complaints(root, choice, value, where).length === 0)) {
    const tried = choices.map((choice) => complaints(root, choice, value, where));
    const nearest = tried.sort((one, other) => one.length - other.length)[0] ?? [];
    return [`${where} fits none of ${choices.length} shapes, nearest: ${nearest.slice(0, 3).join("; ")}`];
  }
  const all = Array.isArray(schema.allOf) ? schema.allOf.flatMap((part) => complaints(root, part, value, where)) : [];
  return [...all, ...plainComplaints(root, schema, value, where)];
}

function plainComplaints(root: Json, schema: JsonObject, value: unknown, where: string): string[] {
  const types = [schema.type].flat().filter((type) => type !== undefined);
  if (types.length > 0 && !types.some((type) => isOfType(value, type)))
    return [`${where} is ${JSON.stringify(value)?.slice(0, 60)}, not ${types.join(" or ")}`];
  if (Array.isArray(schema.enum) && !schema.enum.some((item) => item === value))
    return [`${where} is ${JSON.stringify(value)}, not one of ${JSON.stringify(schema.enum).slice(0, 120)}`];
  if (typeof value === "string") return textComplaints(schema, value, where);
  if (Array.isArray(value)) {
    const { items, maxItems, minItems } = schema;
    const size =
      value.length > Number(maxItems ?? Number.POSITIVE_INFINITY) || value.length < Number(minItems ?? 0)
        ? [`${where} has ${value.length} items`]
        : [];
    return [...size, ...value.flatMap((item, index) => complaints(root, items ?? {}, item, `${where}[${index}]`))];
  }
  return isObject(value) ? objectComplaints(root, schema, value, where) : [];
}

function objectComplaints(root: Json, schema: JsonObject, value: JsonObject, where: string): string[] {
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  const missing = required.filter((key) => !(key in value)).map((key) => `${where} lacks ${key}`);
  const inside = Object.entries(value).flatMap(([key, item]) =>
    complaints(root, dig(schema, "properties", key) ?? {}, item, `${where}.${key}`),
  );
  return [...missing, ...inside];
}

function textComplaints(schema: JsonObject, value: string, where: string): string[] {
  const { maxLength, minLength, pattern } = schema;
  if (value.length > Number(maxLength ?? Number.POSITIVE_INFINITY) || value.length < Number(minLength ?? 0))
    return [`${where} has ${value.length} characters`];
  if (typeof pattern === "string" && !new RegExp(pattern, "u").test(value))
    return [`${where} does not match ${pattern}`];
  return [];
}

function isOfType(value: unknown, type: Json): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject(value);
  if (type === "integer") return Number.isInteger(value);
  return typeof value === type;
}

function dig(value: Json | undefined, ...steps: string[]): Json | undefined {
  return steps.reduce<Json | undefined>((place, step) => (isObject(place) ? place[step] : undefined), value);
}
