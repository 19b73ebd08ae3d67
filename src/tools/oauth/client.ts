import { registerClient, selectClientAuthMethod } from "@modelcontextprotocol/sdk/client/auth.js";
import type { OAuthClientInformationMixed } from "@modelcontextprotocol/sdk/shared/auth.js";
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import { isLoopbackHost } from "../../access/reachable.ts";
import { type Authority, namesItself } from "./authority.ts";
import { problemOf, SignInProblem } from "./problem.ts";

/** As whom we come to an authorization server. */
export type Client = OAuthClientInformationMixed;

/** A client that was registered; `open`: a sign-in with it was begun and has not come back, so that it may be known no more. */
export type KeptClient = { issuer: string; redirect: string; client: Client; open: boolean };

/** What the client says of itself, to whoever registers it or reads its document. */
export function clientMetadata(redirect: string) {
  return {
    client_name: "Bellhop",
    redirect_uris: [redirect],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    application_type: isLoopbackHost(new URL(redirect).hostname) ? "native" : "web",
  };
}

/** Who we are to an authorization server: configured, named by the document of our own, or registered with it. */
export async function clientFor(
  authority: Authority,
  options: {
    configured: { client_id?: string | undefined; client_secret?: string | undefined };
    redirect: string;
    /** Where nobody comes back to but from here. */
    own: string | undefined;
    scope: string | undefined;
    /** Where our own document stands, if anybody can read it. */
    document: string | undefined;
    kept: KeptClient | undefined;
    fetch: FetchLike;
    now: number;
  },
): Promise<{ client: Client; registered: boolean; redirect: string }> {
  const { configured, document, kept, fetch } = options;
  const { issuer, metadata } = authority;
  if (configured.client_id !== undefined) {
    const secret = configured.client_secret === undefined ? {} : { client_secret: configured.client_secret };
    return {
      client: { client_id: configured.client_id, ...secret },
      registered: false,
      redirect: options.redirect,
    };
  }
  if (document && metadata?.client_id_metadata_document_supported === true)
    return {
      client: { client_id: document, redirect_uris: [options.redirect], token_endpoint_auth_method: "none" },
      registered: false,
      redirect: options.redirect,
    };
  // Whose answers do not name them are told apart by where they come in (RFC 9700, 4.4).
  const redirect = namesItself(authority) ? options.redirect : (options.own ?? options.redirect);
  if (kept && kept.issuer === issuer && kept.redirect === redirect && !kept.open && !hasEnded(kept.client, options.now))
    return { client: kept.client, registered: true, redirect };
  if (metadata && !metadata.registration_endpoint) throw new SignInProblem("no-registration", options.redirect);
  try {
    const client = await registerClient(issuer, {
      ...(metadata ? { metadata } : {}),
      clientMetadata: { ...clientMetadata(redirect), token_endpoint_auth_method: methodFor(authority) },
      ...(options.scope === undefined ? {} : { scope: options.scope }),
      fetchFn: fetch,
    });
    return { client, registered: true, redirect };
  } catch (error) {
    const problem = problemOf(error);
    if (problem.trouble !== "refused") throw problem;
    throw new SignInProblem("no-registration", options.redirect);
  }
}

/** Puts who we are into a request to an endpoint of the authorization server. */
export function authenticate(
  client: Client,
  authority: { metadata?: { token_endpoint_auth_methods_supported?: string[] | undefined } | undefined },
  headers: Headers,
  form: URLSearchParams,
): void {
  const supported = authority.metadata?.token_endpoint_auth_methods_supported ?? [];
  const method = selectClientAuthMethod(client, supported);
  if (method === "client_secret_basic") {
    const pair = [client.client_id, client.client_secret ?? ""].map(encodeURIComponent).join(":");
    headers.set("authorization", `Basic ${Buffer.from(pair).toString("base64")}`);
    return;
  }
  form.set("client_id", client.client_id);
  if (method === "client_secret_post" && client.client_secret !== undefined)
    form.set("client_secret", client.client_secret);
}

/** A secret if they take one: we can keep it. */
function methodFor({ metadata }: Authority): string {
  const supported = metadata?.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  return ["client_secret_basic", "client_secret_post", "none"].find((one) => supported.includes(one)) ?? "none";
}

function hasEnded(client: Client, now: number): boolean {
  const ends = client.client_secret_expires_at ?? 0;
  return ends > 0 && ends * 1000 <= now;
}
