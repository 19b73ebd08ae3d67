import type { Address, PersonId } from "../chat.ts";
import type { Channel } from "../config/schema/channels.ts";
import type { Config } from "../config/schema.ts";
import { matchesGlob } from "./glob.ts";
import { agentsAt, channelAt } from "./places.ts";

/** Somebody who wants something done. `roles` are the platform's, as far as they are known. */
export type Who = { id: PersonId; roles: string[]; guest: boolean };

/** What can be asked of `authorize`, each with what it is about. */
export type Deeds = {
  /** Give an agent work by talking. */
  talk: { agent: string; at: Address };
  /** Let an agent call a tool on one's behalf. */
  call: { agent: string; tool: string; input: string; changes: boolean; destructive: boolean; at: Address };
  /** Have an agent work on time. `config`: the operator wrote it. */
  work: { agent: string; at: Address; config: boolean };
  stop: { at: Address };
  /** Have something done there at set times. */
  schedule: { at: Address };
  "see-cost": { at: Address };
  /** Let what was said in a private place be posted where others read it. `reads`: the platform shows them that place. */
  share: { from: Address; reads: boolean };
  administer: Record<never, never>;
};

/** Why something is refused. `others` are the agents that could be talked to instead. */
export type Refusal =
  | { reason: "no-such-agent" }
  | { reason: "disabled" }
  | { reason: "triggers-only" }
  | { reason: "not-here"; others: string[] }
  | { reason: "not-you" }
  | { reason: "denied" }
  | { reason: "needs-approval"; by: "requester" | "approvers" };

/** Yes, or no and why. */
export type Verdict = { allowed: true } | ({ allowed: false } & Refusal);

/** The one place where rights are decided; everything else asks here. */
export type Access = {
  authorize<Deed extends keyof Deeds>(who: Who, does: Deed, what: Deeds[Deed]): Verdict;
  /** Roles must be known before asking about this place; it saves a look-up where they don't matter. */
  needsRoles(at: Address): boolean;
};

const yes: Verdict = { allowed: true };

/** Rights as the config of the moment says them. */
export function createAccess(config: () => Config): Access {
  const isAdmin = (who: Who): boolean => within(who, config().workspace.admins);
  const isMember = (who: Who): boolean => {
    const { member, guest } = config().workspace.roles;
    if (isAdmin(who)) return true;
    if (within(who, guest)) return false;
    return member.length > 0 ? within(who, member) : !who.guest;
  };
  const among = (who: Who, people: Channel["talkers"]): boolean => {
    if (people === "everyone" || isAdmin(who)) return true;
    if (people === "members") return isMember(who);
    return people !== "admins" && within(who, people);
  };

  const rules: { [Deed in keyof Deeds]: (who: Who, what: Deeds[Deed]) => Verdict } = {
    talk(who, { agent, at }) {
      const found = config().agents.find((one) => one.name === agent);
      if (!found) return { allowed: false, reason: "no-such-agent" };
      if (!found.enabled) return { allowed: false, reason: "disabled" };
      if (found.mode === "triggers") return { allowed: false, reason: "triggers-only" };
      const here = agentsAt(config(), at);
      if (!here.includes(agent)) return { allowed: false, reason: "not-here", others: here };
      const channel = channelAt(config(), at);
      return !channel || among(who, channel.talkers) ? yes : { allowed: false, reason: "not-you" };
    },
    work(who, { agent, at, config: written }) {
      const found = config().agents.find((one) => one.name === agent);
      if (!found) return { allowed: false, reason: "no-such-agent" };
      if (!found.enabled) return { allowed: false, reason: "disabled" };
      return written || found.mode === "triggers" ? yes : rules.talk(who, { agent, at });
    },
    call(_who, { agent, tool, destructive }) {
      const found = config().agents.find((one) => one.name === agent);
      if (!found) return { allowed: false, reason: "no-such-agent" };
      const by =
        found.approve.find((rule) => matchesGlob(rule.tool, tool))?.who ?? (destructive ? "requester" : "never");
      if (by === "never") return yes;
      return by === "deny" ? { allowed: false, reason: "denied" } : { allowed: false, reason: "needs-approval", by };
    },
    stop: (who, { at }) => {
      const channel = channelAt(config(), at);
      return !channel || among(who, channel.talkers) ? yes : { allowed: false, reason: "not-you" };
    },
    schedule: (who, { at }) =>
      among(who, channelAt(config(), at)?.schedulers ?? "members") ? yes : { allowed: false, reason: "not-you" },
    "see-cost": (who, { at }) => {
      const channel = channelAt(config(), at);
      return !channel || among(who, channel.see_cost) ? yes : { allowed: false, reason: "not-you" };
    },
    share: (_who, { reads }) => (reads ? yes : { allowed: false, reason: "not-you" }),
    administer: (who) => (isAdmin(who) ? yes : { allowed: false, reason: "not-you" }),
  };

  return {
    authorize: (who, does, what) => rules[does](who, what),
    needsRoles(at) {
      return (channelAt(config(), at)?.talkers ?? "everyone") !== "everyone";
    },
  };
}

function within(who: Who, people: readonly string[]): boolean {
  return people.some((one) => one === who.id || who.roles.includes(one));
}
