import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/sdk/types.js";
import type { ToolFile, ToolOutput } from "../../agent/tool.ts";
import { fileKind, fileName } from "../file-kind.ts";
import { freshnessOf } from "./structured.ts";

/** So many files are taken of one answer; the others are only counted. */
const mostFiles = 100;

/** What a server answered: what models are told, and the pictures, sounds and files in it for people to see. */
export function resultOf(answer: CallToolResult): ToolOutput {
  const { content, structuredContent, isError } = answer;
  const [first] = content;
  // Most answers are one text.
  const { text, files } =
    first?.type === "text" && content.length === 1 ? { text: first.text, files: [] } : partsOf(content);
  const whole = text || (structuredContent ? JSON.stringify(structuredContent) : "");
  const fresh = freshnessOf(answer);
  return {
    text: whole,
    ...(isError ? { failed: true } : {}),
    ...(files.length > 0 ? { files } : {}),
    ...(structuredContent === undefined ? {} : { data: structuredContent }),
    ...(fresh ? { fresh } : {}),
  };
}

/** An answer part by part: all in words, and the files that are in it. */
function partsOf(content: readonly ContentBlock[]): { text: string; files: ToolFile[] } {
  const files: ToolFile[] = [];
  const named = new Map<string, number>();
  let left = 0;

  /** What the server calls it and says of it is not trusted; what is in it decides. */
  function take({ annotations }: ContentBlock, name: string, bytes: Uint8Array, type: string): ToolFile {
    const kind = fileKind(bytes, { name, type });
    const isForModel = annotations?.audience !== undefined && !annotations.audience.includes("user");
    const file: ToolFile = { name: distinct(fileName(name, kind)), type: kind.type, bytes };
    files.push(isForModel ? { ...file, aside: true } : file);
    return file;
  }

  function distinct(wanted: string): string {
    for (;;) {
      const nth = (named.get(wanted) ?? 0) + 1;
      named.set(wanted, nth);
      if (nth === 1) return wanted;
      const name = wanted.replace(/(\.[^.]*)$/, `-${nth}$1`);
      if (named.has(name)) continue;
      named.set(name, 1);
      return name;
    }
  }

  function binary(block: ContentBlock, name: string, base64: string, type: string): string {
    if (files.length === mostFiles) {
      left++;
      return "";
    }
    const bytes = Buffer.from(base64, "base64");
    return bytes.length === 0 ? `[${name}: it is empty or damaged]` : `[${take(block, name, bytes, type).name}]`;
  }

  function read(block: ContentBlock): string {
    switch (block.type) {
      case "text":
        return block.text;
      case "image":
      case "audio":
        return binary(block, block.type, block.data, block.mimeType);
      case "resource_link":
        return [`[${block.title ?? block.name}](${block.uri})`, block.description].filter(Boolean).join(": ");
      case "resource": {
        const { resource } = block;
        const name = lastOf(resource.uri);
        if ("blob" in resource) return binary(block, name, resource.blob, resource.mimeType ?? "");
        if (files.length === mostFiles) left++;
        else if (resource.text !== "") take(block, name, Buffer.from(resource.text), resource.mimeType ?? "text/plain");
        return `${resource.uri}:\n${resource.text}`;
      }
    }
  }

  const told = content.map(read);
  if (left > 0) told.push(`[${left} more files came with it; they were left out]`);
  return { text: told.filter(Boolean).join("\n"), files };
}

/** What a resource is called: the last piece of its address. */
function lastOf(uri: string): string {
  const whole = URL.canParse(uri) ? new URL(uri) : { host: "", pathname: uri };
  const last = whole.pathname.split("/").findLast((piece) => piece !== "") ?? whole.host;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
