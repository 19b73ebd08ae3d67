import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { PaginatedResultSchema, type Tool as Shown, ToolSchema } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";

const Page = PaginatedResultSchema.extend({ tools: z.array(z.unknown()) });
/** More than this are not read from one server; its list may have no end. */
const mostTools = 2000;

/** The tools a server has, and the names of those whose description can't be understood. */
export async function listTools(client: Client, timeout: number): Promise<{ tools: Shown[]; odd: string[] }> {
  const tools: Shown[] = [];
  const odd: string[] = [];
  if (!client.getServerCapabilities()?.tools) return { tools, odd };
  const seen = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await client.request({ method: "tools/list", ...(cursor ? { params: { cursor } } : {}) }, Page, {
      timeout,
    });
    for (const written of page.tools) {
      const read = ToolSchema.safeParse(written);
      if (read.success) tools.push(read.data);
      else odd.push(nameOf(written));
    }
    cursor = page.nextCursor;
    if (cursor && seen.has(cursor)) break;
    if (cursor) seen.add(cursor);
  } while (cursor && tools.length < mostTools);
  return { tools: tools.slice(0, mostTools), odd };
}

function nameOf(written: unknown): string {
  return written !== null && typeof written === "object" && "name" in written ? String(written.name) : "(no name)";
}
