import type { Ending, ModelSpec } from "../../agent/run-input.ts";
import type { Agent } from "../../config/schema/agent.ts";
import type { Run } from "../../runs/run.ts";
import type { Words } from "../../words/words.ts";

/** The quiet line under an answer: who spoke, with what, how long, for how much. */
export function footerOf(about: {
  ending: Ending & { kind: "answered" };
  agent: Agent;
  models: ModelSpec[];
  run: Run;
  words: Words;
  seconds: number;
  showCost: boolean;
}): string {
  const { ending, agent, models, run, words, seconds, showCost } = about;
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

/** Why a run failed, as people are told; what the log has of it is not theirs to read. */
export function whyFailed(ending: Ending & { kind: "failed" }, agent: Agent, { why }: Words): string {
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
