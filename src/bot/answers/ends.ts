import type { Ending, ModelSpec } from "../../agent/run-input.ts";
import type { Post, ToolLine } from "../../chat.ts";
import type { Agent } from "../../config/schema/agent.ts";
import type { Outcome, Run } from "../../runs/run.ts";
import type { Words } from "../../words/words.ts";

/** How a run ends: what people read of it, and what its record says. `bare`: nothing was answered, not even half of it. */
export type End = { post: Post; outcome: Outcome; bare?: true };

/** What every end is told with; the lines of its tools stand under each. */
export type Told = { run: Run; words: Words; lines: ToolLine[] };

/** An answer that was given: by whom, with which models at hand, in how many seconds. */
export type Given = {
  ending: Ending & { kind: "answered" };
  agent: Agent;
  models: ModelSpec[];
  seconds: number;
  showCost: boolean;
};

/** The end with an answer; it can be rated. */
export function answered(told: Told, given: Given): End {
  const { run, words, lines } = told;
  const { text, model, output } = given.ending;
  return {
    post: {
      text: run.announced ? `**${given.agent.name}:** ${text}` : text,
      lines,
      footer: footerOf(told, given),
      rating: { value: run.id, good: words.good, bad: words.bad },
      ...(run.people ? { people: run.people } : {}),
    },
    outcome: { kind: "answered", text, model, ...(output === undefined ? {} : { output }) },
  };
}

/** The end of a run that was stopped; `by` is there where a person did it. */
export function stopped({ words, lines }: Told, by: string | undefined, soFar: string): End {
  return {
    post: { text: words.stopped(by, soFar), lines },
    outcome: { kind: "stopped", ...(by === undefined ? {} : { by }) },
    ...(soFar ? {} : { bare: true as const }),
  };
}

/** The end of a run that failed; it can be tried again. */
export function failed({ run, words, lines }: Told, cause: Cause, soFar: string): End {
  const text = words.failed({ why: cause.why, changed: run.changed, soFar, run: run.id });
  return {
    post: { text, lines, card: { buttons: [{ id: "retry", value: run.id, text: words.retry }] } },
    outcome: { kind: "failed", ...cause },
    ...(soFar ? {} : { bare: true as const }),
  };
}

/** Why a run failed: `why` is what people are told, `detail` is for the log alone. */
export type Cause = Omit<Outcome & { kind: "failed" }, "kind">;

/** The cause of what ended badly at the worker. */
export function causeOf(ending: Ending & { kind: "failed" }, agent: Agent, words: Words): Cause {
  return { code: ending.code, detail: ending.detail, why: whyFailed(ending, agent, words) };
}

function whyFailed(ending: Ending & { kind: "failed" }, agent: Agent, { why }: Words): string {
  const { tried } = ending;
  switch (ending.code) {
    case "model":
      return why.model(tried?.models ?? [agent.llm_model], tried?.times ?? 1, Math.round((tried?.ms ?? 0) / 1000));
    case "refused-key":
      return why.refusedKey(tried?.models[0] ?? agent.llm_model);
    case "timeout":
      return why.timeout(spoken(agent.timeout));
    case "steps":
      return why.steps(agent.max_steps);
    default:
      return why[ending.code];
  }
}

function spoken(ms: number): string {
  return ms >= 60_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 1000)} s`;
}

/** The quiet line under an answer: who spoke, with what, how long, for how much. */
function footerOf({ run, words }: Told, { ending, agent, models, seconds, showCost }: Given): string {
  const [wanted] = models;
  const spoke = models.find((model) => model.name === ending.model);
  const { cost } = ending.usage;
  return words.footer({
    agent: agent.name,
    model: spoke?.provider === "offline" ? words.offlineModel : ending.model,
    tools: run.used.length,
    seconds,
    ...(cost !== undefined && showCost ? { cost } : {}),
    ...(wanted && wanted.name !== ending.model ? { insteadOf: wanted.name } : {}),
  });
}
