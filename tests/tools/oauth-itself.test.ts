import { generateKeyPairSync, type KeyPairKeyObjectResult } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { knownAlgorithms } from "../world/oauth/assertions.ts";
import type { RegisteredClient } from "../world/oauth/grants.ts";
import type { OAuthOptions } from "../world/oauth/world.ts";
import { leaveStages, openStage, type Stage, until } from "./oauth-stage.ts";

afterEach(leaveStages);

const secret = "hush-hush-nobody+knows/this";
const rsa = written(generateKeyPairSync("rsa", { modulusLength: 2048 }));
const other = written(generateKeyPairSync("ec", { namedCurve: "P-256" }));
const programs = { grants: ["client_credentials"], people: false };

describe("a remote server that Bellhop signs in to as itself", () => {
  it("is connected at once, with nobody asked and nothing kept", async () => {
    const stage = await openWithSecret();
    await stage.box.tried;
    expect(stage.box.state()).toMatchObject({ state: "connected", tools: 3 });
    expect(await stage.call("whoami")).toEqual({ text: "You are bot." });
    expect([stage.told, stage.signIns.names(), stage.signIns.asItself()]).toEqual([[], [], ["notes"]]);
    expect([...stage.kept]).toEqual([]);
    expect(tokensAsked(stage)).toBe(1);
    await expect(stage.link()).rejects.toThrow("no server named notes");
  });

  it("proves itself by its secret as the server wants it", async () => {
    for (const method of ["client_secret_basic", "client_secret_post"]) {
      const stage = await openWithSecret({ method, world: { authority: { ...programs, methods: [method] } } });
      expect(await whoami(stage)).toBe("You are bot.");
    }
  });

  it("shows neither its secret nor a token anywhere, whatever answers quote", async () => {
    const stage = await openWithSecret();
    expect(await whoami(stage)).toBe("You are bot.");
    const quoted = [
      secret,
      encodeURIComponent(secret),
      Buffer.from(`bot:${encodeURIComponent(secret)}`).toString("base64"),
    ];
    stage.world.ledger.fault = (path) =>
      path === "/token"
        ? { status: 401, body: JSON.stringify({ error: "invalid_client", error_description: quoted.join(" or ") }) }
        : undefined;
    stage.world.ledger.expireAll();
    const { text } = await stage.call("whoami");
    expect(text).toContain("invalid_client [redacted] or [redacted] or [redacted]");
    await until(() => stage.box.state().state === "waiting");
    const shown = JSON.stringify([stage.lines, stage.box.state(), stage.noted.map(String), text]);
    const [grant] = stage.world.ledger.grants;
    for (const one of [...quoted, grant?.access ?? ""]) {
      expect(one.length).toBeGreaterThan(20);
      expect(shown).not.toContain(one);
    }
    expect(stage.signIns.secrets()).toContain(grant?.access);
  });

  it("may speak over SSE", async () => {
    const stage = await openWithSecret({ transport: "sse", world: { authority: programs, server: { sse: true } } });
    expect(await whoami(stage)).toBe("You are bot.");
  });

  it("may leave all to what was usual before there was metadata", async () => {
    const authority = { grants: ["client_credentials"], metadata: false };
    const stage = await openWithSecret({ world: { together: true, authority, server: { about: false } } });
    expect(await whoami(stage)).toBe("You are bot.");
  });

  it.each([
    ["is named by the server alone", (issuer: string) => [issuer], ""],
    ["is named beside others", (issuer: string) => ["https://auth.example.com", issuer], "/"],
    ["is named by nobody", () => undefined, ""],
  ])("is let in by the authorization server of the settings, where that %s", async (_what, named, slash) => {
    const says = (issuer: string) => ({ authorization_servers: named(issuer) });
    const stage = await openStage({
      world: { authority: programs, server: { says } },
      client: { ...program(), secret, method: "client_secret_basic" },
      oauth: ({ issuer }) => ({ as: "itself", client_id: "bot", client_secret: secret, issuer: issuer + slash }),
    });
    expect(await whoami(stage)).toBe("You are bot.");
  });

  it("shows its token to no other place", async () => {
    const stage = await openWithSecret();
    await stage.box.tried;
    const shown = await stage.shownTo("http://127.0.0.1:9/mcp", stage.world.resource);
    expect(shown).toEqual([null, expect.stringContaining("Bearer access-")]);
  });
});

