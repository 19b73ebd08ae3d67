import type { IncomingMessage } from "node:http";
import type { Upload } from "../message-form.ts";
import type { RefusalCode } from "../refusal.ts";

/** A request's body, read once; `problem` is what Discord would say of it. */
export interface RequestBody {
  json: unknown;
  files: Upload[];
  problem?: RefusalCode;
}

/** The whole of a request Discord takes at most. */
const requestLimit = 100 * 1024 * 1024;

/** Reads JSON, or a multipart body with `payload_json` and `files[n]`. */
export async function readBody(request: IncomingMessage): Promise<RequestBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size <= requestLimit) chunks.push(chunk);
  }
  if (size > requestLimit) return { json: undefined, files: [], problem: 40005 };
  const bytes = Buffer.concat(chunks);
  if (bytes.length === 0) return { json: undefined, files: [] };
  const type = request.headers["content-type"] ?? "";
  if (type.startsWith("multipart/form-data")) return readMultipart(bytes, type);
  if (!type.startsWith("application/json")) return { json: undefined, files: [], problem: 50109 };
  return { ...parsed(bytes.toString("utf8")), files: [] };
}

function parsed(text: string): { json: unknown; problem?: RefusalCode } {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return { json: undefined, problem: 50109 };
  }
}

async function readMultipart(bytes: Buffer, type: string): Promise<RequestBody> {
  const parts = await new Response(new Uint8Array(bytes), { headers: { "content-type": type } }).formData();
  const files: Upload[] = [];
  const json: Record<string, unknown> = {};
  for (const [name, part] of parts) {
    const index = /^files\[(\d+)\]$/.exec(name)?.[1];
    if (typeof part === "string") {
      if (name !== "payload_json") json[name] = part;
    } else if (index !== undefined) {
      files.push({
        index,
        filename: part.name,
        bytes: Buffer.from(await part.arrayBuffer()),
      });
    }
  }
  const payload = parts.get("payload_json");
  return typeof payload === "string" ? { ...parsed(payload), files } : { json, files };
}
