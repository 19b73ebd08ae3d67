import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { type Tool as Shown, ToolSchema } from "@modelcontextprotocol/sdk/types.js";
import { isObject } from "../../agent/json.ts";
import { listAll } from "./pages.ts";

/** A longer name is none: it is held against globs, and shown. */
const longestName = 200;
const mostNamed = 20;

const kind = {
  method: "tools/list",
  key: "tools",
  one: ToolSchema.refine(({ name }) => name !== "" && name.length <= longestName),
};

/** The tools a server has, and the names of the first of those whose description can't be understood. */
export async function listTools(client: Client, timeout: number): Promise<{ tools: Shown[]; odd: string[] }> {
  const odd: string[] = [];
  if (!client.getServerCapabilities()?.tools) return { tools: [], odd };
  const tools = await listAll(client, kind, timeout, (written) => {
    if (odd.length < mostNamed) odd.push(nameOf(written));
  });
  return { tools, odd };
}

function nameOf(written: unknown): string {
  return isObject(written) && typeof written.name === "string" ? written.name.slice(0, longestName) : "(no name)";
}
