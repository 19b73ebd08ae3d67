import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { isDeeper, writtenLength } from "../../agent/json.ts";
import type { Freshness, ToolOutput } from "../../agent/tool.ts";

type Schema = Record<string, unknown>;

/** Says what a schema has against data, in words. */
export type CheckData = (schema: Schema, data: unknown) => Promise<string | undefined>;

/** Longer or deeper data is not checked. */
const [longestChecked, deepest] = [1024 * 1024, 200];

/**
 * A result held against what its tool says it gives. What does not fit is a failure, told with all that came: the call
 * was made, and what it says may still be of use.
 */
export async function withDataChecked(
  output: ToolOutput,
  tool: string,
  schema: Schema | undefined,
  check: CheckData,
): Promise<ToolOutput> {
  const { data, ...told } = output;
  if (schema === undefined || told.failed) return told;
  const complaint =
    data === undefined ? "it has no structured content at all" : await complaintAbout(data, schema, check);
  if (complaint === undefined) return told;
  const head = `${tool} was called, but its result is not what it says it gives: ${complaint}. Don't rely on it. What came:`;
  return { ...told, text: `${head}\n${told.text}`, failed: true };
}

async function complaintAbout(data: unknown, schema: Schema, check: CheckData): Promise<string | undefined> {
  return isDeeper(data, deepest) || writtenLength(data) > longestChecked ? undefined : check(schema, data);
}

/**
 * How long a server lets a result be used again, in the words that MCP has for lists and resources (`ttlMs`, and
 * `cacheScope`, private unless it is public); said of a tool's result they are a hint all the same.
 */
export function freshnessOf(answer: CallToolResult): Freshness | undefined {
  const { _meta: meta } = answer;
  const { ttlMs = meta?.ttlMs, cacheScope = meta?.cacheScope } = answer;
  return typeof ttlMs === "number" && ttlMs > 0 ? { ms: ttlMs, shared: cacheScope === "public" } : undefined;
}
