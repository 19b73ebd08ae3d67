import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { Tool as Shown } from "@modelcontextprotocol/sdk/types.js";
import { complaintOf } from "../../agent/complaint.ts";
import type { Tool, Toolbox } from "../../agent/tool.ts";
import type { McpServer } from "../../config/schema/mcp-server.ts";
import type { Logger } from "../../watch/log.ts";
import { isMeant } from "../meant.ts";
import type { Admission } from "../oauth/admission.ts";
import { openAmong, type Pins } from "../pins.ts";
import { withoutPreset } from "../presets.ts";
import { type ConnectionState, keepConnected } from "./connection.ts";
import { listTools } from "./listing.ts";
import type { ListNotes } from "./pages.ts";
import { type Prompts, promptsOf } from "./prompts.ts";
import { type Resources, resourcesOf } from "./resources.ts";
import { type CheckData, withDataChecked } from "./structured.ts";
import { type TrustedTools, trustedTools } from "./trusted-tools.ts";

/** An MCP server as a toolbox, connected for life. */
export type McpToolbox = Toolbox & {
  /** `held`: how many tools wait for an admin. `lostFor` and `backIn` are seconds. */
  state(): {
    state: ConnectionState["state"];
    tools: number;
    held?: number;
    error?: string;
    lostFor?: number;
    backIn?: number;
  };
  /** Which of its tools may be called, and which are held back. */
  trusted: Pick<TrustedTools, "free" | "held" | "shown" | "accept" | "reject">;
  /** What it has to read, where that is offered at all. */
  resources?: Resources;
  prompts: Prompts;
  /** Resolves once the first attempt to connect has ended, well or badly. */
  tried: Promise<void>;
};

const listMs = 20_000;

/** Connects to a server; its tools are those of the last session until there is another. */
export function connectMcpServer(
  server: McpServer,
  parts: {
    log: Logger;
    env: Record<string, string | undefined>;
    random?: () => number;
    now?: () => number;
    /** Missing only where a server is tried on its own: without it nothing is pinned. */
    pins?: Pins;
    /** The account that lets us in to it, where it wants one. */
    signIn?: Admission | undefined;
    /** Throws for a page that people must not be sent to. */
    checkLink?(url: URL, trusted?: URL): Promise<void>;
    /** Missing only where a server is tried on its own: then data is checked here. */
    check?: CheckData;
    /** Some of its tools are held back now. */
    onHeld?(): void;
  },
): McpToolbox {
  const log = parts.log.child({ mcp: server.name });
  const now = parts.now ?? Date.now;
  const trusted = trustedTools({
    server: server.name,
    pins: server.pin === "off" ? undefined : parts.pins,
    toolOf,
    isWanted: ({ name }) => isMeant(name, server),
    onHeld: () => parts.onHeld?.(),
  });

  const notes: ListNotes = {
    listed: (what, count) => log.info({ [what]: count }, `mcp ${what} listed`),
    failed: (what, error) => log.warn({ err: error }, `mcp ${what} could not be listed`),
  };
  const resources = resourcesOf(() => connection, notes);
  const prompts = promptsOf(() => connection, notes);

  async function greet(client: Client): Promise<void> {
    const others = [resources.greet(client), prompts.greet(client)];
    const [{ tools: shown, odd }] = await Promise.all([listTools(client, listMs), ...others]);
    if (odd.length > 0) log.warn({ tools: odd }, "tools left out: their descriptions are not as MCP has them");
    await trusted.see(shown);
    log.info({ tools: trusted.free().length, held: trusted.held().map(({ is }) => is.name) }, "mcp tools listed");
  }

  function toolOf({ name, title, description, inputSchema, outputSchema, annotations }: Shown): Tool {
    const preset = server.preset[name] ?? {};
    return {
      name,
      description: description ?? title ?? name,
      parameters: withoutPreset({ ...inputSchema }, preset),
      reads: annotations?.readOnlyHint === true,
      destructive: annotations?.destructiveHint === true,
      async run(input, signal, meanwhile) {
        const output = await connection.call(name, { ...input, ...preset }, signal, meanwhile);
        return withDataChecked(output, name, outputSchema, parts.check ?? complaintOf);
      },
    };
  }

  const connection = keepConnected(server, {
    log,
    env: parts.env,
    random: parts.random ?? Math.random,
    now,
    greet,
    missed(client) {
      resources.missed(client);
      prompts.missed(client);
    },
    signIn: parts.signIn,
    checkLink: parts.checkLink,
  });
  const isConnected = () => connection.state().state === "connected";
  return {
    name: server.name,
    ...(isMeant("read_resource", server) ? { resources } : {}),
    prompts,
    tools: () => (isConnected() ? trusted.tools() : []),
    trusted,
    state() {
      const is = connection.state();
      const held = openAmong(trusted.held()).length;
      return {
        state: is.state,
        tools: isConnected() ? trusted.free().length : 0,
        ...(held > 0 ? { held } : {}),
        ...("error" in is ? { error: is.error } : {}),
        ...(is.state === "waiting"
          ? { lostFor: seconds(now() - is.since), backIn: Math.max(1, seconds(is.back - now())) }
          : {}),
      };
    },
    tried: connection.tried,
    close: () => connection.close(),
  };
}

function seconds(ms: number): number {
  return Math.ceil(ms / 1000);
}
