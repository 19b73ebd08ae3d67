import {
  asModelFailure,
  type Model,
  ModelFailure,
  type ModelPart,
  type ModelRequest,
  type OpenModel,
} from "./models/model.ts";
import type { Ending, ModelSpec } from "./run-input.ts";

type Tried = NonNullable<Extract<Ending, { kind: "failed" }>["tried"]>;
type End = Extract<ModelPart, { kind: "end" }>;

/** A whole answer, and who gave it. */
export type Spoken = { end: End; spec: ModelSpec; at: number };

/** None of the models answered. */
export class NobodySpoke extends Error {
  readonly tried: Tried;
  /** What the first of them had against it; the others were only asked because of that. */
  readonly kind: ModelFailure["kind"] | undefined;

  constructor(tried: Tried, failures: readonly ModelFailure[]) {
    super(failures.map((failure, at) => `${tried.models[at]}: ${failure.message}`).join("; "), {
      cause: failures.at(-1),
    });
    this.name = "NobodySpoke";
    this.tried = tried;
    this.kind = failures[0]?.kind;
  }
}

/** Asks the model that spoke last, then those after it, until one answers; `hear` gets what is said on the way. */
export async function speak(
  request: ModelRequest,
  models: readonly ModelSpec[],
  from: number,
  open: OpenModel,
  hear: (part: Exclude<ModelPart, End>) => void,
  now: () => number,
  signal: AbortSignal,
): Promise<Spoken> {
  const tried: Tried = { models: [], times: 0, ms: 0 };
  const failures: ModelFailure[] = [];
  const begun = now();
  for (const [at, spec] of models.entries()) {
    if (at < from) continue;
    try {
      return { end: await hearOut(open(spec), request, hear, signal), spec, at };
    } catch (error) {
      if (signal.aborted) throw error;
      const failure = asModelFailure(error);
      failures.push(failure);
      tried.models.push(spec.name);
      tried.times += failure.times;
      hear({ kind: "afresh" });
    }
  }
  tried.ms = now() - begun;
  throw new NobodySpoke(tried, failures);
}

async function hearOut(
  model: Model,
  request: ModelRequest,
  hear: (part: Exclude<ModelPart, End>) => void,
  signal: AbortSignal,
): Promise<End> {
  for await (const part of model.stream(request, signal)) {
    signal.throwIfAborted();
    if (part.kind === "end") return part;
    hear(part);
  }
  throw new ModelFailure("refused", "the answer has no end");
}
