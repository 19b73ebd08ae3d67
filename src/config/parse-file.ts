import type { z } from "zod";
import type { SettingPath } from "./source.ts";
import { unwrap } from "./visit-settings.ts";

/** What of a file is fine, and what is wrong with the rest. */
export interface Parsed<T> {
  kept: T;
  issues: z.core.$ZodIssue[];
  /** Where the entries of each list of `kept` are written. */
  origins: Map<string, SettingPath[]>;
}

// Other spellings of a list, and short forms that add to one.
const lists: Record<string, string> = { servers: "mcp_servers", mcpServers: "mcp_servers", llm: "models" };

/** Parses a file; entries that are wrong are left out, so that the others can still be checked against each other. */
export function parseFile<T>(schema: z.ZodType<T>, data: unknown): Parsed<T> {
  const whole = schema.safeParse(data);
  if (whole.success) return { kept: whole.data, issues: [], origins: originsOf(schema, data, new Set()) };
  const { issues } = whole.error;
  const dropped = new Set(issues.flatMap(entriesOf));
  const rest = schema.safeParse(without(data, dropped));
  if (rest.success) return { kept: rest.data, issues, origins: originsOf(schema, data, dropped) };
  return { kept: schema.parse({}), issues, origins: new Map() };
}

function entriesOf(issue: z.core.$ZodIssue): string[] {
  if (issue.code === "unrecognized_keys" && issue.path.length < 2)
    return issue.keys.map((key) => entryKey([...issue.path, key]));
  return [entryKey(issue.path.slice(0, 2))];
}

function entryKey(path: readonly PropertyKey[]): string {
  return JSON.stringify(path.map(String));
}

function without(data: unknown, dropped: ReadonlySet<string>): Record<string, unknown> {
  const isKept = (...path: (string | number)[]) => !dropped.has(entryKey(path));
  if (typeof data !== "object" || data === null || !isKept()) return {};
  const rest = Object.entries(data).filter(([key]) => isKept(key));
  return Object.fromEntries(
    rest.map(([key, value]): [string, unknown] => {
      if (Array.isArray(value)) return [key, value.filter((_, index) => isKept(key, index))];
      if (typeof value !== "object" || value === null) return [key, value];
      return [key, Object.fromEntries(Object.entries(value).filter(([inner]) => isKept(key, inner)))];
    }),
  );
}

function originsOf(schema: z.ZodType, data: unknown, dropped: ReadonlySet<string>): Map<string, SettingPath[]> {
  const origins = new Map<string, SettingPath[]>();
  const { schema: map } = unwrap(schema);
  const keys = "shape" in map ? Object.keys(Object(map.shape)) : [];
  for (const key of keys) {
    const value: unknown = Reflect.get(Object(data), key);
    const list = lists[key] ?? key;
    const paths: SettingPath[] = Array.isArray(value)
      ? value.map((_, index) => [key, index])
      : key === "llm" && value !== undefined
        ? [[key]]
        : Object.keys(Object(value)).map((name) => [key, name]);
    origins.set(list, [...(origins.get(list) ?? []), ...paths.filter((path) => !dropped.has(entryKey(path)))]);
  }
  return origins;
}

/** The names of the entries of every list in a file, also of those that are wrong otherwise. */
export function writtenNames(data: unknown): string[] {
  return Object.values(Object(data)).flatMap((entries: unknown) => {
    if (!Array.isArray(entries)) return Object.keys(Object(entries));
    return entries.flatMap((entry: unknown) => {
      const { name, model }: { name?: unknown; model?: unknown } = Object(entry);
      return typeof name === "string" ? [name] : typeof model === "string" ? [model] : [];
    });
  });
}
