import type { Who } from "../../access/access.ts";
import type { Agent } from "../../config/schema/agent.ts";
import type { Ledger } from "../../runs/ledger.ts";
import type { Run } from "../../runs/run.ts";
import type { AskedRun, Gate, OpenGate } from "../../tools/gate.ts";
import type { Logger } from "../../watch/log.ts";

/** In so many runs of a conversation it is looked which tools were used. */
const remembered = 10;

/** Opens the gate for a run, on behalf of whoever asked for it; what is offered is noted with the run. */
export async function openTools(
  run: Run,
  agent: Agent,
  parts: { gate: Gate; ledger: Ledger; log: Logger; who(run: Run): Who },
): Promise<OpenGate> {
  const { gate, ledger, log } = parts;
  let changing: Promise<void> | undefined;
  const open = await gate.open({
    agent,
    asker: parts.who(run),
    at: run.address,
    ...(run.slot === undefined ? { asked: askedOf(run) } : {}),
    ...(run.elsewhere ? { elsewhere: true as const } : {}),
    prefers: { globs: run.rule.tools ?? [], used: () => usedBefore(run, ledger) },
    keepWhole: (result) => {
      ledger.results
        .keep(run, result)
        .catch((error: unknown) => log.error({ err: error, run: run.id }, "a long result could not be kept"));
    },
    beforeChange: () => {
      run.changed = true;
      // What could not be written down once is tried again by the next call.
      changing ??= ledger.keep(run).catch((error: unknown) => {
        changing = undefined;
        throw error;
      });
      return changing;
    },
  });
  run.offered = open.specs.map((spec) => spec.name);
  if (open.held.length > 0) run.held = open.held;
  else delete run.held;
  return open;
}

/** The tools used lately in this conversation, and in this run before it was parked or lost. */
async function usedBefore(run: Run, ledger: Ledger): Promise<string[]> {
  const runs = run.continues ? await ledger.conversation(run.conversation, remembered) : [];
  return [...runs, run].flatMap((one) => one.used.map(({ tool }) => tool));
}

function askedOf({ id, asker, language, message }: Run): AskedRun {
  return { id, by: asker.name, language, ...(message ? { message } : {}) };
}
