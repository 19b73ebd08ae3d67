import { extractWWWAuthenticateParams } from "@modelcontextprotocol/sdk/client/auth.js";
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";

/** Why somebody has to sign in: nobody has yet, what there was is not taken any more, can't be opened, or allows too little. */
export type Needed = "first" | "ended" | "sealed" | "scope";

/** What lets requests in to one server. */
export type Admission = {
  /** A `fetch` that is let in. Contract: rejects with `NeedsSignIn` where only a person can help, with `NotLetIn` where a program is refused. */
  over(base: FetchLike): FetchLike;
  /** Why a person must sign in before anything can be asked of it; undefined when nothing is known against it. */
  needed(): Needed | undefined;
  /** Told when somebody has signed in, or out, until what this gives is called. */
  onChange(listener: (signedIn: boolean) => void): () => void;
  /** What must never be shown. */
  secrets(): string[];
};

/** What a server says when it turns a request away. */
export type TurnedAway = {
  why: "signed-out" | "scope";
  /** The rights that it misses, and where more is said, as far as it tells. */
  scope: string | undefined;
  metadataUrl: string | undefined;
};

/** How an answer turns us away; undefined when it does not. */
export function turnedAwayBy(answer: Response): TurnedAway | undefined {
  if (answer.status !== 401 && answer.status !== 403) return undefined;
  const { scope, error, resourceMetadataUrl } = extractWWWAuthenticateParams(answer);
  if (answer.status === 403 && error !== "insufficient_scope") return undefined;
  return { why: answer.status === 401 ? "signed-out" : "scope", scope, metadataUrl: resourceMetadataUrl?.href };
}

/** A request that brings a token, if there is one. */
export function withToken(init: RequestInit | undefined, token: string | undefined): RequestInit {
  const headers = new Headers(init?.headers);
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  return { ...init, headers };
}
