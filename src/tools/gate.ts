import type { Access, Who } from "../access/access.ts";
import { matchesGlob } from "../access/glob.ts";
import type { Meanwhile, Tool, ToolResult, ToolSpec } from "../agent/tool.ts";
import type { ToolCall } from "../agent/turn.ts";
import type { Address, Language } from "../chat.ts";
import type { Agent, BuiltInToolbox } from "../config/schema/agent.ts";
import type { Redact } from "../watch/redact.ts";
import { resourceTools, type Shelf } from "./resource-tools.ts";

/** On whose behalf, for which agent and where tools are used. */
export type ToolUser = {
  agent: Agent;
  asker: Who;
  at: Address;
  /** The run, for tools that speak to whoever asked for it; missing where nobody did: the clock started it. */
  asked?: AskedRun;
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
};

/** The one gate between agents and tools: filters, rights, presets, redaction, the record of changes. */
export type Gate = {
  /** Waits, not for long, for toolboxes of this agent that are just being connected for the first time. */
  open(user: ToolUser): Promise<OpenGate>;
};

/** `rule` is the name that rules are written for: `server.tool`, as the server calls it; for some it depends on the call. */
type Offered = {
  tool: Tool;
  rule: string | ((input: Record<string, unknown>) => string);
  preset: Record<string, unknown>;
};

const longestResult = 64 * 1024;
const patienceMs = 5000;

/** A gate before these toolboxes. */
export function createGate(parts: {
  toolboxes(): Shelf[];
  /** Those of the program itself; `toolboxes` of an agent says which it has. */
  own?(): OwnToolbox[];
  access: Access;
  redact: Redact;
}): Gate {
  const { access, redact } = parts;

  function offeredTo(user: ToolUser): Map<string, Offered> {
    const offered = new Map<string, Offered>();
    const boxes = parts.toolboxes();
    for (const wanted of user.agent.mcp_servers) {
      const box = boxes.find((one) => one.name === wanted.name);
      for (const tool of box?.tools() ?? []) {
        const bare = tool.name;
        if (wanted.tools && !wanted.tools.some((glob) => matchesGlob(glob, bare))) continue;
        if (wanted.deny.some((glob) => matchesGlob(glob, bare))) continue;
        const reads = tool.reads || wanted.reads.some((glob) => matchesGlob(glob, bare));
        offered.set(uniqueName(wanted.name, bare, offered), {
          tool: { ...tool, reads },
          rule: `${wanted.name}.${bare}`,
          preset: wanted.preset[bare] ?? {},
        });
      }
    }
    for (const box of parts.own?.() ?? []) {
      if (!user.agent.toolboxes.includes(box.name)) continue;
      // Names of servers' tools have two dashes in them, so that none is taken.
      for (const tool of box.tools(user))
        offered.set(tool.name, { tool, rule: `${box.name}.${tool.name}`, preset: {} });
    }
    for (const { tool, rule } of resourceTools(user.agent, boxes, (name) => mayCall(user, name)))
      offered.set(tool.name, { tool, rule, preset: {} });
    return offered;
  }

  /** Whether what reads may be called without anybody's yes. */
  function mayCall({ agent, asker, at }: ToolUser, tool: string): boolean {
    const what = { agent: agent.name, tool, input: "{}", changes: false, destructive: false, at };
    return access.authorize(asker, "call", what).allowed;
  }

  /** As the model reads it. Only so much is looked through as is kept: a result can be very long, and the whole chat waits. */
  function readable(text: string): string {
    if (text.length <= longestResult) return redact(text);
    const half = longestResult / 2;
    // Twice as much, so that nothing is cut in two before it is recognised.
    const [head, tail] = [redact(text.slice(0, longestResult)), redact(text.slice(-longestResult))];
    return `${head.slice(0, half)}\n[… ${text.length - longestResult} characters left out …]\n${tail.slice(-half)}`;
  }

  return {
    async open(user) {
      const wanted = user.agent.mcp_servers.map((server) => server.name);
      const young = parts.toolboxes().flatMap((box) => (box.tried && wanted.includes(box.name) ? [box.tried] : []));
      if (young.length > 0) await within(patienceMs, Promise.all(young));
      const offered = offeredTo(user);
      const refused: string[] = [];

      async function call(call: ToolCall, signal: AbortSignal, meanwhile?: Meanwhile): Promise<ToolResult> {
        const found = offered.get(call.name);
        if (!found)
          return failure(
            `There is no tool named "${call.name}". There are: ${[...offered.keys()].join(", ") || "none"}.`,
          );
        const { tool, rule, preset } = found;
        const input = parse(call.input);
        if (!input)
          return failure(
            `The arguments of ${call.name} must be a JSON object, but came as: ${call.input.slice(0, 200)}`,
          );
        const verdict = access.authorize(user.asker, "call", {
          agent: user.agent.name,
          tool: typeof rule === "string" ? rule : rule(input),
          input: call.input,
          changes: !tool.reads,
          destructive: tool.destructive === true,
          at: user.at,
        });
        if (!verdict.allowed && !(tool.asks && verdict.reason === "needs-approval" && verdict.by === "requester")) {
          refused.push(call.name);
          return failure(
            verdict.reason === "needs-approval"
              ? `${call.name} needs a yes from the ${verdict.by === "requester" ? "person who asked" : "approvers"}, and approvals can't be asked for in this version. It was not called. Tell the person.`
              : `${call.name} is not allowed for this agent. It was not called.`,
          );
        }
        if (!tool.reads) await user.beforeChange();
        try {
          const { files, ...result } = await tool.run({ ...input, ...preset }, signal, meanwhile);
          if (files && files.length > 0) meanwhile?.shows?.(files);
          return { ...result, text: readable(result.text) };
        } catch (error) {
          return failure(readable(error instanceof Error ? error.message : String(error)));
        }
      }

      return { specs: [...offered].map(([name, one]) => specOf(name, one)), call, refused };
    },
  };
}

function specOf(name: string, { tool, preset }: Offered): ToolSpec {
  return { name, description: tool.description.slice(0, 1024), parameters: withoutPreset(tool.parameters, preset) };
}

/** Preset arguments are hidden from the model: they go out of the schema. */
function withoutPreset(parameters: ToolSpec["parameters"], preset: Record<string, unknown>): ToolSpec["parameters"] {
  const hidden = Object.keys(preset);
  if (hidden.length === 0) return parameters;
  const { properties, required } = parameters;
  const kept = Object.entries(Object(properties)).filter(([name]) => !hidden.includes(name));
  return {
    ...parameters,
    properties: Object.fromEntries(kept),
    ...(Array.isArray(required) ? { required: required.filter((name) => !hidden.includes(String(name))) } : {}),
  };
}

/** `server__tool`, in the letters and the length that models take, unlike any other offered. */
function uniqueName(server: string, tool: string, taken: ReadonlyMap<string, unknown>): string {
  const plain = `${server}__${tool}`.replace(/[^a-zA-Z0-9_-]/g, "_");
  let name = plain.slice(0, 64);
  for (let n = 2; taken.has(name); n++) name = `${plain.slice(0, 63 - String(n).length)}_${n}`;
  return name;
}

function parse(input: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(input.trim() || "{}");
    return value !== null && typeof value === "object" && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function failure(text: string): ToolResult {
  return { text, failed: true };
}

/** Waits for work, but no longer than this. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, enough]);
  clearTimeout(timer);
}
