import { isObject, writtenLength } from "../agent/json.ts";
import { pointed } from "../agent/json-pointer.ts";
import type { ToolSpec } from "../agent/tool.ts";

type Schema = Record<string, unknown>;

/** So many schemas are looked into at most, and so much is put in for references: they may be without end. */
const [mostStripped, longestResolved] = [1000, 512 * 1024];
/** Whose schemas speak of the same object as the one they stand in. */
const branches = ["allOf", "anyOf", "oneOf"];
const conditions = ["if", "then", "else", "not"];

/**
 * Parameters without those that are filled in at the call: neither the model nor the check of its arguments knows them.
 * They go out of everything that speaks of the same object, also behind a reference.
 */
export function withoutPreset(parameters: ToolSpec["parameters"], preset: Record<string, unknown>): Schema {
  const hidden = new Set(Object.keys(preset));
  if (hidden.size === 0) return parameters;
  const stripping = { root: parameters, hidden, left: mostStripped, room: longestResolved, lengths: new Map() };
  return withoutUnused(stripped(parameters, stripping));
}

type Stripping = {
  root: Schema;
  hidden: ReadonlySet<string>;
  left: number;
  room: number;
  /** Of what was referred to, as JSON. */
  lengths: Map<Schema, number>;
};

function stripped(schema: Schema, at: Stripping): Schema {
  const { root, hidden } = at;
  const { $ref, ...own } = schema;
  if (at.left-- <= 0) return own;
  if ($ref !== undefined) {
    const target = pointed(root, $ref);
    // What stands beside a reference holds as well.
    if (isObject(target) && target !== root) {
      at.room -= lengthOf(target, at);
      if (at.room < 0) return own;
      const resolved = stripped(target, at);
      if (Object.keys(own).every((word) => passive.includes(word))) return { ...resolved, ...own };
      return { ...stripped(own, at), allOf: [resolved, ...listed(own.allOf)] };
    }
  }
  const copy: Schema = { ...schema };
  if (isObject(schema.properties))
    copy.properties = Object.fromEntries(Object.entries(schema.properties).filter(([name]) => !hidden.has(name)));
  if (Array.isArray(schema.required)) {
    copy.required = schema.required.filter((name) => !hidden.has(String(name)));
  }
  if (typeof schema.minProperties === "number") copy.minProperties = Math.max(0, schema.minProperties - hidden.size);
  for (const word of ["dependentRequired", "dependentSchemas", "dependencies"]) {
    const dependent = schema[word];
    if (!isObject(dependent)) continue;
    const kept = Object.entries(dependent).filter(([name]) => !hidden.has(name));
    copy[word] = Object.fromEntries(kept.map(([name, on]) => [name, without(on, at)]));
  }
  for (const word of branches)
    if (Array.isArray(schema[word])) copy[word] = schema[word].map((one) => without(one, at));
  for (const word of conditions) if (isObject(schema[word])) copy[word] = without(schema[word], at);
  return copy;
}

function lengthOf(schema: Schema, { lengths }: Stripping): number {
  const length = lengths.get(schema) ?? writtenLength(schema);
  lengths.set(schema, length);
  return length;
}

/** Words that say nothing of what fits. */
const passive = ["$schema", "$id", "$defs", "definitions", "title", "description", "type", "$comment", "examples"];

function without(value: unknown, at: Stripping): unknown {
  if (Array.isArray(value)) return value.filter((name) => !at.hidden.has(String(name)));
  return isObject(value) ? stripped(value, at) : value;
}

function listed(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Definitions that nothing refers to any more would tell what was hidden. */
function withoutUnused(schema: Schema): Schema {
  const kept = { ...schema };
  for (const word of ["$defs", "definitions"]) {
    const defined = kept[word];
    if (!isObject(defined)) continue;
    const { [word]: _, ...rest } = kept;
    const used = new Set<string>();
    const follow = (from: unknown) => {
      for (const name of referred(from, word)) {
        if (used.has(name)) continue;
        used.add(name);
        follow(defined[name]);
      }
    };
    follow(rest);
    const left = Object.entries(defined).filter(([name]) => used.has(name));
    if (left.length > 0) kept[word] = Object.fromEntries(left);
    else delete kept[word];
  }
  return kept;
}

function referred(from: unknown, word: string): string[] {
  const text = JSON.stringify(from) ?? "";
  const found = text.matchAll(new RegExp(`"\\$(?:ref|dynamicRef)":"#/${word.replace("$", "\\$")}/([^"/]+)`, "g"));
  return [...found].map(([, name = ""]) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
}
