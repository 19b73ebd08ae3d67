import { refreshAuthorization } from "@modelcontextprotocol/sdk/client/auth.js";
import {
  InvalidClientError,
  OAuthError,
  ServerError,
  TemporarilyUnavailableError,
  TooManyRequestsError,
  UnauthorizedClientError,
} from "@modelcontextprotocol/sdk/server/auth/errors.js";
import type { OAuthTokens } from "@modelcontextprotocol/sdk/shared/auth.js";
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { PersonId } from "../../chat.ts";
import type { Authority } from "./authority.ts";
import { authenticate, type Client } from "./client.ts";
import { SignInProblem } from "./problem.ts";

/** What lets us in to a server. */
export type Account = {
  /** The server it was made for; good for no other. */
  url: string;
  authority: Authority;
  client: Client;
  tokens: Tokens;
  by: PersonId;
};

/** Tokens, and until when they are good, if that was said. */
export type Tokens = { access: string; refresh?: string; expires?: number; lifeMs?: number; scope?: string };

// Longer than any header that servers read.
const mostLetters = 16_384;
/** Signs that stand in a header as they are: an error about others would quote them. */
const sendable = new RegExp(`^[\\x21-\\x7e]{1,${mostLetters}}$`);

/** Tokens as they came; `asked` is the scope that was asked for, which is the one given unless they say otherwise. */
export function tokensFrom(came: OAuthTokens, now: number, asked?: string): Tokens {
  if (came.token_type.toLowerCase() !== "bearer")
    throw new SignInProblem("refused", "its tokens are of a kind that I can't use");
  if (!sendable.test(came.access_token)) throw new SignInProblem("refused", "its token is none that can be sent");
  const scope = came.scope ?? asked;
  const lifeMs = lifeOf(came.expires_in, now);
  return {
    access: came.access_token,
    ...(came.refresh_token ? { refresh: came.refresh_token } : {}),
    ...(lifeMs === undefined ? {} : { expires: now + lifeMs, lifeMs }),
    ...(scope === undefined ? {} : { scope }),
  };
}

/** How long tokens last. A time that can't be is as if none was said: the server says when they have ended. */
function lifeOf(seconds: number | undefined, now: number): number | undefined {
  const ms = (seconds ?? 0) * 1000;
  return ms > 0 && Number.isSafeInteger(Math.ceil(now + ms)) ? ms : undefined;
}

/** Is it time for new tokens? A minute before they end, or in the last tenth of a short life. */
export function isEnding({ expires, lifeMs = 0 }: Tokens, now: number): boolean {
  return expires !== undefined && now >= expires - Math.min(60_000, lifeMs / 10);
}

/** What became of asking for new tokens: they came, or never will; what may pass is thrown. */
export type Renewal = { tokens: Tokens } | { refused: "account" | "client" };

/** Asks for new tokens. */
export async function renew(account: Account, fetch: FetchLike, now: number): Promise<Renewal> {
  const { authority, client, tokens } = account;
  if (!tokens.refresh) return { refused: "account" };
  try {
    const came = await refreshAuthorization(authority.issuer, {
      ...(authority.metadata ? { metadata: authority.metadata } : {}),
      clientInformation: client,
      refreshToken: tokens.refresh,
      resource: authority.resource,
      addClientAuthentication: (headers, form) => authenticate(client, authority, headers, form),
      fetchFn: fetch,
    });
    return { tokens: tokensFrom(came, now, tokens.scope) };
  } catch (error) {
    // What it gave instead is no use, and the old may be used up.
    if (error instanceof SignInProblem && error.trouble === "refused") return { refused: "account" };
    if (!(error instanceof OAuthError) || mayPass(error)) throw error;
    const isClient = error instanceof InvalidClientError || error instanceof UnauthorizedClientError;
    return { refused: isClient ? "client" : "account" };
  }
}

/** Has the authorization server forget our tokens; says whether it did. */
export async function revoke(account: Account, fetch: FetchLike): Promise<boolean> {
  const { authority, client, tokens } = account;
  const endpoint = authority.metadata && "revocation_endpoint" in authority.metadata ? authority.metadata : undefined;
  if (typeof endpoint?.revocation_endpoint !== "string") return false;
  let done = true;
  const kinds = { refresh_token: tokens.refresh, access_token: tokens.access };
  for (const [kind, token] of Object.entries(kinds)) {
    if (token === undefined) continue;
    const headers = new Headers({ accept: "application/json" });
    const form = new URLSearchParams({ token, token_type_hint: kind });
    authenticate(client, authority, headers, form);
    // What became of one token is no reason to leave the other.
    const answer = await fetch(endpoint.revocation_endpoint, { method: "POST", headers, body: form }).catch(() => {});
    await answer?.body?.cancel();
    done &&= answer?.ok === true;
  }
  return done;
}

/** May the same request be granted in a moment? */
export function mayPass(error: OAuthError): boolean {
  return (
    error instanceof ServerError ||
    error instanceof TemporarilyUnavailableError ||
    error instanceof TooManyRequestsError
  );
}
