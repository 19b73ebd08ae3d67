import { buildDiscoveryUrls } from "@modelcontextprotocol/sdk/client/auth.js";
import {
  type AuthorizationServerMetadata,
  OAuthMetadataSchema,
  OAuthProtectedResourceMetadataSchema,
  OpenIdProviderDiscoveryMetadataSchema,
  SafeUrlSchema,
} from "@modelcontextprotocol/sdk/shared/auth.js";
import { checkResourceAllowed, resourceUrlFromServerUrl } from "@modelcontextprotocol/sdk/shared/auth-utils.js";
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import { LATEST_PROTOCOL_VERSION } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import { plain, SignInProblem } from "./problem.ts";

/** Who lets people in to a server, and what is asked of them. */
export type Authority = {
  /** The authorization server, as the server names it. */
  issuer: string;
  /** Missing for servers from before there was any: their endpoints stand at known paths. */
  metadata?: AuthorizationServerMetadata;
  /** What a token is to be good for. */
  resource: string;
  /** What the server says it needs. */
  scopes?: string[];
  metadataUrl?: string;
};

type Read<T> = { parse(value: unknown): T };

/** Who lets programs in to a server. */
export type TokenServer = { issuer: string; endpoint: URL; resource: string } & Partial<
  Record<"scopes" | "methods" | "algorithms", string[]>
>;

/** All that programs need to know of an authorization server; it may let in no people at all. */
const TokenServerMetadata = z.object({
  issuer: z.string(),
  token_endpoint: z.url(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  token_endpoint_auth_signing_alg_values_supported: z.array(z.string()).optional(),
});

/** The client's own schema drops what OpenID Connect does not know: whether it says who answers, and where tokens are revoked. */
const OpenIdMetadata = OpenIdProviderDiscoveryMetadataSchema.extend({
  revocation_endpoint: SafeUrlSchema.optional(),
}).loose();

/** Finds out who lets people in to a server. `metadataUrl` is what the server said when it turned us away. */
export async function findAuthority(server: URL, fetch: FetchLike, metadataUrl?: string): Promise<Authority> {
  const { about, resource } = await readAbout(server, fetch, metadataUrl);
  const issuer = about?.authorization_servers?.[0] ?? new URL("/", server).href;
  const metadata = await firstOf(
    buildDiscoveryUrls(issuer).map(({ url, type }): { url: URL; read: Read<AuthorizationServerMetadata> } => ({
      url,
      read: type === "oauth" ? OAuthMetadataSchema : OpenIdMetadata,
    })),
    fetch,
  );
  if (metadata) check(metadata, issuer);
  // Only a server that says nothing of itself may leave everything to what was usual before.
  else if (about) throw new SignInProblem("no-metadata", plain(issuer));
  return {
    issuer,
    resource,
    ...(metadata ? { metadata } : {}),
    ...(about?.scopes_supported ? { scopes: about.scopes_supported } : {}),
    ...(metadataUrl ? { metadataUrl } : {}),
  };
}

/** Finds out who lets programs in to a server: `known`, if the operator names one, and then nobody else. */
export async function findTokenServer(
  server: URL,
  asked: { fetch: FetchLike; fetchKnown: FetchLike; known: string | undefined; metadataUrl: string | undefined },
): Promise<TokenServer> {
  const { known, fetch } = asked;
  const { about, resource } = await readAbout(server, fetch, asked.metadataUrl);
  const named = about?.authorization_servers ?? [];
  const issuer = known === undefined ? named[0] : named.find((one) => isSame(one, known));
  if (known !== undefined && issuer === undefined && named.length > 0)
    throw new SignInProblem("wrong-issuer", plain(named.join(" ")));
  const home = issuer ?? known ?? new URL("/", server).href;
  const metadata = await firstOf(
    buildDiscoveryUrls(home).map(({ url }) => ({ url, read: TokenServerMetadata })),
    known === undefined ? fetch : asked.fetchKnown,
  );
  if (metadata && !isSame(metadata.issuer, home)) throw new SignInProblem("wrong-issuer", plain(metadata.issuer));
  if (!metadata && (about || known !== undefined)) throw new SignInProblem("no-metadata", plain(home));
  const methods = metadata?.token_endpoint_auth_methods_supported;
  const algorithms = metadata?.token_endpoint_auth_signing_alg_values_supported;
  return {
    issuer: metadata?.issuer ?? home,
    endpoint: new URL(metadata?.token_endpoint ?? "/token", home),
    resource,
    ...(about?.scopes_supported ? { scopes: about.scopes_supported } : {}),
    ...(methods ? { methods } : {}),
    ...(algorithms ? { algorithms } : {}),
  };
}

/** What a server says of itself, if anything, and what a token for it is to be good for. */
async function readAbout(server: URL, fetch: FetchLike, metadataUrl: string | undefined) {
  const canonical = resourceUrlFromServerUrl(server);
  const asked = metadataUrl && URL.canParse(metadataUrl) ? [new URL(metadataUrl)] : wellKnown(server);
  const about = await firstOf(
    asked.map((url) => ({ url, read: OAuthProtectedResourceMetadataSchema })),
    fetch,
  );
  if (about && !checkResourceAllowed({ requestedResource: canonical, configuredResource: about.resource }))
    throw new SignInProblem("wrong-resource", plain(about.resource));
  return { about, resource: about?.resource ?? canonical.href };
}

/** Does it say in its answers that they are its own? */
export function namesItself({ metadata }: Authority): boolean {
  return (
    metadata !== undefined &&
    "authorization_response_iss_parameter_supported" in metadata &&
    metadata.authorization_response_iss_parameter_supported === true
  );
}

/** Nobody else may speak for an authorization server, and it must do PKCE, or a stolen code would be as good as a token. */
function check(metadata: AuthorizationServerMetadata, issuer: string): void {
  if (!isSame(metadata.issuer, issuer)) throw new SignInProblem("wrong-issuer", plain(metadata.issuer));
  if (!metadata.code_challenge_methods_supported?.includes("S256"))
    throw new SignInProblem("no-pkce", plain(metadata.issuer));
  if (!metadata.response_types_supported.includes("code"))
    throw new SignInProblem("refused", "it gives out no authorization codes");
}

/** The same but for how a URL may be written, and a slash at its end. */
export function isSame(one: string, other: string): boolean {
  const written = (url: string) => (URL.canParse(url) ? new URL(url).href : url).replace(/\/$/, "");
  return written(one) === written(other);
}

function wellKnown(server: URL): URL[] {
  const root = new URL("/.well-known/oauth-protected-resource", server);
  const path = server.pathname.replace(/\/$/, "");
  const own = new URL(`${root.pathname}${path}${server.search}`, server);
  return path === "" ? [root] : [own, root];
}

/** The first of these documents that is there. */
async function firstOf<T>(places: { url: URL; read: Read<T> }[], fetch: FetchLike): Promise<T | undefined> {
  for (const { url, read } of places) {
    const answer = await fetch(url, {
      headers: { accept: "application/json", "mcp-protocol-version": LATEST_PROTOCOL_VERSION },
      redirect: "manual",
    });
    if (answer.ok) return read.parse(await answer.json());
    await answer.body?.cancel();
    if (answer.status >= 500)
      throw new SignInProblem("unreachable", plain(`${url.host} answered with ${answer.status}`));
  }
  return undefined;
}
