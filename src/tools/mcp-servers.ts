import type { McpServer } from "../config/schema/mcp-server.ts";
import type { Logger } from "../watch/log.ts";
import { connectMcpServer, type McpToolbox } from "./mcp/mcp.ts";
import type { CheckData } from "./mcp/structured.ts";
import type { Admission } from "./oauth/admission.ts";
import type { HeldTool, Pins } from "./pins.ts";
import type { KnownTool } from "./unfitting.ts";

/** How a server is, for people who ask. */
export type McpReport = { name: string } & ReturnType<McpToolbox["state"]>;

/** The MCP servers of the config, all connected at once; one that fails stops nobody. */
export type McpServers = {
  /** Connects what is named, closes what is named no more or otherwise, and leaves the rest alone. */
  use(wanted: McpServer[]): void;
  toolboxes(): McpToolbox[];
  report(): McpReport[];
  /** What is trusted of each server, what is held back, and all that it shows. */
  trusted(): { server: string; free: string[]; held: HeldTool[]; shown: readonly KnownTool[] }[];
  /** Trusts those of these tools that still look so; gives the names of all that are trusted as they are given here. */
  accept(server: string, wanted: readonly { name: string; hash: string }[]): Promise<string[]>;
  /** Turns down those of these tools that still look so; gives the names of all that are turned down as they are given here. */
  reject(server: string, wanted: readonly { name: string; hash: string }[]): Promise<string[]>;
  close(): Promise<void>;
};

/** No servers yet; `use` says which. */
export function createMcpServers(parts: {
  log: Logger;
  env: Record<string, string | undefined>;
  pins: Pins;
  /** The account for a server that wants one. */
  signIn?(server: McpServer): Admission | undefined;
  /** Throws for a page that people must not be sent to. */
  checkLink?(url: URL, trusted?: URL): Promise<void>;
  /** Holds data that tools give against what they say they give. */
  check: CheckData;
  /** Tools of a server are held back. */
  onHeld(server: string): void;
}): McpServers {
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
        const box = connectMcpServer(server, {
          ...parts,
          signIn: parts.signIn?.(server),
          onHeld: () => parts.onHeld(name),
        });
        connected.set(name, { settings: JSON.stringify(server), box });
      }
    },
    toolboxes: () => [...connected.values()].map(({ box }) => box),
    report: () => [...connected].map(([name, { box }]) => ({ name, ...box.state() })),
    trusted: () =>
      [...connected].map(
        ([
          server,
          {
            box: { trusted },
          },
        ]) => ({
          server,
          free: trusted.free(),
          held: trusted.held(),
          shown: trusted.shown(),
        }),
      ),
    accept: async (server, wanted) => (await connected.get(server)?.box.trusted.accept(wanted)) ?? [],
    reject: async (server, wanted) => (await connected.get(server)?.box.trusted.reject(wanted)) ?? [],
    async close() {
      await Promise.all([...connected.values()].map(({ box }) => box.close()));
    },
  };
}
