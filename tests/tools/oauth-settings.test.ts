import { generateKeyPairSync, type KeyPairKeyObjectResult } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createRedactor } from "../../src/watch/redact.ts";
import { loadTexts, problemsIn } from "../config/load-texts.ts";

describe("how a server is signed in to", () => {
  it("is by a person where nothing else is said", () => {
    expect(oauthOf("oauth: true")).toEqual({ as: "person" });
    expect(oauthOf("oauth: { client_id: i, client_secret: k }")).toEqual({
      as: "person",
      client_id: "i",
      client_secret: "k",
    });
    expect(oauthOf("oauth: false")).toBeUndefined();
  });

  it("is by a program's secret or by its key", () => {
    expect(oauthOf("oauth: { as: itself, client_id: i, client_secret: k, scopes: [read] }")).toEqual({
      as: "itself",
      client_id: "i",
      proof: { client_secret: "k" },
      scopes: ["read"],
    });
    const key = pem(generateKeyPairSync("ed25519"));
    const settings = `oauth: { as: itself, client_id: i, private_key: '\${KEY}', key_id: k1, issuer: 'https://a.example' }`;
    const read = {
      as: "itself",
      client_id: "i",
      proof: { private_key: key, key_id: "k1" },
      issuer: "https://a.example",
    };
    for (const written of [key, `${key}\n`, key.replaceAll("\n", "\\n")])
      expect(oauthOf(settings, { KEY: written })).toEqual(read);
  });

  const contradictions: [string, string, string][] = [
    ["as: robot", "as", 'wanted one of person, itself, came "robot"'],
    ["as: itself", "as", "itself needs a client_id, registered by hand, and its client_secret or private_key"],
    ["as: itself, client_secret: k", "client_secret", "belongs to a client_id, and there is none"],
    [
      "as: itself, client_id: i",
      "as",
      "itself needs the client_secret or the private_key of its client_id, and there is neither",
    ],
    [
      `as: itself, client_id: i, client_secret: k, private_key: '\${KEY}'`,
      "private_key",
      "proves the same as client_secret; leave out one of them",
    ],
    [
      "as: itself, client_id: i, client_secret: k, key_id: a",
      "key_id",
      "says which private_key is meant, and there is none",
    ],
    [`client_id: i, private_key: '\${KEY}'`, "private_key", "is for `as: itself`; a person signs in in a browser"],
    ["issuer: 'https://a.example'", "issuer", "is for `as: itself`; a person signs in in a browser"],
    ["as: itself, client_id: i, issuer: auth, client_secret: k", "issuer", "wanted a URL beginning with http:// or"],
    ["as: itself, client_id: i, secret: k", "secret", 'no setting named "secret"'],
  ];
  it.each(contradictions)("can't be { %s }", (written, setting, said) => {
    const lines = problemsIn(textOf(`oauth: { ${written} }`), { env: { KEY: pem(generateKeyPairSync("ed25519")) } });
    expect(lines.join("\n")).toContain(`mcp_servers[0].oauth.${setting}: ${said}`);
  });

  it("takes no key that can't sign, or that others could break; and shows none of it", () => {
    const cipher = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" } as const;
    const refused = {
      weak: pem(generateKeyPairSync("rsa", { modulusLength: 1024 })),
      odd: pem(generateKeyPairSync("ec", { namedCurve: "secp256k1" })),
      exchange: pem(generateKeyPairSync("x25519")),
      locked: generateKeyPairSync("ed25519").privateKey.export(cipher).toString(),
      open: generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "pem" }).toString(),
      none: "hush-hush",
    };
    for (const [name, key] of Object.entries(refused)) {
      const found = problemsIn(textOf(`oauth: { as: itself, client_id: i, private_key: '\${KEY}' }`), {
        env: { KEY: key },
      });
      expect([name, ...found]).toEqual([
        name,
        expect.stringContaining("private_key: wanted a private key in PEM, not encrypted: RSA of at least 2048 bits"),
      ]);
      for (const line of key.trim().split("\n")) expect(found.join()).not.toContain(line);
      const plain = textOf(`oauth: { as: itself, client_id: i, private_key: ${JSON.stringify(key)} }`);
      for (const line of key.trim().split("\n")) expect(problemsIn(plain).join()).not.toContain(line);
    }
  });

  it("is kept out of what is shown", () => {
    const key = pem(generateKeyPairSync("ed25519"));
    for (const written of [key, key.replaceAll("\n", "\\n")]) {
      const { secrets } = loadTexts(textOf(`oauth: { as: itself, client_id: i, private_key: '\${KEY}' }`), {
        env: { KEY: written },
      });
      const redact = createRedactor(() => secrets);
      for (const shown of [key, written, JSON.stringify({ key }), JSON.stringify({ written })])
        expect(redact(`it is ${shown}.`)).not.toContain(key.split("\n")[1]);
    }
    const { secrets } = loadTexts(textOf("oauth: { as: itself, client_id: i, client_secret: hush-hush }"));
    expect(secrets).toContain("hush-hush");
  });
});

function pem({ privateKey }: KeyPairKeyObjectResult): string {
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString().trim();
}

function textOf(settings: string): { mcp_servers: string } {
  return { mcp_servers: `mcp_servers:\n  - { name: s, url: "http://x", ${settings} }\n` };
}

function oauthOf(settings: string, env: Record<string, string> = {}): unknown {
  const { config, problems } = loadTexts(textOf(settings), { env });
  expect(problems).toEqual([]);
  const server = config?.mcp_servers.find(({ name }) => name === "s");
  const oauth = server && "oauth" in server ? server.oauth : undefined;
  // What was left out stands there as undefined.
  return oauth && JSON.parse(JSON.stringify(oauth));
}
