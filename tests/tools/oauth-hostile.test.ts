import { afterEach, describe, expect, it } from "vitest";
import { leaveStages, openStage, type Stage, until } from "./oauth-stage.ts";

afterEach(leaveStages);

describe("tokens that are strange", () => {
  const useless: [string, Record<string, unknown>][] = [
    ["of another kind", { token_type: "DPoP" }],
    ["of no kind", { token_type: undefined }],
    ["that are none", { access_token: undefined }],
    ["that are empty", { access_token: "" }],
    ["that are a list", { access_token: ["access-list-of-tokens"] }],
    ["that break out of a header", { access_token: "access-hush\r\nx-admin: yes" }],
    ["that no header can hold", { access_token: "access-hush-\u4e00" }],
    ["that are longer than any server reads", { access_token: `access-hush-${"a".repeat(20_000)}` }],
    ["that last for words", { expires_in: "an hour" }],
  ];
  it.each(useless)("%s sign nobody in, and are shown to nobody", async (_what, gives) => {
    const stage = await openStage();
    stage.world.ledger.gives = gives;
    const { returned } = await stage.visit(await stage.link());
    expect(returned).toMatchObject({ kind: "failed" });
    expect(stage.kept.has("account:notes")).toBe(false);
    expect((await stage.call("whoami")).failed).toBe(true);
    expect(JSON.stringify([returned, stage.lines, stage.noted.map(String), stage.box.state()])).not.toContain("hush");
  });

  it("that come when the old are renewed end the account, and are shown to nobody", async () => {
    const stage = await openStage();
    await stage.signIn();
    stage.world.ledger.expireAll();
    stage.world.ledger.gives = { access_token: "access-hush\r\nx-admin: yes" };
    const { text } = await stage.call("whoami");
    expect(text).toBe('"notes" needs to be signed in by an admin: /bellhop connect notes');
    expect(renewals(stage)).toBe(1);
    expect(JSON.stringify([text, stage.lines])).not.toContain("hush");
  });

  it("and codes that an answer quotes are shown to nobody, whether they are refused or can't be had just now", async () => {
    const stage = await openStage({ world: { authority: { methods: ["client_secret_post"] } } });
    const quoting = (error: string) => {
      stage.world.ledger.quotes = error;
    };
    quoting("invalid_grant");
    const { returned } = await stage.visit(await stage.link());
    expect(returned).toMatchObject({ kind: "failed", problem: { trouble: "refused" } });
    stage.world.ledger.quotes = undefined;
    await stage.signIn();
    stage.world.ledger.expireAll();
    quoting("temporarily_unavailable");
    const { text } = await stage.call("whoami");
    expect(text).toContain('the sign-in to "notes" could not be renewed (temporarily_unavailable');
    const shown = JSON.stringify([returned, text, stage.lines, stage.noted.map(String), stage.box.state()]);
    expect(shown).toContain("[redacted]");
    expect(shown).not.toMatch(/code-[0-9a-f]|client-secret-|refresh-[0-9a-f]/);
  });

  it.each([[0], [-5], ["3600"], [1e306], [null], [undefined]])(
    "only in how long they last (%s) are used",
    async (lasting) => {
      const stage = await openStage();
      stage.world.ledger.gives = { expires_in: lasting, token_type: "bearer" };
      await stage.signIn();
      for (const _time of [1, 2, 3]) expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
      await stage.restart();
      expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
      expect(renewals(stage)).toBe(0);
      stage.world.ledger.expireAll();
      expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
      expect(renewals(stage)).toBe(1);
    },
  );

  it("in that the new do not say how long they last are not renewed with every call", async () => {
    const stage = await openStage();
    await stage.signIn();
    stage.world.ledger.gives = { expires_in: undefined };
    stage.later(3_600_001);
    for (const _time of [1, 2, 3]) expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
    expect(renewals(stage)).toBe(1);
  });

  it("in that one renews for good are renewed by it again and again, also after a restart", async () => {
    const stage = await openStage({ world: { refresh: "kept" } });
    await stage.signIn();
    for (const round of [1, 2, 3]) {
      stage.later(3_600_001);
      expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
      expect(renewals(stage)).toBe(round);
      await stage.restart();
    }
  });
});

