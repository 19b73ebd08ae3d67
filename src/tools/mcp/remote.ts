import { setTimeout as wait } from "node:timers/promises";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { FetchLike, Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { type StreamNews, TooLong, watchingStreams } from "./answer-streams.ts";
import { longestMessage } from "./child.ts";
import { createPace } from "./pace.ts";
import { patientFetch } from "./patient-fetch.ts";

/** Where a remote server is, what is sent along, and how long a call may take without a word. */
export type Remote = { url: string; headers: Record<string, string>; timeout: number };

/** So long a person may think about what a server asks; it is silent meanwhile. */
const thinkingMs = 600_000;
const [firstWaitMs, longestWaitMs] = [1000, 60_000];
const longestRestMs = 1000;
const [lineFeed, carriageReturn] = [0x0a, 0x0d];

/** Puts an account into requests, where a server wants one. */
export type Signed = { over(base: FetchLike): FetchLike };

/** What is heard of a session besides its messages. */
export type SessionNews = {
  /** The stream for news was open no more for a while: some may have been missed. */
  missed(): void;
  asked: StreamNews["asked"];
};

/** Streamable HTTP. Its stream for news is kept open for life. A lost session is the connection's to notice. */
export function overHttp({ url, headers, timeout }: Remote, signIn?: Signed, news?: SessionNews): Transport {
  const bounded = insisting(boundedFetch(timeout));
  let isOpened = false;
  const fetch: FetchLike = async (url, init) => {
    const answer = await bounded(url, init);
    // Where events have ids those that were missed come after all.
    const isForNews = init?.method === "GET" && answer.ok && !new Headers(init.headers).has("last-event-id");
    if (isForNews && isOpened) news?.missed();
    isOpened ||= isForNews;
    return answer;
  };
  const transport: Transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers },
    fetch: watchingStreams(signIn?.over(fetch) ?? fetch, {
      ended: (answer) => transport.onmessage?.(answer),
      asked: (question, request) => news?.asked(question, request),
    }),
    reconnectionOptions: {
      maxRetries: Number.MAX_SAFE_INTEGER,
      initialReconnectionDelay: firstWaitMs,
      maxReconnectionDelay: longestWaitMs,
      reconnectionDelayGrowFactor: 2,
    },
  });
  return transport;
}

/** Server-sent events with a second address to post to, as servers from before streamable HTTP speak. */
export function overSse({ url, headers, timeout }: Remote, signIn?: Signed): Transport {
  const bounded = boundedFetch(timeout);
  const fetch = signIn?.over(bounded) ?? bounded;
  return new SSEClientTransport(new URL(url), {
    requestInit: { headers },
    fetch,
    eventSourceInit: { fetch },
  });
}

/** Asks again for a stream of news that a server fails to open: the transport would do without for as long as it lives. */
function insisting(fetch: FetchLike): FetchLike {
  return async (url, init) => {
    for (let waitMs = firstWaitMs; ; waitMs = Math.min(longestWaitMs, waitMs * 2)) {
      const answer = await fetch(url, init);
      if (init?.method !== "GET" || answer.status < 500) return answer;
      await answer.body?.cancel();
      await wait(waitMs, undefined, { ref: false, ...(init.signal ? { signal: init.signal } : {}) });
    }
  };
}

/** Bodies end with an error where one message in them is too long; a stream may go on for ever. */
function boundedFetch(timeout: number): FetchLike {
  // Calls are given up by whoever made them, and are not to be cut off before.
  const fetch = patientFetch(thinkingMs + timeout);
  return async (url, init) => {
    const answer = await fetch(url, init);
    const { body } = answer;
    if (!body) return answer;
    const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
    return new Response(body.pipeThrough(bounded(isStream)), answer);
  };
}

function bounded(isStream: boolean): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  const pace = createPace();
  return new TransformStream({
    async transform(chunk, controller) {
      // What is no end of an event counts on, so that a chunk that holds one sets out anew from there.
      const eventEnd = isStream ? lastEmptyLine(chunk) : -1;
      bytes = eventEnd < 0 ? bytes + chunk.length : chunk.length - eventEnd;
      if (bytes > longestMessage) controller.error(new TooLong(longestMessage));
      else controller.enqueue(chunk);
      const restMs = isStream ? pace.take(eventsIn(chunk)) : 0;
      if (restMs > 0) await wait(Math.min(restMs, longestRestMs), undefined, { ref: false });
    },
  });
}

/** About how many end in it, however lines end. */
function eventsIn(chunk: Uint8Array): number {
  let events = 0;
  for (let at = 0; at + 1 < chunk.length; at++) {
    const [here, next] = [chunk[at], chunk[at + 1]];
    if (here === lineFeed ? next === lineFeed || next === carriageReturn : here === carriageReturn && next === here)
      events += 1;
  }
  return events;
}

/** Where it begins, however lines end; -1 where there is none. */
function lastEmptyLine(chunk: Uint8Array): number {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
  const found = bytes.lastIndexOf("\n\n");
  return found >= 0 ? found : Math.max(bytes.lastIndexOf("\n\r\n"), bytes.lastIndexOf("\r\r"));
}
