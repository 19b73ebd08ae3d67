import { createHash } from "node:crypto";
import { marked, markLength, markSigns } from "../agent/tool-title.ts";

const longest = 64;

/**
 * The name by which models know a tool: `server__tool`. Where that is too long, has letters that models do not take, or
 * could be read as another tool's, it ends with a mark drawn from both names. Contract: it depends on these two names
 * alone, so that it means the same tool in every run, whatever else is connected.
 */
export function toolName(server: string, tool: string): string {
  const plain = `${server}__${tool}`;
  const at = plain.indexOf("__");
  const isReadBack = plain.slice(0, at) === server && plain.slice(at + 2) === tool;
  if (isReadBack && plain.length <= longest && /^[a-zA-Z0-9_-]+$/.test(plain) && !marked.test(plain)) return plain;
  const cut = `${spelled(server, 32)}__${spelled(tool, longest)}`.slice(0, longest - markLength - 1);
  return `${cut.replace(/[_-]+$/, "")}_${markOf(server, tool)}`;
}

/** What of a name can be spelled in the letters that models take. */
function spelled(name: string, most: number): string {
  const plain = name
    .replace(/[^a-zA-Z0-9_-]+/g, "_")
    .replace(/_{2,}/g, "_")
    .slice(0, most);
  return plain.replace(/^[_-]+|[_-]+$/g, "") || "tool";
}

function markOf(server: string, tool: string): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([server, tool]))
    .digest();
  return [...hash.subarray(0, markLength)].map((byte) => markSigns[byte % markSigns.length]).join("");
}
