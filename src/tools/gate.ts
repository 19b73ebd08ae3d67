import type { Access, Who } from "../access/access.ts";
import { matchesGlob } from "../access/glob.ts";
import { isObject } from "../agent/json.ts";
import type { Meanwhile, Tool, ToolOutput, ToolResult, ToolSpec } from "../agent/tool.ts";
import type { ToolCall } from "../agent/turn.ts";
import type { Address, Language } from "../chat.ts";
import type { Agent, BuiltInToolbox } from "../config/schema/agent.ts";
import type { Redact } from "../watch/redact.ts";
import { type Offered, offeredTo } from "./offered.ts";
import { choose, finderOf, search } from "./offering.ts";
import type { ServerToolbox } from "./resource-tools.ts";
import type { ResultCache } from "./result-cache.ts";
import { showFiles } from "./showing.ts";
import { type Again, createTelling, type WholeResult } from "./telling.ts";
import { within } from "./within.ts";

/** On whose behalf, for which agent and where tools are used. */
export type ToolUser = {
  agent: Agent;
  asker: Who;
  at: Address;
  /** The run, for tools that speak to whoever asked for it; missing where nobody did: the clock started it. */
  asked?: AskedRun;
  /** What comes of it is read in other places besides. */
  elsewhere?: true;
  /** What to offer first where not all fit: globs of tools, and the names of those used before in the conversation. */
  prefers?: { globs: readonly string[]; used(): Promise<readonly string[]> };
  /** Takes a result whole, without secrets, that the model is told in short. Nobody waits for it. */
  keepWhole?(result: WholeResult): void;
  /** Contract: has resolved before a tool that changes things is called, so that a crash can't hide the call. */
  beforeChange(): Promise<void>;
};

/** A run that somebody waits for: who asked, and in which message. */
export type AskedRun = { id: string; by: string; language: Language; message?: string };

/** Tools that come with the program: what they do depends on who uses them and where. */
export type OwnToolbox = { name: BuiltInToolbox; tools(user: ToolUser): Tool[] };

/** The tools of one run: what the model is told of, and the only way to call them. */
export type OpenGate = {
  specs: ToolSpec[];
  /** Contract: never rejects; a refusal or a failure is a failed result. */
  call(call: ToolCall, signal: AbortSignal, meanwhile?: Meanwhile): Promise<ToolResult>;
  /** Names of calls that were refused, for the record. */
  refused: string[];
  /** Names of tools that would be offered if they were not held back, for the record. */
  held: string[];
};

/** The one gate between agents and tools: filters, rights, presets, redaction, the record of changes. */
export type Gate = {
  /** Waits, not for long, for toolboxes of this agent that are just being connected for the first time. */
  open(user: ToolUser): Promise<OpenGate>;
};

type Input = Record<string, unknown>;

const patienceMs = 5000;
/** Tools of the program itself answer soon, or have failed; those that ask a person wait for that person. */
const ownCallMs = 60_000;

