import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createOAuthWorld, type OAuthWorld } from "./oauth/world.ts";

const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
const others = generateKeyPairSync("ec", { namedCurve: "P-256" });
const now = 1_700_000_000_000;
const seconds = now / 1000;
let world: OAuthWorld;

beforeEach(async () => {
  world = await createOAuthWorld({
    now: () => now,
    authority: { grants: ["client_credentials"], methods: ["private_key_jwt", "client_secret_basic"], people: false },
  });
  const pem = keys.publicKey.export({ type: "spki", format: "pem" }).toString();
  const common = { redirects: [], program: { scopes: ["read"] } };
  world.ledger.clients.set("signer", {
    ...common,
    id: "signer",
    secret: undefined,
    method: "private_key_jwt",
    key: { pem },
  });
  world.ledger.clients.set("keeper", { ...common, id: "keeper", secret: "s3cret", method: "client_secret_basic" });
  world.ledger.clients.set("poster", { ...common, id: "poster", secret: "s3cret", method: "client_secret_post" });
});
afterEach(() => world.stop());

describe("the simulated authorization server lets in a program", () => {
  it("with an assertion that is its own, once", async () => {
    const shown = assertion();
    expect(await ask({ client_assertion: shown })).toBe("Bearer");
    expect(await ask({ client_assertion: shown })).toBe("invalid_client");
    expect(world.ledger.wrong).toBe("the assertion was used before");
  });

  const wrong: [string, Parameters<typeof assertion>, string][] = [
    ["for another server", [{ aud: "https://evil.example" }], 'the assertion is for "https://evil.example"'],
    ["for the endpoint instead of the issuer", [{ aud: "TOKEN" }], "the assertion is for"],
    ["of another", [{ iss: "keeper" }], "the assertion is keeper's about signer"],
    ["about another", [{ sub: "keeper" }], "the assertion is signer's about keeper"],
    ["that has ended", [{ exp: seconds }], "the assertion has ended"],
    ["without an end", [{ exp: undefined }], "the assertion has ended"],
    ["that is good for an hour", [{ exp: seconds + 3600 }], "the assertion is good for too long"],
    ["from the future", [{ iat: seconds + 300 }], "the assertion is from the future"],
    ["without a name of its own", [{ jti: undefined }], "the assertion has no name of its own"],
    ["signed by another key", [{}, { key: others.privateKey }], "the signature is not the client's"],
    ["signed by nothing", [{}, { alg: "none" }], "the assertion is signed by none"],
  ];
  it.each(wrong)("not with an assertion %s", async (_what, made, why) => {
    expect(await ask({ client_assertion: assertion(...made) })).toBe("invalid_client");
    expect(world.ledger.wrong).toContain(why);
    expect(world.ledger.grants).toEqual([]);
  });

  it("by its secret, in the way that it said and that is taken here", async () => {
    expect(await ask({}, "keeper:s3cret")).toBe("Bearer");
    expect(await ask({}, "keeper:wrong")).toBe("invalid_client");
    expect(await ask({ client_id: "poster", client_secret: "s3cret" })).toBe("invalid_client");
    expect(world.ledger.violations).toEqual(["poster proves itself by client_secret_post, which is not taken here"]);
  });

  it("for what it may, by the grants that there are, for this resource, with nothing that renews", async () => {
    expect(await ask({ scope: "read" }, "keeper:s3cret")).toBe("Bearer");
    expect(world.ledger.grants.map(({ refresh }) => refresh)).toEqual([undefined]);
    expect(await ask({ scope: "read write" }, "keeper:s3cret")).toBe("invalid_scope");
    expect(await ask({ grant_type: "password" }, "keeper:s3cret")).toBe("unsupported_grant_type");
    expect(await ask({ grant_type: "refresh_token" }, "keeper:s3cret")).toBe("unsupported_grant_type");
    expect(await ask({ resource: "https://bank.example" }, "keeper:s3cret")).toBe("invalid_target");
  });
});

/** A word of the client's, as it should be but for what is said otherwise. */
function assertion(otherwise: Record<string, unknown> = {}, { key = keys.privateKey, alg = "ES256" } = {}): string {
  const claims = {
    ...{ iss: "signer", sub: "signer", aud: world.issuer, iat: seconds, exp: seconds + 60, jti: randomUUID() },
    ...otherwise,
    ...(otherwise.aud === "TOKEN" ? { aud: `${world.issuer}/token` } : {}),
  };
  const body = [{ alg, typ: "JWT" }, claims].map((one) => Buffer.from(JSON.stringify(one)).toString("base64url"));
  const signature = sign("sha256", Buffer.from(body.join(".")), { key, dsaEncoding: "ieee-p1363" });
  return [...body, signature.toString("base64url")].join(".");
}

/** What comes of asking for a token: its type, or the error. */
async function ask(form: Record<string, string>, basic?: string): Promise<string> {
  const asserts = form.client_assertion === undefined ? {} : { client_id: "signer", client_assertion_type: jwtBearer };
  const response = await fetch(`${world.issuer}/token`, {
    method: "POST",
    headers: basic ? { authorization: `Basic ${Buffer.from(basic).toString("base64")}` } : {},
    body: new URLSearchParams({ grant_type: "client_credentials", resource: world.resource, ...asserts, ...form }),
  });
  const said = Object(await response.json());
  return String(said.token_type ?? said.error);
}

const jwtBearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
