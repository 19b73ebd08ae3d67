import type { IncomingHttpHeaders } from "node:http";
import type { ChatBody } from "./check-request.ts";

/** A request for an answer, as it came; only those the provider took. */
export interface ModelRequest {
  at: number;
  path: string;
  headers: IncomingHttpHeaders;
  body: ChatBody;
  /** What the last user message says. */
  user: string;
  /** What the system messages say. */
  system: string;
  /** Model calls already made since the last user message: 0 for the first. */
  step: number;
}

/** Which requests a reply is for: the last user message, the system text, the model. Text is looked for, not equalled. */
export type Matcher =
  | string
  | RegExp
  | { user?: string | RegExp; system?: string | RegExp; model?: string }
  | ((request: ModelRequest) => boolean);

/** The request with what replies are chosen by. */
export function requestOf(path: string, headers: IncomingHttpHeaders, body: ChatBody): ModelRequest {
  const asked = body.messages.findLastIndex((message) => message.role === "user");
  const system = body.messages.filter((message) => message.role === "system" || message.role === "developer");
  return {
    at: Date.now(),
    path,
    headers,
    body,
    user: textOf(body.messages[asked]?.content),
    system: system.map((message) => textOf(message.content)).join("\n"),
    step: body.messages.slice(asked + 1).filter((message) => message.role === "assistant").length,
  };
}

/** Whether the matcher means this request. */
export function matches(matcher: Matcher, request: ModelRequest): boolean {
  if (typeof matcher === "function") return matcher(request);
  if (typeof matcher === "string" || matcher instanceof RegExp) return has(request.user, matcher);
  return (
    (matcher.user === undefined || has(request.user, matcher.user)) &&
    (matcher.system === undefined || has(request.system, matcher.system)) &&
    (matcher.model === undefined || request.body.model === matcher.model)
  );
}

function has(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === "string" ? text.includes(wanted) : text.search(wanted) >= 0;
}

function textOf(content: ChatBody["messages"][number]["content"]): string {
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => (part.type === "text" ? part.text : "")).join("");
}
