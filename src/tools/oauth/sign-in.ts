import type { PersonId } from "../../chat.ts";
import { SealError } from "../../store/sealed.ts";
import type { Kv } from "../../store/store.ts";
import type { UrlGuard } from "../guarded-fetch.ts";
import { type Account, isEnding, renew, revoke } from "./account.ts";
import { type Admission, type Needed, turnedAwayBy, withToken } from "./admission.ts";
import type { KeptClient } from "./client.ts";
import {
  type Begun,
  beginSignIn,
  finishSignIn,
  type OAuthServer,
  type Pending,
  type Place,
  type Trusted,
} from "./flow.ts";
import { problemOf, SignInProblem } from "./problem.ts";

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

/** The account of one server: it goes with every request, is renewed in time, and says when somebody must sign in. */
export type SignIn = Admission & {
  /** Starts a sign-in: where to send the browser, and what to keep until it is back. */
  begin(place: Place): Promise<Begun>;
  /** Ends it with what the browser brought. Rejects with `SignInProblem`. */
  finish(pending: Pending, brought: URLSearchParams, by: PersonId): Promise<void>;
  /** Forgets the account, and has it revoked where that can be done. */
  leave(): Promise<{ had: boolean; revoked: boolean }>;
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
  const { name } = server;
  const [accountKey, clientKey, trustedKey] = [`account:${name}`, `client:${name}`, `trusted:${name}`] as const;
  const listeners = new Set<(signedIn: boolean) => void>();
  const hidden: string[] = [];
  let account: Account | undefined;
  let loaded: Promise<void> | undefined;
  let needed: Needed | undefined;
  let renewing: Promise<Account | undefined> | undefined;
  let visiting: Promise<Account | undefined> | undefined;
  /** How often it was signed out. */
  let leaves = 0;
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
    // Somebody signed in or out, or was refused, since the request began.
    if (account !== stale) return Promise.resolve(account);
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
      const { tokens, client } = stale;
      throw new NotRenewed(name, problemOf(error, [tokens.refresh, tokens.access, client.client_secret]));
    });
    if (account !== stale) {
      // Whoever signed out meanwhile wants these gone too.
      if ("tokens" in renewal) await revoke({ ...stale, tokens: renewal.tokens }, guarded).catch(() => false);
      return account;
    }
    if ("refused" in renewal) {
      account = undefined;
      await kv.delete(accountKey);
      if (renewal.refused === "client") await kv.delete(clientKey);
      return undefined;
    }
    const fresh = use({ ...stale, tokens: renewal.tokens });
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

  async function begin(place: Place): Promise<Begun> {
    await load();
    return beginSignIn(server, place, {
      guard: parts.guard,
      now: now(),
      metadataUrl: challenge.metadataUrl ?? account?.authority.metadataUrl,
      missing: challenge.scope,
      had: account?.tokens.scope,
      kept: await read<KeptClient>(clientKey),
      trusted: await read<Trusted>(trustedKey),
      keep: (client) => kv.set(clientKey, client),
    });
  }

  async function finish(pending: Pending, brought: URLSearchParams, by: PersonId): Promise<void> {
    const before = leaves;
    const tokens = await finishSignIn(pending, brought, { fetch: guarded, now });
    await load();
    const { authority, client, registered, redirect } = pending;
    const fresh: Account = { url: server.url, authority, client, tokens, by };
    if (leaves !== before) {
      await revoke(fresh, guarded).catch(() => false);
      throw new SignInProblem("refused", "it was signed out meanwhile");
    }
    await kv.set(accountKey, use(fresh));
    const { issuer } = authority;
    if (!registered && client.client_secret !== undefined)
      await kv.set(trustedKey, { client: client.client_id, issuer } satisfies Trusted);
    if (registered) await kv.set(clientKey, { issuer, redirect, client, open: false } satisfies KeptClient);
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
        const answer = await base(url, withToken(init, mine?.tokens.access));
        const turnedAway = turnedAwayBy(answer);
        if (!turnedAway) {
          needed = undefined;
          return answer;
        }
        const { why, scope, metadataUrl } = turnedAway;
        challenge = { scope, metadataUrl: metadataUrl ?? challenge.metadataUrl };
        await answer.body?.cancel();
        const had = mine;
        // Somebody may have signed in while it was asked.
        if (account !== had && turn === 0) mine = account;
        else mine = why === "scope" || turn > 0 || !had ? undefined : await renewed(had);
        mine ??= await admitted(why === "scope" ? why : had ? "ended" : (needed ?? "first"), turn);
      }
    },
    needed: () => needed,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    begin,
    finish,
    async leave() {
      await load();
      leaves += 1;
      // One that was made for another address is not used, but is ended all the same.
      const kept = account ? undefined : await kv.get<Account>(accountKey).catch(() => undefined);
      const had = account ?? kept;
      [account, needed, challenge] = [undefined, "first", {}];
      await kv.delete(accountKey);
      await kv.delete(clientKey);
      await kv.delete(trustedKey);
      for (const listener of listeners) listener(false);
      const revoked = had ? await revoke(had, guarded).catch(() => false) : false;
      return { had: had !== undefined, revoked };
    },
    secrets: () => [...hidden],
  };
}
