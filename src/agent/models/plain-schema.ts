import { isObject } from "../json.ts";
import { pointed } from "../json-pointer.ts";

type Schema = Record<string, unknown>;

const deepest = 40;
/** So many schemas are put together at most. */
const mostMerged = 500;
const types = ["string", "number", "integer", "boolean", "object", "array", "null"];
/** Words with one schema under them, with a list of schemas, with schemas by name. */
const ones = [
  "items",
  "additionalProperties",
  "not",
  "if",
  "then",
  "else",
  "contains",
  "propertyNames",
  "unevaluatedProperties",
  "unevaluatedItems",
  "contentSchema",
];
const lists = ["anyOf", "oneOf", "allOf", "prefixItems"];
const named = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];
/** Words that say which dialect a schema is in, or where it lives: they hold for the whole, or lead out of it. */
const unsaid = ["$schema", "$id", "id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$vocabulary", "$comment"];
/** Words whose values must be of one kind, or providers refuse the whole tool. */
const kinds: Record<string, (value: unknown) => boolean> = {
  description: (value) => typeof value === "string",
  title: (value) => typeof value === "string",
  format: (value) => typeof value === "string",
  pattern: (value) => typeof value === "string",
  enum: (value) => Array.isArray(value) && value.length > 0,
  required: areDistinctNames,
  type: (value) => (Array.isArray(value) ? value.length > 0 && areDistinctNames(value) : true) && areTypes(value),
  dependentRequired: (value) => isObject(value) && Object.values(value).every(areDistinctNames),
  contentEncoding: (value) => typeof value === "string",
  contentMediaType: (value) => typeof value === "string",
  examples: Array.isArray,
  multipleOf: (value) => typeof value === "number" && value > 0,
};
for (const word of ["uniqueItems", "readOnly", "writeOnly", "deprecated"])
  kinds[word] = (value) => typeof value === "boolean";
