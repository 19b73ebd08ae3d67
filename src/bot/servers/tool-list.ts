import type { Post } from "../../chat.ts";
import type { Config } from "../../config/schema.ts";
import type { McpServers } from "../../tools/mcp-servers.ts";
import { isMeant } from "../../tools/meant.ts";
import { openAmong } from "../../tools/pins.ts";
import { type KnownTool, unfitting } from "../../tools/unfitting.ts";
import type { Redact } from "../../watch/redact.ts";
import { asCode } from "../../words/as-code.ts";
import { plainLine } from "../../words/plain-line.ts";
import type { Words } from "../../words/words.ts";
import { serverState } from "./server-state.ts";

/** So much room names may take: whoever writes a filter looks here for how a tool is spelled. */
const roomForNames = 2000;
const longestAbout = 200;

/** The servers there are, how they are, and their tools; for admins. */
export function listTools(
  config: Config,
  { trust, redact }: { trust: Pick<McpServers, "report" | "trusted">; redact: Redact },
  words: Words,
): Post {
  const told = words.tools;
  const trusted = new Map(trust.trusted().map((one) => [one.server, one]));
  const settings = new Map(config.mcp_servers.map((one) => [one.name, one]));
  const lines = trust.report().flatMap((report) => {
    const { free = [], held = [], shown = [] } = trusted.get(report.name) ?? {};
    const about = plainLine(settings.get(report.name)?.description ?? "", longestAbout);
    const isThere = report.state === "connected";
    const odd = isThere ? unfittingOf(config, report.name, shown) : [];
    const open = openAmong(held);
    const changed = open.flatMap(({ is, was }) => (was ? [is.name] : []));
    const fresh = open.flatMap(({ is, was }) => (was ? [] : [is.name]));
    const rejected = held.flatMap(({ is, rejected }) => (rejected ? [is.name] : []));
    const howTo = `\`tools diff ${report.name}\``;
    return [
      told.server(report.name, redact(serverState(report, words, true))),
      ...(about ? [about] : []),
      ...(isThere && free.length > 0 ? [namesOf(free, words)] : []),
      ...(open.length > 0 ? [told.heldList(namesOf(changed, words), namesOf(fresh, words), howTo)] : []),
      ...(rejected.length > 0 ? [told.rejectedList(namesOf(rejected, words))] : []),
      ...(odd.length > 0 ? [told.unfitting(namesOf(odd, words))] : []),
    ];
  });
  return { text: lines.length > 0 ? lines.join("\n") : told.noServers };
}

/** As many as there is room for, and how many more there are. */
function namesOf(all: readonly string[], words: Words): string {
  const first: string[] = [];
  let room = roomForNames;
  for (const code of all.map((name) => asCode(name))) {
    room -= code.length + 2;
    if (room < 0) break;
    first.push(code);
  }
  return words.tools.names(first, all.length - first.length);
}

/** A slip in a filter, a rule or a preset makes it hold for nothing, and nobody would notice. */
function unfittingOf({ agents, mcp_servers }: Config, server: string, shown: readonly KnownTool[]): string[] {
  const settings = mcp_servers.find(({ name }) => name === server);
  if (!settings) return [];
  const wanted = shown.filter(({ name }) => isMeant(name, settings));
  const ofAgents = agents.flatMap((agent) => {
    const here = `${server}.`;
    const approve = agent.approve.flatMap(({ tool }) => (tool.startsWith(here) ? [tool.slice(here.length)] : []));
    return agent.mcp_servers
      .filter(({ name }) => name === server)
      .flatMap((one) => unfitting({ ...one, approve }, wanted).map((what) => `${agent.name}: ${what}`));
  });
  return [...unfitting(settings, shown), ...ofAgents];
}
