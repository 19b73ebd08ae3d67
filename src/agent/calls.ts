import { complaintOf } from "./complaint.ts";
import { finder } from "./finder.ts";
import { isObject } from "./json.ts";
import type { RunEvent } from "./run-event.ts";
import type { ToolResult, ToolSpec } from "./tool.ts";
import type { ToolCall, Turn } from "./turn.ts";

/** What running calls takes. `call` is how a tool is reached. */
export type CallParts = {
  tools: readonly ToolSpec[];
  /** Names that are answered for where the call goes. */
  held?: readonly string[] | undefined;
  call(call: ToolCall, signal: AbortSignal): Promise<ToolResult>;
  emit(event: RunEvent): void;
  now(): number;
};

/** Runs the calls of one step side by side; the results come in the order of the calls. Never throws for a tool. */
export function runCalls(calls: readonly ToolCall[], parts: CallParts, signal: AbortSignal): Promise<ToolResult[]> {
  return Promise.all(calls.map((call) => runCall(call, parts, signal)));
}

/** The event that tells how a call went. */
export function callFinished({ id, name }: ToolCall, result: ToolResult, ms: number): RunEvent {
  const summary = firstWords(result.text);
  const recalled = result.recalled ? { recalled: true as const } : {};
  return { kind: "tool-finished", call: id, tool: name, failed: result.failed === true, ms, summary, ...recalled };
}

async function runCall(call: ToolCall, parts: CallParts, signal: AbortSignal): Promise<ToolResult> {
  const { id, name, input } = call;
  parts.emit({ kind: "tool-started", call: id, tool: name, input });
  const begun = parts.now();
  const result = (await objection(call, parts)) ?? (await reach(call, parts, signal));
  if (signal.aborted) return result;
  if (result.parked) parts.emit({ kind: "approval", call: id, tool: name, input });
  else parts.emit(callFinished(call, result, parts.now() - begun));
  return result;
}

async function reach(call: ToolCall, parts: CallParts, signal: AbortSignal): Promise<ToolResult> {
  try {
    return await parts.call(call, signal);
  } catch (error) {
    return { text: `The tool failed: ${error instanceof Error ? error.message : String(error)}`, failed: true };
  }
}

/** Why a call cannot be made as it stands, told so that the model can mend it. */
async function objection(
  call: ToolCall,
  { tools, held = [] }: Pick<CallParts, "tools" | "held">,
): Promise<ToolResult | undefined> {
  const tool = tools.find(({ name }) => name === call.name);
  if (tool === undefined && held.includes(call.name)) return undefined;
  if (tool === undefined) {
    const names = tools.slice(0, 40).map(({ name }) => name);
    const more = tools.some(({ name }) => name === finder) ? ` ${finder} finds more.` : "";
    const known = names.length === 0 ? "There are no tools." : `The tools are: ${names.join(", ")}.${more}`;
    return { text: `There is no tool called "${call.name}". ${known}`, failed: true };
  }
  let input: unknown;
  try {
    input = JSON.parse(call.input);
  } catch (error) {
    const why = error instanceof Error ? error.message : "it cannot be read";
    return { text: `The arguments are not valid JSON (${why}). Write them whole, as one JSON object.`, failed: true };
  }
  if (!isObject(input)) return { text: "The arguments must be one JSON object.", failed: true };
  const complaint = await complaintOf(tool.parameters, input);
  return complaint === undefined
    ? undefined
    : { text: `The arguments do not fit what ${call.name} takes: ${complaint}.`, failed: true };
}

function firstWords(text: string): string {
  const line = text.slice(0, 400).replace(/\s+/g, " ").trim();
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

/** More than this are not offered besides those of the input: models refuse more than 128. */
const mostFound = 28;

/** The tools found so far, with those that these results bring; undefined when they bring none. */
export function withFound(
  found: readonly ToolSpec[],
  results: readonly ToolResult[],
  known: readonly ToolSpec[],
): ToolSpec[] | undefined {
  const fresh = results.flatMap((result) => result.tools ?? []);
  if (fresh.length === 0) return undefined;
  const taken = new Set(known.map(({ name }) => name));
  // What was found last stands last, and what was found first makes room.
  const byName = new Map(found.map((tool) => [tool.name, tool]));
  for (const tool of fresh) {
    if (taken.has(tool.name)) continue;
    byName.delete(tool.name);
    byName.set(tool.name, tool);
  }
  return [...byName.values()].slice(-mostFound);
}

/** A result as an entry of the conversation. */
export function toolTurn({ id }: ToolCall, { text, failed, images = [] }: ToolResult): Turn {
  const more = { ...(failed ? { failed } : {}), ...(images.length > 0 ? { images } : {}) };
  return { role: "tool", call: id, text, ...more };
}

/** Results that came late stand where their calls stood. */
export function inOrderOfCalls(turns: Turn[]): void {
  const last = turns.findLastIndex((turn) => turn.role === "assistant");
  const turn = turns[last];
  if (turn?.role !== "assistant") return;
  const order = (turn.calls ?? []).map(({ id }) => id);
  const place = (turn: Turn) => (turn.role === "tool" ? order.indexOf(turn.call) : order.length);
  turns.push(...turns.splice(last + 1).sort((one, other) => place(one) - place(other)));
}

/** Calls with ids that no other call of the conversation has: some servers give every first call the same. */
export function withOwnIds(calls: readonly ToolCall[], turns: readonly Turn[]): ToolCall[] {
  if (calls.length === 0) return [];
  const made = turns.flatMap((turn) => (turn.role === "assistant" ? (turn.calls ?? []) : []));
  const taken = new Set(made.map(({ id }) => id));
  return calls.map(({ id, name, input }) => {
    let own = id;
    for (let nth = 2; taken.has(own); nth++) own = `${id}_${nth}`;
    taken.add(own);
    return { id: own, name, input: input.trim() === "" ? "{}" : input };
  });
}
