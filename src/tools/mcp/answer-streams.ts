import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage, RequestId } from "@modelcontextprotocol/sdk/types.js";
import { questionFinder } from "./question-finder.ts";

/** No answer will come, and whether anything was done is not known. A code of nobody else's: the client has its own. */
export const noAnswer = -32_050;

/** What the streams of answers tell besides the answers. */
export type StreamNews = {
  /** The answer to a request, in the name of the server, where its stream ended without one. */
  ended(answer: JSONRPCMessage): void;
  /** A question to people comes on the stream of this request, so that it is asked in the middle of it. */
  asked(question: RequestId, request: RequestId): void;
};

/**
 * Looks into the streams of answers as they come. Streams whose events have ids can be taken up again where they ended;
 * those are left to whoever reads them, unless what came can't be taken.
 */
export function watchingStreams(fetch: FetchLike, news: StreamNews): FetchLike {
  return async (url, init) => {
    const answer = await fetch(url, init);
    const id = typeof init?.body === "string" ? idOf(init.body) : undefined;
    if (id === undefined || !answer.body || !answer.headers.get("content-type")?.startsWith("text/event-stream"))
      return answer;
    const ended = (why: string) => news.ended({ jsonrpc: "2.0", id, error: { code: noAnswer, message: why } });
    const findQuestions = questionFinder((question) => news.asked(question, id));
    return new Response(watched(answer.body, id, ended, findQuestions), answer);
  };
}

function watched(
  body: ReadableStream<Uint8Array>,
  id: RequestId,
  ended: (why: string) => void,
  findQuestions: (piece: string) => void,
) {
  const reader = body.getReader();
  const itsId = new RegExp(`"id"\\s*:\\s*${JSON.stringify(id).replace(/[^\w"-]/g, "\\$&")}\\s*[,}]`);
  const seen = { id: false, answer: false };
  let canBeTakenUp = false;
  let last = "\n";
  const isAnswered = () => seen.id && seen.answer;
  const look = (chunk: Uint8Array) => {
    // What is cut in two by chunks is found in the end of the one before.
    const piece = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString("latin1");
    findQuestions(piece);
    const text = last + piece;
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

function idOf(body: string): RequestId | undefined {
  try {
    const { id, method } = JSON.parse(body);
    return method !== undefined && (typeof id === "number" || typeof id === "string") ? id : undefined;
  } catch {
    return undefined;
  }
}
