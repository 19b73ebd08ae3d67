import { OAuthError, ServerError } from "@modelcontextprotocol/sdk/server/auth/errors.js";
import { ForbiddenUrl } from "../guarded-fetch.ts";

/** Why nobody can be signed in to a server; words for it stand in `src/words`. */
export type SignInTrouble =
  | "no-address"
  | "unreachable"
  | "no-metadata"
  | "no-pkce"
  | "wrong-issuer"
  | "other-issuer"
  | "wrong-resource"
  | "forbidden-url"
  | "no-registration"
  | "refused";

/** Says why somebody could not be signed in. `detail` is what came from outside, safe to show. No cause: it may quote tokens. */
export class SignInProblem extends Error {
  override name = "SignInProblem";
  readonly trouble: SignInTrouble;
  readonly detail: string;
  constructor(trouble: SignInTrouble, detail = "") {
    super(detail ? `${trouble}: ${detail}` : trouble);
    this.trouble = trouble;
    this.detail = detail;
  }
}

/** What went wrong, as a problem; never with the body of an answer in it, which may hold tokens, nor with these secrets. */
export function problemOf(error: unknown, secrets: readonly (string | undefined)[] = []): SignInProblem {
  if (error instanceof SignInProblem) return error;
  if (error instanceof ForbiddenUrl) return new SignInProblem("forbidden-url", plain(error.message));
  // The client's word for an answer that is no OAuth error quotes it whole.
  if (error instanceof ServerError || isUnreadable(error))
    return new SignInProblem("unreachable", "it answered with what is no OAuth answer");
  if (error instanceof OAuthError)
    return new SignInProblem("refused", plain(without(secrets, `${error.errorCode} ${error.message}`)));
  return new SignInProblem("unreachable", plain(error instanceof Error ? error.message : String(error)));
}

/** Text without secrets: an answer may quote what it was asked with. */
function without(secrets: readonly (string | undefined)[], text: string): string {
  return secrets.reduce<string>((left, one) => (one ? left.replaceAll(one, "[redacted]") : left), text);
}

/** Text of a stranger in one harmless line: the letters that OAuth allows in a description, and few. */
export function plain(text: string): string {
  return text
    .replace(/[^\x20-\x7e]|["`\\<>]/g, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 200);
}

function isUnreadable(error: unknown): boolean {
  return error instanceof SyntaxError || (error instanceof Error && "issues" in error);
}
