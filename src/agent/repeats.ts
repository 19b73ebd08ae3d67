import type { Turn } from "./turn.ts";

const tooOften = 3;

/** The tool whose same call, name and input, failed three times running; a success in between starts the count anew. */
export function repeatedFailure(turns: readonly Turn[]): string | undefined {
  const failures = new Map<string, number>();
  for (const [at, turn] of turns.entries()) {
    if (turn.role !== "assistant") continue;
    const failed = new Map<string, boolean>();
    for (let next = at + 1; turns[next]?.role === "tool"; next++) {
      const result = turns[next];
      if (result?.role === "tool") failed.set(result.call, result.failed === true);
    }
    // The same call twice in one step is one failure: the model could not know yet.
    const ofStep = new Map<string, { name: string; failed: boolean }>();
    for (const { id, name, input } of turn.calls ?? []) {
      const outcome = failed.get(id);
      if (outcome !== undefined) ofStep.set(`${name} ${input}`, { name, failed: outcome });
    }
    for (const [call, outcome] of ofStep) {
      const count = outcome.failed ? (failures.get(call) ?? 0) + 1 : 0;
      if (count >= tooOften) return outcome.name;
      failures.set(call, count);
    }
  }
  return undefined;
}
