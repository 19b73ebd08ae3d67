import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { type Tool as Shown, ToolSchema } from "@modelcontextprotocol/sdk/types.js";
import { listAll } from "./pages.ts";

/** The tools a server has, and the names of those whose description can't be understood. */
export async function listTools(client: Client, timeout: number): Promise<{ tools: Shown[]; odd: string[] }> {
  const odd: string[] = [];
  if (!client.getServerCapabilities()?.tools) return { tools: [], odd };
  const kind = { method: "tools/list", key: "tools", one: ToolSchema };
  const tools = await listAll(client, kind, timeout, (written) => odd.push(nameOf(written)));
  return { tools, odd };
}

function nameOf(written: unknown): string {
  return written !== null && typeof written === "object" && "name" in written ? String(written.name) : "(no name)";
}
