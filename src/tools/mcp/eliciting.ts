import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import {
  ElicitationCompleteNotificationSchema,
  type ElicitRequestParams,
  ElicitRequestSchema,
  ElicitRequestURLParamsSchema,
  type ElicitResult,
  ErrorCode,
  McpError,
  type RequestId,
  UrlElicitationRequiredError,
} from "@modelcontextprotocol/sdk/types.js";
import { Allowance } from "../../agent/allowance.ts";
import { isObject } from "../../agent/json.ts";
import type { Question, Reply } from "../../agent/question.ts";
import type { Meanwhile } from "../../agent/tool.ts";
import type { Logger } from "../../watch/log.ts";
import { createCallsInFlight, type InFlight } from "./calls-in-flight.ts";
import { questionFrom } from "./elicited-question.ts";
import { End } from "./end.ts";
import type { SessionNews } from "./remote.ts";

/** What the client says of itself: people can be asked for something, and to open a page. */
export const askable = { elicitation: { form: {}, url: {} } };

/** Says why a call was not made, in words for a model. */
export class NotCalled extends Error {
  override name = "NotCalled";
}

/** Makes the calls of one server, and puts what it asks in the middle of them to the people they are made for. */
export type Eliciting = {
  /** Before a client connects: hears what its server asks, and in the middle of which call where a stream tells. */
  attend(client: Client): Pick<SessionNews, "asked">;
  /** An answer came, late or in time. */
  answered(id: RequestId): void;
  /**
   * Makes a call. Its time is counted here, and stands still while somebody is asked; `renewed` says that it goes on.
   * What a model is to be told of questions is added to `notes`. Rejects with `NotCalled` where it was not made at all.
   */
  call<Answer>(
    who: Pick<Meanwhile, "run" | "ask" | "queues"> | undefined,
    signal: AbortSignal,
    notes: string[],
    make: (renewed: () => void) => Making<Answer>,
  ): Promise<Answer>;
  /** Asks the server for something else than a call; questions in the middle of it are nobody's. */
  beside<Answer>(signal: AbortSignal, work: () => Promise<Answer>): Promise<Answer>;
};

/** A call that was sent: by which message, and how its server is told that nobody waits any more. */
type Making<Answer> = { id: RequestId; answer: Promise<Answer>; cancel(why: unknown): void };

/** A call, and what came to be asked in the middle of it. */
type Call = InFlight & {
  ask?: Meanwhile["ask"] | undefined;
  notes: string[];
  questions: number;
  /** Somebody was being asked when it was given up. */
  asking?: true;
  /** What is asked in the middle of it ends with it, however it ends. */
  over: Pick<End, "signal">;
  hold(): () => void;
};

/** A call asks so often at most, and is made again so often at most after pages were opened for it. */
const [mostQuestions, mostTries, mostLinks] = [10, 3, 5];
/** Whoever was being asked when a call was given up has ended it, as far as can be told. */
const [lingersMs, lingersAskedMs] = [600_000, 30_000];
/** What servers say without end is not kept: which pages are done, by ids as long as this, and what models are told. */
const [mostDone, longestId, mostNotes] = [100, 200, 5];

