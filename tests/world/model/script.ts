import type { ChatBody } from "./check-request.ts";
import type { Quirks } from "./quirks.ts";
import { type Answer, type Call, type Part, partsOf, type Tokens } from "./reply.ts";

/** An answer as the JSON of its chunks. Faults count `deltas` only. */
export interface Script {
  opening: string[];
  deltas: string[];
  closing: string[];
}

/** What an answer is put together from. */
export interface Telling {
  id: string;
  created: number;
  body: ChatBody;
  answer: Answer;
  quirks: Quirks;
  tokens: Tokens;
}

type Delta = { content?: string; thought?: string; refusal?: string; calls?: object[] };

/** The answer as a stream of chunks. */
export function scriptOf(telling: Telling): Script {
  const { answer, quirks, body } = telling;
  const head = `{"id":"${telling.id}","object":"chat.completion.chunk","created":${telling.created},"model":${JSON.stringify(body.model)}`;
  const counted = body.stream_options?.include_usage === true;
  const idle = counted ? `,"usage":null}` : "}";
  const chunk = (delta: string, finish = "null", tail = idle) =>
    `${head},"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}]${tail}`;

  const finish = JSON.stringify(finishOf(answer));
  const usage = `,"usage":${JSON.stringify(usageOf(telling.tokens))}}`;
  const hidden = quirks.noUsage === true || answer.usage === "none";
  const last = quirks.usageOnLastChunk && !hidden ? usage : idle;
  const script: Script = { opening: [], deltas: [], closing: [] };

  if (quirks.emptyChoicesFirst) script.opening.push(`${head},"choices":[],"prompt_filter_results":[]${idle}`);
  if (quirks.oneChunk) {
    script.deltas.push(chunk(wholeDelta(telling), finish, last));
  } else {
    script.opening.push(chunk(quirks.nullContent ? `{"role":"assistant","content":null}` : firstDelta));
    for (const delta of deltasOf(telling)) script.deltas.push(chunk(written(delta, quirks)));
    script.closing.push(chunk("{}", finish, last));
  }
  const alone = quirks.emptyChoicesUsageChunk || (counted && !quirks.usageOnLastChunk);
  if (alone && !hidden) script.closing.push(`${head},"choices":[]${usage}`);
  if (!quirks.noDone) script.closing.push("[DONE]");
  return script;
}

/** The answer as one object, for requests that ask for no stream. */
export function completionOf(telling: Telling): string {
  const { answer, quirks, body } = telling;
  const hidden = quirks.noUsage === true || answer.usage === "none";
  const unindexed = { ...telling, quirks: { ...quirks, callsWithoutIndex: true } };
  return JSON.stringify({
    id: telling.id,
    object: "chat.completion",
    created: telling.created,
    model: body.model,
    choices: [{ index: 0, message: wholeMessage(unindexed), logprobs: null, finish_reason: finishOf(answer) }],
    ...(hidden ? {} : { usage: usageOf(telling.tokens) }),
  });
}

/** The answer as far as so many tokens go; a piece of text counts as one, a call as one. */
export function within(answer: Answer, maxTokens: number): Answer {
  let left = maxTokens;
  const say: Part[] = [];
  for (const part of partsOf(answer)) {
    if (left <= 0) return { finish: "length", ...answer, say };
    const pieces = typeof part === "string" ? piecesOf(part, answer.deltas) : [];
    if (pieces.length > left) return { finish: "length", ...answer, say: [...say, pieces.slice(0, left).join("")] };
    left -= Math.max(1, pieces.length);
    say.push(part);
  }
  return answer;
}

/** Text in so many pieces, or about one a word; never in the middle of a character. */
export function piecesOf(text: string, count?: number): string[] {
  if (count === undefined) return text.match(/\s*\S{1,8}|\s+/gu) ?? [];
  const characters = [...text];
  const total = Math.min(count, characters.length);
  const start = (piece: number) => Math.floor((piece * characters.length) / total);
  return Array.from({ length: total }, (_, piece) => characters.slice(start(piece), start(piece + 1)).join(""));
}

const firstDelta = `{"role":"assistant","content":"","refusal":null}`;

function finishOf(answer: Answer): string {
  if (answer.finish !== undefined) return answer.finish;
  return partsOf(answer).some((part) => typeof part === "object" && "call" in part) ? "tool_calls" : "stop";
}

