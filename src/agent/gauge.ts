import type { ToolSpec } from "./tool.ts";
import type { Turn } from "./turn.ts";

const imageTokens = 800;
const turnTokens = 4;

/** Estimates tokens from characters, and learns from what providers count. */
export class Gauge {
  #factor = 1;

  /** What a rough count comes to, by what was learned. */
  tokens(rough: number): number {
    return rough * this.#factor;
  }

  text(text: string): number {
    return this.tokens(roughTokens(text));
  }

  turn(turn: Turn): number {
    let rough = roughTokens(turn.text) + turnTokens;
    if (turn.role !== "assistant") rough += imageTokens * (turn.images?.length ?? 0);
    if (turn.role === "assistant") {
      for (const { name, input } of turn.calls ?? []) rough += roughTokens(name) + roughTokens(input) + turnTokens;
      rough += roughTokens(turn.reasoning ?? "");
    }
    return rough * this.#factor;
  }

  turns(turns: readonly Turn[]): number {
    return turns.reduce((sum, turn) => sum + this.turn(turn), 0);
  }

  /** What was estimated turned out to be so many; a single odd count does not throw it off. */
  learn(estimated: number, counted: number): void {
    if (estimated <= 0 || counted <= 0) return;
    const measured = (this.#factor * counted) / estimated;
    this.#factor = Math.min(4, Math.max(0.25, (this.#factor + measured) / 2));
  }
}

/** What the descriptions of tools take in every request. */
export function roughToolTokens(tools: readonly ToolSpec[]): number {
  return tools.reduce((sum, tool) => sum + roughTokens(JSON.stringify(tool)), 0);
}

/** A token is about four characters of an alphabet, or one of a script like Chinese. */
export function roughTokens(text: string): number {
  let wide = 0;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) >= 0x2e80) wide += 1;
  return (text.length - wide) / 4 + wide;
}
