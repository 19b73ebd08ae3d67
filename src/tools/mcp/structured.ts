import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { complaintOf } from "../../agent/complaint.ts";
import type { Freshness, ToolOutput } from "../../agent/tool.ts";

type Schema = Record<string, unknown>;

/** Longer data is not checked, and a check is broken off soon: everything else waits meanwhile. */
const [longestChecked, longestCheckMs] = [1024 * 1024, 200];

/**
 * A result held against what its tool says it gives. What does not fit is a failure, told with all that came: the call
 * was made, and what it says may still be of use.
 */
export async function withDataChecked(
  output: ToolOutput,
  tool: string,
  schema: Schema | undefined,
): Promise<ToolOutput> {
  const { data, ...told } = output;
  if (schema === undefined || told.failed) return told;
  const complaint = data === undefined ? "it has no structured content at all" : await complaintAbout(data, schema);
  if (complaint === undefined) return told;
  const head = `${tool} was called, but its result is not what it says it gives: ${complaint}. Don't rely on it. What came:`;
  return { ...told, text: `${head}\n${told.text}`, failed: true };
}

async function complaintAbout(data: unknown, schema: Schema): Promise<string | undefined> {
  return JSON.stringify(data).length > longestChecked ? undefined : complaintOf(schema, data, longestCheckMs);
}

/**
 * How long a server lets a result be used again, in the words that MCP has for lists and resources (`ttlMs`, and
 * `cacheScope`, private unless it is public); said of a tool's result they are a hint all the same.
 */
export function freshnessOf(answer: CallToolResult): Freshness | undefined {
  const { ttlMs, cacheScope } = { ...answer._meta, ...answer };
  return typeof ttlMs === "number" && ttlMs > 0 ? { ms: ttlMs, shared: cacheScope === "public" } : undefined;
}