describe("a private key", () => {
  const keys: [string, Written, string][] = [
    ["RSA", rsa, "RS256"],
    ["RSA, where only PSS is taken", rsa, "PS256"],
    ["P-256", other, "ES256"],
    ["P-384", written(generateKeyPairSync("ec", { namedCurve: "P-384" })), "ES384"],
    ["P-521", written(generateKeyPairSync("ec", { namedCurve: "P-521" })), "ES512"],
    ["Ed25519", written(generateKeyPairSync("ed25519")), "EdDSA"],
  ];
  it.each(keys)("signs for the client: %s", async (_name, pair, algorithm) => {
    const stage = await openWithKey(pair, { algorithms: [algorithm] });
    expect(await whoami(stage)).toBe("You are bot.");
    expect(stage.world.ledger.assertions.size).toBe(1);
  });

  it("signs anew for each token, and names itself where it should", async () => {
    const stage = await openWithKey(rsa, {}, { key_id: "key-7" });
    expect(await whoami(stage)).toBe("You are bot.");
    stage.world.ledger.expireAll();
    expect(await whoami(stage)).toBe("You are bot.");
    expect(stage.world.ledger.assertions.size).toBe(2);
  });

  it("may stand in one line, its line ends written as \\n", async () => {
    const stage = await openWithKey({ ...rsa, privateKey: rsa.privateKey.replaceAll("\n", "\\n") });
    expect(await whoami(stage)).toBe("You are bot.");
  });

  const wrong: [string, Parameters<typeof openWithKey>, string][] = [
    ["that is another's", [{ ...other, publicKey: rsa.publicKey }, { algorithms: knownAlgorithms }], "invalid_client"],
    ["that is not called so", [rsa, {}, { key_id: "key-8" }], "invalid_client"],
    ["that can't sign as is wanted", [rsa, { algorithms: ["ES256"] }], "the private key signs by RS256 or RS384"],
    [
      "where none is taken",
      [rsa, { methods: ["client_secret_basic"] }],
      "it takes no private keys of programs, but client",
    ],
  ];
  it.each(wrong)("%s lets nobody in, and that is said", async (_what, options, said) => {
    const stage = await openWithKey(...options);
    await stage.box.tried;
    expect(stage.box.state()).toMatchObject({ state: "waiting", error: expect.stringContaining(said) });
    expect(JSON.stringify([stage.box.state(), stage.lines])).not.toMatch(/PRIVATE KEY|eyJ/);
  });
});

