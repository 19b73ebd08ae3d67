import { checkImage } from "./check-image.ts";
import { checkLength, checkToolName } from "./check-tools.ts";
import type { Dialect } from "./dialect.ts";
import { isObject, refuse, refuseType } from "./refusal.ts";

const messageFields: Record<string, readonly string[]> = {
  system: ["role", "content", "name"],
  developer: ["role", "content", "name"],
  user: ["role", "content", "name"],
  assistant: ["role", "content", "name", "tool_calls", "refusal", "audio", "function_call"],
  tool: ["role", "content", "tool_call_id"],
  function: ["role", "content", "name"],
};

/** Checks each message, and that every tool call has its result and every result its call. */
export function checkMessages(messages: unknown, dialect: Dialect, model: string): void {
  if (messages === undefined) {
    refuse("messages", "Missing required parameter: 'messages'.", "missing_required_parameter");
  }
  if (!Array.isArray(messages)) refuseType("messages", "an array of objects", messages);
  if (messages.length === 0) {
    refuse(
      "messages",
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      "empty_array",
    );
  }
  let waiting = new Set<string>();
  let waitingSince = -1;
  const settle = () => {
    if (waiting.size === 0) return;
    refuse(
      `messages.[${waitingSince}].role`,
      `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...waiting].join(", ")}`,
    );
  };
  let answered = new Set<string>();
  for (const [index, message] of messages.entries()) {
    const param = `messages[${index}]`;
    if (!isObject(message)) refuseType(param, "an object", message);
    const role = checkRole(param, message, dialect);
    if (role === "tool") {
      const id = message.tool_call_id;
      if (typeof id !== "string") {
        refuse(
          `${param}.tool_call_id`,
          `Missing required parameter: '${param}.tool_call_id'.`,
          "missing_required_parameter",
        );
      }
      if (answered.has(id)) refuse(`${param}.tool_call_id`, `Duplicate value for 'tool_call_id' of '${id}'.`);
      if (!waiting.delete(id)) {
        refuse(
          `messages.[${index}].role`,
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
        );
      }
      answered.add(id);
      checkContent(`${param}.content`, message.content, role, dialect, model);
      continue;
    }
    settle();
    answered = new Set();
    const calls = role === "assistant" ? checkCalls(param, message.tool_calls, dialect) : [];
    waiting = new Set(calls);
    waitingSince = index;
    if (calls.length > 0 && (message.content === null || message.content === undefined)) continue;
    if (role === "assistant" && typeof message.refusal === "string") continue;
    checkContent(`${param}.content`, message.content, role, dialect, model, calls.length > 0);
  }
  settle();
  if (dialect.name === "deepseek" && model === "deepseek-reasoner") checkThoughts(messages);
}

function checkRole(param: string, message: Record<string, unknown>, dialect: Dialect): string {
  const { role } = message;
  if (role === undefined) {
    refuse(`${param}.role`, `Missing required parameter: '${param}.role'.`, "missing_required_parameter");
  }
  if (typeof role !== "string" || !dialect.roles.includes(role)) {
    const known = dialect.roles.map((known) => `'${known}'`).join(", ");
    refuse(`${param}.role`, `Invalid value: '${String(role)}'. Supported values are: ${known}.`, "invalid_value");
  }
  const allowed = messageFields[role] ?? [];
  for (const field of Object.keys(message)) {
    if (allowed.includes(field) || dialect.extraMessageFields.includes(field)) continue;
    refuse(`${param}.${field}`, `Unknown parameter: '${param}.${field}'.`, "unknown_parameter");
  }
  if (message.name !== undefined) {
    if (typeof message.name !== "string") refuseType(`${param}.name`, "a string", message.name);
    if (!/^[^\s<|\\/>]{1,64}$/.test(message.name)) {
      refuse(
        `${param}.name`,
        `Invalid '${param}.name': string does not match pattern. Expected a string that matches the pattern '^[^\\s<|\\\\/>]+$'.`,
        "invalid_value",
      );
    }
  }
  return role;
}

