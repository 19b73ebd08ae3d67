import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SseError } from "@modelcontextprotocol/sdk/client/sse.js";
import { StreamableHTTPError } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { RequestOptions } from "@modelcontextprotocol/sdk/shared/protocol.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  CallToolResultSchema,
  ErrorCode,
  McpError,
  ToolListChangedNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js";
import type { Meanwhile, ToolOutput, ToolResult } from "../../agent/tool.ts";
import type { McpServer } from "../../config/schema/mcp-server.ts";
import type { Logger } from "../../watch/log.ts";
import { NeedsSignIn, NotRenewed, type SignIn } from "../oauth/sign-in.ts";
import { noAnswer } from "./broken-off.ts";
import { startedServer } from "./child.ts";
import { askable, createEliciting, NotCalled } from "./eliciting.ts";
import { overHttp, overSse } from "./remote.ts";
import { resultOf } from "./results.ts";
import { ServerTrouble } from "./trouble.ts";

/** How a server is. `since`: how long it has been lost, `back`: when it is tried again. */
export type ConnectionState =
  | { state: "connecting" }
  | { state: "connected" }
  | { state: "waiting" | "needs sign-in"; error: string; since: number; back: number };

/** What a connection tells of itself, and how it is opened. */
export type ConnectionParts = {
  log: Logger;
  env: Record<string, string | undefined>;
  random: () => number;
  now: () => number;
  /** Asked of each new session, and when its tools have changed. A failure is a lost connection. */
  greet(client: Client): Promise<void>;
  /** The account that lets us in to a remote server, where it wants one. */
  signIn?: SignIn | undefined;
  /** Throws for a page that people must not be sent to; `trusted` is the operator's own address of the server. */
  checkLink?: ((url: URL, trusted?: URL) => Promise<void>) | undefined;
};

