import type { ModelSpec } from "./run-input.ts";
import type { Usage } from "./turn.ts";

/** What was used, in whole tokens, with its cost where prices are known. */
export function priced(used: Usage, price: ModelSpec["price"]): Usage {
  const usage: Usage = { ...used, input: Math.ceil(used.input), output: Math.ceil(used.output) };
  if (price !== undefined) usage.cost = (usage.input * price.input + usage.output * price.output) / 1_000_000;
  return usage;
}

/** Both together; a sum with an estimate in it is an estimate. */
export function sumOf(one: Usage, other: Usage): Usage {
  const sum: Usage = { input: one.input + other.input, output: one.output + other.output };
  if (one.cost !== undefined || other.cost !== undefined) sum.cost = (one.cost ?? 0) + (other.cost ?? 0);
  if (one.estimated || other.estimated) sum.estimated = true;
  return sum;
}