for (const word of ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"])
  kinds[word] = (value) => typeof value === "number" && Number.isFinite(value);
for (const word of ["Length", "Items", "Properties", "Contains"])
  for (const bound of ["min", "max"])
    kinds[`${bound}${word}`] = (value) => Number.isSafeInteger(value) && Number(value) >= 0;

/**
 * Parameters as every provider takes them: an object with properties and, at its top, none of the words that combine
 * schemas; inside, the dialect of 2020, whatever they were written in. What can't be said so is left unsaid: calls are
 * checked against what the tool said itself.
 */
export function plainSchema(parameters: Schema): Schema {
  const clean = cleaned(merged(parameters, { root: parameters, left: mostMerged }), 0);
  const plain: Schema = { ...clean, type: "object", properties: isObject(clean.properties) ? clean.properties : {} };
  for (const word of ["oneOf", "anyOf", "allOf", "enum", "not", "if", "then", "else", "const", "$ref"])
    delete plain[word];
  return resolving(plain, plain);
}

/** What is said of one object in several places, in one place; of alternatives, all that any of them knows. */
function merged(schema: Schema, state: { root: Schema; left: number }): Schema {
  const { $ref, allOf, anyOf, oneOf, ...own } = schema;
  // Schemas may refer to each other without end.
  if (state.left-- <= 0) return own;
  const within = (value: unknown) =>
    listed(value)
      .filter(isObject)
      .map((one) => merged(one, state));
  const target = pointed(state.root, $ref);
  const all = [...(isObject(target) ? [merged(target, state)] : []), ...within(allOf)];
  const choices = [within(anyOf), within(oneOf)].filter((branches) => branches.length > 0);
  if (all.length === 0 && choices.length === 0) return own;
  const properties: Schema = {};
  const required = new Set<unknown>();
  for (const part of [own, ...all]) {
    for (const name of listed(part.required)) required.add(name);
    addProperties(properties, part, "allOf");
  }
  for (const branches of choices) {
    const together: Schema = {};
    for (const branch of branches) addProperties(together, branch, "anyOf");
    addProperties(properties, { properties: together }, "allOf");
    const [first, ...others] = branches.map((branch) => listed(branch.required));
    for (const name of first ?? []) if (others.every((names) => names.includes(name))) required.add(name);
  }
  const texts = [own, ...all].find(({ description }) => description !== undefined);
  const definitions = Object.assign({}, ...all.map(({ $defs }) => $defs).filter(isObject), own.$defs);
  return {
    ...own,
    ...(texts === undefined ? {} : { description: texts.description }),
    ...(Object.keys(definitions).length > 0 ? { $defs: definitions } : {}),
    properties,
    required: [...required],
    // A branch that is closed says nothing of what the others know.
    ...(own.additionalProperties === false ? { additionalProperties: undefined } : {}),
  };
}

/** Adds what is known of properties; what is said twice is joined by a word. */
function addProperties(to: Schema, { properties }: Schema, word: "allOf" | "anyOf"): void {
  if (!isObject(properties)) return;
  for (const [name, schema] of Object.entries(properties)) {
    const known = Object.hasOwn(to, name) ? to[name] : undefined;
    const isNew = known === undefined || known === true || JSON.stringify(known) === JSON.stringify(schema);
    set(to, name, isNew ? schema : { [word]: [known, schema] });
  }
}

/** As assigning, also of names that mean something to JavaScript. */
function set(to: Schema, name: string, value: unknown): void {
  Object.defineProperty(to, name, { value, enumerable: true, writable: true, configurable: true });
}

function listed(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function cleaned(schema: Schema, depth: number): Schema {
  if (depth > deepest) return {};
  const inner = (value: unknown): unknown => {
    if (isObject(value)) return cleaned(value, depth + 1);
    return value === false ? { not: {} } : {};
  };
  const clean: Schema = {};
  for (const [word, value] of Object.entries(schema)) {
    if (unsaid.includes(word) || value === undefined) continue;
    if (kinds[word]?.(value) === false) continue;
    if (lists.includes(word)) {
      if (Array.isArray(value) && value.length > 0) clean[word] = value.map(inner);
    } else if (named.includes(word)) {
      if (isObject(value))
        clean[word] = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inner(one)]));
    } else if (word === "additionalProperties" && typeof value === "boolean") clean[word] = value;
    else if (word === "items" && Array.isArray(value)) {
      // Until 2019 a list of items said what each place holds.
      if (value.length > 0) clean.prefixItems = value.map(inner);
      clean.items = { anyOf: value.length > 0 ? value.map(inner) : [{}] };
    } else if (ones.includes(word)) clean[word] = inner(value);
    else if (word === "dependencies" || word === "additionalItems") continue;
    else set(clean, word, value);
  }
  // In draft 4 a bound was made exclusive by a word beside it.
  for (const [bound, exclusive] of bounds) {
    if (schema[exclusive] !== true || typeof schema[bound] !== "number") continue;
    clean[exclusive] = schema[bound];
    delete clean[bound];
  }
  if ([schema.type].flat().includes("array") && clean.items === undefined) clean.items = {};
  return clean;
}

const bounds = [
  ["minimum", "exclusiveMinimum"],
  ["maximum", "exclusiveMaximum"],
] as const;

function areDistinctNames(value: unknown): boolean {
  return (
    Array.isArray(value) && value.every((name) => typeof name === "string") && new Set(value).size === value.length
  );
}

function areTypes(value: unknown): boolean {
  return [value].flat().every((one) => typeof one === "string" && types.includes(one));
}

/** References that lead nowhere are taken out. */
function resolving(schema: Schema, root: Schema): Schema {
  const copy: Schema = {};
  for (const [word, value] of Object.entries(schema)) {
    if (word === "$ref" && !isObject(pointed(root, value))) continue;
    if (ones.includes(word) && isObject(value)) copy[word] = resolving(value, root);
    else if (lists.includes(word) && Array.isArray(value))
      copy[word] = value.map((one) => (isObject(one) ? resolving(one, root) : one));
    else if (named.includes(word) && isObject(value)) {
      const entries = Object.entries(value).map(([key, one]) => [key, isObject(one) ? resolving(one, root) : one]);
      copy[word] = Object.fromEntries(entries);
    } else set(copy, word, value);
  }
  return copy;
}
