import { randomBytes } from "node:crypto";

/** A client that an authorization server knows. */
export type RegisteredClient = {
  id: string;
  secret: string | undefined;
  method: string;
  redirects: string[];
  /** It is a program that comes as itself, and may ask for these scopes. */
  program?: { scopes: string[] };
  /** Its public key, and what that is called, if it has several. */
  key?: { pem: string; id?: string };
};

/** What somebody allowed a client: tokens of one family. */
export type Grant = {
  client: string;
  person: string;
  scope: string;
  access: string;
  refresh: string | undefined;
  seconds: number;
  until: number;
  family: number;
  good: boolean;
};

/** What comes instead of an answer. */
export type Fault = { status: number; body?: string; headers?: Record<string, string> };

type Code = { client: string; redirect: string; challenge: string; scope: string; person: string };

/** A code that was taken before. */
export const notTaken = Symbol("taken before");

/** What an authorization server remembers; also how a test looks into it, and breaks things. */
export type Ledger = ReturnType<typeof createLedger>;

const codeMs = 60_000;

/** Nobody is known yet. Tokens rotate: one that was used already ends its whole family. */
export function createLedger(options: { now(): number; seconds: number; refresh: boolean | "kept" }) {
  const clients = new Map<string, RegisteredClient>();
  const grants: Grant[] = [];
  const codes = new Map<string, Code & { until: number; family?: number }>();
  const violations: string[] = [];
  const asked: string[] = [];
  const assertions = new Set<string>();
  let families = 0;

  function issue(
    about: Pick<Grant, "client" | "person" | "scope">,
    family: number,
    renews = options.refresh !== false,
  ): Grant {
    const grant = {
      ...about,
      access: `access-${randomBytes(16).toString("hex")}`,
      refresh: renews ? `refresh-${randomBytes(16).toString("hex")}` : undefined,
      seconds: options.seconds,
      until: options.now() + options.seconds * 1000,
      family,
      good: true,
    };
    grants.push(grant);
    return grant;
  }

  function endFamily(family: number): void {
    for (const grant of grants) if (grant.family === family) grant.good = false;
  }

  return {
    clients,
    grants,
    violations,
    /** Every request, as method and path. */
    asked,
    /** Names of assertions that were used. */
    assertions,
    /** What was wrong with the last assertion. */
    wrong: undefined as string | undefined,
    /** What goes wrong at a path instead of an answer. */
    fault: undefined as ((path: string) => Fault | undefined) | undefined,
    /** Put over the tokens that are given, for servers that give strange ones. */
    gives: undefined as Record<string, unknown> | undefined,
    /** Put over what is said of a client that was registered. */
    registers: undefined as Record<string, unknown> | undefined,
    /** The error with which all requests for tokens are refused, quoting what they brought. */
    quotes: undefined as string | undefined,
    code(about: Code): string {
      const code = `code-${randomBytes(16).toString("hex")}`;
      codes.set(code, { ...about, until: options.now() + codeMs });
      return code;
    },
    takeCode(code: string): Code | typeof notTaken | undefined {
      const found = codes.get(code);
      if (!found || found.until < options.now()) return undefined;
      if (found.family !== undefined) {
        violations.push("a code is used twice");
        endFamily(found.family);
        return notTaken;
      }
      found.family = families + 1;
      return found;
    },
    grant(about: Pick<Grant, "client" | "person" | "scope">): Grant {
      families += 1;
      return issue(about, families);
    },
    /** What a program gets as itself: nothing that renews. */
    admit({ id }: RegisteredClient, scope: string): Grant {
      families += 1;
      return issue({ client: id, person: id, scope }, families, false);
    },
    /** New tokens for old; an old refresh token that comes again ends all of its family, unless it is kept for good. */
    refresh(token: string, client: string): Grant | undefined {
      const found = grants.find((grant) => grant.refresh === token);
      if (!found || found.client !== client) return undefined;
      if (!found.good) {
        if (grants.some((grant) => grant.family === found.family && grant.good))
          violations.push("a refresh token is used twice");
        endFamily(found.family);
        return undefined;
      }
      if (options.refresh === "kept") return issue(found, found.family, false);
      found.good = false;
      return issue(found, found.family);
    },
    revoke(token: string): void {
      const found = grants.find((grant) => grant.access === token || grant.refresh === token);
      if (found) endFamily(found.family);
    },
    revokeAll(): void {
      for (const grant of grants) grant.good = false;
    },
    /** Access tokens end, those that renew them stay good. */
    expireAll(): void {
      for (const grant of grants) grant.until = 0;
    },
    /** Whose token this is, if it is good. */
    holder(token: string): Grant | undefined {
      return grants.find((grant) => grant.access === token && grant.good && grant.until > options.now());
    },
  };
}
