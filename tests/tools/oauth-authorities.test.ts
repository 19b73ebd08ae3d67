import { afterEach, describe, expect, it } from "vitest";
import { createUrlGuard } from "../../src/tools/guarded-fetch.ts";
import { createSignIn } from "../../src/tools/oauth/sign-in.ts";
import { leaveStages, openStage, until } from "./oauth-stage.ts";

afterEach(leaveStages);

describe("who lets people in is found", () => {
  it("also where a 401 says nothing", async () => {
    const stage = await openStage({ world: { server: { challenge: "none" } } });
    await stage.signIn();
    expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
  });

  it("also where nothing says anything: at the paths that were usual before there was metadata", async () => {
    const stage = await openStage({
      world: { together: true, authority: { metadata: false, iss: undefined }, server: { about: false } },
    });
    await stage.signIn();
    expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
    stage.world.ledger.expireAll();
    expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
  });

  it("where the server itself lets people in", async () => {
    const stage = await openStage({ world: { together: true, server: { about: false } } });
    await stage.signIn();
    expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
  });
});

describe("nobody is sent to sign in", () => {
  const lies: [string, Parameters<typeof openStage>[0], string][] = [
    [
      "where the metadata are another's",
      { world: { authority: { says: { issuer: "https://evil.example" } } } },
      "wrong-issuer",
    ],
    [
      "where codes could be stolen",
      { world: { authority: { says: { code_challenge_methods_supported: ["plain"] } } } },
      "no-pkce",
    ],
    [
      "where it is not said that they can't be",
      { world: { authority: { says: { code_challenge_methods_supported: undefined } } } },
      "no-pkce",
    ],
    [
      "where no codes are given",
      { world: { authority: { says: { response_types_supported: ["token"] } } } },
      "refused",
    ],
    [
      "where the token is for another",
      { world: { server: { says: { resource: "https://bank.example/mcp" } } } },
      "wrong-resource",
    ],
    ["by an authorization server that says nothing", { world: { authority: { metadata: false } } }, "no-metadata"],
    ["where the metadata are none", { world: { authority: { says: { token_endpoint: 7 } } } }, "unreachable"],
    [
      "by a script",
      { world: { authority: { says: { authorization_endpoint: "javascript:alert(document.cookie)" } } } },
      "unreachable",
    ],
    [
      "by a page without encryption",
      { world: { authority: { says: { authorization_endpoint: "http://1.1.1.1/authorize" } } } },
      "forbidden-url",
    ],
    [
      "into a private network",
      { world: { server: { says: { authorization_servers: ["https://10.0.0.1/"] } } } },
      "forbidden-url",
    ],
    [
      "by an address of the cloud's own",
      { world: { server: { says: { authorization_servers: ["http://169.254.169.254/latest"] } } } },
      "forbidden-url",
    ],
    [
      "where registering leads into a private network",
      { world: { authority: { says: { registration_endpoint: "https://192.168.0.1/register" } } } },
      "forbidden-url",
    ],
    ["where browsers can't reach us", { address: "http://0.0.0.0:3000" }, "no-address"],
  ];
  it.each(lies)("%s", async (_what, options, trouble) => {
    const stage = await openStage(options);
    await expect(stage.link()).rejects.toMatchObject({ name: "SignInProblem", trouble });
    expect(stage.world.ledger.asked).not.toContain("POST /register");
  });

  it("to be told that its server is down; that passes", async () => {
    const stage = await openStage();
    stage.world.ledger.fault = () => ({ status: 502 });
    await expect(stage.link()).rejects.toMatchObject({ trouble: "unreachable" });
    stage.world.ledger.fault = undefined;
    expect((await stage.visit(await stage.link())).returned.kind).toBe("done");
  });
});

describe("no code and no token goes", () => {
  it.each([
    ["where another answers", "https://evil.example", "https://evil.example"],
    ["where it is not said who answers, and should be", undefined, ""],
  ])("%s", async (_what, iss, detail) => {
    const stage = await openStage({ world: { authority: { iss } } });
    const { returned } = await stage.visit(await stage.link());
    expect(returned).toMatchObject({ kind: "failed", problem: { trouble: "wrong-issuer", detail } });
    expect(stage.world.ledger.asked).not.toContain("POST /token");
  });

  it("into a private network", async () => {
    const stage = await openStage({ world: { authority: { says: { token_endpoint: "https://10.1.2.3/token" } } } });
    const { returned } = await stage.visit(await stage.link());
    expect(returned).toMatchObject({ kind: "failed", problem: { trouble: "forbidden-url" } });
  });

  it("on, where the token endpoint sends it elsewhere", async () => {
    const stage = await openStage();
    await stage.box.tried;
    const back = await stage.world.visit(await stage.link(), "kim");
    stage.world.ledger.fault = (path) =>
      path === "/token" ? { status: 307, headers: { location: "http://127.0.0.1:1/stolen" } } : undefined;
    const returned = await stage.signIns.finish(back.searchParams);
    expect(returned).toMatchObject({ kind: "failed", problem: { trouble: "unreachable" } });
  });
});