describe("a browser that comes back", () => {
  it.each(["code", "iss", "error", "state"])("with two of %s gets nobody a token", async (name) => {
    const stage = await openStage();
    const back = await stage.world.visit(await stage.link(), "kim");
    const own = back.searchParams.get(name) ?? "access_denied";
    back.searchParams.set(name, own);
    back.searchParams.append(name, "of somebody else");
    expect(await stage.signIns.finish(back.searchParams)).toMatchObject({
      kind: "failed",
      problem: { trouble: "refused", detail: `it sent ${name} twice` },
    });
    expect(stage.world.ledger.asked).not.toContain("POST /token");
  });

  it("from before the server was signed out of signs nobody in", async () => {
    const stage = await openStage();
    const [before, other] = [await stage.link(), await stage.link()];
    const back = await stage.world.visit(before, "mallory");
    await stage.signIns.leave("notes");
    expect(await stage.signIns.finish(back.searchParams)).toEqual({ kind: "unknown" });
    await stage.restart();
    expect((await stage.visit(other)).returned).toEqual({ kind: "unknown" });
    expect(stage.world.ledger.asked).not.toContain("POST /token");
    await stage.signIn();
    expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
  });

  it("while the server is being signed out of signs nobody in, and what it brought is revoked", async () => {
    const stage = await openStage();
    const back = await stage.world.visit(await stage.link(), "mallory");
    let left: Promise<unknown> | undefined;
    stage.world.ledger.fault = (path) => {
      if (path === "/token") left ??= stage.signIns.leave("notes");
      return undefined;
    };
    const returned = await stage.signIns.finish(back.searchParams);
    await left;
    expect(returned).toMatchObject({ kind: "failed", problem: { trouble: "refused" } });
    expect(stage.kept.has("account:notes")).toBe(false);
    expect(stage.world.ledger.grants.map(({ good }) => good)).toEqual([false]);
    expect((await stage.call("whoami")).failed).toBe(true);
  });
});

describe("an authorization server that does not name itself in its answers", () => {
  const nameless = {
    iss: undefined,
    says: { authorization_response_iss_parameter_supported: undefined },
  };

  it("sends browsers to an address of its own, and lets people in, also after a restart", async () => {
    const stage = await openStage({ world: { authority: nameless } });
    await stage.signIn();
    await stage.restart();
    await stage.signIn();
    expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
    const redirects = [...stage.world.ledger.clients.values()].map((one) => one.redirects);
    expect(redirects).toEqual([[expect.stringMatching(/^http:\/\/127\.0\.0\.1:3000\/oauth\/callback\/[0-9a-f]{16}$/)]]);
  });

  it.each([
    ["the address of all", ""],
    ["another's address", "/0123456789abcdef"],
  ])("is not taken for one whose answer came in at %s: no code goes to it", async (_what, path) => {
    const stage = await openStage({ world: { authority: nameless } });
    const back = await stage.world.visit(await stage.link(), "kim");
    const other = new URL(`/oauth/callback${path}${back.search}`, back);
    expect(await stage.comeBack(other)).toMatchObject({ kind: "failed", problem: { trouble: "wrong-issuer" } });
    expect(await stage.comeBack(back)).toEqual({ kind: "unknown" });
    expect(stage.world.ledger.asked).not.toContain("POST /token");
  });

  it("and one that does have not the same address", async () => {
    const stage = await openStage();
    const back = await stage.world.visit(await stage.link(), "kim");
    expect(back.pathname).toBe("/oauth/callback");
    const other = new URL(`/oauth/callback/0123456789abcdef${back.search}`, back);
    expect(await stage.comeBack(other)).toMatchObject({ kind: "failed", problem: { trouble: "wrong-issuer" } });
  });
});

