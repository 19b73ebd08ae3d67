import { describe, expect, it } from "vitest";
import { createAccess, type Who } from "../../src/access/access.ts";
import { matchesGlob } from "../../src/access/glob.ts";
import { Config } from "../../src/config/schema.ts";

const at = { adapter: "slack", channel: "C1" };
const dm = { adapter: "slack", channel: "D9" };
const everybody: Record<string, Who> = {
  admin: { id: "slack:UADMIN", roles: [], guest: false },
  adminByRole: { id: "discord:1", roles: ["discord:role:admins"], guest: false },
  member: { id: "slack:U1", roles: [], guest: false },
  memberByRole: { id: "discord:2", roles: ["discord:role:team"], guest: false },
  listed: { id: "slack:U2", roles: [], guest: false },
  guest: { id: "slack:U3", roles: [], guest: true },
};

function accessWith(channel: Record<string, unknown>, agents: Record<string, unknown> = {}) {
  const config = Config.parse({
    agents: [
      { name: "ops", ...agents },
      { name: "dev" },
      { name: "old", enabled: false },
      { name: "night", mode: "triggers" },
    ],
    workspace: { admins: ["slack:UADMIN", "discord:role:admins"], roles: { member: [] } },
    channels: [{ match: "slack:C1", ...channel }],
  });
  return createAccess(() => config);
}

describe("who may talk", () => {
  const allowed: Record<string, [talkers: unknown, who: string[]]> = {
    everyone: ["everyone", ["admin", "adminByRole", "member", "memberByRole", "listed", "guest"]],
    members: ["members", ["admin", "adminByRole", "member", "memberByRole", "listed"]],
    admins: ["admins", ["admin", "adminByRole"]],
    "a list of people and roles": [
      ["slack:U2", "discord:role:team"],
      ["admin", "adminByRole", "listed", "memberByRole"],
    ],
    "an empty list": [[], ["admin", "adminByRole"]],
  };
  for (const [name, [talkers, who]] of Object.entries(allowed)) {
    for (const [person, whoever] of Object.entries(everybody)) {
      const may = who.includes(person);
      it(`${name}: ${person} ${may ? "may" : "may not"}`, () => {
        const access = accessWith({ talkers });
        expect(access.authorize(whoever, "talk", { agent: "ops", at }).allowed).toBe(may);
        expect(access.authorize(whoever, "stop", { at }).allowed).toBe(may);
      });
    }
  }

  it("says which agents may be asked instead, where one is not allowed", () => {
    const access = accessWith({ agents: ["dev"] });
    expect(access.authorize(everybody.member as Who, "talk", { agent: "ops", at })).toEqual({
      allowed: false,
      reason: "not-here",
      others: ["dev"],
    });
    expect(access.authorize(everybody.member as Who, "talk", { agent: "ops", at: dm }).allowed).toBe(true);
  });

  it("refuses agents that are not there, switched off, or started by events only", () => {
    const access = accessWith({});
    const reason = (agent: string) => {
      const verdict = access.authorize(everybody.admin as Who, "talk", { agent, at });
      return verdict.allowed ? "allowed" : verdict.reason;
    };
    expect(["nobody", "old", "night", "ops"].map(reason)).toEqual([
      "no-such-agent",
      "disabled",
      "triggers-only",
      "allowed",
    ]);
  });

  it("asks for roles only where they matter", () => {
    expect(accessWith({ talkers: "everyone" }).needsRoles(at)).toBe(false);
    expect(accessWith({ talkers: "admins" }).needsRoles(at)).toBe(true);
    expect(accessWith({ talkers: "admins" }).needsRoles(dm)).toBe(false);
  });
});

describe("what else is decided here", () => {
  it("costs are seen by those the channel names", () => {
    const access = accessWith({ see_cost: "admins" });
    expect(access.authorize(everybody.member as Who, "see-cost", { at }).allowed).toBe(false);
    expect(access.authorize(everybody.admin as Who, "see-cost", { at }).allowed).toBe(true);
  });

  it("what was said in a private place is shared by whoever reads it there, and by no admin who does not", () => {
    const access = accessWith({});
    const may = (who: Who | undefined, reads: boolean) =>
      who && access.authorize(who, "share", { from: at, reads }).allowed;
    expect([may(everybody.member, true), may(everybody.guest, true)]).toEqual([true, true]);
    expect([may(everybody.member, false), may(everybody.admin, false)]).toEqual([false, false]);
  });

  it("only admins administer", () => {
    const access = accessWith({});
    expect(
      Object.entries(everybody)
        .filter(([, who]) => access.authorize(who, "administer", {}).allowed)
        .map(([name]) => name),
    ).toEqual(["admin", "adminByRole"]);
  });

  it("the first rule that fits a tool decides; a destructive one needs the person who asked when none does", () => {
    const access = accessWith(
      {},
      { approve: { "grafana.silence_*": "approvers", "grafana.delete": "deny", "grafana.*": "never" } },
    );
    const verdict = (tool: string, destructive = false) => {
      const said = access.authorize(everybody.member as Who, "call", {
        agent: "ops",
        tool,
        input: "{}",
        changes: true,
        destructive,
        at,
      });
      return said.allowed ? "yes" : said.reason === "needs-approval" ? said.by : said.reason;
    };
    expect(verdict("grafana.silence_create")).toBe("approvers");
    expect(verdict("grafana.delete")).toBe("denied");
    expect(verdict("grafana.query", true)).toBe("yes");
    expect(verdict("files.write")).toBe("yes");
    expect(verdict("files.erase", true)).toBe("requester");
  });
});

describe("a glob", () => {
  it("has stars and nothing else", () => {
    expect(matchesGlob("query*", "query_range")).toBe(true);
    expect(matchesGlob("*", "")).toBe(true);
    expect(matchesGlob("a.c", "abc")).toBe(false);
    expect(matchesGlob("a*c*e", "abcde")).toBe(true);
    expect(matchesGlob("a*c", "abd")).toBe(false);
    expect(matchesGlob("(x)*", "(x)y")).toBe(true);
  });
});
