import type { ValidateFunction } from "ajv";
import { LRUCache } from "lru-cache";
import { bounded } from "./bounded.ts";
import { isObject } from "./json.ts";

type Schema = Record<string, unknown>;
type Check = (value: unknown) => string | undefined;

const maxShown = 5;
/** Schemas come from whoever wrote a tool, and one may be made to keep its reader busy: then it complains of nothing. */
const patienceMs = 250;
const longestSchema = 512 * 1024;
const deepest = 200;
/** What can take long: expressions, references, alternatives of alternatives, each item against each. */
const hazards = /"(?:pattern|patternProperties|\$ref|\$dynamicRef|anyOf|oneOf|allOf|not|if|uniqueItems)":/;

const checks = new LRUCache<string, Check>({
  maxSize: 8 * 1024 * 1024,
  sizeCalculation: (_, key) => key.length + 1000,
});
/** The calls of one step come together, and the first of them has it made for all. */
const known = new WeakMap<Schema, Promise<Check>>();
let isWarm = false;

/**
 * What a JSON Schema has against a value, in words a model can act on; undefined when it fits. A schema that makes no
 * sense complains of nothing: whoever wrote it will.
 */
export async function complaintOf(schema: Schema, value: unknown): Promise<string | undefined> {
  const check = known.get(schema) ?? checkBy(schema);
  known.set(schema, check);
  return (await check)(value);
}

async function checkBy(schema: Schema): Promise<Check> {
  const identity = written(schema);
  if (identity === undefined || identity.length > longestSchema) return () => undefined;
  const check = checks.get(identity) ?? (await compiled(schema, hazards.test(identity)));
  checks.set(identity, check);
  return check;
}

/** Undefined when it is too deep to be written down. */
function written(schema: Schema): string | undefined {
  try {
    return JSON.stringify(schema);
  } catch {
    return undefined;
  }
}

/** The compiler is loaded when the first call is made: many a worker never needs it. */
async function compiled({ $schema: _, $id: __, id: ___, ...schema }: Schema, isHazardous: boolean): Promise<Check> {
  // By its default: what is bundled has no other names for a CommonJS package.
  const { Ajv2020 } = (await import("ajv/dist/2020.js")).default;
  if (!isWarm) {
    // What the compiler does for the first time is not this schema's doing.
    isWarm = true;
    new Ajv2020({ strict: false, logger: false }).compile({ properties: { a: { enum: [1] } }, required: ["a"] });
    bounded(patienceMs * 4, () => {});
  }
  const within = <Result>(work: () => Result) => (isHazardous ? bounded(patienceMs, work) : work());
  let fits: ValidateFunction | undefined;
  try {
    // Formats are left to the tool: what counts as a date is its own affair.
    const compiler = new Ajv2020({
      strict: false,
      allErrors: true,
      validateFormats: false,
      validateSchema: false,
      logger: false,
    });
    fits = bounded(patienceMs * 4, () => compiler.compile(modern(schema, 0)));
  } catch {
    return () => undefined;
  }
  return (value) => {
    if (fits === undefined) return undefined;
    const check = fits;
    try {
      return within(() => check(value)) ? undefined : wordsOf(check.errors ?? []);
    } catch {
      // It took too long once; nobody waits for it again.
      fits = undefined;
      return undefined;
    }
  };
}

/** The same schema in the dialect of 2020, where drafts 4 to 7 said it otherwise. */
function modern(schema: Schema, depth: number): Schema {
  if (depth > deepest) return {};
  const entries = Object.entries(schema).map(([word, value]) => {
    // What stands there is no schema, though it may look like one.
    if (word === "enum" || word === "const" || word === "default" || word === "examples") return [word, value];
    return [word, inside(value, depth)];
  });
  const copy: Schema = Object.fromEntries(entries);
  if (Array.isArray(copy.items)) {
    const { items, additionalItems = {} } = copy;
    const first = items.length > 0 ? { prefixItems: items } : {};
    Object.assign(copy, { ...first, items: additionalItems });
    delete copy.additionalItems;
  }
  for (const [bound, exclusive] of bounds) {
    if (typeof copy[exclusive] !== "boolean") continue;
    if (copy[exclusive] === true && typeof copy[bound] === "number") {
      copy[exclusive] = copy[bound];
      delete copy[bound];
    } else delete copy[exclusive];
  }
  return copy;
}

const bounds = [
  ["minimum", "exclusiveMinimum"],
  ["maximum", "exclusiveMaximum"],
] as const;

function inside(value: unknown, depth: number): unknown {
  if (Array.isArray(value)) return value.map((one) => inside(one, depth));
  return isObject(value) ? modern(value, depth + 1) : value;
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
