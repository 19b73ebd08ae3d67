import { createHash } from "node:crypto";
import { isLoopbackHost } from "../../access/reachable.ts";
import type { Language, PersonId } from "../../chat.ts";
import type { McpServer } from "../../config/schema/mcp-server.ts";
import type { Claims } from "../../store/claims.ts";
import type { Kv } from "../../store/store.ts";
import type { UrlGuard } from "../guarded-fetch.ts";
import type { Admission, Needed } from "./admission.ts";
import { admitItself } from "./as-itself.ts";
import { clientMetadata } from "./client.ts";
import type { OAuthServer, Pending, Place } from "./flow.ts";
import { problemOf, SignInProblem } from "./problem.ts";
import { createSignIn, type SignIn } from "./sign-in.ts";

/** What came of a browser that was sent back to us. */
export type Returned =
  | { kind: "done"; server: string; language: Language }
  | { kind: "failed"; server: string; language: Language; problem: SignInProblem }
  /** Nobody waits for it: too late, used before, or made up. */
  | { kind: "unknown" };

/** The accounts of all remote servers that want one. */
export type SignIns = {
  /** What lets us in to a server, if it wants that; the same for as long as its settings are. */
  of(server: McpServer): Admission | undefined;
  /** The servers that somebody can sign in to, by name. */
  names(): string[];
  /** Those that Bellhop signs in to as itself. */
  asItself(): string[];
  /** A link that signs a server in, good once and for ten minutes. Rejects with `SignInProblem`. */
  begin(server: string, by: PersonId, language: Language): Promise<string>;
  /** A browser is back from signing in; `own`: what its path had below that of all. Contract: never rejects. */
  finish(brought: URLSearchParams, own?: string): Promise<Returned>;
  leave(server: string): Promise<{ had: boolean; revoked: boolean }>;
  /** What our own document says of us, where others can read it. */
  document(): Record<string, unknown> | undefined;
  /** What must never be shown. */
  secrets(): string[];
};

/** Paths on our port. */
export const oauthPaths = { callback: "/oauth/callback", document: "/oauth/client.json" };

/** `leaves`: how often its server had been signed out by then. */
type Begun = { pending: Pending; by: PersonId; language: Language; until: number; leaves: number };

/** What lets us in to a server; `signIn`, where somebody has to come for it. */
type Entry = { admission: Admission; signIn?: SignIn };

const linkMs = 600_000;