/** A connection to an MCP server that is kept up for life. */
export type Connection = {
  state(): ConnectionState;
  /** Resolves once the first attempt has ended, well or badly. */
  tried: Promise<void>;
  /** Contract: never rejects; what goes wrong is told as a failed result. */
  call(name: string, input: Record<string, unknown>, signal: AbortSignal, meanwhile?: Meanwhile): Promise<ToolOutput>;
  /** Asks for something else than a call. Contract: rejects with `ServerTrouble`, or because the signal did. */
  ask<Answer>(work: (client: Client, options: RequestOptions) => Promise<Answer>, signal: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
};

const connectMs = 20_000;
const pingMs = 10_000;
const betweenPingsMs = 30_000;
const longestCallMs = 600_000;
/** A timer set for longer goes off at once. */
const longestTimer = 2 ** 31 - 1;
const [firstWaitMs, longestWaitMs] = [1000, 60_000];
/** A connection that held so long was a good one: the next loss is waited out from the beginning. */
const heldMs = 60_000;

/** Connects to a server and stays connected: what breaks is tried again, ever more slowly, up to once a minute. */
export function keepConnected(server: McpServer, parts: ConnectionParts): Connection {
  const { log, env, random, now, greet, signIn } = parts;
  let client: Client | undefined;
  let since = 0;
  let waiting: { state: "waiting" | "needs sign-in"; error: string; since: number; back: number } | undefined;
  let waitMs = firstWaitMs;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let opening: Client | undefined;
  const eliciting = createEliciting(server, {
    log,
    now,
    longestMs: longestCallMs,
    checkLink: linkCheckFor(server, parts),
  });

  async function connect(): Promise<void> {
    const fresh = new Client({ name: "bellhop", version: "0.1.0" }, { capabilities: askable });
    eliciting.attend(fresh);
    let trouble: string | undefined;
    opening = fresh;
    fresh.onerror = (error) => {
      trouble = error.message;
      log.debug({ err: error }, "mcp error");
      // A stream of events that breaks comes back as another session, which knows nothing of us.
      if (error instanceof SseError) lose(fresh, error.message);
      if (error.message.startsWith("Failed to reconnect")) void look(fresh);
    };
    try {
      await reach(fresh);
      eliciting.watch(fresh.transport);
      await greet(fresh);
      if (closed) return void (await fresh.close());
      fresh.setNotificationHandler(ToolListChangedNotificationSchema, () =>
        greet(fresh).catch((error) => lose(fresh, `its tools could not be listed: ${reasonOf(error)}`)),
      );
      fresh.onclose = () => lose(fresh, trouble ?? "the connection was closed");
      [client, waiting, since] = [fresh, undefined, now()];
      log.info("mcp server connected");
      if (server.transport !== "stdio") lookAgain(fresh);
    } catch (error) {
      void fresh.close().catch(() => {});
      // What the program said when it ended tells more than that the connection was closed.
      const isGone = error instanceof McpError && error.code === ErrorCode.ConnectionClosed;
      wait(isGone && trouble ? trouble : reasonOf(error), error instanceof NeedsSignIn);
    } finally {
      opening = undefined;
    }
  }

  /** Servers from before streamable HTTP refuse it with a 4xx; they are spoken to over SSE. */
  async function reach(fresh: Client): Promise<void> {
    try {
      await fresh.connect(transportTo(server), { timeout: connectMs });
    } catch (error) {
      const status = error instanceof StreamableHTTPError ? error.code : undefined;
      if (status === 401 && !signIn)
        throw new Error("it turned us away (401): it wants a key (api_key or headers), or a sign-in (oauth: true)");
      if (server.transport !== "http" || status === undefined || ![400, 404, 405].includes(status)) throw error;
      await fresh.connect(overSse(server, signIn), { timeout: connectMs });
    }
  }

  function transportTo(to: McpServer): Transport {
    if (to.transport === "stdio") {
      // Only what the config names and what any program needs; never the bot's own secrets.
      const needed = ["PATH", "HOME", "LANG"].flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]));
      return startedServer({ ...to, env: { ...Object.fromEntries(needed), ...to.env } }, (printed) =>
        log.debug({ printed: printed.slice(0, 2000).trimEnd() }, "mcp server printed"),
      );
    }
    return to.transport === "sse" ? overSse(to, signIn) : overHttp(to, signIn);
  }

  async function look(at: Client): Promise<void> {
    try {
      await at.ping({ timeout: pingMs });
    } catch (error) {
      if (!(error instanceof McpError) || error.code === ErrorCode.RequestTimeout) lose(at, reasonOf(error));
    }
  }

  // A remote server that is gone does not say so.
  function lookAgain(at: Client): void {
    timer = setTimeout(async () => {
      await look(at);
      if (client === at) lookAgain(at);
    }, betweenPingsMs).unref();
  }

  function lose(lost: Client, why: string): void {
    if (client !== lost) return;
    client = undefined;
    if (now() - since >= heldMs) waitMs = firstWaitMs;
    void lost.close().catch(() => {});
    wait(why);
  }

  /** Somebody has signed in, or out. */
  function again(): void {
    if (closed) return;
    clearTimeout(timer);
    waitMs = firstWaitMs;
    // The attempt under way may have begun without the account: it ends, and is made anew.
    if (opening) return void opening.close().catch(() => {});
    const old = client;
    client = undefined;
    void old?.close().catch(() => {});
    void connect();
  }
  signIn?.onChange(again);

  function wait(error: string, lacksAccount = false): void {
    if (closed) return;
    const ms = waitMs * (0.75 + random() / 2);
    waitMs = Math.min(longestWaitMs, waitMs * 2);
    const state = lacksAccount || signIn?.needed() ? "needs sign-in" : "waiting";
    waiting = { state, error, since: waiting?.since ?? now(), back: now() + ms };
    log.warn({ why: error, retryInMs: Math.round(ms) }, "mcp server lost");
    clearTimeout(timer);
    timer = setTimeout(() => void connect(), ms);
    timer.unref();
  }

  return {
    tried: connect(),
    state: () => (client ? { state: "connected" } : waiting ? waiting : { state: "connecting" }),
    async call(name, input, signal, meanwhile) {
      if (closed) return failed(removal(server.name));
      if (!client) return failed(absence(server.name, waiting, now()));
      let asked = client;
      const notes: string[] = [];
      try {
        const answer = await eliciting.call(meanwhile, signal, notes, (signal, renewed) => {
          // It may have waited for its turn while another session began.
          if (client) asked = client;
          return asked.request({ method: "tools/call", params: { name, arguments: input } }, CallToolResultSchema, {
            signal,
            // Its time is counted where it can stand still.
            timeout: longestTimer,
            onprogress({ progress: done, total, message }) {
              renewed();
              meanwhile?.told?.({ done, of: total, message });
            },
          });
        });
        return withNotes(resultOf(answer), notes);
      } catch (error) {
        if (signal.aborted) return failed("The call was stopped.");
        return withNotes(failed(error instanceof NotCalled ? error.message : mishap(asked, error)), notes);
      }
    },
    async ask(work, signal) {
      const asked = client;
      if (closed || !asked) {
        const why = closed ? removal(server.name) : absence(server.name, waiting, now());
        throw new ServerTrouble(why, { kind: "away", back: closed ? undefined : waiting?.back });
      }
      try {
        return await eliciting.beside(signal, () =>
          work(asked, { signal: AbortSignal.any([signal]), timeout: server.timeout }),
        );
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof NotCalled) throw new ServerTrouble(error.message, { kind: "failed", cause: error });
        const said = error instanceof McpError && !isEnd(error) ? { said: plain(error.message) } : undefined;
        throw new ServerTrouble(mishap(asked, error, ""), { kind: said ? "refused" : "failed", ...said, cause: error });
      }
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      const open = client ?? opening;
      client = undefined;
      await open?.close().catch(() => {});
    },
  };

  function mishap(asked: Client, error: unknown, unknown = " Whether it did what was asked is not known."): string {
    // Turned away, and nothing was done. Too few rights for this may be enough for all else.
    if (error instanceof NotRenewed) return error.message;
    if (error instanceof NeedsSignIn) {
      if (error.why !== "scope") lose(asked, error.message);
      return error.message;
    }
    // The server was restarted and knows nothing of us: a new session is begun, and nothing was done.
    if (error instanceof StreamableHTTPError && error.code === 404) {
      lose(asked, "its session ended");
      return `${server.name} was restarted and did not take the call. Try it again in a moment.`;
    }
    if (error instanceof McpError && error.code === ErrorCode.ConnectionClosed)
      return `${server.name} went away during the call.${unknown}`;
    if (error instanceof McpError && error.code === ErrorCode.RequestTimeout) {
      void look(asked);
      return `${server.name} did not answer within ${server.timeout / 1000} s.${unknown}`;
    }
    if (error instanceof McpError && error.code === noAnswer)
      return `${server.name} gave no answer that can be read: ${plain(error.message)}.${unknown}`;
    if (error instanceof McpError) return `${server.name} refused the call: ${plain(error.message)}`;
    if (error instanceof Error && "issues" in error) return `${server.name} answered with what is no result of a tool.`;
    if (isUnsent(error)) {
      lose(asked, reasonOf(error));
      return `${server.name} could not be reached: ${reasonOf(error)}`;
    }
    // One answer went wrong; the others may not.
    void look(asked);
    if (error instanceof TypeError && error.message === "fetch failed")
      return `${server.name} went away during the call.${unknown}`;
    return `${server.name} gave no answer that can be read: ${reasonOf(error)}.${unknown}`;
  }
}

