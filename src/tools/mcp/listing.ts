import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { type Tool as Shown, ToolSchema } from "@modelcontextprotocol/sdk/types.js";
import { isObject } from "../../agent/json.ts";
import { listAll } from "./pages.ts";

const [mostNamed, longestNamed] = [20, 100];

/** The tools a server has, and the names of the first of those whose description can't be understood. */
export async function listTools(client: Client, timeout: number): Promise<{ tools: Shown[]; odd: string[] }> {
  const odd: string[] = [];
  if (!client.getServerCapabilities()?.tools) return { tools: [], odd };
  const kind = { method: "tools/list", key: "tools", one: ToolSchema };
  const tools = await listAll(client, kind, timeout, (written) => {
    if (odd.length < mostNamed) odd.push(nameOf(written));
  });
  return { tools, odd };
}

function nameOf(written: unknown): string {
  return isObject(written) && typeof written.name === "string" ? written.name.slice(0, longestNamed) : "(no name)";
}
