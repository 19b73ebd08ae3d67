import type { ValidateFunction } from "ajv";
import { LRUCache } from "lru-cache";

type Check = (value: unknown) => string | undefined;

const maxShown = 5;
const checks = new LRUCache<string, Check>({ max: 300 });

/**
 * What a JSON Schema has against a value, in words a model can act on; undefined when it fits. A schema that makes no
 * sense complains of nothing: whoever wrote it will.
 */
export async function complaintOf(schema: Record<string, unknown>, value: unknown): Promise<string | undefined> {
  const identity = JSON.stringify(schema);
  let check = checks.get(identity);
  if (check === undefined) {
    check = await compiled(schema);
    checks.set(identity, check);
  }
  return check(value);
}

/** The compiler is loaded when the first call is made: many a worker never needs it. */
async function compiled({ $schema: _, $id: __, ...schema }: Record<string, unknown>): Promise<Check> {
  const { Ajv2020 } = await import("ajv/dist/2020.js");
  let fits: ValidateFunction;
  try {
    // Formats are left to the tool: what counts as a date is its own affair.
    fits = new Ajv2020({ strict: false, allErrors: true, validateFormats: false, validateSchema: false }).compile(
      schema,
    );
  } catch {
    return () => undefined;
  }
  return (value) => (fits(value) ? undefined : wordsOf(fits.errors ?? []));
}

function wordsOf(errors: NonNullable<ValidateFunction["errors"]>): string {
  const words = errors.slice(0, maxShown).map(({ instancePath, message, params }) => {
    const where = instancePath.slice(1).replaceAll("/", ".");
    const which = params.additionalProperty ?? params.allowedValues ?? params.allowedValue;
    const named = which === undefined ? "" : ` (${[which].flat().map(String).join(", ")})`;
    return `${where === "" ? "it" : where} ${message ?? "does not fit"}${named}`;
  });
  const more = errors.length - maxShown;
  return words.join("; ") + (more > 0 ? `; and ${more} more` : "");
}
