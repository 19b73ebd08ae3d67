import { constants, createPublicKey, type VerifyKeyObjectInput, verify } from "node:crypto";
import type { RegisteredClient } from "./grants.ts";

const longestSeconds = 600;
const skewSeconds = 60;
const ecdsa = { dsaEncoding: "ieee-p1363" } as const;
const padded = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
const ways: Record<string, { type: string; hash: string | null; how?: Omit<VerifyKeyObjectInput, "key"> }> = {
  RS256: { type: "rsa", hash: "sha256" },
  PS256: { type: "rsa", hash: "sha256", how: padded },
  ES256: { type: "ec", hash: "sha256", how: ecdsa },
  ES384: { type: "ec", hash: "sha384", how: ecdsa },
  ES512: { type: "ec", hash: "sha512", how: ecdsa },
  EdDSA: { type: "ed25519", hash: null },
};

/** All algorithms that an authorization server knows here. */
export const knownAlgorithms = Object.keys(ways);

/** What is wrong with a client's word that it is itself (RFC 7523); undefined when all is well, and then it has been used. */
export function wrongIn(
  assertion: string,
  client: RegisteredClient,
  at: { issuer: string; now: number; algorithms: readonly string[]; used: Set<string> },
): string | undefined {
  const [head = "", body = "", signature = "", ...more] = assertion.split(".");
  if (more.length > 0 || !client.key) return "the assertion is no JWT, or its client has no key";
  const [{ alg, kid, typ }, claims] = [partOf(head), partOf(body)];
  const way = ways[String(alg)];
  if (!way || !at.algorithms.includes(String(alg))) return `the assertion is signed by ${String(alg)}`;
  if (typ !== undefined && typ !== "JWT") return "the assertion is of another type";
  if (client.key.id !== undefined && kid !== client.key.id) return `no key is called ${String(kid)}`;
  const key = createPublicKey(client.key.pem);
  const isSigned =
    key.asymmetricKeyType === way.type &&
    verify(way.hash, Buffer.from(`${head}.${body}`), { key, ...way.how }, Buffer.from(signature, "base64url"));
  if (!isSigned) return "the signature is not the client's";
  const { iss, sub, aud, iat, exp, jti } = claims;
  if (iss !== client.id || sub !== client.id) return `the assertion is ${String(iss)}'s about ${String(sub)}`;
  if (aud !== at.issuer) return `the assertion is for ${JSON.stringify(aud)}`;
  const seconds = at.now / 1000;
  if (typeof exp !== "number" || exp <= seconds) return "the assertion has ended";
  if (exp > seconds + longestSeconds) return "the assertion is good for too long";
  if (typeof iat !== "number" || iat > seconds + skewSeconds) return "the assertion is from the future";
  if (typeof jti !== "string" || jti.length < 16)
    return "the assertion has no name of its own, or one that can be guessed";
  if (at.used.has(jti)) return "the assertion was used before";
  at.used.add(jti);
  return undefined;
}

function partOf(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(Buffer.from(text, "base64url").toString()));
  } catch {
    return {};
  }
}
