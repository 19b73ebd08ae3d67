import { Refusal } from "./refusal.ts";

/** Anything that travels as JSON. */
export type Json = string | number | boolean | null | Json[] | JsonObject;
/** A JSON object. */
export type JsonObject = { [key: string]: Json };

interface Complaint {
  path: string[];
  code: string;
  message: string;
}

interface Bounds {
  min?: number;
  max?: number;
  required?: boolean;
}

/** True for a plain JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The objects in a JSON list. */
export function objectsIn(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** True for the decimal id Discord uses everywhere. */
export function isSnowflake(value: unknown): value is string {
  return typeof value === "string" && /^\d{17,20}$/.test(value);
}

/**
 * A place inside a request body: reads fields and remembers every complaint under its path, so that one refusal
 * (50035) can name them all. Lengths are UTF-16 units, the stricter of the two readings seen in the wild.
 */
export class Form {
  readonly value: unknown;
  readonly #path: string[];
  readonly #complaints: Complaint[];

  constructor(value: unknown, path: string[] = [], complaints: Complaint[] = []) {
    this.value = value;
    this.#path = path;
    this.#complaints = complaints;
  }

  /** The raw value of a field. */
  raw(key: string): unknown {
    return isObject(this.value) ? this.value[key] : undefined;
  }

  /** True when the field is present and not null. */
  has(key: string): boolean {
    return this.raw(key) !== undefined && this.raw(key) !== null;
  }

  /** True when the field was sent at all, null included. */
  sent(key: string): boolean {
    return this.raw(key) !== undefined;
  }

  complain(code: string, message: string, ...path: string[]): void {
    this.#complaints.push({ path: [...this.#path, ...path], code, message });
  }

  /** Throws everything complained of so far as one 50035. */
  settle(): void {
    if (this.#complaints.length > 0) throw new Refusal(400, 50035, "Invalid Form Body", nest(this.#complaints));
  }

  text(key: string, { min = 0, max = Number.POSITIVE_INFINITY, required = false }: Bounds = {}): string | undefined {
    const value = this.#present(key, required);
    if (value === undefined) return undefined;
    if (typeof value !== "string" && typeof value !== "number") {
      this.complain("STRING_TYPE_CONVERT", `Could not interpret "${JSON.stringify(value)}" as string.`, key);
      return undefined;
    }
    const text = String(value);
    if (text.length >= min && text.length <= max) return text;
    if (text.length === 0) this.complain("BASE_TYPE_REQUIRED", "This field is required", key);
    else this.#badLength(key, min, max, "length");
    return undefined;
  }

  integer(key: string, { min, max, required = false }: Bounds = {}): number | undefined {
    const value = this.#present(key, required);
    if (value === undefined) return undefined;
    const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
    if (typeof number !== "number" || !Number.isInteger(number)) {
      this.complain("NUMBER_TYPE_COERCE", `Value "${String(value)}" is not int.`, key);
      return undefined;
    }
    if (max !== undefined && number > max) {
      this.complain("NUMBER_TYPE_MAX", `int value should be less than or equal to ${max}.`, key);
      return undefined;
    }
    if (min !== undefined && number < min) {
      this.complain("NUMBER_TYPE_MIN", `int value should be greater than or equal to ${min}.`, key);
      return undefined;
    }
    return number;
  }

  /** A number that must be one of a few. */
  choice(key: string, allowed: readonly number[], { required = false } = {}): number | undefined {
    const value = this.integer(key, { required });
    if (value === undefined || allowed.includes(value)) return value;
    this.complain("BASE_TYPE_CHOICES", `Value must be one of {${allowed.join(", ")}}.`, key);
    return undefined;
  }

  flag(key: string): boolean | undefined {
    const value = this.#present(key, false);
    if (value === undefined || typeof value === "boolean") return value;
    this.complain("BOOLEAN_TYPE_CONVERT", "Must be either true or false.", key);
    return undefined;
  }

  snowflake(key: string, { required = false } = {}): string | undefined {
    const value = this.#present(key, required);
    if (value === undefined || isSnowflake(value)) return value;
    this.complain("NUMBER_TYPE_COERCE", `Value "${String(value)}" is not snowflake.`, key);
    return undefined;
  }

  /** The form inside a field, when an object is there. */
  child(key: string, { required = false } = {}): Form | undefined {
    const value = this.#present(key, required);
    if (value === undefined) return undefined;
    if (isObject(value)) return new Form(value, [...this.#path, key], this.#complaints);
    this.complain("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType", key);
    return undefined;
  }

  /** The forms inside a list field; an absent list is empty. */
  list(key: string, { min = 0, max = Number.POSITIVE_INFINITY, required = false }: Bounds = {}): Form[] {
    const value = this.#present(key, required);
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.complain("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType", key);
      return [];
    }
    if (value.length < min || value.length > max) this.#badLength(key, min, max, "length");
    return value.map((item: unknown, index) => new Form(item, [...this.#path, key, String(index)], this.#complaints));
  }

  /** A list of plain strings. */
  texts(key: string, bounds: Bounds = {}): string[] {
    return this.list(key, bounds).flatMap((item) => {
      if (typeof item.value === "string") return [item.value];
      item.complain("STRING_TYPE_CONVERT", `Could not interpret "${JSON.stringify(item.value)}" as string.`);
      return [];
    });
  }

  /** This place as plain JSON data of its own. */
  json(): JsonObject {
    return isObject(this.value) ? structuredClone(this.value) : {};
  }

  #present(key: string, required: boolean): unknown {
    const value = this.raw(key);
    if (value !== undefined && value !== null) return value;
    if (required) this.complain("BASE_TYPE_REQUIRED", "This field is required", key);
    return undefined;
  }

  #badLength(key: string, min: number, max: number, noun: string): void {
    if (min > 0 && max < Number.POSITIVE_INFINITY)
      this.complain("BASE_TYPE_BAD_LENGTH", `Must be between ${min} and ${max} in ${noun}.`, key);
    else if (max < Number.POSITIVE_INFINITY)
      this.complain("BASE_TYPE_MAX_LENGTH", `Must be ${max} or fewer in ${noun}.`, key);
    else this.complain("BASE_TYPE_MIN_LENGTH", `Must be ${min} or more in ${noun}.`, key);
  }
}

function nest(complaints: Complaint[]): JsonObject {
  const root: JsonObject = {};
  for (const { path, code, message } of complaints) {
    let place = root;
    for (const step of path) {
      const next = place[step];
      const inner: JsonObject = isObject(next) ? next : {};
      place[step] = inner;
      place = inner;
    }
    const already = place._errors;
    place._errors = [...(Array.isArray(already) ? already : []), { code, message }];
  }
  return root;
}
