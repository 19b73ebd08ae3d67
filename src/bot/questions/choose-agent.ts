import { RE2JS } from "re2js";
import { agentsAt, channelAt } from "../../access/places.ts";
import type { Address } from "../../chat.ts";
import { nearest } from "../../config/nearest.ts";
import type { Agent } from "../../config/schema/agent.ts";
import type { Config } from "../../config/schema.ts";
import type { Rule } from "../../runs/run.ts";

/** Which agent is meant, by which rule, and what is left of the text as the question. */
export type Choice =
  | { kind: "agent"; agent: Agent; rule: Rule; text: string }
  | { kind: "unknown"; asked: string; near?: string; text: string }
  | { kind: "nobody" };

/** First match wins: named in the text, the thread's, a route, the channel's, the workspace's. */
export function chooseAgent(
  config: Config,
  asked: { text: string; at: Address; threadAgent?: string | undefined },
): Choice {
  const { at, threadAgent } = asked;
  const text = asked.text.trim();
  const find = (name: string | undefined) =>
    config.agents.find((agent) => agent.name === name && agent.enabled && agent.mode === "chat");

  const named = /^(?:(?:ask|問)\s+)?([\p{L}\p{N}][\p{L}\p{N}._-]{0,63})\s*[:：]\s*([\s\S]*)$/iu.exec(text);
  const told = /^(?:ask|問)\s+([\p{L}\p{N}][\p{L}\p{N}._-]{0,63})\s+([\s\S]+)$/iu.exec(text);
  for (const match of [named, told]) {
    const agent = match && byName(config, match[1] ?? "");
    if (match && agent) return { kind: "agent", agent, rule: { by: "named" }, text: (match[2] ?? "").trim() };
  }
  // "ask opps …" names somebody who is not there; "note: …" need not name anybody, unless it is nearly a name.
  const missed = told ?? named;
  if (missed) {
    const wanted = missed[1] ?? "";
    const near = nearest(
      wanted,
      config.agents.filter((agent) => agent.enabled).flatMap((agent) => [agent.name, ...agent.aliases]),
    );
    const spelledAsk = /^(?:ask|問)\s/iu.test(text);
    if (near || spelledAsk) {
      const agent = near ? byName(config, near)?.name : undefined;
      return { kind: "unknown", asked: wanted, ...(agent ? { near: agent } : {}), text: (missed[2] ?? "").trim() };
    }
  }

  const thread = find(threadAgent);
  if (thread) return { kind: "agent", agent: thread, rule: { by: "thread" }, text };
  const route = config.routes.find((one) => routeMatches(one.match, text));
  const routed = find(route?.agent);
  if (route && routed) {
    const hints = route.tools.length > 0 ? { tools: route.tools } : {};
    return { kind: "agent", agent: routed, rule: { by: "route", pattern: route.match, ...hints }, text };
  }
  const channels = find(channelAt(config, at)?.agent);
  if (channels) return { kind: "agent", agent: channels, rule: { by: "channel" }, text };
  const here = agentsAt(config, at);
  const workspaces = find(config.default_agent);
  // Nobody asked for it: where it is not allowed, one that is answers.
  if (workspaces && (here.length === 0 || here.includes(workspaces.name)))
    return { kind: "agent", agent: workspaces, rule: { by: "workspace" }, text };
  const first = find(here[0]);
  return first ? { kind: "agent", agent: first, rule: { by: "only" }, text } : { kind: "nobody" };
}

/** An agent by its name or an alias; cases do not matter. */
export function byName(config: Config, name: string): Agent | undefined {
  const wanted = name.toLowerCase();
  return config.agents.find(
    (agent) => agent.enabled && [agent.name, ...agent.aliases].some((one) => one.toLowerCase() === wanted),
  );
}

const patterns = new Map<string, RE2JS | undefined>();

/** Words are looked for as they stand; `/…/` and `(a|b)` are patterns of the linear-time kind. */
function routeMatches(match: string, text: string): boolean {
  const source = /^\/(.*)\/[a-z]*$/s.exec(match)?.[1] ?? (/[()|[\]\\*+?^$]/.test(match) ? match : undefined);
  if (source === undefined) return text.toLowerCase().includes(match.toLowerCase());
  if (!patterns.has(match)) {
    try {
      patterns.set(match, RE2JS.compile(source, RE2JS.CASE_INSENSITIVE));
    } catch {
      // Checked when the config is loaded; what slipped through matches nothing.
      patterns.set(match, undefined);
    }
  }
  return patterns.get(match)?.matcher(text).find() ?? false;
}

/** The agents at a place whose names begin with, or hold, what is typed. */
export function agentsLike(config: Config, at: Address, typed: string): { text: string; value: string }[] {
  const sought = typed.trim().toLowerCase();
  const found = agentsAt(config, at).filter((name) => name.toLowerCase().includes(sought));
  const begins = (name: string) => (name.toLowerCase().startsWith(sought) ? 0 : 1);
  return found
    .sort((one, other) => begins(one) - begins(other))
    .slice(0, 25)
    .map((name) => {
      const role = byName(config, name)?.role;
      return { text: role ? `${name} — ${role}`.slice(0, 100) : name, value: name };
    });
}
