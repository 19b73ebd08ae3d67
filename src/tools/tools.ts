import type { Access } from "../access/access.ts";
import type { Config } from "../config/schema.ts";
import { sealedKv } from "../store/sealed.ts";
import type { Store } from "../store/store.ts";
import type { Logger } from "../watch/log.ts";
import type { Redact } from "../watch/redact.ts";
import { createGate, type Gate, type OwnToolbox } from "./gate.ts";
import { createUrlGuard } from "./guarded-fetch.ts";
import type { CheckData } from "./mcp/structured.ts";
import { createMcpServers, type McpServers } from "./mcp-servers.ts";
import type { Needed } from "./oauth/admission.ts";
import { createSignIns, type SignIns } from "./oauth/sign-ins.ts";
import { createPins } from "./pins.ts";
import type { ServerToolbox } from "./resource-tools.ts";
import { createResultCache } from "./result-cache.ts";

/** All that agents can use: the servers it is from, their accounts, and the one gate before it. */
export type Tools = { gate: Gate; servers: McpServers; signIns: SignIns };

/** What the tools are made from. */
export type ToolsParts = {
  config(): Config;
  store: Pick<Store, "kv" | "claims">;
  /** Seals what is kept of accounts. */
  secretKey: Buffer;
  access: Access;
  /** Those of the program itself. */
  own(): OwnToolbox[];
  /** Toolboxes besides the MCP servers of the config. */
  besides: ServerToolbox[];
  /** Holds data that tools give against what they say they give. */
  check: CheckData;
  /** Where browsers reach us. */
  address(): string | undefined;
  /** Somebody has to sign in to a server. */
  onSignInNeeded(server: string, why: Needed): void;
  /** Tools of a server are held back. */
  onHeld(server: string): void;
  /** Something that nobody waits for failed. */
  noted(error: unknown): void;
  env: Record<string, string | undefined>;
  log: Logger;
  redact: Redact;
  now(): number;
};

/** The tools, with the servers of the config being connected. */
export function createTools(parts: ToolsParts): Tools {
  const { config, store, access, log, redact, now } = parts;
  const guard = createUrlGuard({ allowPrivate: () => config().workspace.allow_private });
  const cache = createResultCache({ servers: () => config().mcp_servers, kv: store.kv("results"), log, now });
  const signIns = createSignIns({
    servers: () => config().mcp_servers,
    sealed: sealedKv(store.kv("oauth"), parts.secretKey, "oauth"),
    kv: store.kv("oauth"),
    claims: store.claims,
    guard,
    now,
    address: parts.address,
    told: parts.onSignInNeeded,
    changed: (server) => void cache.forget(server),
    noted: parts.noted,
  });
  const servers = createMcpServers({
    log,
    env: parts.env,
    signIn: signIns.of,
    checkLink: guard.checkLink,
    pins: createPins(store.kv("tool-pins")),
    check: parts.check,
    onHeld: parts.onHeld,
  });
  servers.use(config().mcp_servers);
  const gate = createGate({
    toolboxes: () => [...servers.toolboxes(), ...parts.besides],
    own: parts.own,
    access,
    redact,
    cache,
  });
  return { gate, servers, signIns };
}