/** Nobody took the call. */
function isUnsent(error: unknown): boolean {
  const { cause } = error instanceof Error ? error : {};
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/.test(code);
}

function linkCheckFor(server: McpServer, { checkLink }: Pick<ConnectionParts, "checkLink">) {
  const trusted = server.transport === "stdio" ? undefined : new URL(server.url);
  return checkLink && ((url: URL) => checkLink(url, trusted));
}

function removal(name: string): string {
  return `The MCP server "${name}" is not connected any more: it was taken out of the settings.`;
}

/** It says nothing of what was asked, only that no answer will come. */
function isEnd({ code }: McpError): boolean {
  return code === ErrorCode.ConnectionClosed || code === ErrorCode.RequestTimeout;
}

function absence(name: string, waiting: ConnectionState | undefined, now: number): string {
  if (!waiting || !("error" in waiting))
    return `The MCP server "${name}" is still being connected. Try it again in a moment.`;
  if (waiting.state === "needs sign-in") return waiting.error;
  const seconds = Math.max(1, Math.ceil((waiting.back - now) / 1000));
  return `The MCP server "${name}" is not connected (${waiting.error}). It is tried again in ${seconds} s.`;
}

/** What a model is told besides of a call, in brackets: it is not the server who says it. */
function withNotes<Output extends ToolOutput>(output: Output, notes: readonly string[]): Output {
  if (notes.length === 0) return output;
  return { ...output, text: [output.text, ...notes.map((note) => `[${note}]`)].join("\n"), unasked: true };
}

function failed(text: string): ToolResult {
  return { text, failed: true };
}

/** Why something went wrong, in the words of whoever said it; fetch hides them in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause.message : undefined;
  return cause && error.message === "fetch failed" ? cause : plain(error.message);
}

function plain(message: string): string {
  return message.replace(/^MCP error -?\d+: /, "").slice(0, 500);
}
