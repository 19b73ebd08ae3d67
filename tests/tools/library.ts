import { fileURLToPath } from "node:url";
import { McpServer } from "../../src/config/schema/mcp-server.ts";
import { connectMcpServer, type McpToolbox } from "../../src/tools/mcp/mcp.ts";
import { type Heard, listen } from "./mcp-stage.ts";

/** The program of the server that has things to read and prompts. */
export const libraryProgram = fileURLToPath(new URL("../world/mcp/library-server.mjs", import.meta.url));

/** A connected server, its log, and how to look for what comes of it. */
export type Library = {
  box: McpToolbox;
  log: string[];
  run(tool: string): Promise<unknown>;
  until: Heard["until"];
};

/** Connects to servers; `leave` closes them. */
export function visitLibraries(): {
  connect(settings: Record<string, unknown>, about?: { hasLists?: boolean }): Promise<Library>;
  leave(): Promise<void>;
} {
  const boxes: McpToolbox[] = [];
  return {
    async connect(settings, { hasLists = true } = {}) {
      const { log, lines, until } = listen();
      const box = connectMcpServer(McpServer.parse({ name: "library", ...settings }), {
        log,
        env: process.env,
        random: () => 0,
      });
      boxes.push(box);
      await box.tried;
      // A connection waits for lists, but not for long: a busy machine may need longer.
      if (hasLists) {
        const told = (what: string) => lines.some((line) => new RegExp(`mcp ${what} (?:listed|could)`).test(line));
        await until(() => told("resources") && told("prompts"));
      }
      return {
        box,
        log: lines,
        run: async (name) =>
          box
            .tools()
            .find((one) => one.name === name)
            ?.run({}, new AbortController().signal),
        until,
      };
    },
    async leave() {
      await Promise.all(boxes.splice(0).map((box) => box.close()));
    },
  };
}
