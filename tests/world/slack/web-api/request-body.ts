import type { Fields } from "../workspace.ts";

/** One part of a multipart body. */
export interface Part {
  readonly name: string;
  readonly filename?: string;
  readonly content: Buffer;
}

/** The boundary of a multipart content type, if it is one. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  const found = /^multipart\/form-data;.*boundary="?([^";]+)"?/i.exec(contentType ?? "");
  return found?.[1];
}

/** The parts of a multipart body. */
export function readParts(body: Buffer, boundary: string): Part[] {
  const mark = Buffer.from(`--${boundary}`);
  const parts: Part[] = [];
  let from = body.indexOf(mark);
  while (from >= 0) {
    const start = from + mark.length + 2;
    const end = body.indexOf(mark, start);
    if (end < 0) break;
    const head = body.indexOf("\r\n\r\n", start);
    const headers = body.subarray(start, head).toString();
    const name = /name="([^"]*)"/.exec(headers)?.[1] ?? "";
    const filename = /filename="([^"]*)"/.exec(headers)?.[1];
    const content = body.subarray(head + 4, end - 2);
    parts.push({ name, content, ...(filename !== undefined ? { filename } : {}) });
    from = end;
  }
  return parts;
}

/** The arguments in a request's body; a string says why Slack would not read it. */
export function readBody(contentType: string | undefined, body: Buffer): Fields | string {
  const type = (contentType ?? "").split(";")[0]?.trim().toLowerCase();
  if (body.length === 0) return {};
  if (type === "application/x-www-form-urlencoded") return Object.fromEntries(new URLSearchParams(body.toString()));
  if (type === "application/json") {
    try {
      const parsed: unknown = JSON.parse(body.toString());
      return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
        ? { ...parsed }
        : "json_not_object";
    } catch {
      return "invalid_json";
    }
  }
  const boundary = boundaryOf(contentType);
  if (!boundary) return "invalid_post_type";
  return Object.fromEntries(readParts(body, boundary).map((part) => [part.name, part.content.toString()]));
}