/** A gate before these toolboxes. */
export function createGate(parts: {
  toolboxes(): ServerToolbox[];
  /** Those of the program itself; `toolboxes` of an agent says which it has. */
  own?(): OwnToolbox[];
  access: Access;
  redact: Redact;
  /** Results of tools that read, used again. */
  cache?: ResultCache;
}): Gate {
  const { access, redact, cache } = parts;
  const telling = createTelling(redact, cache);

  /** Those to offer from the beginning; what is preferred comes first where not all fit. */
  async function chosenFor(user: ToolUser, all: readonly Offered[]): Promise<ReturnType<typeof choose>> {
    const chosen = choose(all, user.agent.tools_budget);
    if (chosen.left.length === 0) return chosen;
    const { globs = [], used } = user.prefers ?? {};
    const before = new Set(await used?.());
    const ranked = all.map((one) => {
      const { name } = one.spec;
      const names = [name, ...(typeof one.rule === "string" ? [one.rule] : [])];
      const hinted = globs.some((glob) => names.some((each) => matchesGlob(glob, each)));
      return { ...one, rank: hinted ? 3 : before.has(name) ? 2 : one.own ? 1 : 0 };
    });
    return choose(ranked, user.agent.tools_budget);
  }

  /** Why a call may not be made, in words for the model. */
  function refusal(user: ToolUser, { tool, rule }: Offered, call: ToolCall, input: Input): string | undefined {
    const why = tool.withheld?.();
    if (why !== undefined) return why;
    const verdict = access.authorize(user.asker, "call", {
      agent: user.agent.name,
      tool: typeof rule === "string" ? rule : rule(input),
      input: call.input,
      changes: !tool.reads,
      destructive: tool.destructive === true,
      at: user.at,
    });
    if (verdict.allowed) return undefined;
    if (verdict.reason !== "needs-approval") return `${call.name} is not allowed for this agent. It was not called.`;
    if (tool.asks && verdict.by === "requester") return undefined;
    const who = verdict.by === "requester" ? "person who asked" : "approvers";
    return `${call.name} needs a yes from the ${who}, and approvals can't be asked for in this version. It was not called. Tell the person.`;
  }

  /** What is known of an identical call, or else what the tool gives. */
  async function answer(
    user: ToolUser,
    found: Offered,
    call: ToolCall,
    input: Input,
    signal: AbortSignal,
    meanwhile: Meanwhile | undefined,
  ): Promise<ToolResult> {
    const { tool } = found;
    const known = { server: found.box, tool: tool.name, input, asker: user.asker.id };
    const again: Again | undefined = cache && tool.reads && !found.own ? { call: known } : undefined;
    const recalled = again && (await cache?.find(known));
    if (recalled !== undefined) return { text: telling.told(recalled, call, user), recalled: true };
    if (!tool.reads) await user.beforeChange();
    try {
      let wasAsked = false;
      const ask: Meanwhile["ask"] = (question, signal) => {
        wasAsked = true;
        return meanwhile?.ask?.(question, signal) ?? Promise.reject(new Error("nobody waits"));
      };
      const going = tool.run(input, signal, meanwhile?.ask ? { ...meanwhile, ask } : meanwhile);
      const output = await (found.soon && !tool.asks ? soon(going) : going);
      const { files = [], fresh, text, failed, parked, unasked } = output;
      const shown = files.length > 0 ? await showFiles(files, meanwhile, redact) : undefined;
      // What somebody answered on the way is not part of the input.
      const isKept = !failed && !parked && !wasAsked && !unasked && files.length === 0;
      const kept = again && isKept && cache?.wants(known, fresh) ? { ...again, ...(fresh && { fresh }) } : undefined;
      const told = telling.told(text, call, user, kept);
      const result: ToolResult = {
        text: shown ? [told, telling.readable(shown.text)].filter(Boolean).join("\n") : told,
      };
      if (shown?.images) result.images = shown.images;
      if (failed) result.failed = failed;
      if (parked) result.parked = parked;
      return result;
    } catch (error) {
      return failure(telling.readable(error instanceof Error ? error.message : String(error)));
    }
  }

  return {
    async open(user) {
      const wanted = user.agent.mcp_servers.map((server) => server.name);
      const young = parts.toolboxes().flatMap((box) => (box.tried && wanted.includes(box.name) ? [box.tried] : []));
      if (young.length > 0) await within(patienceMs, Promise.all(young));
      const known = offeredTo(user, parts.toolboxes(), parts.own?.() ?? [], access);
      const held = new Map([...known].filter(([, { tool }]) => tool.withheld?.() !== undefined));
      const offered = new Map([...known].filter(([name]) => !held.has(name)));
      const all = [...offered.values()];
      const chosen = await chosenFor(user, all);
      const first = chosen.offered.map((one) => one.spec);
      const specs = chosen.left.length > 0 ? [...first, finderOf(chosen.left)] : first;
      const refused: string[] = [];

      async function call(call: ToolCall, signal: AbortSignal, meanwhile?: Meanwhile): Promise<ToolResult> {
        const found = offered.get(call.name) ?? held.get(call.name);
        if (!found && !specs.some(({ name }) => name === call.name)) {
          const names = specs.map(({ name }) => name).join(", ");
          return failure(`There is no tool named "${call.name}". There are: ${names || "none"}.`);
        }
        const input = parse(call.input);
        if (!input)
          return failure(
            `The arguments of ${call.name} must be a JSON object, but came as: ${call.input.slice(0, 200)}`,
          );
        if (!found) return search(typeof input.query === "string" ? input.query : "", all);
        const why = refusal(user, found, call, input);
        if (why !== undefined) {
          refused.push(call.name);
          return failure(why);
        }
        return answer(user, found, call, { ...input, ...found.preset }, signal, meanwhile);
      }

      return { specs, call, refused, held: [...held.keys()] };
    },
  };
}

/** What the program's own tool gives, if it does in time. */
async function soon(going: Promise<ToolOutput>): Promise<ToolOutput> {
  const late = `It did not answer within ${ownCallMs / 1000} s. Whether it did what was asked is not known.`;
  return (await within(ownCallMs, going)) ?? failure(late);
}

function parse(input: string): Input | undefined {
  try {
    const value: unknown = JSON.parse(input.trim() || "{}");
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function failure(text: string): ToolResult {
  return { text, failed: true };
}