describe("the client", () => {
  it("proves itself as the server wants it", async () => {
    for (const method of ["client_secret_basic", "client_secret_post", "none"]) {
      const stage = await openStage({ world: { authority: { methods: [method] } } });
      await stage.signIn();
      stage.world.ledger.expireAll();
      expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
      expect([...stage.world.ledger.clients.values()].map((one) => one.method)).toEqual([method]);
      expect(await stage.signIns.leave("notes")).toEqual({ had: true, revoked: true });
    }
  });

  it("is registered once for as long as it is known, and anew where browsers come back elsewhere", async () => {
    const stage = await openStage();
    await stage.signIn();
    await stage.signIn();
    await stage.restart();
    await stage.signIn();
    expect(stage.world.ledger.clients.size).toBe(1);
    stage.moveTo("https://bot.example.com");
    expect(new URL(await stage.link()).searchParams.get("redirect_uri")).toBe("https://bot.example.com/oauth/callback");
    expect(stage.world.ledger.clients.size).toBe(2);
  });

  it("that is known no more is registered anew after the page that said so", async () => {
    const stage = await openStage();
    await stage.signIn();
    stage.world.ledger.clients.clear();
    await expect(stage.world.visit(await stage.link(), "kim")).rejects.toThrow("Unknown client");
    await stage.signIn();
    expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
  });

  it("that is known no more when tokens are to be renewed is forgotten with its account", async () => {
    const stage = await openStage();
    await stage.signIn();
    stage.world.ledger.expireAll();
    stage.world.ledger.clients.clear();
    expect((await stage.call("whoami")).text).toContain("needs to be signed in by an admin");
    expect([...stage.kept.keys()].filter((key) => !key.startsWith("told:"))).toEqual([]);
    await until(() => stage.box.state().state === "needs sign-in");
  });

  it("of the settings is used as it is", async () => {
    const stage = await openStage({
      oauth: { client_id: "by hand", client_secret: "hand:secret%" },
      world: { authority: { registration: false } },
    });
    const redirects = ["http://127.0.0.1:3000/oauth/callback"];
    stage.world.ledger.clients.set("by hand", {
      id: "by hand",
      secret: "hand:secret%",
      method: "client_secret_basic",
      redirects,
    });
    await stage.signIn();
    expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
    expect(stage.world.ledger.asked).not.toContain("POST /register");
  });

  it("that nobody registers has to be registered by hand, with the address that is said", async () => {
    const stage = await openStage({ world: { authority: { registration: false } } });
    await expect(stage.link()).rejects.toMatchObject({
      trouble: "no-registration",
      detail: "http://127.0.0.1:3000/oauth/callback",
    });
    const refused = await openStage();
    refused.world.ledger.fault = (path) =>
      path === "/register" ? { status: 403, body: '{"error":"access_denied"}' } : undefined;
    await expect(refused.link()).rejects.toMatchObject({ trouble: "no-registration" });
  });

  it("is its own document where servers read these, and nobody registers it", async () => {
    const stage = await openStage({ address: "https://bot.example.com", world: { authority: { documents: true } } });
    const asked = new URL(await stage.link()).searchParams;
    expect(asked.get("client_id")).toBe("https://bot.example.com/oauth/client.json");
    expect(stage.signIns.document()).toMatchObject({
      client_id: "https://bot.example.com/oauth/client.json",
      redirect_uris: ["https://bot.example.com/oauth/callback"],
      token_endpoint_auth_method: "none",
      application_type: "web",
    });
    expect(stage.world.ledger.asked).not.toContain("POST /register");
    stage.moveTo("http://localhost:3000");
    expect(stage.signIns.document()).toBeUndefined();
  });
});

describe("without a person", () => {
  it("a stand-in may open the link, and each call is tried again once it is let in", async () => {
    const stage = await openStage();
    await stage.box.tried;
    const kept = new Map<string, unknown>();
    const visits: string[] = [];
    const signIn = createSignIn(
      { name: "notes", url: stage.world.resource, oauth: {} },
      {
        kv: {
          get: async <Value>(key: string) => kept.get(key) as Value | undefined,
          set: async (key, value) => void kept.set(key, value),
          delete: async (key) => void kept.delete(key),
        },
        guard: createUrlGuard({ allowPrivate: () => [] }),
        now: () => 1_700_000_000_000,
        visit: {
          place: { redirect: "http://localhost:3000/callback" },
          async open(url) {
            visits.push(url);
            return (await stage.world.visit(url, "nobody")).searchParams;
          },
        },
      },
    );
    const fetched = signIn.over(fetch);
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" });
    const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
    const both = await Promise.all([1, 2].map(() => fetched(stage.world.resource, { method: "POST", body, headers })));
    expect(both.map(({ status }) => status)).not.toContain(401);
    expect(visits).toHaveLength(1);
    await Promise.all(both.map((one) => one.body?.cancel()));
  });
});