describe("a program is not let in", () => {
  const refusals: [string, Parameters<typeof openWithSecret>[0], string][] = [
    ["with a wrong secret", { given: "not-the-secret-at-all" }, "invalid_client I do not know you"],
    ["where programs get nothing", { world: {} }, "unsupported_grant_type"],
    ["to more than it may", { oauth: { scopes: ["notes:burn"] } }, "invalid_scope bot may not notes:burn"],
    [
      "by another's metadata",
      { world: { authority: { ...programs, says: { issuer: "https://evil.example" } } } },
      "wrong-issuer: https://evil.example",
    ],
    [
      "where the token is for another",
      { world: { authority: programs, server: { says: { resource: "https://bank.example/mcp" } } } },
      "wrong-resource: https://bank.example/mcp",
    ],
    [
      "by a server without metadata that is said to let in",
      { world: { authority: { ...programs, metadata: false } } },
      "no-metadata",
    ],
    [
      "where its secret would go into a private network",
      { world: { authority: { ...programs, says: { token_endpoint: "https://10.1.2.3/token" } } } },
      "https://10.1.2.3/token may not be asked",
    ],
    [
      "where its secret would go without encryption",
      { world: { authority: { ...programs, says: { token_endpoint: "http://1.1.1.1/token" } } } },
      "it is not https",
    ],
    [
      "where no secret is taken",
      { world: { authority: { ...programs, methods: ["private_key_jwt"] } } },
      "it takes no client secrets of programs, but private_key_jwt",
    ],
    [
      "by another than the settings name, if they name one",
      { oauth: { issuer: "https://auth.example.com" } },
      "wrong-issuer: http://127.0.0.1",
    ],
  ];
  it.each(refusals)("%s; the reason is told, and it is tried again", async (_what, options, said) => {
    const stage = await openWithSecret(options);
    await stage.box.tried;
    const state = stage.box.state();
    expect(state).toMatchObject({ state: "waiting", error: expect.stringContaining(said) });
    expect(state.error).toContain('"notes" does not let Bellhop in as itself');
    expect(state.backIn).toBeGreaterThan(0);
    expect((await stage.call("whoami")).failed).toBe(true);
    expect(stage.told).toEqual([]);
    expect(stage.lines.join()).toContain("mcp server lost");
    expect(stage.lines.join()).toContain(said);
  });

  it("and its secret is sent to nobody whom the settings do not name", async () => {
    const stage = await openWithSecret({ oauth: { issuer: "https://auth.example.com" } });
    await stage.box.tried;
    expect(stage.world.ledger.asked).not.toContain("POST /token");
  });

  it("where its authorization server is away; that passes", async () => {
    const stage = await openWithSecret();
    expect(await whoami(stage)).toBe("You are bot.");
    stage.world.ledger.expireAll();
    for (const fault of [
      { status: 503, body: "<html>hush</html>" },
      { status: 429, body: "" },
    ]) {
      stage.world.ledger.fault = (path) => (path === "/token" ? fault : undefined);
      const { text } = await stage.call("whoami");
      expect(text).toContain('Bellhop could not sign in to "notes" just now');
      expect(text).not.toContain("hush");
    }
    stage.world.ledger.fault = undefined;
    expect(await whoami(stage)).toBe("You are bot.");
  });

  it("any more where its client is taken away; where it is back, so is the server", async () => {
    const stage = await openWithSecret();
    expect(await whoami(stage)).toBe("You are bot.");
    const [client] = stage.world.ledger.clients.values();
    stage.world.ledger.clients.clear();
    stage.world.ledger.revokeAll();
    expect((await stage.call("whoami")).text).toContain("invalid_client");
    await until(() => stage.box.state().state === "waiting");
    if (client) stage.world.ledger.clients.set("bot", client);
    await until(() => stage.box.state().state === "connected");
    expect(await whoami(stage)).toBe("You are bot.");
  });

  it("where a token that was just made for it is not taken", async () => {
    const stage = await openWithSecret({ world: { authority: programs, seconds: -1 } });
    await stage.box.tried;
    expect(stage.box.state().error).toContain("it does not take the token that was made for it (401)");
    expect(tokensAsked(stage)).toBeLessThan(4);
  });
});

