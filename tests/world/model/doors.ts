import type { IncomingHttpHeaders } from "node:http";
import type { Dialect } from "./dialect.ts";
import { Refusal } from "./refusal.ts";

/** What a request is for. `model` is the deployment an old Azure address names. */
export type Door = { to: "chat" | "embeddings"; model?: string } | { to: "models"; model?: string };

/** Which door the address leads to; refuses those this provider does not have. */
export function doorOf(method: string, url: URL, dialect: Dialect): Door {
  const deployment = dialect.name === "azure" ? deploymentDoor(url) : undefined;
  const door = deployment ?? plainDoor(url, dialect);
  if (door === undefined) {
    throw dialect.name === "azure"
      ? new Refusal("Resource not found", { status: 404 })
      : new Refusal(`Invalid URL (${method} ${url.pathname})`, { status: 404 });
  }
  const wanted = door.to === "models" ? "GET" : "POST";
  if (method !== wanted) {
    throw new Refusal(`Not allowed to ${method} on ${url.pathname}.`, { status: 405 });
  }
  return door;
}

/** Refuses a missing or wrong key. Azure takes `api-key`, and a bearer key only at its new address. */
export function checkKey(headers: IncomingHttpHeaders, url: URL, dialect: Dialect, key: string): void {
  if (!dialect.wantsKey) return;
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];
  if (dialect.name === "azure") {
    const given = headers["api-key"] ?? (url.pathname.startsWith("/openai/v1/") ? bearer : undefined);
    if (given === key) return;
    throw new Refusal(
      "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.",
      { status: 401 },
    );
  }
  if (bearer === undefined) {
    throw new Refusal(
      "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
      { status: 401, type: dialect.name === "anthropic" ? "authentication_error" : "invalid_request_error" },
    );
  }
  if (bearer === key) return;
  throw new Refusal(`Incorrect API key provided: ${bearer.slice(0, 3)}***${bearer.slice(-4)}.`, {
    status: 401,
    type: dialect.name === "openai" ? "invalid_request_error" : "authentication_error",
    code: "invalid_api_key",
  });
}

function plainDoor(url: URL, dialect: Dialect): Door | undefined {
  if (!url.pathname.startsWith(`${dialect.basePath}/`)) return undefined;
  const rest = url.pathname.slice(dialect.basePath.length);
  if (rest === "/chat/completions") return { to: "chat" };
  if (rest === "/embeddings") return { to: "embeddings" };
  if (rest === "/models") return { to: "models" };
  const model = /^\/models\/(.+)$/.exec(rest)?.[1];
  return model === undefined ? undefined : { to: "models", model: decodeURIComponent(model) };
}

function deploymentDoor(url: URL): Door | undefined {
  const [, model, to] = /^\/openai\/deployments\/([^/]+)\/(chat\/completions|embeddings)$/.exec(url.pathname) ?? [];
  if (model === undefined) return undefined;
  if (!url.searchParams.has("api-version")) throw new Refusal("Resource not found", { status: 404 });
  return { to: to === "embeddings" ? "embeddings" : "chat", model: decodeURIComponent(model) };
}
