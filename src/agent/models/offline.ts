import { finder } from "../finder.ts";
import type { ModelSpec } from "../run-input.ts";
import type { ToolSpec } from "../tool.ts";
import { toolTitle } from "../tool-title.ts";
import type { ToolCall, Turn } from "../turn.ts";
import { digestOf, messagesIn, wantsDigest } from "./digest.ts";
import type { Model, ModelPart, ModelRequest } from "./model.ts";
import { readArguments, sampleOf } from "./offline-arguments.ts";
import { chooseTool } from "./offline-choice.ts";
import { matterDigest } from "./offline-matters.ts";
import { offlineWords } from "./offline-words.ts";

type Reply = { text: string } | { tool: ToolSpec; input: Record<string, unknown> };

const maxResult = 3000;

/**
 * A model that needs no key and no network, and says so: it calls the tool a message names, answers from what came
 * back, and makes digests out of people's own sentences. The same question always gets the same answer.
 */
export function offlineModel(spec: ModelSpec): Model {
  return {
    name: spec.name,
    async *stream(request, signal) {
      const reply = replyTo(request);
      const calls: ToolCall[] = [];
      if ("tool" in reply) calls.push({ id: "call_1", name: reply.tool.name, input: JSON.stringify(reply.input) });
      else {
        for (const text of piecesOf(reply.text)) {
          signal.throwIfAborted();
          yield { kind: "text", text };
        }
      }
      const end: ModelPart = { kind: "end", calls, stopped: "done", tokens: { input: 0, output: 0 } };
      yield end;
    },
  };
}

function replyTo({ turns, tools, output }: ModelRequest): Reply {
  const at = turns.findLastIndex((turn) => turn.role === "user");
  const asked = questionOf(turns[at]?.text ?? "", tools);
  const words = offlineWords(asked.question);
  if (output?.title === "Digest") return { text: JSON.stringify(matterDigest(turns[at]?.text ?? "")) };
  if (output !== undefined) return { text: JSON.stringify(sampleOf(output, asked.question)) };

  const results = turns.slice(at + 1);
  const finds = finderAmong(tools);
  const found = finds !== undefined && onlyFound(results);
  if (!found && results.some((turn) => turn.role === "tool")) return { text: answerFrom(results, asked.question) };

  const messages = messagesIn(asked.material);
  const digest = wantsDigest(asked.question);
  if (digest && messages.length > 0) return { text: digestOf(messages, words) };

  const chosen = chooseTool(
    asked.question,
    tools.filter((tool) => tool !== finds),
  );
  // What is not offered may be meant all the more.
  if (finds && !found && !chosen?.byName && !digest) return { tool: finds, input: { query: asked.question } };
  if (chosen === undefined) return { text: digest ? words.nothingToDigest : words.about(tools.map(titleOf)) };
  const { input, missing } = readArguments(chosen.tool, asked.question, chosen.named);
  return missing.length > 0 ? { text: words.missing(titleOf(chosen.tool), missing) } : { tool: chosen.tool, input };
}

/** The tool that finds others, if there is one. */
function finderAmong(tools: readonly ToolSpec[]): ToolSpec | undefined {
  return tools.find(({ name }) => name === finder);
}

/** Tools were looked for, and nothing else was done so far. */
function onlyFound(turns: readonly Turn[]): boolean {
  const calls = turns.flatMap((turn) => (turn.role === "assistant" ? (turn.calls ?? []) : []));
  return calls.length > 0 && calls.every(({ name }) => name === finder);
}

/** What was asked, without its author's name, and all there is to read: what was said before, and the question. */
function questionOf(text: string, tools: readonly ToolSpec[]): { question: string; material: string } {
  const end = text.lastIndexOf("</said>");
  const own = (end === -1 ? text : text.slice(end + "</said>".length)).trim();
  const head = /^[^\s:\uFF1A[\]]{1,40}(?: [^\s:\uFF1A[\]]{1,40})?[:\uFF1A] +/.exec(own)?.[0] ?? "";
  // "search query: bree" and "summary: …" begin with no name.
  const named = chooseTool(head, tools) === undefined && !wantsDigest(head);
  const question = named ? own.slice(head.length) : own;
  return { question, material: text.replace(/<\/?said>/g, "\n") };
}

/** The words of the tools; messages among them become a digest where one was asked for. */
function answerFrom(turns: readonly Turn[], question: string): string {
  const words = offlineWords(question);
  const names = new Map<string, string>();
  const told: string[] = [];
  for (const turn of turns) {
    if (turn.role === "assistant") for (const { id, name } of turn.calls ?? []) names.set(id, titleOf({ name }));
    // What was looked for on the way answers nobody.
    if (turn.role !== "tool" || names.get(turn.call) === titleOf({ name: finder })) continue;
    const name = names.get(turn.call) ?? turn.call;
    const messages = wantsDigest(question) ? messagesIn(turn.text) : [];
    const text = turn.text.length > maxResult ? `${turn.text.slice(0, maxResult)}…` : turn.text;
    if (turn.failed) told.push(words.toolFailed(name, text));
    else told.push(messages.length > 0 ? digestOf(messages, words) : words.toolSaid(name, text));
  }
  return told.join("\n\n");
}

function titleOf({ name }: { name: string }): string {
  return toolTitle(name).replaceAll("_", " ");
}

/** A few pieces, between words, so that an answer is seen to come. */
function piecesOf(text: string): string[] {
  const words = text.match(/\s*\S+|\s+$/g) ?? [];
  const size = Math.max(4, Math.ceil(words.length / 6));
  const pieces: string[] = [];
  for (let at = 0; at < words.length; at += size) pieces.push(words.slice(at, at + size).join(""));
  return pieces;
}
