import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SseError } from "@modelcontextprotocol/sdk/client/sse.js";
import { StreamableHTTPClientTransport, StreamableHTTPError } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { McpServer } from "../../config/schema/mcp-server.ts";
import type { Logger } from "../../watch/log.ts";
import type { Admission } from "../oauth/admission.ts";
import { within } from "../within.ts";
import { startedServer } from "./child.ts";
import { lastWords } from "./last-words.ts";
import { overHttp, overSse, type SessionNews } from "./remote.ts";
import { whyNotOpened } from "./why-not-opened.ts";

// What is started may have to be fetched first, as by npx.
const [startMs, connectMs, farewellMs] = [60_000, 20_000, 1000];

/** How a server is come to. */
export type OpeningParts = {
  log: Logger;
  env: Record<string, string | undefined>;
  /** The account that lets us in to a remote server, where it wants one. */
  signIn?: Admission | undefined;
};

type StartedServer = Extract<McpServer, { transport: "stdio" }>;

/** Begins a session. Servers from before streamable HTTP refuse it with a 4xx; they are spoken to over SSE. */
export async function openSession(client: Client, server: McpServer, parts: OpeningParts & SessionNews): Promise<void> {
  if (server.transport === "stdio") return beginHere(client, server, parts);
  const { signIn } = parts;
  const isOlder = server.transport === "sse";
  try {
    await begin(client, isOlder ? overSse(server, signIn) : overHttp(server, signIn, parts));
  } catch (error) {
    const status = statusOf(error);
    if (isOlder || status === undefined || ![400, 404, 405].includes(status)) throw whyNotOpened(error, server);
    try {
      await begin(client, overSse(server, signIn));
    } catch (older) {
      const came = statusOf(older);
      if (came === undefined || came === 401) throw whyNotOpened(older, server);
      const instead = came === 200 ? "no stream" : came;
      throw new Error(`no MCP server answers there: ${status} to streamable HTTP, ${instead} to SSE`, { cause: older });
    }
  }
}

/** Ends a session that nobody comes back to. A server over streamable HTTP can't know that, and is told. */
export async function endSession(client: Client): Promise<void> {
  const { transport } = client;
  if (transport instanceof StreamableHTTPClientTransport)
    await within(
      farewellMs,
      transport.terminateSession().catch(() => {}),
    );
  await client.close();
}

/** The client gives up on a greeting that is not answered, but not on a stream that does not begin. */
async function begin(client: Client, transport: Transport, ms = connectMs, said = () => ""): Promise<void> {
  const begun = client.connect(transport, { timeout: ms + 1000 }).then(() => true);
  if (await within(ms, begun)) return;
  begun.catch(() => {});
  void transport.close().catch(() => {});
  throw new Error(`it did not answer within ${ms / 1000} s${said()}`);
}

/** What a server answered that would not begin a session; undefined where it was something else. */
function statusOf(error: unknown): number | undefined {
  return error instanceof StreamableHTTPError || error instanceof SseError ? error.code : undefined;
}

async function beginHere(client: Client, server: StartedServer, { log, env }: OpeningParts): Promise<void> {
  // Only what the config names and what any program needs; never the bot's own secrets.
  const needed = ["PATH", "HOME", "LANG"].flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]));
  let last = "";
  const transport = startedServer({ ...server, env: { ...Object.fromEntries(needed), ...server.env } }, (printed) => {
    last = `${last}${printed}\n`.slice(-2000);
    log.debug({ printed: printed.slice(0, 2000).trimEnd() }, "mcp server printed");
  });
  await begin(client, transport, startMs, () => (last.trim() === "" ? "" : `; it printed: ${lastWords(last)}`));
}
