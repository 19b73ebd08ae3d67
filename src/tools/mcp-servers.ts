import type { McpServer } from "../config/schema/mcp-server.ts";
import type { Logger } from "../watch/log.ts";
import { connectMcpServer, type McpToolbox } from "./mcp/mcp.ts";

/** How a server is, for people who ask. */
export type McpReport = { name: string } & ReturnType<McpToolbox["state"]>;

/** The MCP servers of the config, all connected at once; one that fails stops nobody. */
export type McpServers = {
  /** Connects what is named, closes what is named no more or otherwise, and leaves the rest alone. */
  use(wanted: McpServer[]): void;
  toolboxes(): McpToolbox[];
  report(): McpReport[];
  close(): Promise<void>;
};

/** No servers yet; `use` says which. */
export function createMcpServers(parts: { log: Logger; env: Record<string, string | undefined> }): McpServers {
  const connected = new Map<string, { settings: string; box: McpToolbox }>();
  return {
    use(wanted) {
      const enabled = new Map(wanted.filter((server) => server.enabled).map((server) => [server.name, server]));
      for (const [name, { settings, box }] of connected) {
        const server = enabled.get(name);
        if (server && JSON.stringify(server) === settings) continue;
        connected.delete(name);
        void box.close();
      }
      for (const [name, server] of enabled) {
        if (connected.has(name)) continue;
        connected.set(name, { settings: JSON.stringify(server), box: connectMcpServer(server, parts) });
      }
    },
    toolboxes: () => [...connected.values()].map(({ box }) => box),
    report: () => [...connected].map(([name, { box }]) => ({ name, ...box.state() })),
    async close() {
      await Promise.all([...connected.values()].map(({ box }) => box.close()));
    },
  };
}
