import type { Logger } from "../../watch/log.ts";
import type { Redact } from "../../watch/redact.ts";
import type { PromptServer } from "../briefing/prompt-server.ts";
import type { Filling } from "./use-typing.ts";

/** What might fill a gap of a prompt where this is typed, as far as its server says so before the signal comes. Never rejects. */
export type PromptValues = (
  filling: Filling,
  gap: { name: string; value: string },
  signal: AbortSignal,
) => Promise<string[]>;

/** Values from these servers; none holds a secret of ours. */
export function promptValues(parts: { servers(): readonly PromptServer[]; redact: Redact; log: Logger }): PromptValues {
  return async ({ server: name, prompt, given }, gap, signal) => {
    const server = parts.servers().find((one) => one.name === name);
    const { [gap.name]: _, ...others } = given;
    try {
      const values = await server?.prompts.complete(prompt.name, gap, others, signal);
      return (values ?? []).filter((value) => parts.redact(value) === value);
    } catch (error) {
      parts.log.debug({ err: error, server: name }, "a prompt could not be completed");
      return [];
    }
  };
}
