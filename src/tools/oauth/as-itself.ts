import { parseErrorResponse } from "@modelcontextprotocol/sdk/client/auth.js";
import { OAuthError } from "@modelcontextprotocol/sdk/server/auth/errors.js";
import { OAuthTokensSchema } from "@modelcontextprotocol/sdk/shared/auth.js";
import type { OwnSignIn } from "../../config/schema/oauth.ts";
import type { UrlGuard } from "../guarded-fetch.ts";
import { isEnding, mayPass, type Tokens, tokensFrom } from "./account.ts";
import { type Admission, turnedAwayBy, withToken } from "./admission.ts";
import { findTokenServer, type TokenServer } from "./authority.ts";
import { plain, problemOf } from "./problem.ts";
import { prove } from "./proof.ts";

/** Says that Bellhop, as itself, was not let in: for good (`refused`), just now (`passing`), or not to this (`scope`). */
export class NotLetIn extends Error {
  override name = "NotLetIn";
  readonly why: "refused" | "passing" | "scope";
  constructor(server: string, why: NotLetIn["why"], detail: string) {
    super(
      {
        refused: `"${server}" does not let Bellhop in as itself: ${detail}. Nothing was done; what mends it is its oauth settings, or its client there`,
        passing: `Bellhop could not sign in to "${server}" just now (${detail}). Nothing was done. Try it again in a moment.`,
        scope: `"${server}" wants more rights for this than Bellhop has there (${detail}). It was not done.`,
      }[why],
    );
    this.why = why;
  }
}

/** A token, and the rights that were asked for with it. */
type Held = { tokens: Tokens; asked: string | undefined };

const mostTurns = 3;
const mostSecrets = 20;

/** Lets Bellhop in to a server as itself (client credentials). Its token is kept nowhere: the next is had for the asking. */
export function admitItself(
  server: { name: string; url: string; oauth: OwnSignIn },
  parts: { guard: UrlGuard; now(): number },
): Admission {
  const { name, oauth } = server;
  const { now } = parts;
  const home = new URL(server.url);
  const fetch = parts.guard.fetch(home);
  // An address that the operator wrote may be anywhere.
  const fetchKnown = oauth.issuer === undefined ? fetch : parts.guard.fetch(new URL(oauth.issuer));
  const hidden: string[] = [];
  let held: Held | undefined;
  let found: TokenServer | undefined;
  let asking: Promise<Held> | undefined;
  let metadataUrl: string | undefined;

  /** A token; one request for it, however many want it. */
  function ask(scope: string | undefined): Promise<Held> {
    asking ??= askOnce(scope).finally(() => {
      asking = undefined;
    });
    return asking;
  }

  async function askOnce(scope: string | undefined): Promise<Held> {
    const secrets: string[] = [];
    try {
      found ??= await findTokenServer(home, { fetch, fetchKnown, known: oauth.issuer, metadataUrl });
      const asked = scope ?? found.scopes?.join(" ");
      const headers = new Headers({ accept: "application/json" });
      const form = new URLSearchParams({ grant_type: "client_credentials", resource: found.resource });
      if (asked) form.set("scope", asked);
      secrets.push(...prove(oauth, found, now(), headers, form));
      const answer = await fetchKnown(found.endpoint, { method: "POST", headers, body: form });
      if (!answer.ok) throw await parseErrorResponse(answer);
      held = { tokens: tokensFrom(OAuthTokensSchema.parse(await answer.json()), now(), asked), asked };
      hidden.push(held.tokens.access);
      hidden.splice(0, hidden.length - mostSecrets);
      return held;
    } catch (error) {
      // It may have moved.
      found = undefined;
      throw notLetIn(error, secrets);
    }
  }

  /** What went wrong, without what we said of ourselves: an answer may quote it. */
  function notLetIn(error: unknown, secrets: string[]): NotLetIn {
    const { trouble, detail } = problemOf(error, secrets);
    if (error instanceof OAuthError && trouble === "refused")
      return new NotLetIn(name, mayPass(error) ? "passing" : "refused", detail.replace(/\.$/, ""));
    if (trouble === "unreachable") return new NotLetIn(name, "passing", detail);
    return new NotLetIn(name, "refused", trouble === "refused" ? detail : [trouble, detail].filter(Boolean).join(": "));
  }

  /** A new token before this one ends; this will do while it lasts. */
  async function inTime(ending: Held): Promise<Held> {
    return ask(ending.asked).catch((error: unknown) => {
      if (now() < (ending.tokens.expires ?? 0)) return ending;
      throw error;
    });
  }

  return {
    over: (base) => async (input, init) => {
      const url = new URL(input);
      // The token is good for this server, and is shown to nobody else.
      if (url.origin !== home.origin) return base(url, init);
      let mine = held && isEnding(held.tokens, now()) ? await inTime(held) : held;
      for (let turn = 1; ; turn++) {
        const answer = await base(url, withToken(init, mine?.tokens.access));
        const turnedAway = turnedAwayBy(answer);
        if (!turnedAway) return answer;
        await answer.body?.cancel();
        metadataUrl = turnedAway.metadataUrl ?? metadataUrl;
        const { why, scope } = turnedAway;
        const isNew = held !== mine;
        if (why === "scope") {
          const wider = oauth.scopes ? undefined : wideBy(scope, mine?.asked);
          if (turn === mostTurns || (!isNew && wider === undefined))
            throw new NotLetIn(name, "scope", plain(scope ?? "it does not say which"));
          mine = isNew ? held : await ask(wider).catch((error: unknown) => widening(error, scope));
          continue;
        }
        if (turn === mostTurns || (turn > 1 && !isNew))
          throw new NotLetIn(name, "refused", "it does not take the token that was made for it (401)");
        mine = isNew ? held : await ask(oauth.scopes?.join(" ") ?? mine?.asked ?? scope);
      }
    },
    needed: () => undefined,
    onChange: () => () => {},
    secrets: () => [...hidden],
  };

  /** Who may not have more still has what there was. */
  function widening(error: unknown, scope: string | undefined): never {
    if (error instanceof NotLetIn && error.why === "refused") throw new NotLetIn(name, "scope", plain(scope ?? ""));
    throw error;
  }
}

/** What there is and what is missing besides; undefined when all of that was asked for already. */
function wideBy(missing: string | undefined, had: string | undefined): string | undefined {
  const kept = had?.split(" ") ?? [];
  const more = (missing?.split(" ") ?? []).filter((one) => one !== "" && !kept.includes(one));
  return more.length === 0 ? undefined : [...kept, ...more].join(" ");
}
