import OpenAI from "openai";
import type { ModelSpec } from "../run-input.ts";
import type { ToolSpec } from "../tool.ts";
import { chatBody, type Optional } from "./chat-body.ts";
import { CompletionReader } from "./completion-reader.ts";
import { failureOf, isOfThisRequest, refusedPart } from "./failure.ts";
import { DirectResponse, keptFetch } from "./kept-fetch.ts";
import { type Model, ModelFailure, type ModelPart, type ModelRequest } from "./model.ts";
import { type OfferedTools, offerTools } from "./offered-tools.ts";
import { endpointOf, type Provider, providerOf } from "./provider.ts";
import { Silence } from "./silence.ts";
import { eventData } from "./sse.ts";

/** What asking takes besides a model: the time, for `Retry-After` dates, and how long a stream may be silent. */
export type Patience = { now(): number; silenceMs: number };

/** A server as we know it: its client with its open connections, and what it was seen to refuse. */
type Line = { client: OpenAI; refused: Set<Optional> };

const maxLines = 64;
const drainMs = 250;

/** Opens models that speak Chat Completions. Clients are kept, by address and key, so that connections stay open. */
export function chatCompletions(patience: Patience): (spec: ModelSpec) => Model {
  const lines = new Map<string, Line>();
  const overKept = keptFetch();
  return (spec) => {
    const provider = providerOf(spec);
    return {
      name: spec.name,
      stream: (request, signal) => ask(lineTo(spec, lines, overKept), spec, provider, request, patience, signal),
    };
  };
}

function lineTo(spec: ModelSpec, lines: Map<string, Line>, overKept: typeof fetch): Line {
  const endpoint = endpointOf(spec);
  if (endpoint === undefined) throw new ModelFailure("refused", `the model ${spec.name} has no usable base_url`);
  const identity = JSON.stringify([endpoint, spec.key, spec.model]);
  let line = lines.get(identity);
  if (line === undefined) {
    const client = new OpenAI({
      apiKey: spec.key ?? "none",
      baseURL: endpoint.baseUrl,
      defaultHeaders: endpoint.headers,
      defaultQuery: endpoint.query,
      organization: null,
      project: null,
      maxRetries: 0,
      logLevel: "off",
      fetch: overKept,
    });
    line = { client, refused: new Set() };
    lines.set(identity, line);
    const oldest = lines.size > maxLines ? lines.keys().next().value : undefined;
    if (oldest !== undefined) lines.delete(oldest);
  }
  return line;
}

async function* ask(
  line: Line,
  spec: ModelSpec,
  provider: Provider,
  request: ModelRequest,
  patience: Patience,
  signal: AbortSignal,
): AsyncGenerator<ModelPart> {
  const offer = offerOf(request.tools, provider);
  const silence = new Silence(provider.firstByteMs, patience.silenceMs, signal);
  try {
    const response = await respond(line, spec, provider, request, offer, silence.signal);
    silence.heard();
    const reader = new CompletionReader();
    for await (const part of partsOf(response, reader, silence)) yield part;
    yield withOurNames(reader.end(), offer);
  } catch (error) {
    if (signal.aborted) throw error;
    throw failureOf(silence.failure ?? error, spec, patience.now());
  } finally {
    silence.end();
  }
}

/** Asks; a part of the request that this server refuses is left out, mostly from then on. */
async function respond(
  { client, refused }: Line,
  spec: ModelSpec,
  provider: Provider,
  request: ModelRequest,
  offer: OfferedTools,
  signal: AbortSignal,
): Promise<Response> {
  const without = new Set(refused);
  for (;;) {
    const body = chatBody(spec, provider, request, offer, without);
    try {
      return await client.chat.completions.create(body, { signal }).asResponse();
    } catch (error) {
      const part = refusedPart(error, body);
      if (part === undefined || without.has(part)) throw error;
      without.add(part);
      if (!isOfThisRequest(part, error)) refused.add(part);
    }
  }
}

/** The parts of an answer, streamed or, by a server that does not stream, in one piece. */
async function* partsOf(response: Response, reader: CompletionReader, silence: Silence): AsyncGenerator<ModelPart> {
  const kind = response.headers.get("content-type") ?? "";
  if (kind.includes("application/json")) {
    yield* reader.read(parsed(await response.text()));
    return;
  }
  if (kind.includes("text/html")) throw new ModelFailure("passing", "a web page came instead of an answer");
  const body = response instanceof DirectResponse ? response.source : response.body;
  if (body === null) throw new ModelFailure("passing", "the answer has no body");
  let done = false;
  try {
    for await (const data of eventData(body, () => silence.heard())) {
      if (done) continue;
      if (data.startsWith("[DONE]")) {
        done = true;
        // Read to its end, the connection can be used again; but nobody waits long for that.
        silence.shorten(drainMs);
      } else {
        for (const part of reader.read(parsed(data))) yield part;
      }
    }
  } catch (error) {
    // Nothing is missing once the server has said that it is done.
    if (!done && !reader.finished) throw error;
  }
  if (!done && !reader.finished) throw new ModelFailure("passing", "the stream ended before the answer did");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ModelFailure("passing", "the stream brought broken JSON", { cause });
  }
}

function withOurNames(end: ModelPart, { ours }: OfferedTools): ModelPart {
  if (end.kind !== "end") return end;
  return { ...end, calls: end.calls.map((call) => ({ ...call, name: ours.get(call.name) ?? call.name })) };
}

const offers = new WeakMap<readonly ToolSpec[], Map<boolean, OfferedTools>>();

/** The tools of a run are said the same way at each of its steps. */
function offerOf(tools: readonly ToolSpec[], { narrowTools }: Provider): OfferedTools {
  const known = offers.get(tools) ?? new Map<boolean, OfferedTools>();
  offers.set(tools, known);
  const offer = known.get(narrowTools) ?? offerTools(tools, narrowTools);
  known.set(narrowTools, offer);
  return offer;
}
