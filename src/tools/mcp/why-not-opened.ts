import { SseError } from "@modelcontextprotocol/sdk/client/sse.js";
import { StreamableHTTPError } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { McpServer } from "../../config/schema/mcp-server.ts";

const mostTold = 300;
const socketTrouble =
  /\b(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|wrong version number|self-signed certificate|unable to (?:get local issuer|verify the first) certificate)\b/;

/** Why a remote server began no session, in words that say what to look at; the error itself where none are known for it. */
export function whyNotOpened(error: unknown, server: RemoteServer): unknown {
  const told = reasonFor(error, server);
  return told === undefined ? error : new Error(told.slice(0, mostTold), { cause: error });
}

type RemoteServer = Exclude<McpServer, { transport: "stdio" }>;

function reasonFor(error: unknown, server: RemoteServer): string | undefined {
  if (error instanceof StreamableHTTPError || error instanceof SseError)
    return ofStatus(error, server) ?? ofSocket(error.message, server);
  if (!(error instanceof Error)) return undefined;
  // An answer was read as JSON, or as a message of MCP, and is none.
  if ("issues" in error || error instanceof SyntaxError)
    return "what answers there is no MCP server: look at the path of its url, often /mcp";
  const { cause } = error;
  return cause instanceof Error && "code" in cause ? ofSocket(`${cause.code} ${cause.message}`, server) : undefined;
}

function ofStatus(error: StreamableHTTPError | SseError, server: RemoteServer): string | undefined {
  const { code = 0, message } = error;
  const page = /nexpected content type: ([\w/+.-]+)/.exec(message)?.[1];
  if (page !== undefined) {
    const what = page === "text/html" ? "a web page (text/html)" : page;
    return `what answers there is no MCP server, it gave ${what}: look at the path of its url, often /mcp`;
  }
  const elsewhere = /Redirect to (\S+) not followed/.exec(message)?.[1];
  if (elsewhere !== undefined)
    return `it sends on to ${elsewhere}, which is not followed: if the server moved there, change its url; where a sign-in is wanted, it needs a key (api_key or headers), or oauth: true`;
  const said = /Error POSTing to endpoint: ([\s\S]+)/.exec(message)?.[1]?.replace(/\s+/g, " ").trim();
  const words = said ? `, saying: ${said}` : "";
  if (code === 401 && !server.oauth) {
    const hasKey = Object.keys(server.headers).some((name) => /^authorization$|key|token/i.test(name));
    return hasKey
      ? `it does not take the key it was given (401)${words}`
      : "it turned us away (401): it wants a key (api_key or headers), or a sign-in (oauth: true)";
  }
  if (code === 403) return `it turned us away (403)${words}`;
  if (code >= 500) return `it answered with an error of its own (${code})${words}`;
  if (error instanceof SseError && code !== 0)
    return `there is no stream of events (${code}): without transport: sse it is found out what it speaks`;
  return code >= 400 ? `it did not take the greeting (${code})${words}` : undefined;
}

function ofSocket(said: string, { url }: RemoteServer): string | undefined {
  const { host, hostname } = new URL(url);
  switch (socketTrouble.exec(said)?.[0]) {
    case "ECONNREFUSED":
      return `nothing listens at ${host} (ECONNREFUSED)`;
    case "ENOTFOUND":
      return `there is no host ${hostname} (ENOTFOUND)`;
    case "EAI_AGAIN":
      return `${hostname} could not be looked up (EAI_AGAIN): the network, or its DNS, is away`;
    case "wrong version number":
      return `no TLS is spoken at ${host}: its url may begin with http:// instead of https://`;
    case undefined:
      return undefined;
    default:
      return `nobody known here vouches for its certificate (${said}): start Bellhop with NODE_EXTRA_CA_CERTS, a file with its authority`;
  }
}
