import { createHash } from "node:crypto";
import type { ModelSaid, RunInput } from "../agent/run-input.ts";
import type { Turn } from "../agent/turn.ts";
import type { Kv } from "../store/store.ts";
import type { Logger } from "../watch/log.ts";
import type { Redact } from "../watch/redact.ts";
import type { Runner } from "./runner.ts";

/** What a model answered, and when. */
type Kept = { at: number; said: ModelSaid };

/** What the cache is made of. */
export type ModelCacheParts = {
  kv: Kv;
  log: Logger;
  redact: Redact;
  now(): number;
  /** So much of the newest is held in memory, in characters. */
  mostHeld?: number;
};

/**
 * Runs as `run` does, and spares those with a cache the model calls that an identical one was answered before, in memory
 * or on disk. Contract: runs without a cache pass as they are; a cache that can't be read or written only means asking the model.
 */
export function withModelCache(run: Runner["run"], parts: ModelCacheParts): Runner["run"] {
  const { kv, log, redact, now, mostHeld = 8_000_000 } = parts;
  const held = new Held(mostHeld);
  const noted = (error: unknown) => void log.error({ err: error }, "the cache of model calls failed");

  async function find(key: string, forMs: number): Promise<ModelSaid | undefined> {
    const kept = held.get(key) ?? (await kv.get<Kept>(key).catch(noted));
    if (!kept || now() - kept.at >= forMs) return undefined;
    held.put(key, kept);
    return kept.said;
  }

  async function keep(key: string, said: ModelSaid, forMs: number): Promise<void> {
    const all = [said.text, said.reasoning ?? "", ...said.calls.map((call) => call.input)].join("\n");
    // Redacted it would not be what was said, and whole it is nothing to keep.
    if (redact(all) !== all) return;
    const kept = { at: now(), said };
    held.put(key, kept);
    await kv.set(key, kept, forMs).catch(noted);
  }

  return (input, hooks, place) => {
    const { cacheMs } = input;
    if (cacheMs === undefined) return run(input, hooks, place);
    const keyOf = callKeys(input);
    const used = new Set<string>();
    const writes: Promise<void>[] = [];
    let asked: Turn[] = [];

    async function forget(): Promise<void> {
      for (const key of used) held.drop(key);
      await Promise.all(writes);
      await Promise.all([...used].map((key) => kv.delete(key))).catch(noted);
    }

    const running = run(
      input,
      {
        ...hooks,
        async checkpoint(state) {
          const go = await hooks.checkpoint(state);
          if (go.kind !== "go") return go;
          asked = [...state.turns, ...go.steers];
          const key = keyOf(asked, state.speaking);
          const cached = key === undefined ? undefined : await find(key, cacheMs);
          if (key === undefined || cached === undefined) return go;
          used.add(key);
          return { ...go, cached };
        },
        spoke(said, at) {
          const key = keyOf(asked, at);
          if (key === undefined) return;
          used.add(key);
          writes.push(keep(key, said, cacheMs));
        },
      },
      place,
    );
    return {
      ahead: running.ahead,
      stop: () => running.stop(),
      hold: () => running.hold(),
      ended: running.ended.then(async (ending) => {
        // The same words would lead to the same failure: whoever retries has the models asked anew.
        if (ending.kind === "failed") await forget();
        return ending;
      }),
    };
  };
}

/**
 * Names the calls of a run by all that decides them: the model, what it is told, and the conversation as it is before it
 * is shortened. `at` is the model's place in the run's list.
 */
function callKeys(input: RunInput): (turns: readonly Turn[], at: number) => string | undefined {
  const { instructions, tools, output, contextTokens, compressWith } = input;
  const run = createHash("sha256");
  // Turn by turn, since a run may have heard as a steer what another was asked with.
  const heard = (hash: typeof run, turns: readonly Turn[]) => {
    for (const turn of turns) hash.update(`${JSON.stringify(turn)}\n`);
  };
  run.update(`${JSON.stringify([instructions, tools, output, contextTokens, compressWith?.name])}\n`);
  heard(run, input.turns);
  return (turns, at) => {
    const spec = input.models[at];
    if (spec === undefined) return undefined;
    const { key: _key, headers: _headers, price: _price, ...deciding } = spec;
    const call = run.copy();
    heard(call, turns);
    call.update(JSON.stringify(deciding));
    return call.digest("base64url");
  };
}

/** The lately used, up to a size. */
class Held {
  readonly #most: number;
  readonly #entries = new Map<string, { kept: Kept; size: number }>();
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): Kept | undefined {
    return this.#entries.get(key)?.kept;
  }

  put(key: string, kept: Kept): void {
    this.drop(key);
    const size = key.length + JSON.stringify(kept).length;
    this.#entries.set(key, { kept, size });
    this.#size += size;
    for (const oldest of this.#entries.keys()) {
      if (this.#size <= this.#most) break;
      this.drop(oldest);
    }
  }

  drop(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#size -= entry.size;
  }
}
