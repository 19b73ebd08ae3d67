import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/sdk/types.js";
import type { ToolResult } from "../../agent/tool.ts";

/** What a server answered, as models are told: text, and of pictures and the like what they are. */
export function resultOf({ content, structuredContent, isError }: CallToolResult): ToolResult {
  const text = content.map(told).filter(Boolean).join("\n");
  const whole = text || (structuredContent ? JSON.stringify(structuredContent) : "");
  return { text: whole, ...(isError ? { failed: true } : {}) };
}

function told(block: ContentBlock): string {
  switch (block.type) {
    case "text":
      return block.text;
    case "image":
    case "audio":
      return unseen(block.type, block.mimeType, block.data);
    case "resource_link":
      return [`[${block.title ?? block.name}](${block.uri})`, block.description].filter(Boolean).join(": ");
    case "resource": {
      const { resource } = block;
      if ("text" in resource) return `${resource.uri}:\n${resource.text}`;
      return unseen(`file ${resource.uri}`, resource.mimeType ?? "application/octet-stream", resource.blob);
    }
  }
}

function unseen(what: string, type: string, base64: string): string {
  return `[${what}, ${type}, ${Math.ceil((base64.length * 3) / 4 / 1024)} KB: it can't be shown]`;
}
