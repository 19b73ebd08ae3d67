import { createPrivateKey } from "node:crypto";
import { z } from "zod";
import { flag, kind, oneOf, secret, settings, text, url } from "./kinds.ts";

const leastModulus = 2048;
const curves = ["prime256v1", "secp384r1", "secp521r1"];

/** A private key in PEM; in a variable of one line its line ends may be written `\n`. */
const privateKey = kind(
  "a private key in PEM, not encrypted: RSA of at least 2048 bits, EC (P-256, P-384, P-521) or Ed25519",
  (written) => {
    const pem = typeof written === "string" ? written.replaceAll("\\n", "\n").trim() : "";
    return isSigning(pem) ? pem : undefined;
  },
).meta({ secret: true });

function isSigning(pem: string): boolean {
  try {
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = createPrivateKey(pem);
    if (type === "rsa") return (details?.modulusLength ?? 0) >= leastModulus;
    return type === "ed25519" || (type === "ec" && curves.includes(details?.namedCurve ?? ""));
  } catch {
    return false;
  }
}

const OAuthSettings = settings({
  as: oneOf("person", "itself")
    .default("person")
    .describe(
      "person: an admin signs in, and all agents use that account. itself: Bellhop signs in as a program (client credentials), by a client_id and a client_secret or private_key; nobody is asked.",
    ),
  client_id: text.optional().describe("A client that was registered by hand. Default: Bellhop registers itself."),
  client_secret: secret.optional().describe("Its secret, if it has one."),
  private_key: privateKey
    .optional()
    .describe("With `as: itself`, instead of a secret: the client's private key in PEM (private_key_jwt)."),
  key_id: text.optional().describe("Which of the client's keys that is (`kid`), where it has several."),
  issuer: url
    .optional()
    .describe(
      "With `as: itself`: the authorization server that the client is known to; no other is asked. Default: the one that the server names.",
    ),
  scopes: z.array(text).optional().describe("What to ask for. Default: what the server says it needs."),
});
type Written = z.infer<typeof OAuthSettings>;

/** How a remote server is signed in to. */
export const OAuth = z.union([flag, OAuthSettings]);

/** An admin signs in for all agents. */
export type PersonSignIn = { as: "person" } & Pick<Written, "client_id" | "client_secret" | "scopes">;

/** By what a program proves to be the one that it says it is. */
export type Proof = { client_secret: string } | { private_key: string; key_id?: string | undefined };

/** Bellhop signs in as itself. */
export type OwnSignIn = { as: "itself"; client_id: string; proof: Proof } & Pick<Written, "issuer" | "scopes">;

/** What was written, as one of the two ways; contradictions are complained of, with the setting they stand in. */
export function settleOAuth(
  written: true | Written,
  complain: (message: string, ...path: string[]) => void,
): PersonSignIn | OwnSignIn {
  if (written === true) return { as: "person" };
  const { as, client_id, client_secret, private_key, key_id, issuer, ...rest } = written;
  if (client_secret !== undefined && client_id === undefined)
    complain("belongs to a client_id, and there is none", "client_secret");
  if (as === "person") {
    for (const [setting, value] of Object.entries({ private_key, key_id, issuer }))
      if (value !== undefined) complain("is for `as: itself`; a person signs in in a browser", setting);
    return { as, client_id, client_secret, ...rest };
  }
  if (client_id === undefined && client_secret === undefined)
    complain("itself needs a client_id, registered by hand, and its client_secret or private_key", "as");
  else if (client_secret === undefined && private_key === undefined)
    complain("itself needs the client_secret or the private_key of its client_id, and there is neither", "as");
  if (client_secret !== undefined && private_key !== undefined)
    complain("proves the same as client_secret; leave out one of them", "private_key");
  if (key_id !== undefined && private_key === undefined)
    complain("says which private_key is meant, and there is none", "key_id");
  const proof = private_key === undefined ? { client_secret: client_secret ?? "" } : { private_key, key_id };
  return { as, client_id: client_id ?? "", proof, issuer, ...rest };
}
