import { randomBytes } from "node:crypto";
import {
  exchangeAuthorization,
  extractWWWAuthenticateParams,
  startAuthorization,
} from "@modelcontextprotocol/sdk/client/auth.js";
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { PersonId } from "../../chat.ts";
import { SealError } from "../../store/sealed.ts";
import type { Kv } from "../../store/store.ts";
import type { UrlGuard } from "../guarded-fetch.ts";
import { type Account, isEnding, renew, revoke, tokensFrom } from "./account.ts";
import { type Authority, findAuthority } from "./authority.ts";
import { authenticate, type Client, clientFor, type KeptClient } from "./client.ts";
import { plain, problemOf, SignInProblem } from "./problem.ts";

/** A remote server that wants somebody to sign in. */
export type OAuthServer = {
  name: string;
  url: string;
  oauth: { client_id?: string | undefined; client_secret?: string | undefined; scopes?: string[] | undefined };
};

/** Why somebody has to sign in: nobody has yet, what there was is not taken any more, can't be opened, or allows too little. */
export type Needed = "first" | "ended" | "sealed" | "scope";

/** Says that a server turned us away until somebody signs in. */
export class NeedsSignIn extends Error {
  override name = "NeedsSignIn";
  readonly why: Needed;
  constructor(server: string, why: Needed) {
    super(
      why === "scope"
        ? `"${server}" wants more rights for this than its account has. It was not done. An admin can give them by signing in anew: /bellhop connect ${server}`
        : `"${server}" needs to be signed in by an admin: /bellhop connect ${server}`,
    );
    this.why = why;
  }
}

/** Says that new tokens could not be had just now; they may be in a moment. */
export class NotRenewed extends Error {
  override name = "NotRenewed";
  constructor(server: string, why: SignInProblem) {
    const said = why.detail || why.trouble;
    super(`the sign-in to "${server}" could not be renewed (${said}). Nothing was done. Try it again in a moment.`);
  }
}

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

/** Where a browser comes back to, and where our own document stands, if others can read it. */
export type Place = { redirect: string; document?: string | undefined };

/** The account of one server: it goes with every request, is renewed in time, and says when somebody must sign in. */
export type SignIn = {
  /** A `fetch` that is let in. Contract: rejects with `NeedsSignIn` where only a person can help. */
  over(base: FetchLike): FetchLike;
  /** Why nothing can be asked of it; undefined when nothing is known against it. */
  needed(): Needed | undefined;
  /** Told when somebody has signed in, or out. */
  onChange(listener: (signedIn: boolean) => void): void;
  /** Starts a sign-in: where to send the browser, and what to keep until it is back. */
  begin(place: Place): Promise<{ url: string; state: string; pending: Pending }>;
  /** Ends it with what the browser brought. Rejects with `SignInProblem`. */
  finish(pending: Pending, brought: URLSearchParams, by: PersonId): Promise<void>;
  /** Forgets the account, and has it revoked where that can be done. */
  leave(): Promise<{ had: boolean; revoked: boolean }>;
  /** What must never be shown. */
  secrets(): string[];
};

const mostTurns = 3;
const mostSecrets = 20;