/** Accounts kept sealed. `told` hears once that somebody has to sign in, also across restarts. */
export function createSignIns(parts: {
  servers(): readonly McpServer[];
  sealed: Kv;
  /** For what is no secret. */
  kv: Kv;
  claims: Claims;
  guard: UrlGuard;
  now(): number;
  /** Where browsers reach us. */
  address(): string | undefined;
  told(server: string, why: Needed): void;
  /** It has another account, or none any more. */
  changed(server: string): void;
  noted(error: unknown): void;
}): SignIns {
  const { sealed, kv, now } = parts;
  const known = new Map<string, { settings: string; entry: Entry }>();
  let turn = Promise.resolve();

  function entryOf(server: McpServer): Entry | undefined {
    if (server.transport === "stdio" || !server.oauth) return undefined;
    const { name, url, oauth } = server;
    const settings = JSON.stringify({ url, oauth });
    const kept = known.get(name);
    if (kept?.settings === settings) return kept.entry;
    const entry: Entry =
      oauth.as === "itself"
        ? { admission: admitItself({ name, url, oauth }, parts) }
        : personal(signInTo({ name, url, oauth }));
    known.set(name, { settings, entry });
    return entry;
  }

  function signInTo(server: OAuthServer): SignIn {
    const signIn = createSignIn(server, {
      kv: sealed,
      guard: parts.guard,
      now,
      told: (why) => tell(server.name, why),
      noted: parts.noted,
    });
    // Those who sign it out know that nobody is signed in.
    signIn.onChange((signedIn) => {
      note(server.name, signedIn ? undefined : "first");
      parts.changed(server.name);
    });
    return signIn;
  }

  /** One after the other, so that many who ask at once tell once. */
  function inTurn(work: () => Promise<void>): void {
    turn = turn.then(work).catch(parts.noted);
  }

  function note(server: string, why: Needed | undefined): void {
    inTurn(() => (why ? kv.set(`told:${server}`, why) : kv.delete(`told:${server}`)));
  }

  function tell(server: string, why: Needed): void {
    inTurn(async () => {
      const before = [(await kv.get<Needed | Needed[]>(`told:${server}`)) ?? []].flat();
      // Who has been told that nobody is signed in knows. A server that has now this reason and now that tells each once.
      if (before.includes(why) || (before.length > 0 && why === "first")) return;
      await kv.set(`told:${server}`, [...before, why]);
      parts.told(server, why);
    });
  }

  const leavesOf = async (server: string) => (await kv.get<number>(`leaves:${server}`)) ?? 0;

  const wanting = (as: "person" | "itself") =>
    parts.servers().filter((one) => one.enabled && one.transport !== "stdio" && one.oauth?.as === as);

  function named(name: string): SignIn {
    const server = wanting("person").find((one) => one.name === name);
    const signIn = server && entryOf(server)?.signIn;
    if (!signIn) throw new Error(`no server named ${name} wants a sign-in`);
    return signIn;
  }

  function place(server?: string): Place {
    const address = parts.address();
    const url = address !== undefined && URL.canParse(address) ? new URL(address) : undefined;
    if (!address || !url || (url.protocol !== "https:" && !isLoopbackHost(url.hostname)))
      throw new SignInProblem("no-address");
    const document = url.protocol === "https:" ? { document: `${address}${oauthPaths.document}` } : {};
    const redirect = `${address}${oauthPaths.callback}`;
    return { redirect, ...(server === undefined ? {} : { own: `${redirect}/${ownPath(server)}` }), ...document };
  }

  return {
    of: (server) => entryOf(server)?.admission,
    names: () => wanting("person").map(({ name }) => name),
    asItself: () => wanting("itself").map(({ name }) => name),
    async begin(name, by, language) {
      const { url, state, pending } = await named(name).begin(place(name));
      const begun: Begun = { pending, by, language, until: now() + linkMs, leaves: await leavesOf(name) };
      await sealed.set(keyOf(state), begun, linkMs);
      return url;
    },
    async finish(brought, own) {
      const key = keyOf(brought.get("state") ?? "");
      let begun: Begun | undefined;
      try {
        begun = await sealed.get<Begun>(key);
        if (!begun || !(await parts.claims.claim(`oauth:${key}`, now()))) return { kind: "unknown" };
        await sealed.delete(key);
        const { pending, by, language } = begun;
        const server = wanting("person").find((one) => one.name === pending.server);
        // Signing out ends the links too: one may have come into other hands.
        if (begun.leaves !== (await leavesOf(pending.server))) return { kind: "unknown" };
        if (begun.until < now() || !server || server.transport === "stdio" || server.url !== pending.url)
          return { kind: "unknown" };
        const path = own === undefined ? oauthPaths.callback : `${oauthPaths.callback}/${own}`;
        if (!pending.redirect.endsWith(path)) throw new SignInProblem("wrong-issuer");
        await named(server.name).finish(pending, brought, by);
        return { kind: "done", server: server.name, language };
      } catch (error) {
        if (!begun) {
          parts.noted(error);
          return { kind: "unknown" };
        }
        const { pending, language } = begun;
        return { kind: "failed", server: pending.server, language, problem: problemOf(error) };
      }
    },
    async leave(name) {
      const signIn = named(name);
      await kv.set(`leaves:${name}`, (await leavesOf(name)) + 1);
      return signIn.leave();
    },
    document() {
      try {
        const { redirect, document } = place();
        return document
          ? { client_id: document, ...clientMetadata(redirect), token_endpoint_auth_method: "none" }
          : undefined;
      } catch {
        return undefined;
      }
    },
    secrets: () => [...known.values()].flatMap(({ entry }) => entry.admission.secrets()),
  };
}

function personal(signIn: SignIn): Entry {
  return { admission: signIn, signIn };
}

/** Where browsers come back to from one server alone. */
function ownPath(server: string): string {
  return createHash("sha256").update(`callback of ${server}`).digest("hex").slice(0, 16);
}

/** The state itself is kept nowhere. */
function keyOf(state: string): string {
  return `pending:${createHash("sha256").update(state).digest("hex")}`;
}
