import { afterEach, describe, expect, it } from "vitest";
import { leaveStages, openStage, type Stage, until } from "./oauth-stage.ts";

afterEach(leaveStages);

describe("a remote server that wants a sign-in", () => {
  it("is told of once, says so to whoever calls, and comes up as soon as somebody has signed in", async () => {
    const stage = await openStage();
    await stage.box.tried;
    expect(stage.box.state()).toMatchObject({
      state: "needs sign-in",
      error: '"notes" needs to be signed in by an admin: /bellhop connect notes',
    });
    expect(stage.told).toEqual(["notes: first"]);
    await stage.signIn();
    expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
    expect(stage.box.state()).toMatchObject({ state: "connected", tools: 3 });
    expect(stage.told).toEqual(["notes: first"]);
  });

  it("keeps its account over a restart, sealed, and shows nothing of it anywhere", async () => {
    const stage = await openStage();
    await stage.signIn();
    const [grant] = stage.world.ledger.grants;
    await stage.restart();
    expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
    const [client] = stage.world.ledger.clients.values();
    const shown = JSON.stringify([[...stage.kept], stage.lines, stage.told, stage.noted.map(String)]);
    for (const secret of [grant?.access ?? "", grant?.refresh ?? "", client?.secret ?? ""]) {
      expect(secret.length).toBeGreaterThan(20);
      expect(shown).not.toContain(secret);
      expect(stage.signIns.secrets()).toContain(secret);
    }
    expect(stage.world.ledger.asked.filter((one) => one === "POST /token")).toHaveLength(1);
  });

  it("that was sealed with another key is told of, and can be signed in anew", async () => {
    const stage = await openStage();
    await stage.signIn();
    await stage.restart("22".repeat(32));
    expect(stage.box.state().state).toBe("needs sign-in");
    expect(stage.told).toEqual(["notes: first", "notes: sealed"]);
    await stage.signIn();
    expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
  });

  it("is tried again and says what to set where the settings know of no sign-in", async () => {
    const stage = await openStage({ oauth: false });
    await stage.box.tried;
    expect(stage.box.state()).toMatchObject({
      state: "waiting",
      error: "it turned us away (401): it wants a key (api_key or headers), or a sign-in (oauth: true)",
    });
    expect(stage.signIns.names()).toEqual([]);
  });

  it("may speak over SSE", async () => {
    const stage = await openStage({ transport: "sse", world: { server: { sse: true } } });
    await stage.box.tried;
    expect(stage.box.state()).toMatchObject({ state: "needs sign-in" });
    await stage.signIn();
    expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
    stage.world.ledger.expireAll();
    expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
    stage.world.ledger.revokeAll();
    expect((await stage.call("whoami")).text).toContain("needs to be signed in by an admin");
    await until(() => stage.box.state().state === "needs sign-in");
  });

  it("that has moved gets no token of the old place", async () => {
    const stage = await openStage();
    await stage.signIn();
    const key = "account:notes";
    const [sealed] = [stage.kept.get(key)];
    expect(sealed).toBeDefined();
    const shown = await stage.shownTo("http://127.0.0.1:9/mcp", stage.world.resource);
    expect(shown).toEqual([null, expect.stringContaining("Bearer access-")]);
  });
});

