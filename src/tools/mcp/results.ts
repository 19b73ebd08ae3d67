import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/sdk/types.js";
import type { ToolFile, ToolOutput } from "../../agent/tool.ts";
import { fileKind, fileName } from "../file-kind.ts";
import { freshnessOf } from "./structured.ts";

/** What a server answered: what models are told, and the pictures, sounds and files in it for people to see. */
export function resultOf(answer: CallToolResult): ToolOutput {
  const { content, structuredContent, isError } = answer;
  const parts = content.map(partOf);
  const text = parts
    .map(({ told }) => told)
    .filter(Boolean)
    .join("\n");
  const whole = text || (structuredContent ? JSON.stringify(structuredContent) : "");
  const files = distinctlyNamed(parts.flatMap(({ file }) => file ?? []));
  const fresh = freshnessOf(answer);
  return {
    text: whole,
    ...(isError ? { failed: true } : {}),
    ...(files.length > 0 ? { files } : {}),
    ...(structuredContent === undefined ? {} : { data: structuredContent }),
    ...(fresh ? { fresh } : {}),
  };
}

/** One part of an answer: in words, and the file it is. */
type Part = { told: string; file?: ToolFile };

function partOf(block: ContentBlock): Part {
  switch (block.type) {
    case "text":
      return { told: block.text };
    case "image":
    case "audio":
      return binary(block, block.type, block.data, block.mimeType);
    case "resource_link":
      return { told: [`[${block.title ?? block.name}](${block.uri})`, block.description].filter(Boolean).join(": ") };
    case "resource": {
      const { resource } = block;
      const name = lastOf(resource.uri);
      if ("blob" in resource) return binary(block, name, resource.blob, resource.mimeType ?? "");
      const bytes = Buffer.from(resource.text);
      const told = `${resource.uri}:\n${resource.text}`;
      return bytes.length > 0
        ? { told, file: fileOf(block, name, bytes, resource.mimeType ?? "text/plain") }
        : { told };
    }
  }
}

function binary(block: ContentBlock, name: string, base64: string, type: string): Part {
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length === 0) return { told: `[${name}: it is empty or damaged]` };
  const file = fileOf(block, name, bytes, type);
  return { told: `[${file.name}]`, file };
}

/** What the server calls it and says of it is not trusted; what is in it decides. */
function fileOf({ annotations }: ContentBlock, name: string, bytes: Uint8Array, type: string): ToolFile {
  const kind = fileKind(bytes, { name, type });
  const file: ToolFile = { name: fileName(name, kind), type: kind.type, bytes };
  const isForModel = annotations?.audience !== undefined && !annotations.audience.includes("user");
  return isForModel ? { ...file, aside: true } : file;
}

function distinctlyNamed(files: ToolFile[]): ToolFile[] {
  const taken = new Set<string>();
  return files.map((file) => {
    let { name } = file;
    for (let n = 2; taken.has(name); n++) name = file.name.replace(/(\.[^.]*)$/, `-${n}$1`);
    taken.add(name);
    return { ...file, name };
  });
}

/** What a resource is called: the last piece of its address. */
function lastOf(uri: string): string {
  const whole = URL.canParse(uri) ? new URL(uri) : { host: "", pathname: uri };
  const last = whole.pathname.replace(/\/+$/, "").split("/").at(-1) || whole.host;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
