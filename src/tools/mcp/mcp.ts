import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { Tool as Shown } from "@modelcontextprotocol/sdk/types.js";
import { matchesGlob } from "../../access/glob.ts";
import type { Tool, Toolbox } from "../../agent/tool.ts";
import type { McpServer } from "../../config/schema/mcp-server.ts";
import type { Logger } from "../../watch/log.ts";
import { type ConnectionState, keepConnected } from "./connection.ts";
import { listTools } from "./listing.ts";
import { type Prompts, promptsOf } from "./prompts.ts";
import { type Resources, resourcesOf } from "./resources.ts";

/** An MCP server as a toolbox, connected for life. */
export type McpToolbox = Toolbox & {
  state(): { state: ConnectionState["state"]; tools: number; error?: string };
  /** What it has besides tools. */
  resources: Resources;
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
  },
): McpToolbox {
  const log = parts.log.child({ mcp: server.name });
  let tools: Tool[] = [];

  const unlisted = (error: unknown, what: string) => log.warn({ err: error }, `its ${what} could not be listed`);
  const resources = resourcesOf(() => connection, unlisted);
  const prompts = promptsOf(
    () => connection,
    (error) => unlisted(error, "prompts"),
  );

  async function greet(client: Client): Promise<void> {
    const others = [resources.greet(client), prompts.greet(client)];
    const [{ tools: shown, odd }] = await Promise.all([listTools(client, listMs), ...others]);
    if (odd.length > 0) log.warn({ tools: odd }, "tools left out: their descriptions are not as MCP has them");
    tools = shown.filter(isOffered).map(toolOf);
    log.info({ tools: tools.length }, "mcp tools listed");
  }

  function isOffered({ name }: Shown): boolean {
    const offered = !server.tools || server.tools.some((glob) => matchesGlob(glob, name));
    return offered && !server.deny.some((glob) => matchesGlob(glob, name));
  }

  function toolOf({ name, title, description, inputSchema, annotations }: Shown): Tool {
    return {
      name,
      description: description ?? title ?? name,
      parameters: { ...inputSchema },
      reads: annotations?.readOnlyHint === true,
      destructive: annotations?.destructiveHint === true,
      run: (input, signal, meanwhile) => connection.call(name, { ...input, ...server.preset[name] }, signal, meanwhile),
    };
  }

  const connection = keepConnected(server, {
    log,
    env: parts.env,
    random: parts.random ?? Math.random,
    now: parts.now ?? Date.now,
    greet,
  });
  const isConnected = () => connection.state().state === "connected";
  return {
    name: server.name,
    resources,
    prompts,
    tools: () => (isConnected() ? tools : []),
    state() {
      const { state, ...rest } = connection.state();
      const error = "error" in rest ? { error: rest.error } : {};
      return { state, tools: isConnected() ? tools.length : 0, ...error };
    },
    tried: connection.tried,
    close: () => connection.close(),
  };
}
