import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SseError } from "@modelcontextprotocol/sdk/client/sse.js";
import type { RequestOptions } from "@modelcontextprotocol/sdk/shared/protocol.js";
import { ErrorCode, McpError, ToolListChangedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import type { Meanwhile, ToolOutput, ToolResult } from "../../agent/tool.ts";
import type { McpServer } from "../../config/schema/mcp-server.ts";
import { version } from "../../version.ts";
import { NeedsSignIn } from "../oauth/sign-in.ts";
import { atEase } from "./at-ease.ts";
import { type Caller, callerOver } from "./caller.ts";
import { askable, createEliciting, NotCalled } from "./eliciting.ts";
import { mishapOf, reasonOf, refusalIn } from "./mishap.ts";
import { endSession, type OpeningParts, openSession } from "./opening.ts";
import { resultOf } from "./results.ts";
import { ServerTrouble } from "./trouble.ts";

/** How a server is. `since`: how long it has been lost, `back`: when it is tried again. */
export type ConnectionState =
  | { state: "connecting" }
  | { state: "connected" }
  | { state: "waiting" | "needs sign-in"; error: string; since: number; back: number };

/** What a connection tells of itself, and how it is opened. */
export type ConnectionParts = OpeningParts & {
  random: () => number;
  now: () => number;
  /** Asked of each new session, and when its tools have changed. A failure is a lost connection. */
  greet(client: Client): Promise<void>;
  /** News of this session may have been missed. */
  missed(client: Client): void;
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

const pingMs = 10_000;
const betweenPingsMs = 30_000;
const longestCallMs = 600_000;
const [firstWaitMs, longestWaitMs] = [1000, 60_000];
/** So much of what a server says is wrong is told on. */
const longestTrouble = 500;
/** A connection that held so long was a good one: the next loss is waited out from the beginning. */
const heldMs = 60_000;

/** Connects to a server and stays connected: what breaks is tried again, ever more slowly, up to once a minute. */
export function keepConnected(server: McpServer, parts: ConnectionParts): Connection {
  const { log, random, now, greet, signIn } = parts;
  let client: Client | undefined;
  /** Calls over the session of the client. */
  let caller: Caller | undefined;
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
    const fresh = new Client({ name: "bellhop", version }, { capabilities: askable });
    const { asked } = eliciting.attend(fresh);
    let trouble: string | undefined;
    opening = fresh;
    fresh.onerror = (error) => {
      trouble = error.message.slice(0, longestTrouble);
      log.debug({ err: error }, "mcp error");
      // A stream of events that breaks comes back as another session, which knows nothing of us.
      if (error instanceof SseError) lose(fresh, trouble);
      if (error.message.startsWith("Failed to reconnect")) void look(fresh);
    };
    let listAgain = (): void => {};
    const missed = () => {
      parts.missed(fresh);
      // What can't change need not be asked for anew.
      if (fresh.getServerCapabilities()?.tools?.listChanged) listAgain();
    };
    try {
      await openSession(fresh, server, { ...parts, missed, asked });
      const freshCaller = fresh.transport && callerOver(fresh.transport, eliciting.answered);
      const again = atEase(() => greet(fresh));
      const greetAgain = () =>
        void again().catch((error) => lose(fresh, `its tools could not be listed: ${reasonOf(error)}`));
      // They may change while they are listed for the first time.
      let isStale = false;
      listAgain = () => {
        if (client === fresh) greetAgain();
        else isStale = true;
      };
      fresh.setNotificationHandler(ToolListChangedNotificationSchema, listAgain);
      await greet(fresh);
      if (closed) return void (await fresh.close());
      // Not all that is asked of it in greeting has to be had, so that its end may not have been noticed.
      if (!fresh.transport) throw new Error(trouble ?? "the connection was closed");
      fresh.onclose = () => lose(fresh, trouble ?? "the connection was closed");
      [client, caller, waiting, since] = [fresh, freshCaller, undefined, now()];
      log.info("mcp server connected");
      if (isStale) greetAgain();
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
  const hearNoMore = signIn?.onChange(again);

  function wait(error: string, lacksAccount = false): void {
    if (closed) return;
    const ms = Math.min(longestWaitMs, Math.max(firstWaitMs, waitMs * (0.75 + random() / 2)));
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
        const answer = await eliciting.call(meanwhile, signal, notes, (renewed) => {
          // It may have waited for its turn while the session ended, and another began.
          if (!client || !caller)
            throw new NotCalled(closed ? removal(server.name) : absence(server.name, waiting, now()));
          asked = client;
          return caller.call(name, input, ({ progress: done, total, message }) => {
            renewed();
            meanwhile?.told?.({ done, of: total, message });
          });
        });
        return withNotes(resultOf(answer), notes);
      } catch (error) {
        if (signal.aborted) return failed("The call was stopped.");
        return withNotes(failed(error instanceof NotCalled ? error.message : mishap(asked, error, true)), notes);
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
        const said = refusalIn(error);
        const about = said === undefined ? { kind: "failed" as const } : { kind: "refused" as const, said };
        throw new ServerTrouble(mishap(asked, error, false), { ...about, cause: error });
      }
    },
    async close() {
      closed = true;
      hearNoMore?.();
      clearTimeout(timer);
      const open = client ?? opening;
      client = undefined;
      await (open && endSession(open).catch(() => {}));
    },
  };

  /** What became of a request that failed, in words for a model; its session is looked after. */
  function mishap(asked: Client, error: unknown, isCall: boolean): string {
    const { told, session } = mishapOf(error, server, isCall);
    if (session === "doubtful") void look(asked);
    else if (session) lose(asked, session.lost);
    return told;
  }
}

function linkCheckFor(server: McpServer, { checkLink }: Pick<ConnectionParts, "checkLink">) {
  const trusted = server.transport === "stdio" ? undefined : new URL(server.url);
  return checkLink && ((url: URL) => checkLink(url, trusted));
}

function removal(name: string): string {
  return `The MCP server "${name}" is not connected any more: it was taken out of the settings.`;
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