describe("an authorization server that speaks OpenID Connect", () => {
  it("lets people in, and revokes what it gave", async () => {
    const stage = await openStage({ world: { authority: { openId: true } } });
    await stage.signIn();
    expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
    expect(await stage.signIns.leave("notes")).toEqual({ had: true, revoked: true });
  });

  it("must say who answers where it says that it does", async () => {
    const stage = await openStage({ world: { authority: { openId: true, iss: undefined } } });
    const { returned } = await stage.visit(await stage.link());
    expect(returned).toMatchObject({ kind: "failed", problem: { trouble: "wrong-issuer" } });
    expect(stage.world.ledger.asked).not.toContain("POST /token");
  });

  it("sends nobody to sign in where revoking is a script", async () => {
    const says = { revocation_endpoint: "javascript:alert(1)" };
    const stage = await openStage({ world: { authority: { openId: true, says } } });
    await expect(stage.link()).rejects.toMatchObject({ trouble: "unreachable" });
  });
});

describe("a server that turns everybody away", () => {
  it("now for one reason and now for another is told of once for each", async () => {
    const stage = await openStage({ world: { server: { scope: "notes:read" } } });
    await stage.signIn();
    let status = 401;
    const fetched = stage.signIns.of(stage.server)?.over(async () => {
      const challenge = { "www-authenticate": 'Bearer error="insufficient_scope", scope="all"' };
      return new Response("", status === 401 ? { status } : { status, headers: challenge });
    });
    for (status of [403, 401, 403, 401, 403]) await expect(fetched?.(stage.world.resource)).rejects.toThrow("notes");
    await until(() => stage.told.length >= 3);
    await stage.signIns.leave("notes");
    expect(stage.told).toEqual(["notes: first", "notes: scope", "notes: ended"]);
  });

  it("is not said to want a sign-in where somebody signed in while it was asked", async () => {
    const stage = await openStage();
    await stage.box.tried;
    const link = await stage.link();
    const before = [...stage.told];
    const asked: (string | null)[] = [];
    const fetched = stage.signIns.of(stage.server)?.over(async (_url, init) => {
      const token = new Headers(init?.headers).get("authorization");
      asked.push(token);
      if (asked.length > 1) return new Response("in");
      await stage.visit(link);
      return new Response("", { status: 401 });
    });
    expect(await (await fetched?.(stage.world.resource))?.text()).toBe("in");
    expect(asked).toEqual([null, expect.stringContaining("Bearer access-")]);
    expect(stage.told).toEqual(before);
    await until(() => stage.box.state().state === "connected");
  });

  it("whatever token it is shown is not asked for ever", async () => {
    const stage = await openStage();
    await stage.signIn();
    let asked = 0;
    const fetched = stage.signIns.of(stage.server)?.over(async () => {
      asked += 1;
      return new Response("", { status: 401 });
    });
    await expect(fetched?.(stage.world.resource)).rejects.toMatchObject({ name: "NeedsSignIn", why: "ended" });
    expect(asked).toBe(2);
    expect(renewals(stage)).toBe(1);
  });
});

