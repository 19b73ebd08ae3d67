import type { Used } from "../../runs/ledger.ts";
import type { Words } from "../../words/words.ts";

const mostNamed = 5;

/** What was used at a place within a day and within a month, and by whom. */
export function tellUsage(used: { day: Used[]; month: Used[] }, costs: boolean, words: Words): string {
  const { day, month } = used;
  if (month.length === 0) return words.usage.nothing;
  const told = (theirs: Used[]) => words.usage.sum(sumOf(theirs), costs);
  return [
    words.usage.day(told(day)),
    words.usage.month(told(month)),
    ...grouped(month, (one) => one.agent).map(([agent, theirs]) => `• **${agent}**: ${told(theirs)}`),
    ...grouped(month, (one) => one.asker).map(([person, theirs]) => `• ${person}: ${told(theirs)}`),
  ].join("\n");
}

function sumOf(used: Used[]): Omit<Used, "agent" | "asker"> {
  const sum = { runs: 0, input: 0, output: 0, cost: 0 };
  for (const one of used) for (const key of ["runs", "input", "output", "cost"] as const) sum[key] += one[key];
  return sum;
}

/** By a name, who used the most first; the first few. */
function grouped(used: Used[], name: (one: Used) => string): [string, Used[]][] {
  const groups = new Map<string, Used[]>();
  for (const one of used) groups.set(name(one), [...(groups.get(name(one)) ?? []), one]);
  const tokens = (theirs: Used[]) => theirs.reduce((sum, { input, output }) => sum + input + output, 0);
  return [...groups].sort(([, one], [, other]) => tokens(other) - tokens(one)).slice(0, mostNamed);
}
