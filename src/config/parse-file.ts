import { z } from "zod";
import { nearest } from "./nearest.ts";
import { Readable } from "./readable.ts";
import type { SettingPath } from "./source.ts";
import { unwrap } from "./visit-settings.ts";

/** What of a file is fine, and what is wrong with the rest. */
export interface Parsed<T> {
  kept: T;
  issues: z.core.$ZodIssue[];
  /** Where a setting of `kept` is written. */
  origin(setting: SettingPath): SettingPath;
  /** Whether part of what is written there is not in `kept`: what is missing there may have been meant. */
  isBroken(setting: SettingPath): boolean;
  /** Whether nobody wrote that, and it is there so that the rest of its entry could be read. */
  standsIn(setting: SettingPath): boolean;
  /** The names of entries, also of those that are left out; undefined when one may have a name that cannot be read. */
  names: string[] | undefined;
}

// Other spellings of a list, and short forms that add to one.
const lists: Record<string, string> = { servers: "mcp_servers", mcpServers: "mcp_servers", llm: "models" };

// What stands beside lists and names nothing.
const nameless = ["default", "embeddings"];

// What an entry is called by; a model by what its provider calls it, too, which may be spelt in two ways.
const nameSettings = ["name"];
const modelNameSettings = ["name", "model", "model_name"];

const mostRounds = 20;

/**
 * Parses a file. What is wrong is left out, so that the rest can still be checked against other files; `unreadable` are
 * settings that are known to be wrong.
 */
export function parseFile<T>(schema: z.ZodType<T>, data: unknown, unreadable: readonly SettingPath[] = []): Parsed<T> {
  const readable = new Readable(data);
  const whole = schema.safeParse(data);
  let parsed = whole;
  for (const setting of unreadable) readable.take(setting);
  if (unreadable.length > 0) {
    if (!whole.success) readable.takeOut(whole.error.issues);
    parsed = schema.safeParse(readable.rest());
  }
  for (let round = 0; !parsed.success && round < mostRounds; round++) {
    readable.takeOut(parsed.error.issues);
    parsed = schema.safeParse(readable.rest());
  }
  if (!parsed.success) readable.take([]);
  const origins = parsed.success ? originsOf(schema, readable.rest()) : new Map<string, SettingPath[]>();
  return {
    kept: parsed.success ? parsed.data : schema.parse({}),
    issues: whole.success ? [] : whole.error.issues,
    origin([list, row, ...rest]) {
      const origin = typeof row === "number" ? origins.get(String(list))?.[row] : undefined;
      const setting = origin ?? [list, row].filter((step) => step !== undefined);
      return readable.written([...setting, ...rest]);
    },
    isBroken: (setting) => readable.isBroken(setting),
    standsIn: (setting) => readable.standsIn(setting),
    names: namesIn(schema, data, readable),
  };
}

function originsOf(schema: z.ZodType, data: unknown): Map<string, SettingPath[]> {
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
    origins.set(list, [...(origins.get(list) ?? []), ...paths]);
  }
  return origins;
}

function namesIn(schema: z.ZodType, data: unknown, readable: Readable): string[] | undefined {
  const names: string[] = [];
  if (readable.isOut([])) return undefined;
  for (const [list, entries] of Object.entries(Object(data))) {
    if (nameless.includes(list)) continue;
    const steps = Array.isArray(entries) ? [...entries.keys()] : Object.keys(Object(entries));
    if (readable.isOut([list]) || steps.some((step) => readable.isOut([list, step]))) return undefined;
    if (!Array.isArray(entries)) {
      if ((lists[list] ?? list) === "mcp_servers") names.push(...Object.keys(Object(entries)));
      continue;
    }
    const settings = list === "models" ? modelNameSettings : nameSettings;
    const known = settingsOf(schema, list);
    for (const [index, entry] of entries.entries()) {
      if (isNameUnsure([list, index], entry, { settings, known, readable })) return undefined;
      for (const setting of settings) {
        const written: unknown = Reflect.get(Object(entry), setting);
        if (typeof written === "string") names.push(written);
      }
    }
  }
  return names;
}

// Its name cannot be read, or what nobody knows in it may be meant for its name.
function isNameUnsure(
  path: SettingPath,
  entry: unknown,
  { settings, known, readable }: { settings: string[]; known: string[]; readable: Readable },
): boolean {
  const isWritten = (setting: string) => Object.hasOwn(Object(entry), setting);
  const inside = readable.unknown.filter((setting) => path.every((step, index) => setting[index] === step));
  const strange = inside.flatMap((setting) => (setting.length === path.length + 1 ? [String(setting.at(-1))] : []));
  const isWhole = settings.slice(0, 2).every(isWritten);
  return (
    settings.some((setting) => isWritten(setting) && readable.isOut([...path, setting])) ||
    strange.some((key) => {
      const guess = nearest(key, known);
      return guess === undefined ? !isWhole : settings.includes(guess);
    })
  );
}

function settingsOf(schema: z.ZodType, list: string): string[] {
  const file = unwrap(schema).schema;
  const entries = file instanceof z.ZodObject ? file.shape[list] : undefined;
  const array = entries === undefined ? undefined : unwrap(entries).schema;
  const entry = array instanceof z.ZodArray ? unwrap(array.element).schema : undefined;
  return entry instanceof z.ZodObject ? Object.keys(entry.shape) : nameSettings;
}
