import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Refusal } from "./refusal.ts";
import type { RetryAfter } from "./reply.ts";

/** What a provider says with a status when nothing else was asked for. */
export const statusWords: Record<number, { message: string; type: string; code?: string }> = {
  401: { message: "Incorrect API key provided.", type: "invalid_request_error", code: "invalid_api_key" },
  403: { message: "You are not allowed to use this model.", type: "permission_error" },
  404: { message: "The model does not exist.", type: "invalid_request_error", code: "model_not_found" },
  408: { message: "Request timed out.", type: "server_error" },
  409: { message: "The resource was locked by another request.", type: "server_error" },
  429: { message: "Rate limit reached.", type: "requests", code: "rate_limit_exceeded" },
  500: { message: "The server had an error while processing your request. Sorry about that!", type: "server_error" },
  503: { message: "The engine is currently overloaded, please try again later.", type: "server_error" },
};

/** The text of a request's body; nothing if the client went away meanwhile. */
export async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  try {
    await once(request, "end");
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The JSON of a request's body; refuses other content types and what is no JSON. */
export function parseBody(request: IncomingMessage, text: string): unknown {
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/json\b/.test(type)) {
    throw new Refusal(
      `Unsupported content type: '${type}'. This API method only accepts 'application/json' requests.`,
      { code: "unsupported_content_type" },
    );
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Refusal(`We could not parse the JSON body of your request. (${String(cause)})`);
  }
}

/** Sends JSON text. */
export function sendJson(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

/** Sends the page a proxy in front of a provider shows when it is in trouble. */
export function sendHtml(response: ServerResponse, status: number): void {
  response.writeHead(status, { "content-type": "text/html" });
  response.end(`<html><head><title>${status}</title></head><body><center><h1>${status}</h1></center></body></html>\n`);
}

/** The header that says when to come back, and that moment. */
export function retryHeader(after: RetryAfter): { name: string; value: string; at: number } {
  if ("ms" in after) return { name: "retry-after-ms", value: String(after.ms), at: Date.now() + after.ms };
  if ("seconds" in after) {
    return { name: "retry-after", value: String(after.seconds), at: Date.now() + after.seconds * 1000 };
  }
  // A date in a header has whole seconds.
  const value = after.date.toUTCString();
  return { name: "retry-after", value, at: Date.parse(value) };
}