describe("the link", () => {
  it("is good once", async () => {
    const stage = await openStage();
    await stage.box.tried;
    const { back, returned } = await stage.visit(await stage.link());
    expect(returned).toEqual({ kind: "done", server: "notes", language: "en" });
    expect(await stage.signIns.finish(back.searchParams)).toEqual({ kind: "unknown" });
    await until(() => stage.box.state().state === "connected");
  });

  it("is good once, also when its browser comes back twice at the same time", async () => {
    const stage = await openStage();
    const back = await stage.world.visit(await stage.link(), "kim");
    const both = await Promise.all([stage.signIns.finish(back.searchParams), stage.signIns.finish(back.searchParams)]);
    expect(both.map(({ kind }) => kind).sort()).toEqual(["done", "unknown"]);
  });

  it("is good for ten minutes", async () => {
    const stage = await openStage();
    const link = await stage.link();
    const other = await stage.link();
    stage.later(600_001);
    const late = await stage.world.visit(link, "kim");
    expect(await stage.signIns.finish(late.searchParams)).toEqual({ kind: "unknown" });
    stage.later(-2);
    expect((await stage.visit(other)).returned.kind).toBe("done");
  });

  it("is bound to its state: what is made up, missing or of another link is of nobody", async () => {
    const stage = await openStage();
    const back = await stage.world.visit(await stage.link(), "kim");
    for (const state of ["", "x", "a".repeat(43)]) {
      const forged = new URLSearchParams(back.searchParams);
      forged.set("state", state);
      expect(await stage.signIns.finish(forged)).toEqual({ kind: "unknown" });
    }
    expect(await stage.signIns.finish(new URLSearchParams())).toEqual({ kind: "unknown" });
    expect(stage.world.ledger.asked).not.toContain("POST /token");
  });

  it("whose code is taken to another link gets no token: its proof is another", async () => {
    const stage = await openStage();
    const [one, other] = [await stage.link(), await stage.link()];
    const stolen = (await stage.world.visit(one, "mallory")).searchParams.get("code") ?? "";
    const back = await stage.world.visit(other, "kim");
    back.searchParams.set("code", stolen);
    expect(await stage.signIns.finish(back.searchParams)).toMatchObject({
      kind: "failed",
      problem: { trouble: "refused" },
    });
    expect(stage.world.ledger.violations.splice(0)).toEqual(["brings a verifier that is not its own"]);
  });

  it("of somebody who says no signs nobody in, and what comes with the no is shown harmless", async () => {
    const stage = await openStage();
    const { returned } = await stage.visit(await stage.link(), false);
    expect(returned).toMatchObject({
      kind: "failed",
      problem: { trouble: "refused", detail: "access_denied kim said no b today /b" },
    });
  });

  it("still works after a restart in between", async () => {
    const stage = await openStage();
    const back = await stage.world.visit(await stage.link(), "kim");
    await stage.restart();
    expect((await stage.signIns.finish(back.searchParams)).kind).toBe("done");
  });
});

describe("tokens", () => {
  it("are renewed before they end, once, however many ask", async () => {
    const stage = await openStage();
    await stage.signIn();
    stage.later(3_540_001);
    const answers = await Promise.all(Array.from({ length: 8 }, () => stage.call("whoami")));
    expect(new Set(answers.map(({ text }) => text))).toEqual(new Set(["You are kim."]));
    expect(renewals(stage)).toBe(1);
    await stage.call("whoami");
    expect(renewals(stage)).toBe(1);
  });

  it("that end soon will do while new ones can't be had", async () => {
    const stage = await openStage();
    await stage.signIn();
    stage.later(3_550_000);
    stage.world.ledger.fault = (path) => (path === "/token" ? { status: 503 } : undefined);
    expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
    stage.later(50_000);
    expect((await stage.call("whoami")).text).toContain("could not be renewed");
    stage.world.ledger.fault = undefined;
    expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
  });

  it("not taken any more in the middle of calls are renewed once, and each call is made once", async () => {
    const stage = await openStage();
    await stage.signIn();
    stage.world.ledger.expireAll();
    const before = stage.world.calls;
    const answers = await Promise.all([stage.call("whoami"), stage.call("whoami"), stage.call("whoami")]);
    expect(answers.every(({ failed }) => !failed)).toBe(true);
    expect(renewals(stage)).toBe(1);
    expect(stage.world.calls - before).toBe(3);
  });

  it("that were renewed are those of the next process", async () => {
    const stage = await openStage();
    await stage.signIn();
    stage.world.ledger.expireAll();
    await stage.call("whoami");
    await stage.restart();
    stage.world.ledger.expireAll();
    expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
    expect(renewals(stage)).toBe(2);
  });

  it("that were revoked are given up: the call says what to do, admins are told once, and a sign-in mends it", async () => {
    const stage = await openStage();
    await stage.signIn();
    stage.world.ledger.revokeAll();
    const [one, other] = await Promise.all([stage.call("whoami"), stage.call("whoami")]);
    for (const { text } of [one, other])
      expect(text).toBe('"notes" needs to be signed in by an admin: /bellhop connect notes');
    await until(() => stage.box.state().state === "needs sign-in");
    expect(stage.box.tools()).toEqual([]);
    await stage.restart();
    await stage.restart();
    expect(stage.told).toEqual(["notes: first", "notes: ended"]);
    expect(stage.kept.has("account:notes")).toBe(false);
    await stage.signIn();
    expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
  });

  it("that can't be renewed just now are kept, and are renewed when that is possible again", async () => {
    const stage = await openStage();
    await stage.signIn();
    stage.world.ledger.expireAll();
    for (const fault of [
      { status: 503, body: "refresh-hush" },
      { status: 500, body: "{}" },
      { status: 429, body: "" },
    ]) {
      stage.world.ledger.fault = (path) => (path === "/token" ? fault : undefined);
      const { text } = await stage.call("whoami");
      expect(text).toContain('the sign-in to "notes" could not be renewed');
      expect(text).not.toContain("hush");
    }
    expect(stage.lines.join()).not.toContain("hush");
    stage.world.ledger.fault = undefined;
    expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
    expect(stage.told).toEqual(["notes: first"]);
  });

  it("without others that renew them are good until they end", async () => {
    const stage = await openStage({ world: { refresh: false } });
    await stage.signIn();
    expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
    stage.later(3_600_001);
    expect((await stage.call("whoami")).text).toContain("needs to be signed in by an admin");
    expect(stage.told).toEqual(["notes: first", "notes: ended"]);
  });
});

