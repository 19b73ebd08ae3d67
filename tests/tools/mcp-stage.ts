import type { Meanwhile } from "../../src/agent/tool.ts";
import { McpServer } from "../../src/config/schema/mcp-server.ts";
import { connectMcpServer, type McpToolbox } from "../../src/tools/mcp/mcp.ts";
import { createLog } from "../../src/watch/log.ts";

const never = new AbortController().signal;
const closing: (() => unknown)[] = [];

/** What a connection logs, to be waited for. */
export type Heard = {
  lines: string[];
  /** Resolves with the next line that matches, or one since `forget`. */
  hears(words: RegExp): Promise<string>;
  /** Resolves once something is so; it is looked at with each line. */
  until(is: () => boolean | undefined): Promise<void>;
  forget(): void;
};

/** What the log says when all is well again. */
export const isConnected = /mcp server connected/;
/** What it says when a list of tools was read. */
export const isListed = /mcp tools listed/;

/** To be called after each test. */
export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0).reverse()) await close();
}

/** Closed after the test, the last first. */
export function closeLater(close: () => unknown): void {
  closing.push(close);
}

/** A log that can be waited for. */
export function listen(): Heard & { log: ReturnType<typeof createLog> } {
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  const log = createLog({
    level: "debug",
    redact: (text) => text,
    toStandardError(line) {
      lines.push(line);
      for (const listener of listeners) listener();
    },
  });
  const until: Heard["until"] = (is) =>
    new Promise((resolve) => {
      const look = () => {
        if (!is()) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
    });
  return {
    log,
    lines,
    until,
    async hears(words) {
      let heard: string | undefined;
      await until(() => {
        heard = lines.find((one) => words.test(one));
        return heard !== undefined;
      });
      return heard ?? "";
    },
    forget: () => lines.splice(0),
  };
}

/** A connection on trial; it waits as shortly as a lost one does. */
export async function connectTo(settings: Record<string, unknown>, parts: { now?: () => number } = {}) {
  const { log, ...heard } = listen();
  const box = connectMcpServer(McpServer.parse({ name: "odd", ...settings }), {
    log,
    env: process.env,
    random: () => 0,
    ...parts,
  });
  closeLater(() => box.close());
  await box.tried;
  return {
    ...heard,
    box,
    run: (name: string, input = {}, signal = never, meanwhile: Meanwhile = {}) =>
      toolOf(box, name).run(input, signal, meanwhile),
  };
}

/** A tool by the server's own name for it. */
export function toolOf(box: McpToolbox, name: string) {
  const tool = box.tools().find((one) => one.name === name);
  if (!tool)
    throw new Error(`no tool ${name} of ${box.tools().map((one) => one.name)}: ${JSON.stringify(box.state())}`);
  return tool;
}