describe("the link that is sent to an admin", () => {
  it("can't become other text in chat, whatever the address of the page is", async () => {
    const stage = await openStage({
      world: {
        authority: { says: { authorization_endpoint: "https://auth.example/a)[b](https://evil.example/c?d|e\\)" } },
      },
    });
    const link = await stage.link();
    expect(link).not.toMatch(/[()[\]|\\<>`"\s]/);
    expect(new URL(link).host).toBe("auth.example");
  });
});

describe("the secret of a client from the settings", () => {
  const oauth = { client_id: "by hand", client_secret: "hand-secret-1" };
  const client = {
    id: "by hand",
    secret: "hand-secret-1",
    method: "client_secret_basic",
    redirects: ["http://127.0.0.1:3000/oauth/callback"],
  };
  it("goes to no other authorization server than it went to first, until an admin signs out", async () => {
    const servers: string[] = [];
    const says = (issuer: string) => ({ authorization_servers: servers.length > 0 ? servers : [issuer] });
    const stage = await openStage({ oauth, client, world: { server: { says } } });
    const other = await openStage({ oauth, client });
    await stage.signIn();
    servers.push(other.world.issuer);
    await stage.restart();
    await expect(stage.link()).rejects.toMatchObject({ trouble: "other-issuer", detail: other.world.issuer });
    expect(other.world.ledger.asked).not.toContain("POST /token");
    await stage.signIns.leave("notes");
    expect(await stage.link()).toContain(`${other.world.issuer}/authorize?`);
  });
});

describe("a client that was registered", () => {
  it("is registered anew as soon as its secret has ended", async () => {
    const stage = await openStage();
    stage.world.ledger.registers = { client_secret_expires_at: 1_700_000_060 };
    await stage.signIn();
    await stage.signIn();
    expect(stage.world.ledger.clients.size).toBe(1);
    stage.later(60_001);
    await stage.signIn();
    expect(stage.world.ledger.clients.size).toBe(2);
  });

  it("sends browsers to our address alone, whatever else was registered for it", async () => {
    const stage = await openStage();
    stage.world.ledger.registers = { redirect_uris: ["https://evil.example/callback"] };
    await stage.signIn();
    const link = new URL(await stage.link());
    expect(link.searchParams.get("redirect_uri")).toBe("http://127.0.0.1:3000/oauth/callback");
  });
});

describe("signing out", () => {
  it("revokes what can be revoked where one token could not be", async () => {
    const stage = await openStage();
    await stage.signIn();
    let asked = 0;
    stage.world.ledger.fault = (path) =>
      path === "/revoke" && asked++ === 0 ? { status: 307, headers: { location: "https://evil.example/" } } : undefined;
    expect(await stage.signIns.leave("notes")).toEqual({ had: true, revoked: false });
    expect(stage.world.ledger.grants.map(({ good }) => good)).toEqual([false]);
  });

  it("revokes also the account of the address that the server had before", async () => {
    const stage = await openStage();
    await stage.signIn();
    Object.assign(stage.server, { url: "http://127.0.0.1:9/mcp" });
    expect(await stage.signIns.leave("notes")).toEqual({ had: true, revoked: true });
    expect(stage.world.ledger.grants.map(({ good }) => good)).toEqual([false]);
    expect(stage.kept.has("account:notes")).toBe(false);
  });

  it("forgets what can't be opened", async () => {
    const stage = await openStage();
    await stage.signIn();
    await stage.restart("22".repeat(32));
    const told = [...stage.told];
    expect(await stage.signIns.leave("notes")).toEqual({ had: false, revoked: false });
    expect(stage.kept.has("account:notes")).toBe(false);
    expect(stage.told).toEqual(told);
  });
});

describe("what is kept", () => {
  it("and was changed since counts as lost, and is told of", async () => {
    const stage = await openStage();
    await stage.signIn();
    const account = stage.kept.get("account:notes");
    stage.kept.set("account:notes", { ...Object(account), tag: Buffer.alloc(16).toString("base64") });
    await stage.restart();
    expect(stage.box.state().state).toBe("needs sign-in");
    expect(stage.told).toEqual(["notes: first", "notes: sealed"]);
    stage.kept.set("account:notes", { url: stage.world.resource, tokens: { access: "planted" } });
    await stage.restart();
    expect(stage.box.state().state).toBe("needs sign-in");
    await stage.signIn();
    expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
  });
});

function renewals(stage: Stage): number {
  return stage.world.ledger.asked.filter((one) => one === "POST /token").length - 1;
}
