import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { checkModel, checkRequest } from "./check-request.ts";
import { type DialectName, dialects } from "./dialect.ts";
import { checkKey, doorOf } from "./doors.ts";
import { asEmbeddingsBody, embeddingsOf } from "./embeddings.ts";
import { msPerDelta, playScript, wait } from "./play.ts";
import type { Quirks } from "./quirks.ts";
import { isObject, Refusal } from "./refusal.ts";
import { type Answer, asAnswer, type Pace, partsOf, type Reply, type RetryAfter, type Tokens } from "./reply.ts";
import { type Matcher, type ModelRequest, matches, requestOf } from "./request.ts";
import { completionOf, scriptOf, type Telling } from "./script.ts";
import { parseBody, readText, retryHeader, sendHtml, sendJson, statusWords } from "./wire.ts";

/** Timers may fire this much before their time. */
const clockGrain = 5;

/** A reply, or what makes one when it is asked for; a promise holds the answer back. */
export type Replier = Reply | ((request: ModelRequest) => Reply | Promise<Reply>);

/** How a simulated provider is set up. The pace is that of answers that name none. */
export interface ModelOptions extends Pace {
  dialect?: DialectName;
  key?: string;
  /** Models it has beside the dialect's own. */
  models?: readonly string[];
  quirks?: Quirks;
  port?: number;
  /** Requests that are remembered; default: all. */
  keep?: number;
}

/** A request that was refused, and how. */
export interface RefusedRequest {
  at: number;
  path: string;
  status: number;
  message: string;
  body: unknown;
}

