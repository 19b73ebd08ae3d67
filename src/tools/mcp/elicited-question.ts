import type {
  ElicitRequestFormParams,
  ElicitRequestParams,
  PrimitiveSchemaDefinition,
} from "@modelcontextprotocol/sdk/types.js";
import { writtenLength } from "../../agent/json.ts";
import type { Field, Option, Question } from "../../agent/question.ts";
import { webUrl } from "../../words/hosts.ts";

/** Nobody is asked for more than so many things at once, nor to choose from more. */
const [mostFields, mostOptions] = [25, 250];
/** A longer address has no room where people could read it. */
const longestUrl = 1000;
/** Nobody reads more than so many characters, of a message or, as JSON, of a form. */
const [longestMessage, longestForm] = [10_000, 256 * 1024];

/**
 * What a server asks, as people can be asked it; or why that can't be. `done` is aborted once a page has done its work;
 * `checkLink` throws for pages that people must not be sent to.
 */
export async function questionFrom(
  params: ElicitRequestParams,
  from: string,
  pages: { done(id: string): AbortSignal; checkLink?: ((url: URL) => Promise<void>) | undefined },
): Promise<Question | { not: string }> {
  const message = params.message.slice(0, longestMessage);
  if (params.mode === "url") {
    const url = webUrl(params.url);
    if (!url?.protocol.startsWith("http")) return { not: "it leads to no http or https address" };
    if (url.href.length > longestUrl) return { not: `its address has more than ${longestUrl} characters` };
    // What stands before the @ is shown as if it were the host.
    if (url.username !== "" || url.password !== "") return { not: "its address has a name or password in it" };
    try {
      await pages.checkLink?.(url);
    } catch (error) {
      return { not: error instanceof Error ? error.message : String(error) };
    }
    return { kind: "link", from, message, url: url.href, done: pages.done(params.elicitationId) };
  }
  if (writtenLength(params.requestedSchema) > longestForm) return { not: "its form is too long" };
  const { properties, required = [] } = params.requestedSchema;
  const entries = Object.entries(properties);
  if (entries.length > mostFields) return { not: `it asks for ${entries.length} things, ${mostFields} at most` };
  const fields: Field[] = [];
  for (const [name, schema] of entries) {
    const field = fieldFrom(name, schema, required.includes(name));
    if ("options" in field && (field.options.length === 0 || field.options.length > mostOptions))
      return { not: `there must be 1 to ${mostOptions} choices, not ${field.options.length}` };
    fields.push(field);
  }
  return { kind: "form", from, message, fields };
}

type Schema = ElicitRequestFormParams["requestedSchema"]["properties"][string] & PrimitiveSchemaDefinition;

function fieldFrom(name: string, schema: Schema, required: boolean): Field {
  const { title, description: about } = schema;
  const common = { name, ...given({ title, about }), ...(required ? {} : { optional: true as const }) };
  switch (schema.type) {
    case "boolean":
      return { ...common, kind: "yes-no", ...given({ preset: schema.default }) };
    case "number":
    case "integer": {
      const { minimum: least, maximum: most, default: preset, type } = schema;
      return {
        ...common,
        kind: "number",
        ...given({ least, most, preset }),
        ...(type === "integer" && { whole: true }),
      };
    }
    case "array": {
      const { items, minItems: least, maxItems: most, default: preset } = schema;
      const options = "anyOf" in items ? items.anyOf.map(titled) : items.enum.map(untitled);
      return { ...common, kind: "some", options, ...given({ least, most, preset }) };
    }
    default: {
      const options = optionsOf(schema);
      if (options) return { ...common, kind: "one", options, ...given({ preset: schema.default }) };
      const { minLength: least, maxLength: most, format, default: preset } = { ...noText, ...schema };
      return { ...common, kind: "text", ...given({ least, most, format, preset }) };
    }
  }
}

const noText = { minLength: undefined, maxLength: undefined, format: undefined };

function optionsOf(schema: Extract<Schema, { type: "string" }>): Option[] | undefined {
  if ("oneOf" in schema) return schema.oneOf.map(titled);
  if (!("enum" in schema)) return undefined;
  const names = "enumNames" in schema ? (schema.enumNames ?? []) : [];
  return schema.enum.map((value, n) => ({ value, text: names[n] || value }));
}

const titled = ({ const: value, title }: { const: string; title: string }): Option => ({ value, text: title || value });
const untitled = (value: string): Option => ({ value, text: value });

/** The entries that are there. */
function given<Shape extends object>(shape: Shape): { [Key in keyof Shape]?: Exclude<Shape[Key], undefined> } {
  const there = Object.entries(shape).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there) as { [Key in keyof Shape]?: Exclude<Shape[Key], undefined> };
}
