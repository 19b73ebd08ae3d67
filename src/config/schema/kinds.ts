import { z } from "zod";
import { didYouMean } from "../nearest.ts";

declare module "zod" {
  interface GlobalMeta {
    /** In plain words, what may be written. */
    wanted?: string;
    /** Accepted and checked, without effect so far: the whole setting, or these of its values. */
    later?: boolean | readonly string[];
    /** What happens until then, if it is not nothing. */
    meanwhile?: string;
    /** Another spelling of the setting named here. */
    alias?: string;
    /** Holds secrets: its values are kept out of every message and log. */
    secret?: boolean;
  }
}

/** A kind of value: `read` turns what was written into the value, or undefined when it is not of this kind. */
export function kind<T>(wanted: string, read: (written: unknown) => T | undefined) {
  return z
    .unknown()
    .transform((written, context): T => {
      const value = read(written);
      if (value !== undefined) return value;
      context.issues.push({ code: "custom", message: `wanted ${wanted}`, params: { wanted }, input: written });
      return z.NEVER;
    })
    .meta({ wanted });
}

/**
 * A map of exactly these settings; an unknown one is named, with the nearest that exists. `elsewhere` is what to do about
 * those that people bring along.
 */
export function settings<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
  elsewhere: ReadonlyMap<string, string> = new Map(),
) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key: string) => unknownSetting(key, Object.keys(shape), elsewhere.get(key))).join("\n")
        : undefined,
  });
}

function unknownSetting(key: string, known: string[], advice: string | undefined): string {
  const few = known.length <= 8 ? ` — there are ${known.join(", ")}` : "";
  const hint = advice === undefined ? didYouMean(key, known) || few : ` — ${advice}`;
  return `no setting named ${JSON.stringify(key)}${hint}`;
}

/** A number between bounds; digits as text count too, so that `${VAR}` and `2_000_000` work. */
export function number({ min, max, whole = false }: { min?: number; max?: number; whole?: boolean } = {}) {
  const bounds =
    min !== undefined && max !== undefined
      ? ` from ${min} to ${max}`
      : min !== undefined
        ? ` of at least ${min}`
        : max !== undefined
          ? ` of at most ${max}`
          : "";
  return kind(`a ${whole ? "whole " : ""}number${bounds}`, (written) => {
    const value = typeof written === "string" && digits.test(written) ? Number(written.replaceAll("_", "")) : written;
    if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
    if (whole && !Number.isSafeInteger(value)) return undefined;
    return (min !== undefined && value < min) || (max !== undefined && value > max) ? undefined : value;
  });
}
const digits = /^[+-]?\d+(_\d+)*(\.\d+)?$/;

/** Yes or no. */
export const flag = kind("true or false", (written) =>
  written === true || written === "true" ? true : written === false || written === "false" ? false : undefined,
);

/** Text that is not blank. */
export const text = kind("text", (written) =>
  typeof written === "string" && written.trim() !== "" ? written : undefined,
);

/** Text that is never shown. */
export const secret = kind("text; stored secrets (secret:NAME) are not yet in this version", (written) =>
  typeof written === "string" && written.trim() !== "" && !written.startsWith("secret:") ? written : undefined,
).meta({ secret: true });

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(...words: Words) {
  return z.enum(words);
}

