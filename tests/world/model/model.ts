import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { checkModel, checkRequest } from "./check-request.ts";
import { type DialectName, dialects } from "./dialect.ts";
import { checkKey, doorOf } from "./doors.ts";
import { asEmbeddingsBody, embeddingsOf } from "./embeddings.ts";
import { keepPort } from "./kept-port.ts";
import { msPerDelta, playScript, playWhole, wait } from "./play.ts";
import type { Quirks } from "./quirks.ts";
import { isObject, Refusal, refuse } from "./refusal.ts";
import { Repertoire } from "./repertoire.ts";
import { type Answer, asAnswer, type Pace, paceOf, partsOf, type RetryAfter, type Tokens } from "./reply.ts";
import { type ModelRequest, requestOf } from "./request.ts";
import { completionOf, scriptOf, type Telling, within } from "./script.ts";
import { Vigil } from "./vigil.ts";
import { parseBody, readText, retryHeader, sendHtml, sendJson, statusWords } from "./wire.ts";

/** Timers may fire this much before their time. */
const clockGrain = 5;

/** How a simulated provider is set up. The pace is that of answers that name none. */
export interface ModelOptions extends Pace {
  dialect?: DialectName;
  key?: string;
  /** Models it has beside the dialect's own. */
  models?: readonly string[];
  quirks?: Quirks;
  port?: number;
  /** Tokens a request may have; four characters count as one. */
  contextTokens?: number;
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
  readonly answer: Repertoire["answer"];
  readonly queue: Repertoire["queue"];
  readonly on: Repertoire["on"];
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
  const repertoire = new Repertoire();
  const vigil = new Vigil();
  const comeBackAt = new Map<string, number>();
  let count = 0;
  let answered = 0;
  let inFlight = 0;
  let maxInFlight = 0;
  let isUp = true;
  let port = options.port ?? 0;
  let letGo: (() => void) | undefined;

  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    void serve(request, response).catch((cause: unknown) => {
      violations.push(`the simulated model failed: ${String(cause)}`);
      response.destroy();
      vigil.changed();
    });
  });

  async function listen(): Promise<void> {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (typeof address === "object" && address !== null) port = address.port;
  }

  function release(): void {
    letGo?.();
    letGo = undefined;
  }

  /** With `keeps` nobody else is given its port, until it is up again. */
  async function close(keeps: boolean): Promise<void> {
    const closed = server.listening ? once(server, "close") : undefined;
    isUp = false;
    const leave = () => {
      server.close();
      server.closeAllConnections();
    };
    if (keeps && closed) letGo = await keepPort(port, leave);
    else leave();
    await closed;
    if (!keeps) release();
    // Who spoke to it from this process hears of it before another takes the port.
    for (const _ of [1, 2]) await new Promise((resolve) => setImmediate(resolve));
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
        vigil.changed();
        return sendJson(response, 200, vectors);
      }
      checkRequest(body, dialect, models);
      checkSize(text);
      noteImpatience(text);
      const heard = requestOf(url.pathname, request.headers, body);
      remember(requests, heard);
      await reply(heard, response, text);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusals.push({ at: Date.now(), path: url.pathname, status: error.status, message: error.message, body });
      violations.push(`${request.method} ${url.pathname} ${error.status}: ${error.message}`);
      sendJson(response, error.status, JSON.stringify(dialect.errorBody(error)));
      vigil.changed();
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
      vigil.changed();
    });
    count += 1;
    const number = count;
    vigil.changed();

    const reply = asAnswer(await repertoire.choose(heard));
    const answer = within({ ...paceOf(options), ...reply }, maxTokensOf(heard));
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
    const script = scriptOf(telling);
    cut = fault !== undefined && "cutAfter" in fault;
    if (heard.body.stream === true && !quirks.nonStreamJson) {
      await playScript(response, script, answer, quirks, fault);
    } else {
      await wait(msPerDelta(answer) * script.deltas.length);
      playWhole(response, completionOf(telling), fault);
    }
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
      comeBackAt.set(text, at);
    }
    const { message, ...about } = statusWords[fault.status] ?? {
      message: "Something went wrong.",
      type: "server_error",
    };
    const refusal = new Refusal(fault.message ?? message, { status: fault.status, ...about });
    sendJson(response, fault.status, JSON.stringify(dialect.errorBody(refusal)));
  }

  function checkSize(text: string): void {
    const max = options.contextTokens ?? 128_000;
    if (tokensIn(text) <= max) return;
    const tokens = tokensIn(text.replace(/data:image[^"]*/g, ""));
    if (tokens <= max) return;
    refuse(
      "messages",
      `This model's maximum context length is ${max} tokens. However, your messages resulted in ${tokens} tokens.`,
      "context_length_exceeded",
    );
  }

  function noteImpatience(text: string): void {
    const notBefore = comeBackAt.get(text);
    if (notBefore === undefined) return;
    comeBackAt.delete(text);
    const early = notBefore - Date.now();
    if (early > clockGrain) violations.push(`asked again ${early} ms before Retry-After`);
  }

  function remember(list: ModelRequest[], heard: ModelRequest): void {
    list.push(heard);
    if (list.length > keep) list.shift();
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
    answer: (...replies) => repertoire.answer(...replies),
    queue: (...replies) => repertoire.queue(...replies),
    on: (matcher, ...replies) => repertoire.on(matcher, ...replies),
    until: (predicate, deadlineMs = 10_000) =>
      vigil.until(
        () => predicate(world),
        deadlineMs,
        () => dumpOf(world),
      ),
    down: () => close(true),
    up: async () => {
      isUp = true;
      await listen();
      release();
    },
    stop: () => close(false),
  };
  return world;
}

/** Four characters count as a token, where the answer does not say what it took. */
function tokensOf(answer: Answer, asked: string): Tokens {
  if (answer.usage !== undefined && answer.usage !== "none") return answer.usage;
  return { input: tokensIn(asked), output: tokensIn(JSON.stringify(partsOf(answer))) };
}

function tokensIn(text: string): number {
  return Math.ceil(text.length / 4);
}

function maxTokensOf(heard: ModelRequest): number {
  return heard.body.max_completion_tokens ?? heard.body.max_tokens ?? Number.POSITIVE_INFINITY;
}

function dumpOf(world: ModelWorld): string {
  const { requests, refusals, violations, aborted, answered, inFlight } = world;
  const last = requests.slice(-5).map(({ user, step }) => `  step ${step} of ${JSON.stringify(user.slice(-80))}`);
  return [
    `${requests.length} requests, ${answered} answered, ${inFlight} in flight, ${aborted.length} aborted, ${refusals.length} refused`,
    ...last,
    ...violations.slice(-5).map((violation) => `  violation: ${violation}`),
  ].join("\n");
}
