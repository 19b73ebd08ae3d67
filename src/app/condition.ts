import type { Health } from "../bot/orders/reports.ts";
import type { ChatAdapter } from "../chat.ts";
import type { Config } from "../config/schema.ts";
import { type ModelState, type Report, reportBefore, reportOf } from "../http/health.ts";
import type { Runner } from "../runs/runner.ts";
import type { Schedules } from "../schedules/schedules.ts";
import type { McpServers } from "../tools/mcp-servers.ts";
import type { Redact } from "../watch/redact.ts";

/** How everything is. */
export type Condition = {
  /** A model answered, or failed to. */
  noteModel(name: string, state: ModelState): void;
  /** For people who ask in chat. */
  health(): Health;
  /** For whoever watches the program. */
  report(): Report;
};

/** How everything is, from what each part tells of itself. What is told of a trouble tells no secret. */
export function conditionOf(parts: {
  platforms: readonly ChatAdapter[];
  servers: McpServers;
  runner: Runner;
  /** Opened last: until then nothing is. */
  schedules(): Schedules | undefined;
  config(): Config;
  /** What is wrong with the config that was saved last. */
  problems(): string[];
  redact: Redact;
}): Condition {
  const { platforms, servers, runner, config, problems, redact } = parts;
  const spoke = new Map<string, ModelState>();

  function clean<State extends { error?: string }>(state: State): State {
    return state.error === undefined ? state : { ...state, error: redact(state.error) };
  }

  return {
    noteModel: (name, state) => spoke.set(name, clean(state)),
    health: () => ({
      adapters: platforms.map((one) => ({ name: one.name, state: one.state().state })),
      runs: runner.load(),
      mcp: servers.report().map(clean),
      configProblems: problems(),
    }),
    report() {
      const schedules = parts.schedules()?.load();
      if (!schedules) return reportBefore(problems());
      return reportOf({
        platforms: platforms.map((one) => ({ name: one.name, ...clean(one.state()) })),
        models: config().models.map(({ name }) => ({ name, ...(spoke.get(name) ?? { state: "untried" }) })),
        mcp: servers.report().map(clean),
        runs: runner.load(),
        schedules,
        problems: problems(),
      });
    },
  };
}