/** A length of time in milliseconds, written "90s", "5m", "1h30m", "2d" or as a number of seconds. */
export const duration = kind('a length of time such as "90s", "5m" or "1h30m"', (written) => {
  if (typeof written === "number") return written > 0 && written <= 1e9 ? Math.round(written * 1000) : undefined;
  if (typeof written !== "string") return undefined;
  if (/^\d+(\.\d+)?$/.test(written)) return Number(written) > 0 ? Math.round(Number(written) * 1000) : undefined;
  const parts = written
    .trim()
    .toLowerCase()
    .match(/^(?:\d+(?:\.\d+)?\s*(?:ms|s|m|h|d|w)\s*)+$/);
  if (parts === null) return undefined;
  let total = 0;
  for (const [, amount, unit] of written.toLowerCase().matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)/g)) {
    total += Number(amount) * (units[unit ?? ""] ?? 0);
  }
  return total > 0 && total <= 1e12 ? Math.round(total) : undefined;
});
const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** An IANA time zone. */
export const timezone = kind('a time zone such as "Europe/Berlin"', (written) => {
  if (typeof written !== "string") return undefined;
  try {
    // Offsets such as "+02:00" are refused: they know nothing of clock changes.
    return /^[A-Za-z]/.test(written) && new Intl.DateTimeFormat("en", { timeZone: written }) ? written : undefined;
  } catch {
    return undefined;
  }
});

/** A language the bot speaks. */
export const language = oneOf("en", "zh-TW");

/** Where something is posted: "slack:C0TEAM", "discord:998877". */
export const address = kind('an address such as "slack:C0TEAM" or "discord:998877"', (written) =>
  typeof written === "string" && /^[a-z][a-z0-9-]*:[^\s*]+$/.test(written) ? written : undefined,
);

/** Which channels are meant: an address, or one with a star: "discord:*". */
export const addressGlob = kind('channels such as "slack:C0TEAM" or "discord:*"', (written) =>
  typeof written === "string" && /^(\*|[a-z][a-z0-9-]*:\S+)$/.test(written) ? written : undefined,
);

/** A person or a role of a platform: "slack:U0ADMIN", "discord:role:123". */
export const person = kind('a person or role such as "slack:U0ADMIN" or "discord:role:123"', (written) =>
  typeof written === "string" && /^[a-z][a-z0-9-]*:[^\s*]+$/.test(written) ? written : undefined,
);

/** Who may do something: everyone, members, admins, or a list of people and roles. */
export const people = z.union([oneOf("everyone", "members", "admins"), z.array(person)]);

/** Hours of a day, possibly over midnight: "22:00-07:00". */
export const quietHours = kind('hours such as "22:00-07:00"', (written) =>
  typeof written === "string" && /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/.test(written)
    ? written
    : undefined,
);

/** An http or https URL. */
export const url = kind("a URL beginning with http:// or https://", (written) =>
  typeof written === "string" && /^https?:\/\/\S+$/.test(written) && URL.canParse(written) ? written : undefined,
);

/** A name that can stand in front of a colon in chat: letters, digits, dots, dashes. */
export const name = kind("a name of letters, digits, dots, dashes (no spaces, at most 64)", (written) =>
  typeof written === "string" && /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u.test(written) ? written : undefined,
);

/** A name that may hold spaces, on one line. */
export const title = kind("a name on one line, at most 100 characters", (written) =>
  typeof written === "string" && /^\S(.{0,98}\S)?$/u.test(written) ? written : undefined,
);

/** Text by name: environment variables, HTTP headers. */
export const textByName = z.record(
  z.string(),
  kind("text", (written) =>
    typeof written === "string"
      ? written
      : typeof written === "number" || typeof written === "boolean"
        ? String(written)
        : undefined,
  ),
);

/** How much may be spent. */
export const Budget = settings({
  per_run: number({ min: 0 }).optional().describe("Dollars one run may cost."),
  per_day: number({ min: 0 }).optional().describe("Dollars a day."),
  per_month: number({ min: 0 }).optional().describe("Dollars a month."),
  per_run_tokens: number({ min: 0, whole: true }).optional().describe("Tokens one run may use."),
  per_day_tokens: number({ min: 0, whole: true }).optional().describe("Tokens a day."),
  per_month_tokens: number({ min: 0, whole: true }).optional().describe("Tokens a month."),
});
export type Budget = z.infer<typeof Budget>;

/** Marks another spelling of a setting. */
export function aliasOf<T extends z.ZodType>(setting: string, schema: T) {
  return schema.optional().meta({ alias: setting, description: `Another spelling of \`${setting}\`.` });
}