/** The account of a server. `visit` stands in for a person where there is none: it opens the link, and gives what came back. */
export function createSignIn(
  server: OAuthServer,
  parts: {
    kv: Kv;
    guard: UrlGuard;
    now(): number;
    /** Somebody has to sign in. */
    told?(why: Needed): void;
    /** Something went wrong that nobody waits for. */
    noted?(error: unknown): void;
    visit?: { place: Place; open(url: string): Promise<URLSearchParams> };
  },
): SignIn {
  const { kv, now, visit } = parts;
  const home = new URL(server.url);
  const guarded = parts.guard.fetch(home);
  const [accountKey, clientKey] = [`account:${server.name}`, `client:${server.name}`];
  const listeners: ((signedIn: boolean) => void)[] = [];
  const hidden: string[] = [];
  let account: Account | undefined;
  let loaded: Promise<void> | undefined;
  let needed: Needed | undefined;
  let renewing: Promise<Account | undefined> | undefined;
  let visiting: Promise<Account | undefined> | undefined;
  /** What the server said when it turned us away last. */
  let challenge: { scope?: string | undefined; metadataUrl?: string | undefined } = {};

  function load(): Promise<void> {
    loaded ??= read<Account>(accountKey).then(
      (kept) => {
        if (kept?.url === server.url) use(kept);
      },
      (error: unknown) => {
        loaded = undefined;
        throw error;
      },
    );
    return loaded;
  }

  /** What can't be opened counts as lost; that is said. */
  async function read<Value>(key: string): Promise<Value | undefined> {
    try {
      return await kv.get<Value>(key);
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      need("sealed");
      return undefined;
    }
  }

  function use(fresh: Account): Account {
    account = fresh;
    const { tokens, client } = fresh;
    for (const secret of [tokens.access, tokens.refresh, client.client_secret])
      if (secret !== undefined && !hidden.includes(secret)) hidden.push(secret);
    hidden.splice(0, hidden.length - mostSecrets);
    return fresh;
  }

  function need(why: Needed): NeedsSignIn {
    if (why !== "scope") needed = why;
    parts.told?.(why);
    return new NeedsSignIn(server.name, why);
  }

  /** New tokens for those that are not taken any more; once, however many ask. Undefined: they are refused for good. */
  function renewed(stale: Account): Promise<Account | undefined> {
    if (account && account !== stale) return Promise.resolve(account);
    renewing ??= renewOnce(stale).finally(() => {
      renewing = undefined;
    });
    return renewing;
  }

  /** New tokens before the old end; these will do while they last. */
  function renewedInTime(ending: Account): Promise<Account | undefined> {
    return renewed(ending).catch((error: unknown) => {
      if (now() < (ending.tokens.expires ?? 0)) return ending;
      throw error;
    });
  }

  async function renewOnce(stale: Account): Promise<Account | undefined> {
    const renewal = await renew(stale, guarded, now()).catch((error: unknown) => {
      // The error itself may quote tokens.
      throw new NotRenewed(server.name, problemOf(error));
    });
    // Somebody signed in or out meanwhile.
    if (account !== stale) return account;
    if ("refused" in renewal) {
      account = undefined;
      await kv.delete(accountKey);
      if (renewal.refused === "client") await kv.delete(clientKey);
      return undefined;
    }
    const fresh = use({ ...stale, tokens: { ...stale.tokens, ...renewal.tokens } });
    // They are good, kept or not; the old are not any more.
    await kv.set(accountKey, fresh).catch((error: unknown) => parts.noted?.(error));
    return fresh;
  }

  /** Whoever can let us in anew, if nobody has to be asked. */
  async function admitted(why: Needed, turn: number): Promise<Account> {
    if (!visit || turn === mostTurns - 1) throw need(why);
    visiting ??= visitOnce(visit).finally(() => {
      visiting = undefined;
    });
    const fresh = await visiting;
    if (!fresh) throw need(why);
    return fresh;
  }

  async function visitOnce({ place, open }: NonNullable<typeof visit>): Promise<Account | undefined> {
    const { url, state, pending } = await begin(place);
    const brought = await open(url);
    if (brought.get("state") !== state) throw new SignInProblem("refused", "it brought back another state");
    await finish(pending, brought, "nobody:headless");
    return account;
  }

  async function begin({ redirect, document }: Place): ReturnType<SignIn["begin"]> {
    await load();
    try {
      const authority = await findAuthority(home, guarded, challenge.metadataUrl ?? account?.authority.metadataUrl);
      const page = authority.metadata?.authorization_endpoint;
      if (page !== undefined) await parts.guard.checkLink(new URL(page), home);
      const scope = scopeFor(authority);
      const kept = await read<KeptClient>(clientKey);
      const configured = server.oauth;
      const about = { configured, redirect, scope, document, kept, fetch: guarded, now: now() };
      const { client, registered } = await clientFor(authority, about);
      if (registered) await keepClient(authority, redirect, client, true);
      const state = randomBytes(32).toString("base64url");
      const { authorizationUrl, codeVerifier } = await startAuthorization(authority.issuer, {
        ...(authority.metadata ? { metadata: authority.metadata } : {}),
        clientInformation: client,
        redirectUrl: redirect,
        ...(scope === undefined ? {} : { scope }),
        state,
        resource: authority.resource,
      });
      const asked = scope === undefined ? {} : { scope };
      const { name, url } = server;
      const pending = { server: name, url, authority, client, registered, redirect, verifier: codeVerifier, ...asked };
      return { url: authorizationUrl.href, state, pending };
    } catch (error) {
      throw problemOf(error);
    }
  }

  /** What to ask for: as configured, else what was missing last, else what the server says it needs. */
  function scopeFor({ scopes, metadata }: Authority): string | undefined {
    if (server.oauth.scopes) return server.oauth.scopes.join(" ");
    const wanted = challenge.scope?.split(" ") ?? scopes;
    if (!wanted) return undefined;
    const had = challenge.scope === undefined ? [] : (account?.tokens.scope?.split(" ") ?? []);
    // Without it some give no token that outlives the hour.
    const lasting = metadata?.scopes_supported?.includes("offline_access") ? ["offline_access"] : [];
    return [...new Set([...had, ...wanted, ...lasting])].filter(Boolean).join(" ") || undefined;
  }

  function keepClient({ issuer }: Authority, redirect: string, client: Client, open: boolean): Promise<void> {
    return kv.set(clientKey, { issuer, redirect, client, open } satisfies KeptClient);
  }

  async function finish(pending: Pending, brought: URLSearchParams, by: PersonId): Promise<void> {
    const { authority, client, registered, redirect } = pending;
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
        fetchFn: guarded,
      });
      const tokens = tokensFrom(came, now(), pending.scope);
      await load();
      await kv.set(accountKey, use({ url: server.url, authority, client, tokens, by }));
      if (registered) await keepClient(authority, redirect, client, false);
    } catch (error) {
      throw problemOf(error);
    }
    [needed, challenge] = [undefined, {}];
    for (const listener of listeners) listener(true);
  }

  return {
    over: (base) => async (input, init) => {
      const url = new URL(input);
      // The token is good for this server, and is shown to nobody else.
      if (url.origin !== home.origin) return base(url, init);
      await load();
      let mine = account;
      if (mine?.tokens.refresh && isEnding(mine.tokens, now())) {
        mine = (await renewedInTime(mine)) ?? (await admitted("ended", 0));
      }
      for (let turn = 0; ; turn++) {
        const answer = await base(url, withToken(init, mine));
        const why = refusalIn(answer);
        if (!why) {
          needed = undefined;
          return answer;
        }
        const { scope, resourceMetadataUrl } = extractWWWAuthenticateParams(answer);
        challenge = { scope, metadataUrl: resourceMetadataUrl?.href ?? challenge.metadataUrl };
        await answer.body?.cancel();
        const had = mine;
        mine = why === "scope" || turn > 0 || !had ? undefined : await renewed(had);
        mine ??= await admitted(why === "scope" ? why : had ? "ended" : (needed ?? "first"), turn);
      }
    },
    needed: () => needed,
    onChange: (listener) => void listeners.push(listener),
    begin,
    finish,
    async leave() {
      await load();
      const had = account;
      [account, needed, challenge] = [undefined, "first", {}];
      await kv.delete(accountKey);
      await kv.delete(clientKey);
      for (const listener of listeners) listener(false);
      const revoked = had ? await revoke(had, guarded).catch(() => false) : false;
      return { had: had !== undefined, revoked };
    },
    secrets: () => [...hidden],
  };
}

/** Who answered must be whom we asked, where they can say so: codes of one server are never taken to another. */
function checkIssuer({ issuer, metadata }: Authority, came: string | null): void {
  const says = metadata && "authorization_response_iss_parameter_supported" in metadata;
  const must = says && metadata.authorization_response_iss_parameter_supported === true;
  if (came === null ? must : came !== (metadata?.issuer ?? issuer))
    throw new SignInProblem("wrong-issuer", plain(came ?? ""));
}

function refusalIn(answer: Response): "signed-out" | "scope" | undefined {
  if (answer.status === 401) return "signed-out";
  const lacks = answer.status === 403 && extractWWWAuthenticateParams(answer).error === "insufficient_scope";
  return lacks ? "scope" : undefined;
}

function withToken(init: RequestInit | undefined, account: Account | undefined): RequestInit {
  const headers = new Headers(init?.headers);
  if (account) headers.set("authorization", `Bearer ${account.tokens.access}`);
  return { ...init, headers };
}
