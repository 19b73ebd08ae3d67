import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";

/** No answer will come, and whether anything was done is not known. A code of nobody else's: the client has its own. */
export const noAnswer = -32_050;

/**
 * Whoever waits for the answer to a request is told when its stream ends without one. Streams whose events have ids can be
 * taken up again where they ended; those are left to whoever reads them, unless what came can't be taken.
 */
export function tellingEnds(fetch: FetchLike, tell: (answer: JSONRPCMessage) => void): FetchLike {
  return async (url, init) => {
    const answer = await fetch(url, init);
    const id = typeof init?.body === "string" ? idOf(init.body) : undefined;
    if (id === undefined || !answer.body || !answer.headers.get("content-type")?.startsWith("text/event-stream"))
      return answer;
    const ended = (why: string) => tell({ jsonrpc: "2.0", id, error: { code: noAnswer, message: why } });
    return new Response(watched(answer.body, id, ended), answer);
  };
}

function watched(body: ReadableStream<Uint8Array>, id: string | number, ended: (why: string) => void) {
  const reader = body.getReader();
  const itsId = new RegExp(`"id"\\s*:\\s*${JSON.stringify(id).replace(/[^\w"-]/g, "\\$&")}\\s*[,}]`);
  const seen = { id: false, answer: false };
  let canBeTakenUp = false;
  let last = "\n";
  const isAnswered = () => seen.id && seen.answer;
  const look = (chunk: Uint8Array) => {
    // What is cut in two by chunks is found in the end of the one before.
    const text = last + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString("latin1");
    seen.id ||= itsId.test(text);
    // A server may ask something back meanwhile, and count its questions as we count ours.
    seen.answer ||= /"(result|error)"\s*:/.test(text);
    canBeTakenUp ||= /[\r\n]id:/.test(text);
    last = text.slice(-80);
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) {
          if (!isAnswered()) look(value);
          return controller.enqueue(value);
        }
        controller.close();
        if (!isAnswered() && !canBeTakenUp) ended("it broke off");
      } catch (error) {
        controller.error(error);
        const why = error instanceof Error ? error.message : String(error);
        if (!isAnswered() && (!canBeTakenUp || error instanceof TooLong)) ended(why);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

/** A message came that is longer than is taken. */
export class TooLong extends Error {
  override name = "TooLong";
  constructor(most: number) {
    super(`its answer is longer than can be taken (${most / 1024 / 1024} MB)`);
  }
}

function idOf(body: string): string | number | undefined {
  try {
    const { id, method } = JSON.parse(body);
    return method !== undefined && (typeof id === "number" || typeof id === "string") ? id : undefined;
  } catch {
    return undefined;
  }
}
