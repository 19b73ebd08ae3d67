import { randomBytes } from "node:crypto";
import { exchangeAuthorization, startAuthorization } from "@modelcontextprotocol/sdk/client/auth.js";
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { UrlGuard } from "../guarded-fetch.ts";
import { type Tokens, tokensFrom } from "./account.ts";
import { type Authority, findAuthority, isSame, namesItself } from "./authority.ts";
import { authenticate, type Client, clientFor, type KeptClient } from "./client.ts";
import { plain, problemOf, SignInProblem } from "./problem.ts";

/** A sign-in under way, until the browser comes back. */
export type Pending = {
  server: string;
  url: string;
  authority: Authority;
  client: Client;
  registered: boolean;
  redirect: string;
  verifier: string;
  scope?: string;
};

/**
 * Where a browser comes back to; where it does from this server alone, for authorization servers that do not name
 * themselves in their answers; and where our own document stands, if others can read it.
 */
export type Place = { redirect: string; own?: string | undefined; document?: string | undefined };

/** A remote server that wants somebody to sign in. */
export type OAuthServer = {
  name: string;
  url: string;
  oauth: { client_id?: string | undefined; client_secret?: string | undefined; scopes?: string[] | undefined };
};

/** The authorization server that a client of the settings was used at. */
export type Trusted = { client: string; issuer: string };

/** Where to send the browser, and what to keep until it is back. */
export type Begun = { url: string; state: string; pending: Pending };

/** Starts a sign-in. Rejects with `SignInProblem`. */
export async function beginSignIn(
  server: OAuthServer,
  place: Place,
  parts: {
    guard: UrlGuard;
    now: number;
    /** Where the server says who lets people in, as far as it told. */
    metadataUrl: string | undefined;
    /** What it said was missing when it turned us away, and what there is already. */
    missing: string | undefined;
    had: string | undefined;
    kept: KeptClient | undefined;
    /** Who has seen the secret of the settings. */
    trusted: Trusted | undefined;
    keep(client: KeptClient): Promise<void>;
  },
): Promise<Begun> {
  const { name, url, oauth: configured } = server;
  const home = new URL(url);
  const fetch = parts.guard.fetch(home);
  try {
    const authority = await findAuthority(home, fetch, parts.metadataUrl);
    const page = authority.metadata?.authorization_endpoint;
    if (page !== undefined) await parts.guard.checkLink(new URL(page), home);
    checkTrusted(authority, configured, parts.trusted);
    const scope = configured.scopes?.join(" ") ?? scopeFor(authority, parts);
    const where = { redirect: place.redirect, own: place.own, document: place.document };
    const about = { ...where, configured, scope, kept: parts.kept, fetch, now: parts.now };
    const { client, registered, redirect } = await clientFor(authority, about);
    if (registered) await parts.keep({ issuer: authority.issuer, redirect, client, open: true });
    const state = randomBytes(32).toString("base64url");
    const asked = scope === undefined ? {} : { scope };
    const { authorizationUrl, codeVerifier } = await startAuthorization(authority.issuer, {
      ...(authority.metadata ? { metadata: authority.metadata } : {}),
      clientInformation: client,
      redirectUrl: redirect,
      ...asked,
      state,
      resource: authority.resource,
    });
    const pending = { server: name, url, authority, client, registered, redirect, verifier: codeVerifier, ...asked };
    return { url: linkable(authorizationUrl), state, pending };
  } catch (error) {
    throw problemOf(error);
  }
}

/** Tokens for what the browser brought. Rejects with `SignInProblem`. */
export async function finishSignIn(
  pending: Pending,
  brought: URLSearchParams,
  parts: { fetch: FetchLike; now(): number },
): Promise<Tokens> {
  const { authority, client, redirect } = pending;
  // Who takes the first of two and who takes the last would not mean the same.
  const twice = ["state", "iss", "error", "code"].find((name) => brought.getAll(name).length > 1);
  if (twice) throw new SignInProblem("refused", `it sent ${twice} twice`);
  checkIssuer(authority, brought.get("iss"));
  const refusal = brought.get("error");
  if (refusal !== null)
    throw new SignInProblem("refused", plain(`${refusal} ${brought.get("error_description") ?? ""}`));
  const code = brought.get("code");
  if (!code) throw new SignInProblem("refused", "it sent no code");
  try {
    const came = await exchangeAuthorization(authority.issuer, {
      ...(authority.metadata ? { metadata: authority.metadata } : {}),
      clientInformation: client,
      authorizationCode: code,
      codeVerifier: pending.verifier,
      redirectUri: redirect,
      resource: authority.resource,
      addClientAuthentication: (headers, form) => authenticate(client, authority, headers, form),
      fetchFn: parts.fetch,
    });
    return tokensFrom(came, parts.now(), pending.scope);
  } catch (error) {
    throw problemOf(error, [code, pending.verifier, client.client_secret]);
  }
}

/** What to ask for: what was missing last besides what there is, else what the server says it needs. */
function scopeFor(
  { scopes, metadata }: Authority,
  { missing, had }: { missing: string | undefined; had: string | undefined },
): string | undefined {
  const wanted = missing?.split(" ") ?? scopes;
  if (!wanted) return undefined;
  const kept = missing === undefined ? [] : (had?.split(" ") ?? []);
  // Without it some give no token that outlives the hour.
  const lasting = metadata?.scopes_supported?.includes("offline_access") ? ["offline_access"] : [];
  return [...new Set([...kept, ...wanted, ...lasting])].filter(Boolean).join(" ") || undefined;
}

/** The secret of a client is for the one that registered it; a server may not name another who gets to see it. */
function checkTrusted(
  { issuer }: Authority,
  { client_id, client_secret }: OAuthServer["oauth"],
  trusted: Trusted | undefined,
): void {
  if (client_secret === undefined || trusted?.client !== client_id) return;
  if (!isSame(trusted?.issuer ?? "", issuer)) throw new SignInProblem("other-issuer", plain(issuer));
}

/** The address of a page, without signs that end a link in chat. */
function linkable(url: URL): string {
  return url.href.replace(/[()[\]|\\]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Who answered must be whom we asked, where they can say so: codes of one server are never taken to another. */
function checkIssuer(authority: Authority, came: string | null): void {
  const { issuer, metadata } = authority;
  if (came === null ? namesItself(authority) : came !== (metadata?.issuer ?? issuer))
    throw new SignInProblem("wrong-issuer", plain(came ?? ""));
}