function usageOf(tokens: Tokens) {
  return {
    prompt_tokens: tokens.input,
    completion_tokens: tokens.output,
    total_tokens: tokens.input + tokens.output,
  };
}

function deltasOf(telling: Telling): Delta[] {
  const { answer, quirks, id } = telling;
  const deltas: Delta[] = [];
  let calls = 0;
  for (const part of partsOf(answer)) {
    if (typeof part === "string") {
      for (const content of piecesOf(part, answer.deltas)) deltas.push({ content });
    } else if ("thought" in part) {
      for (const thought of piecesOf(part.thought, answer.deltas)) deltas.push({ thought });
    } else if ("refusal" in part) {
      for (const refusal of piecesOf(part.refusal, answer.deltas)) deltas.push({ refusal });
    } else {
      for (const call of callPieces(part, calls, id, answer.deltas, quirks)) deltas.push({ calls: [call] });
      calls += 1;
    }
  }
  return deltas;
}

/** A tool call as its pieces; in OpenAI's form the first names it and the rest bring its arguments. */
function callPieces(call: Call, nth: number, answerId: string, count: number | undefined, quirks: Quirks): object[] {
  const index = quirks.callsWithoutIndex ? {} : { index: quirks.twoWithIndexZero ? 0 : nth };
  const type = quirks.noType ? {} : { type: "function" };
  const id = call.id ?? callId(answerId, nth);
  const whole = { ...index, id, ...type, function: { name: call.call, arguments: argumentsOf(call, quirks) } };
  if (quirks.wholeCalls || quirks.argumentsAsObject) return [whole];
  const fragments = piecesOf(textOf(call), count);
  return [
    { ...whole, function: { name: call.call, arguments: "" } },
    ...fragments.map((fragment) => {
      const on = quirks.idOn ?? "first";
      if (on === "first") return { ...index, function: { arguments: fragment } };
      const named = on === "every" ? { id, name: call.call } : { id: "", name: "" };
      return { ...index, id: named.id, ...type, function: { name: named.name, arguments: fragment } };
    }),
  ];
}

function callId(answerId: string, nth: number): string {
  return `call_${answerId.replace("chatcmpl-", "")}_${nth}`;
}

function textOf(call: Call): string {
  return typeof call.arguments === "string" ? call.arguments : JSON.stringify(call.arguments ?? {});
}

function argumentsOf(call: Call, quirks: Quirks): unknown {
  return quirks.argumentsAsObject ? (call.arguments ?? {}) : textOf(call);
}

function written(delta: Delta, quirks: Quirks): string {
  const { content, thought, refusal, calls } = delta;
  if (content !== undefined && !quirks.roleInEachDelta) return `{"content":${JSON.stringify(content)}}`;
  const bare = quirks.nullContent ? { content: null } : quirks.roleInEachDelta ? { content: "" } : {};
  return JSON.stringify({
    ...(quirks.roleInEachDelta ? { role: "assistant" } : {}),
    ...(content === undefined ? bare : { content }),
    ...(thought === undefined ? {} : { [quirks.thoughtField ?? "reasoning_content"]: thought }),
    ...(refusal === undefined ? {} : { refusal }),
    ...(calls === undefined ? {} : { tool_calls: calls }),
  });
}

function wholeMessage(telling: Telling) {
  const { answer, quirks, id } = telling;
  const said = { text: "", thought: "", refusal: "", calls: [] as object[] };
  for (const part of partsOf(answer)) {
    if (typeof part === "string") said.text += part;
    else if ("thought" in part) said.thought += part.thought;
    else if ("refusal" in part) said.refusal += part.refusal;
    else said.calls.push(...callPieces(part, said.calls.length, id, 1, { ...quirks, wholeCalls: true }));
  }
  const silent = said.text === "" && (quirks.nullContent || said.calls.length > 0 || said.refusal !== "");
  return {
    role: "assistant",
    content: silent ? null : said.text,
    refusal: said.refusal === "" ? null : said.refusal,
    ...(said.thought === "" ? {} : { [quirks.thoughtField ?? "reasoning_content"]: said.thought }),
    ...(said.calls.length === 0 ? {} : { tool_calls: said.calls }),
  };
}

function wholeDelta(telling: Telling): string {
  return JSON.stringify(wholeMessage(telling));
}
