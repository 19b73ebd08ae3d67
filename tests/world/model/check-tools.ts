import { Ajv2020 } from "ajv/dist/2020.js";
import type { Dialect } from "./dialect.ts";
import { isObject, refuse, refuseType } from "./refusal.ts";

const maxTools = 128;
const toolName = /^[a-zA-Z0-9_-]+$/;

/** Refuses a tool's name that is too long or has other characters than letters, digits, `_` and `-`. */
export function checkToolName(param: string, name: unknown): string {
  if (typeof name !== "string") refuseType(param, "a string", name);
  if (name === "") {
    refuse(param, `Invalid '${param}': empty string. Expected a string with minimum length 1.`, "empty_string");
  }
  checkLength(param, name, 64);
  if (!toolName.test(name)) {
    refuse(
      param,
      `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
      "invalid_value",
    );
  }
  return name;
}

/** Refuses a string longer than the provider takes. */
export function checkLength(param: string, text: string, max: number): void {
  if (text.length <= max) return;
  refuse(
    param,
    `Invalid '${param}': string too long. Expected a string with maximum length ${max}, but got a string with length ${text.length} instead.`,
    "string_above_max_length",
  );
}

/** Checks `tools`, `tool_choice` and `parallel_tool_calls`. */
export function checkTools(body: Record<string, unknown>, dialect: Dialect): void {
  const { tools, tool_choice: choice, parallel_tool_calls: parallel } = body;
  if (tools === undefined || tools === null) {
    for (const [param, value] of Object.entries({ tool_choice: choice, parallel_tool_calls: parallel })) {
      if (value === undefined || value === null || value === "none") continue;
      refuse(param, `Invalid value for '${param}': '${param}' is only allowed when 'tools' are specified.`);
    }
    return;
  }
  if (!Array.isArray(tools)) refuseType("tools", "an array of objects", tools);
  if (tools.length === 0) {
    refuse(
      "tools",
      "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      "empty_array",
    );
  }
  if (tools.length > maxTools) {
    refuse(
      "tools",
      `Invalid 'tools': array too long. Expected an array with maximum length ${maxTools}, but got an array with length ${tools.length} instead.`,
      "array_above_max_length",
    );
  }
  const names = new Set<string>();
  for (const [index, tool] of tools.entries()) {
    const name = checkTool(`tools[${index}]`, tool, dialect);
    if (names.has(name)) refuse("tools", `tools: Tool names must be unique. '${name}' comes twice.`);
    names.add(name);
  }
  checkChoice(choice, names);
  if (parallel !== undefined && typeof parallel !== "boolean") {
    refuseType("parallel_tool_calls", "a boolean", parallel);
  }
}

function checkTool(param: string, tool: unknown, dialect: Dialect): string {
  if (!isObject(tool)) refuseType(param, "an object", tool);
  if (tool.type !== "function") {
    refuse(
      `${param}.type`,
      `Invalid value: '${String(tool.type)}'. Supported values are: 'function'.`,
      "invalid_value",
    );
  }
  const described = tool.function;
  if (!isObject(described)) {
    refuse(`${param}.function`, `Missing required parameter: '${param}.function'.`, "missing_required_parameter");
  }
  const name = checkToolName(`${param}.function.name`, described.name);
  const { description, parameters, strict } = described;
  if (description !== undefined) {
    if (typeof description !== "string") refuseType(`${param}.function.description`, "a string", description);
    if (dialect.closedSchemas) checkLength(`${param}.function.description`, description, 1024);
  }
  if (parameters !== undefined) checkParameters(`${param}.function.parameters`, name, parameters, strict, dialect);
  return name;
}

function checkParameters(param: string, name: string, parameters: unknown, strict: unknown, dialect: Dialect): void {
  const wrong = (what: string): never =>
    refuse(param, `Invalid schema for function '${name}': ${what}`, "invalid_function_parameters");
  if (!isObject(parameters)) refuseType(param, "an object", parameters);
  if (parameters.type !== "object") {
    wrong(
      `schema must be a JSON Schema of 'type: "object"', got 'type: ${JSON.stringify(parameters.type ?? "None")}'.`,
    );
  }
  if (parameters.properties !== undefined && !isObject(parameters.properties)) {
    wrong(`${JSON.stringify(parameters.properties)} is not of type 'object'.`);
  }
  if (dialect.plainParameters && ["oneOf", "anyOf", "allOf", "enum", "not"].some((word) => word in parameters)) {
    wrong("schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level.");
  }
  if (dialect.plainParameters) checkDialect(parameters, wrong);
  if (dialect.closedSchemas && parameters.properties === undefined) {
    wrong("In context=(), object schema missing properties.");
  }
  if (dialect.closedSchemas) checkSchema(parameters, [], strict === true, wrong);
}

const metaSchema = new Ajv2020({ strict: false, validateFormats: false, logger: false });

/** Refuses what is no schema of the dialect of 2020, the one that providers read, and references that lead nowhere. */
function checkDialect(parameters: Record<string, unknown>, wrong: (what: string) => never): void {
  if (!metaSchema.validateSchema(parameters)) {
    const [error] = metaSchema.errors ?? [];
    wrong(`${error?.instancePath ?? ""} ${error?.message ?? "is no JSON Schema of draft 2020-12"}.`);
  }
  for (const [, reference = ""] of JSON.stringify(parameters).matchAll(/"\$ref":"([^"]*)"/g)) {
    let at: unknown = parameters;
    const steps = reference.split("/").slice(1);
    for (const step of steps) at = Object(at)[decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~")];
    if (!reference.startsWith("#") || !isObject(at)) {
      wrong(`reference to component '${reference}' which was not found in the schema.`);
    }
  }
}

/** Walks a schema: arrays must say their items; under `strict` objects must be closed and everything required. */
function checkSchema(schema: unknown, path: string[], strict: boolean, wrong: (what: string) => never): void {
  if (!isObject(schema)) return;
  const context = `In context=(${path.map((step) => `'${step}'`).join(", ")}),`;
  if (schema.type === "array" && schema.items === undefined) wrong(`${context} array schema missing items.`);
  const properties = isObject(schema.properties) ? schema.properties : {};
  if (strict && schema.type === "object") {
    if (schema.additionalProperties !== false) {
      wrong(`${context} 'additionalProperties' is required to be supplied and to be false.`);
    }
    const required = Array.isArray(schema.required) ? schema.required : [];
    const missing = Object.keys(properties).find((key) => !required.includes(key));
    if (missing !== undefined) {
      wrong(
        `${context} 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`,
      );
    }
  }
  for (const [key, value] of Object.entries(properties)) {
    checkSchema(value, [...path, "properties", key], strict, wrong);
  }
  if (schema.items !== undefined) checkSchema(schema.items, [...path, "items"], strict, wrong);
  for (const word of ["anyOf", "oneOf", "allOf"]) {
    const branches = schema[word];
    if (!Array.isArray(branches)) continue;
    for (const [index, branch] of branches.entries()) {
      checkSchema(branch, [...path, word, String(index)], strict, wrong);
    }
  }
}

function checkChoice(choice: unknown, names: ReadonlySet<string>): void {
  if (choice === undefined || choice === null) return;
  if (typeof choice === "string") {
    if (["none", "auto", "required"].includes(choice)) return;
    refuse("tool_choice", `Invalid value: '${choice}'. Supported values are: 'none', 'auto', and 'required'.`);
  }
  if (!isObject(choice) || choice.type !== "function" || !isObject(choice.function)) {
    refuseType("tool_choice", "one of a string or an object that names a function", choice);
  }
  if (typeof choice.function.name !== "string" || !names.has(choice.function.name)) {
    refuse(
      "tool_choice",
      `Invalid value for 'tool_choice': function '${String(choice.function.name)}' is not in 'tools'.`,
    );
  }
}