describe("rights", () => {
  it("that the server names are asked for", async () => {
    const stage = await openStage({ world: { server: { scope: "notes:read" } } });
    await stage.box.tried;
    expect(new URL(await stage.link()).searchParams.get("scope")).toBe("notes:read");
    await stage.signIn();
    expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
  });

  it("that are missing for one call stop that call alone; the next sign-in asks for all", async () => {
    const stage = await openStage({ world: { server: { scope: "notes:read" } } });
    await stage.signIn();
    const { text } = await stage.call("write_note");
    expect(text).toContain('"notes" wants more rights for this than its account has. It was not done.');
    expect(stage.told).toEqual(["notes: first", "notes: scope"]);
    expect(await stage.call("whoami")).toEqual({ text: "You are kim." });
    await stage.call("write_note");
    expect(stage.told).toHaveLength(2);
    expect(new URL(await stage.link()).searchParams.get("scope")).toBe("notes:read notes:write");
    await stage.signIn();
    expect(await stage.call("write_note")).toEqual({ text: "Written." });
  });

  it("are those of the settings where these name some, and lasting ones where they are to be had", async () => {
    const named = await openStage({ oauth: { scopes: ["a", "b"] }, world: { server: { scope: "notes:read" } } });
    expect(new URL(await named.link()).searchParams.get("scope")).toBe("a b");
    const lasting = await openStage({
      world: { authority: { scopes: ["notes:read", "offline_access"] }, server: { scope: "notes:read" } },
    });
    await lasting.box.tried;
    expect(new URL(await lasting.link()).searchParams.get("scope")).toBe("notes:read offline_access");
  });
});

describe("signing out", () => {
  it("revokes, forgets, and takes the tools away at once", async () => {
    const stage = await openStage();
    await stage.signIn();
    expect(await stage.signIns.leave("notes")).toEqual({ had: true, revoked: true });
    expect(stage.world.ledger.grants.every(({ good }) => !good)).toBe(true);
    expect([...stage.kept.keys()].filter((key) => key.startsWith("account:") || key.startsWith("client:"))).toEqual([]);
    await until(() => stage.box.state().state === "needs sign-in");
    expect((await stage.call("whoami")).failed).toBe(true);
    expect(stage.told).toEqual(["notes: first"]);
    expect(await stage.signIns.leave("notes")).toEqual({ had: false, revoked: false });
  });

  it("forgets also where nothing can be revoked, and says so", async () => {
    const stage = await openStage({ world: { authority: { revocation: false } } });
    await stage.signIn();
    expect(await stage.signIns.leave("notes")).toEqual({ had: true, revoked: false });
    expect(stage.kept.has("account:notes")).toBe(false);
  });

  it("while tokens are being renewed brings nothing back", async () => {
    const stage = await openStage();
    await stage.signIn();
    stage.world.ledger.expireAll();
    const call = stage.call("whoami");
    await stage.signIns.leave("notes");
    expect((await call).failed).toBe(true);
    expect(stage.world.ledger.grants.filter(({ good }) => good)).toEqual([]);
    await stage.restart();
    expect(stage.box.state().state).toBe("needs sign-in");
    expect(stage.kept.has("account:notes")).toBe(false);
  });
});

function renewals(stage: Stage): number {
  return stage.world.ledger.asked.filter((one) => one === "POST /token").length - 1;
}
