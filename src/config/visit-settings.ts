import { z } from "zod";
import type { SettingPath } from "./source.ts";

/** What the schema says of one setting that was written. */
export interface WrittenSetting {
  path: SettingPath;
  value: unknown;
  meta: Readonly<z.core.GlobalMeta>;
  /** What it would have been, had it not been written. */
  defaultValue: unknown;
  /** The map it stands in. */
  around: Readonly<Record<string, unknown>>;
}

/** Visits every setting that was written, outer ones first. */
export function visitSettings(
  schema: z.core.$ZodType,
  data: unknown,
  visit: (setting: WrittenSetting) => void,
  path: SettingPath = [],
): void {
  const kind = unwrap(schema).schema;
  if (kind instanceof z.ZodUnion) {
    const option = kind.options.find((option) => fits(option, data));
    if (option !== undefined) visitSettings(option, data, visit, path);
  } else if (kind instanceof z.ZodArray && Array.isArray(data)) {
    for (const [index, item] of data.entries()) visitSettings(kind.element, item, visit, [...path, index]);
  } else if (kind instanceof z.ZodRecord && isMap(data)) {
    for (const [key, item] of Object.entries(data)) visitSettings(kind.valueType, item, visit, [...path, key]);
  } else if (kind instanceof z.ZodObject && isMap(data)) {
    for (const [key, value] of Object.entries(data)) {
      const setting: z.core.$ZodType | undefined = Object.hasOwn(kind.shape, key) ? kind.shape[key] : undefined;
      if (setting === undefined) continue;
      const { meta, defaultValue } = unwrap(setting);
      const here = [...path, key];
      visit({ path: here, value, meta, defaultValue, around: data });
      visitSettings(setting, value, visit, here);
    }
  }
}

/** The schema inside its wrappers (optional, default, transform …), with what all of them say. */
export function unwrap(schema: z.core.$ZodType): {
  schema: z.core.$ZodType;
  meta: Readonly<z.core.GlobalMeta>;
  defaultValue: unknown;
} {
  let meta: z.core.GlobalMeta = {};
  let defaultValue: unknown;
  let inner = schema;
  for (;;) {
    meta = { ...z.globalRegistry.get(inner), ...meta };
    if (inner instanceof z.ZodPrefault || inner instanceof z.ZodDefault) defaultValue ??= inner.def.defaultValue;
    if (inner instanceof z.ZodPrefault || inner instanceof z.ZodDefault || inner instanceof z.ZodOptional)
      inner = inner.def.innerType;
    else if (inner instanceof z.ZodPipe) inner = inner.def.in;
    else return { schema: inner, meta, defaultValue };
  }
}

function fits(option: z.core.$ZodType, data: unknown): boolean {
  const { schema } = unwrap(option);
  if (schema instanceof z.ZodObject) return isMap(data) && literalsAgree(schema, data);
  if (schema instanceof z.ZodRecord) return isMap(data);
  if (schema instanceof z.ZodArray) return Array.isArray(data);
  return false;
}

function literalsAgree(schema: z.ZodObject, data: Record<string, unknown>): boolean {
  return Object.entries(schema.shape).every(([key, field]) => {
    const { schema: inner } = unwrap(field);
    return !(inner instanceof z.ZodLiteral) || inner.safeParse(data[key]).success;
  });
}

function isMap(data: unknown): data is Record<string, unknown> {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}