function checkContent(
  param: string,
  content: unknown,
  role: string,
  dialect: Dialect,
  model: string,
  mayBeEmpty = false,
): void {
  if (content === undefined || content === null) {
    refuse(param, `Invalid value for 'content': expected a string, got null.`, "invalid_type");
  }
  if (typeof content === "string") {
    if (content.trim() === "" && role !== "tool" && !mayBeEmpty) {
      refuse(param, `Invalid '${param}': ${role} messages must have non-empty content.`, "empty_string");
    }
    return;
  }
  if (!Array.isArray(content)) refuseType(param, "one of a string or array of objects", content);
  if (content.length === 0) {
    refuse(param, `Invalid '${param}': empty array. Expected an array with minimum length 1.`, "empty_array");
  }
  for (const [index, part] of content.entries()) checkPart(`${param}[${index}]`, part, role, dialect, model);
}

function checkPart(param: string, part: unknown, role: string, dialect: Dialect, model: string): void {
  if (!isObject(part)) refuseType(param, "an object", part);
  const known =
    role === "user" && dialect.takesImages
      ? ["text", "image_url", "input_audio", "file"]
      : role === "assistant"
        ? ["text", "refusal"]
        : ["text"];
  if (typeof part.type !== "string" || !known.includes(part.type)) {
    const supported = known.map((name) => `'${name}'`).join(", ");
    refuse(`${param}.type`, `Invalid value: '${String(part.type)}'. Supported values are: ${supported}.`);
  }
  if (part.type === "text") {
    if (typeof part.text !== "string") refuseType(`${param}.text`, "a string", part.text);
    if (part.text.trim() === "") refuse(`${param}.text`, "text content blocks must be non-empty", "empty_string");
  }
  if (part.type === "image_url") checkImage(`${param}.image_url`, part.image_url, dialect, model);
}

function checkCalls(param: string, calls: unknown, dialect: Dialect): string[] {
  if (calls === undefined || calls === null) return [];
  if (!Array.isArray(calls)) refuseType(`${param}.tool_calls`, "an array of objects", calls);
  if (calls.length === 0) {
    refuse(
      `${param}.tool_calls`,
      `Invalid '${param}.tool_calls': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
      "empty_array",
    );
  }
  return calls.map((call: unknown, index) => {
    const at = `${param}.tool_calls[${index}]`;
    if (!isObject(call)) refuseType(at, "an object", call);
    if (call.type !== "function") refuse(`${at}.type`, `Invalid value: '${String(call.type)}'.`, "invalid_value");
    if (typeof call.id !== "string" || call.id === "") refuseType(`${at}.id`, "a string", call.id);
    if (dialect.closedSchemas) checkLength(`${at}.id`, call.id, 40);
    if (!isObject(call.function)) refuseType(`${at}.function`, "an object", call.function);
    checkToolName(`${at}.function.name`, call.function.name);
    checkArguments(`${at}.function.arguments`, call.function.arguments, dialect);
    if (calls.some((other, before) => before < index && isObject(other) && other.id === call.id)) {
      refuse(`${at}.id`, `Duplicate value for 'id' of '${call.id}' in '${param}.tool_calls'.`);
    }
    return call.id;
  });
}

function checkArguments(param: string, given: unknown, dialect: Dialect): void {
  if (typeof given !== "string") refuseType(param, "a string", given);
  if (!dialect.parsesArguments) return;
  let parsed: unknown;
  try {
    parsed = JSON.parse(given);
  } catch {
    parsed = undefined;
  }
  if (!isObject(parsed)) refuse(param, `invalid tool call arguments: '${param}' is not the JSON of an object`);
}

/** Within a tool loop a thinking model wants its own thoughts back. */
function checkThoughts(messages: unknown[]): void {
  const asked = messages.findLastIndex((message) => isObject(message) && message.role === "user");
  for (const [index, message] of messages.entries()) {
    if (index < asked || !isObject(message) || message.role !== "assistant") continue;
    if (message.tool_calls === undefined || typeof message.reasoning_content === "string") continue;
    refuse(
      `messages[${index}]`,
      `Missing \`reasoning_content\` field in the assistant message at message index ${index}.`,
      "invalid_request_error",
    );
  }
}