/** A provider of models over HTTP that can be told what to say and how to fail. */
export interface ModelWorld {
  readonly baseUrl: string;
  readonly key: string;
  /** A model it has, and one for embeddings. */
  readonly model: string;
  readonly embeddingModel: string;
  readonly requests: ModelRequest[];
  readonly refusals: RefusedRequest[];
  /** What a well-behaved client never does. */
  readonly violations: string[];
  /** Requests whose client went away before the end. */
  readonly aborted: ModelRequest[];
  /** Texts that were embedded, in order. */
  readonly embedded: string[];
  readonly answered: number;
  readonly inFlight: number;
  readonly maxInFlight: number;
  /** What is said by default: the first reply to a new message, the next one after its tool results, and so on. */
  answer(...replies: Replier[]): void;
  /** What is said next, each once, before any other. */
  queue(...replies: Replier[]): void;
  /** What is said where the matcher fits, step by step as in `answer`; the latest matcher wins. */
  on(matcher: Matcher, ...replies: Replier[]): void;
  /** Resolves when something happening makes it true; rejects after the deadline with what had happened. */
  until(predicate: (world: ModelWorld) => boolean, deadlineMs?: number): Promise<void>;
  /** Refuses connections and cuts those there are, until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a simulated provider on a port of its own. */
export async function createModel(options: ModelOptions = {}): Promise<ModelWorld> {
  const dialect = dialects[options.dialect ?? "openai"];
  const models = [...dialect.models, ...(options.models ?? [])];
  const key = options.key ?? "sk-simulated-0123456789abcdef";
  const keep = options.keep ?? Number.POSITIVE_INFINITY;

  const requests: ModelRequest[] = [];
  const refusals: RefusedRequest[] = [];
  const violations: string[] = [];
  const aborted: ModelRequest[] = [];
  const embedded: string[] = [];
  const queued: Replier[] = [];
  const matchers: { matcher: Matcher; replies: readonly Replier[] }[] = [];
  const waiting = new Set<() => void>();
  const told429 = new Map<string, number>();
  let usual: readonly Replier[] = ["Hello from the simulated model."];
  let count = 0;
  let answered = 0;
  let inFlight = 0;
  let maxInFlight = 0;
  let isUp = true;
  let port = options.port ?? 0;

  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    void serve(request, response).catch((cause: unknown) => {
      violations.push(`the simulated model failed: ${String(cause)}`);
      response.destroy();
      changed();
    });
  });

  async function listen(): Promise<void> {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (typeof address === "object" && address !== null) port = address.port;
  }

  async function close(): Promise<void> {
    const closed = server.listening ? once(server, "close") : undefined;
    isUp = false;
    server.close();
    server.closeAllConnections();
    await closed;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://model");
    let body: unknown;
    try {
      const door = doorOf(request.method ?? "", url, dialect);
      checkKey(request.headers, url, dialect, key);
      if (door.to === "models") return sendJson(response, 200, listed(door.model));
      const text = await readText(request);
      if (text === undefined) return;
      body = parseBody(request, text);
      if (door.model !== undefined && isObject(body)) body.model = door.model;
      if (door.to === "embeddings") {
        const asked = asEmbeddingsBody(body);
        const vectors = embeddingsOf(asked, dialect);
        embedded.push(...[asked.input].flat().map(String));
        changed();
        return sendJson(response, 200, vectors);
      }
      checkRequest(body, dialect, models);
      noteImpatience(text);
      const heard = requestOf(url.pathname, request.headers, body);
      remember(requests, heard);
      await reply(heard, response, text);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusals.push({ at: Date.now(), path: url.pathname, status: error.status, message: error.message, body });
      violations.push(`${request.method} ${url.pathname} ${error.status}: ${error.message}`);
      sendJson(response, error.status, JSON.stringify(dialect.errorBody(error)));
      changed();
    }
  }

  async function reply(heard: ModelRequest, response: ServerResponse, text: string): Promise<void> {
    inFlight += 1;
    maxInFlight = Math.max(maxInFlight, inFlight);
    let cut = false;
    response.once("close", () => {
      inFlight -= 1;
      if (response.writableFinished) answered += 1;
      else if (!cut && isUp) remember(aborted, heard);
      changed();
    });
    count += 1;
    const number = count;
    changed();

    const replier = choose(heard);
    const answer = { ...paceOf(options), ...asAnswer(typeof replier === "function" ? await replier(heard) : replier) };
    if (answer.delayMs !== undefined) await wait(answer.delayMs);
    if (response.destroyed) return;
    const { fault } = answer;
    const id = `chatcmpl-${number}`;
    response.setHeader("x-request-id", `req_${number}`);
    if (fault !== undefined && "stallBeforeHeaders" in fault) return;
    if (fault !== undefined && "status" in fault) return sendStatus(response, fault, text);
    if (fault !== undefined && "html" in fault) return sendHtml(response, fault.html);

    const quirks = { ...dialect.quirks, ...options.quirks, ...answer.quirks };
    const tokens = tokensOf(answer, text);
    const telling: Telling = { id, created: Math.floor(heard.at / 1000), body: heard.body, answer, quirks, tokens };
    if (heard.body.stream !== true || quirks.nonStreamJson) {
      const script = scriptOf(telling);
      const ms = msPerDelta(answer) * script.deltas.length;
      if (ms > 0) await wait(ms);
      if (!response.destroyed) sendJson(response, 200, completionOf(telling));
      return;
    }
    cut = fault !== undefined && "cutAfter" in fault;
    await playScript(response, scriptOf(telling), answer, quirks, fault);
  }

  function choose(heard: ModelRequest): Replier {
    const next = queued.shift();
    if (next !== undefined) return next;
    const fitting = matchers.findLast(({ matcher }) => matches(matcher, heard));
    const replies = fitting?.replies ?? usual;
    return replies[Math.min(heard.step, replies.length - 1)] ?? [];
  }

  function listed(model: string | undefined): string {
    const entry = (id: string) => ({ id, object: "model", created: 1_750_000_000, owned_by: dialect.name });
    if (model !== undefined) return JSON.stringify(entry(checkModel(model, [...models, dialect.embeddingModel])));
    return JSON.stringify({ object: "list", data: [...models, dialect.embeddingModel].map(entry) });
  }

  function sendStatus(
    response: ServerResponse,
    fault: { status: number; retryAfter?: RetryAfter; message?: string },
    text: string,
  ): void {
    if (fault.retryAfter !== undefined) {
      const { name, value, at } = retryHeader(fault.retryAfter);
      response.setHeader(name, value);
      told429.set(text, at);
    }
    const { message, ...about } = statusWords[fault.status] ?? {
      message: "Something went wrong.",
      type: "server_error",
    };
    const refusal = new Refusal(fault.message ?? message, { status: fault.status, ...about });
    sendJson(response, fault.status, JSON.stringify(dialect.errorBody(refusal)));
  }

  function noteImpatience(text: string): void {
    const notBefore = told429.get(text);
    if (notBefore === undefined) return;
    told429.delete(text);
    const early = notBefore - Date.now();
    if (early > clockGrain) violations.push(`asked again ${early} ms before Retry-After`);
  }

  function remember(list: ModelRequest[], heard: ModelRequest): void {
    list.push(heard);
    if (list.length > keep) list.shift();
  }

  function changed(): void {
    for (const check of waiting) check();
  }

  await listen();
  const world: ModelWorld = {
    baseUrl: `http://127.0.0.1:${port}${dialect.basePath}`,
    key,
    model: models[0] ?? "",
    embeddingModel: dialect.embeddingModel,
    requests,
    refusals,
    violations,
    aborted,
    embedded,
    get answered() {
      return answered;
    },
    get inFlight() {
      return inFlight;
    },
    get maxInFlight() {
      return maxInFlight;
    },
    answer: (...replies) => {
      usual = replies;
    },
    queue: (...replies) => {
      queued.push(...replies);
    },
    on: (matcher, ...replies) => {
      matchers.push({ matcher, replies });
    },
    until: (predicate, deadlineMs = 5000) =>
      new Promise((resolve, reject) => {
        const done = (settle: () => void) => {
          clearTimeout(deadline);
          waiting.delete(check);
          settle();
        };
        const check = () => {
          if (predicate(world)) done(resolve);
        };
        const deadline = setTimeout(() => done(() => reject(new Error(dumpOf(world, deadlineMs)))), deadlineMs);
        waiting.add(check);
        check();
      }),
    down: close,
    up: async () => {
      isUp = true;
      await listen();
    },
    stop: close,
  };
  return world;
}

/** The pace of answers that name none. */
function paceOf({ delayMs, deltas, msPerDelta, tokensPerSecond }: ModelOptions): Pace {
  return {
    ...(delayMs === undefined ? {} : { delayMs }),
    ...(deltas === undefined ? {} : { deltas }),
    ...(msPerDelta === undefined ? {} : { msPerDelta }),
    ...(tokensPerSecond === undefined ? {} : { tokensPerSecond }),
  };
}

/** Four characters count as a token, where the answer does not say what it took. */
function tokensOf(answer: Answer, asked: string): Tokens {
  if (answer.usage !== undefined && answer.usage !== "none") return answer.usage;
  return { input: Math.ceil(asked.length / 4), output: Math.ceil(JSON.stringify(partsOf(answer)).length / 4) };
}

function dumpOf(world: ModelWorld, waitedMs: number): string {
  const { requests, refusals, violations, aborted, answered, inFlight } = world;
  const last = requests.slice(-5).map(({ user, step }) => `  step ${step} of ${JSON.stringify(user.slice(-80))}`);
  return [
    `the model waited ${waitedMs} ms in vain: ${requests.length} requests, ${answered} answered, ${inFlight} in flight, ${aborted.length} aborted, ${refusals.length} refused`,
    ...last,
    ...violations.slice(-5).map((violation) => `  violation: ${violation}`),
  ].join("\n");
}
