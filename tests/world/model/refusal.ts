/** A request this provider does not serve, with what its error body says. */
export class Refusal extends Error {
  readonly status: number;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;

  constructor(message: string, about: { status?: number; type?: string; param?: string; code?: string } = {}) {
    super(message);
    this.status = about.status ?? 400;
    this.type = about.type ?? "invalid_request_error";
    this.param = about.param ?? null;
    this.code = about.code ?? null;
  }
}

/** Refuses what is at `param`. */
export function refuse(param: string, message: string, code?: string): never {
  throw new Refusal(message, code === undefined ? { param } : { param, code });
}

/** An object of JSON, neither null nor a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Refuses a value of the wrong type, in the provider's words. */
export function refuseType(param: string, expected: string, value: unknown): never {
  refuse(param, `Invalid type for '${param}': expected ${expected}, but got ${named(value)} instead.`, "invalid_type");
}

function named(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  if (typeof value === "number") return Number.isInteger(value) ? "an integer" : "a decimal number";
  return `a ${typeof value}`;
}