/** Over one connection; `longestMs` is for calls that say how far they are. */
export function createEliciting(
  server: { name: string; timeout: number },
  parts: { log: Logger; now(): number; longestMs: number; checkLink?: ((url: URL) => Promise<void>) | undefined },
): Eliciting {
  const { log, now } = parts;
  const { name } = server;
  const calls = createCallsInFlight<Call>(now);
  /** One question of an owner after the other. */
  const turns = new Map<unknown, Promise<unknown>>();
  const pages = new Map<string, AbortController>();
  const live = new Set<Call>();
  const links = { done: (id: string) => pageOf(id).signal, checkLink: parts.checkLink };

  function pageOf(id: string): AbortController {
    const known = id.slice(0, longestId);
    const page = pages.get(known) ?? new AbortController();
    pages.set(known, page);
    for (const old of [...pages.keys()].slice(0, -mostDone)) pages.delete(old);
    return page;
  }

  /** Has models told; the same is said once. */
  function note(asked: Iterable<Call>, why: string): void {
    for (const { notes } of asked) if (notes.length < mostNotes && !notes.includes(why)) notes.push(why);
  }

  async function put(question: Question, asked: Call[], signal: AbortSignal): Promise<Reply> {
    const [first] = asked;
    const call = asked.find(({ ask }) => ask) ?? first;
    if (!call?.ask) {
      return { kind: "declined", why: "nobody waits for this run who could answer" };
    }
    call.questions += 1;
    if (call.questions > mostQuestions)
      return { kind: "unanswered", why: `it had asked ${mostQuestions} times before` };
    const { ask, owner, over } = call;
    const held = asked.map((one) => one.hold());
    const before = turns.get(owner) ?? Promise.resolve();
    const reply = before.catch(() => {}).then(() => ask(question, AbortSignal.any([signal, over.signal])));
    turns.set(owner, reply);
    try {
      return await reply;
    } finally {
      if (turns.get(owner) === reply) turns.delete(owner);
      for (const release of held) release();
    }
  }

  async function elicited(params: ElicitRequestParams, signal: AbortSignal, on?: RequestId): Promise<ElicitResult> {
    const asked = on === undefined ? await calls.asking(params._meta?.progressToken, signal) : calls.named(on);
    if (asked === "unsure") {
      log.info({ answered: "cancel" }, "an mcp server asked something, and it could not be told whom");
      note(live, unsure(name));
      return { action: "cancel" };
    }
    const question = await questionFrom(params, name, links);
    if ("not" in question) {
      note(asked, `${name} asked something that people can't be asked: ${question.not}.`);
      return { action: "decline" };
    }
    const reply = await put(question, asked, signal);
    // What was filled in is between the person and the server.
    log.info({ answered: reply.kind }, "an mcp server asked something");
    if (reply.kind !== "given") {
      const why = reply.why && `${name} asked something in the middle of this, but ${reply.why}.`;
      if (why) note(asked, why);
      return { action: reply.kind === "declined" ? "decline" : "cancel" };
    }
    return question.kind === "link" ? { action: "accept" } : { action: "accept", content: reply.values };
  }

  /** Has the person open what must be opened before the call can be made. */
  async function openPages(call: Call, { elicitations }: UrlElicitationRequiredError): Promise<void> {
    const no = (why: string) => new NotCalled(`${name} wants a page to be opened first, but ${why}.`);
    // The client takes whatever came for a list of pages.
    const wanted: unknown[] = Array.isArray(elicitations) ? elicitations : [elicitations];
    for (const one of wanted.slice(0, mostLinks)) {
      const read = ElicitRequestURLParamsSchema.safeParse(isObject(one) ? { ...one, mode: "url" } : one);
      if (!read.success) throw no("it does not say which");
      const question = await questionFrom(read.data, name, links);
      if ("not" in question) throw no(question.not);
      if (!call.ask) throw no("nobody waits for this run who could do that");
      const reply = await put(question, [call], call.over.signal);
      if (reply.kind !== "given") throw no(reply.why ?? "the person said no");
    }
  }

  return {
    attend(client) {
      calls.anew();
      /** The requests on whose streams questions came. */
      const streams = new Map<RequestId, RequestId>();
      client.setRequestHandler(ElicitRequestSchema, ({ params }, { signal, requestId }) => {
        const on = streams.get(requestId);
        streams.delete(requestId);
        return elicited(params, signal, on);
      });
      client.setNotificationHandler(ElicitationCompleteNotificationSchema, ({ params }) => {
        pageOf(params.elicitationId).abort();
      });
      return {
        asked(question, request) {
          streams.set(question, request);
          for (const old of [...streams.keys()].slice(0, -mostDone)) streams.delete(old);
        },
      };
    },

    answered: calls.answered,

    async call(who, signal, notes, make) {
      const over = new End();
      let making: Making<unknown> | undefined;
      let isGivenUp = false;
      const giveUp = (why: unknown) => {
        isGivenUp = true;
        if (turns.has(call.owner)) call.asking = true;
        making?.cancel(why);
        over.come(why);
      };
      const within = (timeout: number, ms = timeout) =>
        new Allowance(ms, () => giveUp(new McpError(ErrorCode.RequestTimeout, "Request timed out", { timeout })));
      const stop = () => giveUp(signal.reason);
      let idle: Allowance | undefined;
      let whole: Allowance | undefined;
      /** The time it may take in all: none passes it that neither says how far it is nor has anybody asked. */
      const inAll = () => {
        const longestMs = Math.max(parts.longestMs, server.timeout);
        whole ??= within(longestMs, longestMs - (idle?.spent ?? 0));
        return whole;
      };
      const renewed = () => {
        inAll();
        idle?.renew(server.timeout);
      };
      const call: Call = {
        owner: who?.run ?? Symbol(name),
        ask: who?.ask,
        notes,
        questions: 0,
        over,
        hold() {
          const releases = idle ? [inAll().hold(), idle.hold()] : [];
          return () => {
            for (const release of releases) release();
          };
        },
      };
      if (!(await calls.enter(call, server.timeout, signal, who?.queues))) {
        signal.throwIfAborted();
        throw busy(name);
      }
      live.add(call);
      signal.addEventListener("abort", stop, { once: true });
      idle = within(server.timeout);
      try {
        for (let tries = 1; ; tries++) {
          signal.throwIfAborted();
          try {
            const made = make(renewed);
            making = made;
            call.id = made.id;
            return await made.answer;
          } catch (error) {
            if (!(error instanceof UrlElicitationRequiredError) || tries === mostTries) throw error;
            making = undefined;
            await openPages(call, error);
            renewed();
          }
        }
      } finally {
        signal.removeEventListener("abort", stop);
        idle.close();
        whole?.close();
        live.delete(call);
        calls.leave(call, isGivenUp ? (call.asking ? lingersAskedMs : lingersMs) : undefined);
        over.come("the call has ended");
      }
    },

    async beside(signal, work) {
      const call: Call = {
        owner: Symbol(name),
        notes: [],
        questions: 0,
        over: { signal },
        hold: () => () => {},
      };
      if (!(await calls.enter(call, server.timeout, signal))) throw busy(name);
      try {
        return await work();
      } finally {
        calls.leave(call);
      }
    },
  };
}

function unsure(name: string): string {
  return `${name} asked something while it was at work for several people; it can't be told who was meant, so nobody was asked. If that kept this from being done, call it again.`;
}

function busy(name: string): NotCalled {
  return new NotCalled(
    `${name} is in the middle of something for somebody else. It was not asked; try it again later.`,
  );
}
