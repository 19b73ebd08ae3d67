import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/sdk/types.js";
import type { ResultFile, ToolOutcome } from "../../agent/tool.ts";

/** What a server answered, as agents and people are told: text for the model, pictures and the like as files. */
export function resultOf({ content, structuredContent, isError }: CallToolResult): ToolOutcome {
  const files: ResultFile[] = [];
  const parts = content.map((block) => told(block, files)).filter(Boolean);
  const text = parts.join("\n") || (structuredContent ? JSON.stringify(structuredContent) : "");
  return { text, ...(isError ? { failed: true } : {}), ...(files.length > 0 ? { files } : {}) };
}

function told(block: ContentBlock, files: ResultFile[]): string {
  const keep = (kind: string, type: string, data: string, name?: string) => {
    const file = { name: name ?? `${kind}-${files.length + 1}.${extensionOf(type)}`, type, data };
    files.push(file);
    const kilobytes = Math.ceil((data.length * 3) / 4 / 1024);
    return `[${kind} ${file.name}, ${type}, ${kilobytes} KB: the person sees it as a file]`;
  };
  switch (block.type) {
    case "text":
      return block.text;
    case "image":
    case "audio":
      return keep(block.type, block.mimeType, block.data);
    case "resource_link":
      return [`[${block.title ?? block.name}](${block.uri})`, block.description].filter(Boolean).join(": ");
    case "resource": {
      const { resource } = block;
      if ("text" in resource) return `${resource.uri}:\n${resource.text}`;
      return keep("file", resource.mimeType ?? "application/octet-stream", resource.blob, lastOf(resource.uri));
    }
  }
}

function extensionOf(type: string): string {
  const [, kind = ""] = /^[a-z]+\/(?:x-)?([a-z0-9]+)/.exec(type) ?? [];
  return { jpeg: "jpg", mpeg: "mp3", octet: "bin", svg: "svg", "": "bin" }[kind] ?? kind;
}

function lastOf(uri: string): string | undefined {
  const name = uri.split(/[?#]/)[0]?.split("/").filter(Boolean).at(-1);
  return name && /^[\w.-]{1,100}$/.test(name) ? name : undefined;
}
