import type { Reply } from "./reply.ts";
import { type Matcher, type ModelRequest, matches } from "./request.ts";

/** A reply, or what makes one when it is asked for; a promise holds the answer back. */
export type Replier = Reply | ((request: ModelRequest) => Reply | Promise<Reply>);

/** What a simulated model has to say. */
export class Repertoire {
  #usual: readonly Replier[] = ["Hello from the simulated model."];
  readonly #queued: Replier[] = [];
  readonly #matched: { matcher: Matcher; replies: readonly Replier[] }[] = [];

  /** What is said by default: the first reply to a new message, the next one after its tool results, and so on. */
  answer(...replies: Replier[]): void {
    this.#usual = replies;
  }

  /** What is said next, each once, before any other. */
  queue(...replies: Replier[]): void {
    this.#queued.push(...replies);
  }

  /** What is said where the matcher fits, step by step as in `answer`; the latest matcher wins. */
  on(matcher: Matcher, ...replies: Replier[]): void {
    this.#matched.push({ matcher, replies });
  }

  /** The reply to this request. */
  async choose(request: ModelRequest): Promise<Reply> {
    const replier = this.#queued.shift() ?? this.#atStep(request);
    return typeof replier === "function" ? await replier(request) : replier;
  }

  #atStep(request: ModelRequest): Replier {
    const fitting = this.#matched.findLast(({ matcher }) => matches(matcher, request));
    const replies = fitting?.replies ?? this.#usual;
    return replies[Math.min(request.step, replies.length - 1)] ?? [];
  }
}
