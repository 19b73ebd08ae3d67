import { asModelFailure, type Model, ModelFailure } from "./model.ts";

/** Time and chance, as the retries see them. */
export type Pace = {
  now(): number;
  /** From 0 up to, not including, 1. */
  random(): number;
  wait(ms: number, signal: AbortSignal): Promise<void>;
};

const maxTries = 3;
/** No new try is begun later than this after the first. */
const patienceMs = 40_000;

/** The same model, asked again when it fails in passing: three times at most, and only while people would still wait. */
export function withRetries(model: Model, pace: Pace): Model {
  return {
    name: model.name,
    async *stream(request, signal) {
      const begun = pace.now();
      for (let times = 1; ; times++) {
        let streamed = false;
        try {
          for await (const part of model.stream(request, signal)) {
            streamed = true;
            yield part;
          }
          return;
        } catch (error) {
          if (signal.aborted) throw error;
          if (streamed) yield { kind: "afresh" };
          const failure = asModelFailure(error);
          const waitMs = pauseMs(times, failure.retryAfterMs, pace.random());
          const late = pace.now() - begun + waitMs > patienceMs;
          if (failure.kind !== "passing" || times === maxTries || late) {
            throw new ModelFailure(failure.kind, failure.message, { times, cause: failure });
          }
          await pace.wait(waitMs, signal);
        }
      }
    },
  };
}

/** A second or so, then four; never sooner than the provider asked. The spread keeps many runs from knocking at once. */
function pauseMs(times: number, retryAfterMs: number | undefined, chance: number): number {
  if (retryAfterMs !== undefined) return retryAfterMs + chance * 250;
  return 1000 * 4 ** (times - 1) * (0.5 + chance / 2);
}
