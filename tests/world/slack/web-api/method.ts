import type { Limit } from "../limits.ts";
import { type Fields, isFields } from "../workspace.ts";
import type { World } from "../world.ts";

/** How an argument is read; `!` marks it required. */
export type ArgKind = "text" | "text!" | "flag" | "number" | "number!" | "json" | "json!" | "list";

/** A call's arguments, read as the method's table says. */
export interface Args {
  has(name: string): boolean;
  text(name: string): string | undefined;
  /** A required text; its presence was checked before the method ran. */
  need(name: string): string;
  flag(name: string): boolean;
  number(name: string): number | undefined;
  /** Comma-separated values, or an array. */
  list(name: string): string[];
  /** A value sent as JSON, decoded; a text that is no JSON stays a text. */
  json(name: string): unknown;
}

/** One Web API method: what it takes, who may call it, how often, and what it does. */
export interface Method {
  readonly args: Readonly<Record<string, ArgKind>>;
  readonly token: "bot" | "app" | "any";
  /** Any one of these is enough to get in; a method may ask for more. */
  readonly scopes?: readonly string[];
  readonly limit: Limit;
  run(args: Args, world: World): Fields;
}

/** Slack's way of saying no: HTTP 200 with `ok: false`. */
export class Refusal extends Error {
  readonly fields: Fields;
  constructor(error: string, fields: Fields = {}) {
    super(error);
    this.fields = fields;
  }
}

/** Ends the call with `{ ok: false, error }`. */
export function refuse(error: string, fields?: Fields): never {
  throw new Refusal(error, fields);
}

/** Ends the call as Slack does when an argument breaks its schema, pointing at the place. */
export function refuseArgument(message: string, pointer: string): never {
  refuse("invalid_arguments", { response_metadata: { messages: [`[ERROR] ${message} [json-pointer:/${pointer}]`] } });
}

/** Ends the call unless the app was granted the scope. */
export function requireScope(world: World, scope: string): void {
  const { scopes } = world.app;
  if (!scopes.has(scope)) refuse("missing_scope", { needed: scope, provided: [...scopes].join(",") });
}

/** Checks raw arguments against a method's table. */
export function readArgs(method: Method, raw: Fields): Args {
  const value = (name: string) => (raw[name] === null ? undefined : raw[name]);
  for (const [name, kind] of Object.entries(method.args)) {
    const given = value(name);
    if (kind.endsWith("!") && given === undefined) {
      refuse("invalid_arguments", { response_metadata: { messages: [`[ERROR] missing required field: ${name}`] } });
    }
    if (given === undefined) continue;
    if (kind.startsWith("text") && typeof given !== "string") refuseArgument(`must be a string: ${name}`, name);
    if (kind === "flag" && !/^(true|false|1|0)$/.test(String(given))) {
      refuseArgument(`must be a boolean: ${name}`, name);
    }
    if (kind.startsWith("number") && (given === "" || !Number.isFinite(Number(given)))) {
      refuseArgument(`must be an integer: ${name}`, name);
    }
  }
  const text = (name: string) => {
    const given = value(name);
    return typeof given === "string" ? given : undefined;
  };
  return {
    has: (name) => value(name) !== undefined,
    text,
    need: (name) => text(name) ?? refuse("invalid_arguments"),
    flag: (name) => value(name) === true || value(name) === "true" || value(name) === "1",
    number: (name) => (value(name) === undefined ? undefined : Number(value(name))),
    list(name) {
      const given = value(name);
      const decoded = typeof given === "string" && given.startsWith("[") ? decode(given) : given;
      if (Array.isArray(decoded)) return decoded.map(String);
      return typeof decoded === "string" ? decoded.split(",").filter(Boolean) : [];
    },
    json: (name) => {
      const given = value(name);
      return typeof given === "string" ? decode(given) : given;
    },
  };
}

function decode(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A page of a list, with the cursor to the next one. */
export function page<T>(args: Args, list: readonly T[], usual: number): { items: T[]; next: string } {
  const limit = args.number("limit") || usual;
  if (limit < 1 || limit > 1000) refuse("invalid_limit");
  let start = 0;
  const cursor = args.text("cursor");
  if (cursor) {
    const place = /^next:(\d+)$/.exec(Buffer.from(cursor, "base64").toString());
    if (!place) refuse("invalid_cursor");
    start = Number(place[1]);
  }
  const more = start + limit < list.length;
  return {
    items: list.slice(start, start + limit),
    next: more ? Buffer.from(`next:${start + limit}`).toString("base64") : "",
  };
}

/** A metadata argument, or undefined; Slack refuses what is not an event type with a flat payload. */
export function readMetadata(args: Args): Fields | undefined {
  if (!args.has("metadata")) return undefined;
  const metadata = args.json("metadata");
  if (!isFields(metadata)) refuse("invalid_metadata_format");
  if (Object.keys(metadata).length === 0) return {};
  const { event_type: type, event_payload: payload } = metadata;
  if (typeof type !== "string" || !type || !isFields(payload)) refuse("invalid_metadata_schema");
  if (JSON.stringify(metadata).length > 16_000) refuse("metadata_too_large");
  return { event_type: type, event_payload: payload };
}
