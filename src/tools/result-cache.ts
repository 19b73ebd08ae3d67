import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { matchesGlob } from "../access/glob.ts";
import type { Freshness } from "../agent/tool.ts";
import type { PersonId } from "../chat.ts";
import type { McpServer } from "../config/schema/mcp-server.ts";
import type { Kv } from "../store/store.ts";
import type { Logger } from "../watch/log.ts";
import { jsonInOrder } from "./json-in-order.ts";

/** A call whose result may be known: which tool of which server, with what, for whom. */
export type CachedCall = { server: string; tool: string; input: Record<string, unknown>; asker: PersonId };

/** Results that are used again for identical calls. Contract: it never fails; what it does not have, the tool is asked for. */
export type ResultCache = {
  find(call: CachedCall): Promise<string | undefined>;
  /** Whether a result of this call would be kept. */
  wants(call: CachedCall, said?: Freshness): boolean;
  /** Keeps a result without secrets, as long as the settings say, or else the server. */
  keep(call: CachedCall, text: string, said?: Freshness): Promise<void>;
  /** The server is spoken to by another account from now on: what it gave before is not used again. */
  forget(server: string): Promise<void>;
};

type Kept = { at: number; ms: number; text: string };

const longestKept = 1024 * 1024;
const mostHeld = 8 * 1024 * 1024;
const nothing = Promise.resolve(undefined);
/** A server's word goes no further than this. */
const longestSaidMs = 3_600_000;

/** A cache in memory and on disk. What the settings name is the same for everybody; what a server says may be one person's. */
export function createResultCache(parts: { servers(): McpServer[]; kv: Kv; log: Logger; now(): number }): ResultCache {
  const { kv, log, now } = parts;
  const held = new LRUCache<string, Kept>({
    maxSize: mostHeld,
    sizeCalculation: ({ text }) => text.length + 200,
  });
  /** Tools whose server said that results may be kept: others are not looked for. */
  const marked = new Map<string, boolean>();
  /** Since when each server has had the account that it has. */
  const since = new Map<string, number>();

  function noted(error: unknown): undefined {
    log.error({ err: error }, "the cache of results failed");
  }

  async function read(server: McpServer, key: string, forMs?: number): Promise<string | undefined> {
    const kept = held.get(key) ?? (await kv.get<Kept>(key));
    if (!kept || now() - kept.at >= Math.min(kept.ms, forMs ?? kept.ms)) return undefined;
    if (kept.at <= (await accountSince(server))) return undefined;
    held.set(key, kept);
    return kept.text;
  }

  async function write(key: string, kept: Kept): Promise<void> {
    held.set(key, kept);
    await kv.set(key, kept, kept.ms);
  }

  async function isMarked(key: string): Promise<boolean> {
    const known = marked.get(key) ?? (await kv.get<boolean>(key)) ?? false;
    marked.set(key, known);
    return known;
  }

  async function accountSince({ name }: McpServer): Promise<number> {
    const at = since.get(name) ?? (await kv.get<number>(sinceKey(name))) ?? Number.NEGATIVE_INFINITY;
    since.set(name, at);
    return at;
  }

  async function forget(server: string): Promise<void> {
    since.set(server, now());
    await kv.set(sinceKey(server), now());
  }

  const serverOf = ({ server }: CachedCall) => parts.servers().find(({ name }) => name === server);

  async function find(call: CachedCall): Promise<string | undefined> {
    const server = serverOf(call);
    if (!server) return undefined;
    const ruled = ruleOf(server, call.tool);
    if (ruled !== undefined) return read(server, keyOf(server, call, "everybody"), ruled);
    if (!(await isMarked(markOf(server, call.tool)))) return undefined;
    return (await read(server, keyOf(server, call, call.asker))) ?? (await read(server, keyOf(server, call, "said")));
  }

  async function keep(call: CachedCall, text: string, said?: Freshness): Promise<void> {
    const server = serverOf(call);
    const terms = server && termsOf(server, call, said);
    if (!terms || text.length > longestKept) return;
    const { ms, whose } = terms;
    const kept = write(keyOf(server, call, whose), { at: now(), ms, text });
    if (whose === "everybody") return kept;
    const mark = markOf(server, call.tool);
    marked.set(mark, true);
    await Promise.all([kept, kv.set(mark, true, 30 * 86_400_000)]);
  }

  /** Nothing need be looked for, as with most tools: no rule is for it, and its server never said that results may be kept. */
  function hasNothing(call: CachedCall): boolean {
    const server = serverOf(call);
    return !server || (marked.get(markOf(server, call.tool)) === false && ruleOf(server, call.tool) === undefined);
  }

  return {
    find: (call) => (hasNothing(call) ? nothing : find(call).catch(noted)),
    wants(call, said) {
      const server = serverOf(call);
      return server !== undefined && termsOf(server, call, said) !== undefined;
    },
    keep: (call, text, said) => keep(call, text, said).catch(noted),
    forget: (server) => forget(server).catch(noted),
  };
}

/** How long the settings let results of a tool be used again; the first glob that matches decides. */
function ruleOf(server: McpServer, tool: string): number | undefined {
  for (const glob in server.cache) if (matchesGlob(glob, tool)) return server.cache[glob];
  return undefined;
}

/** How long a result is kept, and for whom: as the settings say, or else the server; undefined where neither does. */
function termsOf(server: McpServer, { tool, asker }: CachedCall, said: Freshness | undefined) {
  const ruled = ruleOf(server, tool);
  if (ruled !== undefined) return { ms: ruled, whose: "everybody" };
  if (!said || !(said.ms > 0)) return undefined;
  return { ms: Math.min(said.ms, longestSaidMs), whose: said.shared ? "said" : asker };
}

/** All that decides a result: the server with its settings, the tool, what it is given, and whose result it is. */
function keyOf(server: McpServer, { tool, input }: CachedCall, whose: string): string {
  return hashOf([identityOf(server), tool, jsonInOrder(input), whose]);
}

function sinceKey(server: string): string {
  return `since:${server}`;
}

const marks = new WeakMap<McpServer, Map<string, string>>();

function markOf(server: McpServer, tool: string): string {
  const known = marks.get(server) ?? new Map<string, string>();
  marks.set(server, known);
  const mark = known.get(tool) ?? hashOf([identityOf(server), tool]);
  known.set(tool, mark);
  return mark;
}

const identities = new WeakMap<McpServer, string>();

function identityOf(server: McpServer): string {
  const known = identities.get(server) ?? hashOf(server);
  identities.set(server, known);
  return known;
}

function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64url");
}
