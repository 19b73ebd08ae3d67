import { constants, createPrivateKey, type KeyObject, randomUUID, type SignKeyObjectInput, sign } from "node:crypto";
import type { OwnSignIn } from "../../config/schema/oauth.ts";
import type { TokenServer } from "./authority.ts";
import { authenticate } from "./client.ts";
import { plain, SignInProblem } from "./problem.ts";

const assertionSeconds = 120;
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** Puts into a request for a token the proof that we are the client; gives what of it must not be shown. */
export function prove(
  { client_id, proof }: OwnSignIn,
  server: TokenServer,
  now: number,
  headers: Headers,
  form: URLSearchParams,
): string[] {
  if ("private_key" in proof) {
    if (server.methods && !server.methods.includes("private_key_jwt")) throw notTaken("private keys", server.methods);
    const assertion = assertionOf(client_id, proof, server, now);
    form.set("client_id", client_id);
    form.set("client_assertion_type", assertionType);
    form.set("client_assertion", assertion);
    return [assertion];
  }
  const ways = server.methods?.filter((one) => one === "client_secret_basic" || one === "client_secret_post");
  if (ways?.length === 0) throw notTaken("client secrets", server.methods ?? []);
  const { client_secret } = proof;
  const metadata = { token_endpoint_auth_methods_supported: ways };
  authenticate({ client_id, client_secret }, { metadata }, headers, form);
  const basic = headers.get("authorization")?.replace(/^Basic /, "");
  return [client_secret, encodeURIComponent(client_secret), ...(basic ? [basic] : [])];
}

function notTaken(what: string, methods: string[]): SignInProblem {
  return new SignInProblem("refused", plain(`it takes no ${what} of programs, but ${methods.join(", ") || "nothing"}`));
}

/** A word of the client's own, signed by its key, good for this authorization server, once and for a moment (RFC 7523). */
function assertionOf(
  client: string,
  { private_key, key_id }: Extract<OwnSignIn["proof"], { private_key: string }>,
  { issuer, algorithms }: TokenServer,
  now: number,
): string {
  const key = createPrivateKey(private_key);
  const ways = waysToSign(key);
  const way = ways.find(({ alg }) => algorithms?.includes(alg) ?? true);
  if (!way) {
    const [mine, theirs] = [ways.map(({ alg }) => alg).join(" or "), algorithms?.join(", ") || "nothing"];
    throw new SignInProblem("refused", plain(`the private key signs by ${mine}, and it takes ${theirs}`));
  }
  const seconds = Math.floor(now / 1000);
  const header = { alg: way.alg, typ: "JWT", ...(key_id === undefined ? {} : { kid: key_id }) };
  const claims = {
    iss: client,
    sub: client,
    aud: issuer,
    iat: seconds,
    exp: seconds + assertionSeconds,
    jti: randomUUID(),
  };
  const body = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  const signature = sign(way.hash, Buffer.from(body), { key, ...way.how });
  return `${body}.${signature.toString("base64url")}`;
}

type Way = { alg: string; hash: string | null; how?: Omit<SignKeyObjectInput, "key"> };

/** The ways in which a key signs a JWT, the most usual first. */
function waysToSign(key: KeyObject): Way[] {
  if (key.asymmetricKeyType === "ed25519") return ["EdDSA", "Ed25519"].map((alg) => ({ alg, hash: null }));
  const how = { dsaEncoding: "ieee-p1363" } as const;
  switch (key.asymmetricKeyDetails?.namedCurve) {
    case "prime256v1":
      return [{ alg: "ES256", hash: "sha256", how }];
    case "secp384r1":
      return [{ alg: "ES384", hash: "sha384", how }];
    case "secp521r1":
      return [{ alg: "ES512", hash: "sha512", how }];
  }
  const sizes = ["256", "384", "512"];
  const padded = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return [
    ...sizes.map((size) => ({ alg: `RS${size}`, hash: `sha${size}` })),
    ...sizes.map((size) => ({ alg: `PS${size}`, hash: `sha${size}`, how: padded })),
  ];
}