describe("the token", () => {
  it("is had anew before it ends, once, however many ask", async () => {
    const stage = await openWithSecret();
    await stage.box.tried;
    stage.later(3_539_999);
    await stage.call("whoami");
    expect(tokensAsked(stage)).toBe(1);
    stage.later(2);
    const answers = await Promise.all(Array.from({ length: 8 }, () => stage.call("whoami")));
    expect(new Set(answers.map(({ text }) => text))).toEqual(new Set(["You are bot."]));
    expect(tokensAsked(stage)).toBe(2);
  });

  it("that ends soon will do while another can't be had", async () => {
    const stage = await openWithSecret();
    await stage.box.tried;
    stage.later(3_550_000);
    stage.world.ledger.fault = (path) => (path === "/token" ? { status: 503 } : undefined);
    expect(await whoami(stage)).toBe("You are bot.");
    stage.later(50_000);
    expect((await stage.call("whoami")).text).toContain("could not sign in");
  });

  it("not taken any more in the middle of calls is had anew once, and each call is made once", async () => {
    const stage = await openWithSecret();
    await stage.box.tried;
    stage.world.ledger.revokeAll();
    const before = stage.world.calls;
    const answers = await Promise.all([stage.call("whoami"), stage.call("whoami"), stage.call("whoami")]);
    expect(answers.every(({ failed }) => !failed)).toBe(true);
    expect(tokensAsked(stage)).toBe(2);
    expect(stage.world.calls - before).toBe(3);
  });

  it("is asked for with the rights that the server names, and with more where a call needs more", async () => {
    const stage = await openWithSecret({ world: { authority: programs, server: { scope: "notes:read" } } });
    await stage.box.tried;
    expect(await stage.call("write_note")).toEqual({ text: "Written." });
    stage.world.ledger.expireAll();
    expect(await stage.call("write_note")).toEqual({ text: "Written." });
    const both = "notes:read notes:write";
    expect(stage.world.ledger.grants.map(({ scope }) => scope)).toEqual(["notes:read", both, both]);
  });

  it.each([
    ["the client may not have", { scopes: ["notes:read"] }],
    ["the settings do not name", { oauth: { scopes: ["notes:read"] } }],
  ])("has no more rights where %s them: that call alone fails", async (_what, options) => {
    const server = { scope: "notes:read" };
    const stage = await openWithSecret({ ...options, world: { authority: programs, server } });
    await stage.box.tried;
    expect((await stage.call("write_note")).text).toBe(
      '"notes" wants more rights for this than Bellhop has there (notes:write). It was not done.',
    );
    expect(await whoami(stage)).toBe("You are bot.");
    expect(stage.box.state().state).toBe("connected");
  });
});

/** A pair of keys in PEM. */
type Written = { publicKey: string; privateKey: string };

function written({ publicKey, privateKey }: KeyPairKeyObjectResult): Written {
  return {
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

type With = {
  method?: string;
  given?: string;
  oauth?: Record<string, unknown>;
  scopes?: string[];
  world?: OAuthOptions;
  transport?: "sse";
};

function openWithSecret({ method, given, oauth, scopes, world, transport }: With = {}): Promise<Stage> {
  return openStage({
    world: world ?? { authority: programs },
    client: { ...program(scopes), secret, method: method ?? "client_secret_basic" },
    oauth: { as: "itself", client_id: "bot", client_secret: given ?? secret, ...oauth },
    ...(transport ? { transport } : {}),
  });
}

function openWithKey(
  pair: Written,
  authority: OAuthOptions["authority"] = {},
  also: { key_id?: string } = {},
): Promise<Stage> {
  return openStage({
    world: { authority: { ...programs, methods: ["private_key_jwt"], ...authority } },
    client: {
      ...program(),
      secret: undefined,
      method: "private_key_jwt",
      key: { pem: pair.publicKey, ...(also.key_id ? { id: "key-7" } : {}) },
    },
    oauth: { as: "itself", client_id: "bot", private_key: pair.privateKey, ...also },
  });
}

function program(scopes = ["notes:read", "notes:write"]): Pick<RegisteredClient, "id" | "redirects" | "program"> {
  return { id: "bot", redirects: [], program: { scopes } };
}

async function whoami(stage: Stage): Promise<string> {
  await stage.box.tried;
  return (await stage.call("whoami")).text;
}

function tokensAsked(stage: Stage): number {
  return stage.world.ledger.asked.filter((one) => one === "POST /token").length;
}
