import { setTimeout as passed } from "node:timers/promises";
import type { OpenModel } from "./model.ts";
import { offlineModel } from "./offline.ts";
import { chatCompletions } from "./openai.ts";
import { type Pace, withRetries } from "./retry.ts";

/** The time and chance of this machine. */
export const realPace: Pace = {
  now: () => Date.now(),
  random: () => Math.random(),
  wait: (ms, signal) => passed(ms, undefined, { signal }),
};

/** Opens every kind of model there is, with its retries; connections are kept for as long as this is. */
export function modelOpener(pace: Pace, silenceMs = 30_000): OpenModel {
  const open = chatCompletions({ now: pace.now, silenceMs });
  return (spec) => (spec.provider === "offline" ? offlineModel(spec) : withRetries(open(spec), pace));
}
