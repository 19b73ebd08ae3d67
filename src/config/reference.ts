import { z } from "zod";
import { laterVariables, variables } from "./env.ts";
import { configFiles } from "./schema.ts";
import { unwrap } from "./visit-settings.ts";

/** All settings and variables as Markdown tables, drawn from the schema. */
export function configurationReference(): string {
  const files = Object.entries(configFiles).map(([file, schema]) => {
    const rows = rowsOf(schema, "");
    return [`### ${file}.yaml`, "", "| setting | may be | default | meaning |", "|---|---|---|---|", ...rows, ""].join(
      "\n",
    );
  });
  const environment = Object.entries(variables).map(([name, meaning]) => {
    const later = Object.hasOwn(laterVariables, name) ? " *Not yet in this version.*" : "";
    return `| \`${name}\` | ${cell(meaning)}${later} |`;
  });
  return ["### Environment", "", "| variable | meaning |", "|---|---|", ...environment, "", ...files].join("\n");
}

function rowsOf(schema: z.core.$ZodType, path: string): string[] {
  const { schema: kind } = unwrap(schema);
  if (kind instanceof z.ZodArray) return rowsOf(kind.element, `${path}[]`);
  // Under names of the team's own choosing.
  if (kind instanceof z.ZodRecord) return isSettings(kind.valueType) ? rowsOf(kind.valueType, `${path}.NAME`) : [];
  if (kind instanceof z.ZodUnion) return rowsOfUnion(kind, path);
  if (!(kind instanceof z.ZodObject)) return [];
  return Object.entries(kind.shape).flatMap(([key, setting]) => {
    const here = path === "" ? key : `${path}.${key}`;
    const { schema: inner, meta, defaultValue } = unwrap(setting);
    const later = meta.later === true ? " *Not yet in this version.*" : notYet(meta.later);
    const meaning = cell(`${meta.description ?? ""}${later}`);
    const row = `| \`${here}\` | ${cell(kindOf(setting))} | ${cell(defaultOf(setting, defaultValue))} | ${meaning} |`;
    return [row, ...(meta.alias === undefined || inner instanceof z.ZodObject ? rowsOf(setting, here) : [])];
  });
}

// The map form of a list is the list's, without the name; what several types have in common is said once.
function rowsOfUnion(union: z.ZodUnion, path: string): string[] {
  const options = union.options.filter((option) => !(unwrap(option).schema instanceof z.ZodRecord));
  return [...new Set(options.flatMap((option) => rowsOf(option, path)))];
}

function isSettings(schema: z.core.$ZodType): boolean {
  return unwrap(schema).schema instanceof z.ZodObject;
}

function notYet(values: readonly string[] | boolean | undefined): string {
  return Array.isArray(values) ? ` *Not yet in this version: ${values.join(", ")}.*` : "";
}

/** What may be written for a setting, in a few words. */
function kindOf(schema: z.core.$ZodType): string {
  const { schema: kind, meta } = unwrap(schema);
  if (meta.wanted !== undefined) return meta.wanted.replace(/ \([^)]*\)|; .*$/g, "");
  if (kind instanceof z.ZodEnum) return kind.options.join(", ");
  if (kind instanceof z.ZodLiteral) return [...kind.values].join(", ");
  if (kind instanceof z.ZodArray) return `a list: ${kindOf(kind.element)}`;
  if (kind instanceof z.ZodRecord) return `a map by name: ${kindOf(kind.valueType)}`;
  if (kind instanceof z.ZodObject) return "a map of settings";
  if (kind instanceof z.ZodUnion) return [...new Set(kind.options.map(kindOf))].join("; or ");
  return "anything";
}

function defaultOf(setting: z.core.$ZodType, value: unknown): string {
  if (value !== undefined)
    return isPlainEmpty(value) ? "" : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
  return z.safeParse(setting, undefined).success ? "" : "**required**";
}

function isPlainEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
