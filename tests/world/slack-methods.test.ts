import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { METHODS } from "./slack/web-api/methods.ts";

const oracleFile = new URL("../../../shared/data/slack-methods.json", import.meta.url);
const present = existsSync(oracleFile);
if (!present)
  console.warn("SKIPPED: the method table of the simulated Slack is not checked, there is no slack-methods.json here");

interface Documented {
  readonly args: Record<string, [0 | 1, string | null]>;
  readonly errors: string[];
  readonly rate_limit: { label: string };
  readonly scopes: { bot?: { name: string }[] };
}

// Newer than the oracle; taken from @slack/web-api's types and Slack's pages.
const newer = ["agents.sessions.setStatus", "agents.sessions.rename"];
const newerArgs = ["chat.stopStream session_status", "files.getUploadURLExternal alt_text"];
// Documented as required, yet Slack takes `chunks` instead, or no thread in the agent view.
const notRequired = ["chat.appendStream markdown_text", "assistant.threads.setSuggestedPrompts thread_ts"];
// For drafts of people, which apps do not have.
const notForApps = ["chat.postMessage current_draft_last_updated_ts"];
// What Slack accepts although its page no longer lists it, or lists for other tokens only.
const moreScopes = ["assistant.threads.setStatus", "conversations.mark", "conversations.leave"];
const tiers: Record<string, string> = { "1": "tier1", "2": "tier2", "3": "tier3", "4": "tier4" };

function documented(): Record<string, Documented> {
  const parsed = JSON.parse(readFileSync(oracleFile, "utf8"));
  return parsed.methods ?? parsed;
}

test.skipIf(!present)("every method, argument, required mark, tier and scope is one Slack documents", () => {
  const oracle = documented();
  const differences: string[] = [];
  for (const [name, method] of METHODS) {
    const page = oracle[name];
    if (!page) {
      if (!newer.includes(name)) differences.push(`${name}: no such method`);
      continue;
    }
    for (const [arg, kind] of Object.entries(method.args)) {
      if (!page.args[arg] && !newerArgs.includes(`${name} ${arg}`)) differences.push(`${name}: no argument ${arg}`);
      if (page.args[arg]?.[0] === 0 && kind.endsWith("!")) differences.push(`${name}: ${arg} is not required`);
    }
    for (const [arg, [required]] of Object.entries(page.args)) {
      const kind = method.args[arg];
      if (notForApps.includes(`${name} ${arg}`)) continue;
      if (!kind) differences.push(`${name}: ${arg} is missing`);
      else if (required && !kind.endsWith("!") && !notRequired.includes(`${name} ${arg}`)) {
        differences.push(`${name}: ${arg} is required`);
      }
    }
    const tier = tiers[/^Tier (\d)/.exec(page.rate_limit.label)?.[1] ?? ""];
    if (tier && method.limit !== tier) differences.push(`${name}: ${tier}, not ${method.limit}`);
    if (!tier && method.limit.startsWith("tier")) differences.push(`${name}: has special limits, not ${method.limit}`);
    const scopes = page.scopes.bot?.map((scope) => scope.name) ?? [];
    for (const scope of method.scopes ?? []) {
      if (!scopes.includes(scope) && !moreScopes.includes(name))
        differences.push(`${name}: scope ${scope} does not open it`);
    }
    if (scopes.length > 0 && !method.scopes) differences.push(`${name}: needs one of ${scopes.join(", ")}`);
  }
  expect(differences).toEqual([]);
});

// Answered by Slack for any method, or newer than the oracle.
const answeredByAny = [
  ...["unknown_method", "not_authed", "invalid_auth", "token_revoked", "not_allowed_token_type", "missing_scope"],
  ...["invalid_arguments", "invalid_post_type", "invalid_json", "json_not_object", "invalid_limit", "ratelimited"],
  ...["invalid_thread_ts", "thread_not_found", "stopped_by_user", "session_not_found", "markdown_text_conflict"],
];

test.skipIf(!present)("every refusal is an error Slack documents", () => {
  const known = new Set([...Object.values(documented()).flatMap((page) => page.errors), ...answeredByAny]);
  const folder = new URL("./slack/web-api/", import.meta.url);
  const sources = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), "utf8"));
  const used = sources.flatMap((source) => [...source.matchAll(/refuse\("([a-z_]+)"/g)].map((match) => match[1] ?? ""));
  expect(used.length).toBeGreaterThan(50);
  expect([...new Set(used)].filter((error) => !known.has(error))).toEqual([]);
});
