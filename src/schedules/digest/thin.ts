import { roughTokens } from "../../agent/gauge.ts";
import type { Gathered } from "./digest.ts";
import { threadKey, threadsOf } from "./gather.ts";

/** What a line costs besides its words: its id, and the break. */
const lineTokens = 8;

/**
 * The messages that fit, in their order. When they are too many those stay that tell most: of threads that are watched,
 * the beginnings and last words of threads, questions, and what is newest.
 */
export function thinned(
  messages: readonly Gathered[],
  lineOf: (message: Gathered) => string,
  tokens: number,
  watched: ReadonlySet<string>,
): Gathered[] {
  const costs = new Map(messages.map((message) => [message, roughTokens(lineOf(message)) + lineTokens]));
  let sum = 0;
  for (const cost of costs.values()) sum += cost;
  if (sum <= tokens) return [...messages];

  const weights = new Map<Gathered, number>();
  for (const thread of threadsOf(messages).values()) {
    const isWatched = thread[0] !== undefined && watched.has(threadKey(thread[0]));
    const people = new Set(thread.map(({ by }) => by.id)).size;
    for (const [at, message] of thread.entries()) {
      let weight = message.isOld ? -1 : 0;
      if (isWatched) weight += 4;
      if (thread.length > 1 && (at === 0 || at === thread.length - 1))
        weight += 2 + Math.log(thread.length) + people / 4;
      if (/[?？]/.test(message.text)) weight += 2;
      if (message.files.length > 0) weight += 0.5;
      if (message.text.length < 8) weight -= 2;
      weights.set(message, weight);
    }
  }
  for (const [at, message] of messages.entries()) {
    weights.set(message, (weights.get(message) ?? 0) + (1.5 * at) / messages.length);
  }
  const chosen = new Set<Gathered>();
  let left = tokens;
  for (const message of [...messages].sort((one, other) => (weights.get(other) ?? 0) - (weights.get(one) ?? 0))) {
    const cost = costs.get(message) ?? 0;
    if (cost > left) continue;
    left -= cost;
    chosen.add(message);
  }
  return messages.filter((message) => chosen.has(message));
}
