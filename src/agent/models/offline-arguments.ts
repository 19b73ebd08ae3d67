import { isObject } from "../json.ts";
import type { ToolSpec } from "../tool.ts";
import { stemOf, wordsOf } from "./offline-choice.ts";

type Schema = Record<string, unknown>;

/** What could be read out of a message for a tool, and which required fields could not. */
export type ReadArguments = { input: Record<string, unknown>; missing: string[] };

const numerals: Record<string, number> = {
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  twelve: 12,
  twenty: 20,
  一: 1,
  二: 2,
  兩: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
  十: 10,
};
const numeral = new RegExp(
  `-?\\d+(?:\\.\\d+)?|\\b(?:${Object.keys(numerals)
    .filter((word) => /^[a-z]/.test(word))
    .join("|")})\\b|[一二兩三四五六七八九十](?=[顆個次天週月年時分秒人件條份張位則筆])`,
  "gi",
);

/** Reads a tool's arguments from a message by their schema. `named`: the words by which the tool was named. */
export function readArguments(tool: ToolSpec, question: string, named: readonly string[]): ReadArguments {
  const properties = Object.entries(isObject(tool.parameters.properties) ? tool.parameters.properties : {});
  const required = (Array.isArray(tool.parameters.required) ? tool.parameters.required : []).map(String);
  const written = writtenOut(question);
  if (written && Object.keys(written).every((name) => properties.some(([known]) => known === name)))
    return { input: written, missing: required.filter((name) => !(name in written)) };
  const message = new Message(
    question,
    named,
    properties.filter(([, schema]) => isNumber(schema)).map(([name]) => name),
  );
  const input: Record<string, unknown> = {};
  const missing: string[] = [];
  for (const [name, schema] of properties) {
    const wanted = required.includes(name);
    const value = isObject(schema) ? message.read(name, schema, wanted) : undefined;
    if (value !== undefined) input[name] = value;
    else if (wanted) missing.push(name);
  }
  return { input, missing };
}

/** Arguments that a message has as a tool takes them. */
function writtenOut(question: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(question.slice(question.indexOf("{"), question.lastIndexOf("}") + 1));
    return isObject(value) && Object.keys(value).length > 0 ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A value of a schema's form, where one is demanded and nothing better is known. */
export function sampleOf(schema: Schema, text: string): unknown {
  if ("const" in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const branches = [schema.anyOf, schema.oneOf].find(Array.isArray);
  if (branches !== undefined && isObject(branches[0])) return sampleOf(branches[0], text);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "string") return text;
  if (type === "integer" || type === "number") return typeof schema.minimum === "number" ? schema.minimum : 0;
  if (type === "boolean") return false;
  if (type === "array") return [];
  if (type === "null") return null;
  const properties = Object.entries(isObject(schema.properties) ? schema.properties : {});
  return Object.fromEntries(properties.map(([name, inner]) => [name, isObject(inner) ? sampleOf(inner, text) : null]));
}

/** A message that arguments are read from; what was taken once is not taken again. */
class Message {
  readonly #text: string;
  readonly #named: readonly string[];
  /** Each with the field whose word stands beside it. */
  readonly #numbers: { value: number; field: string | undefined }[];
  readonly #numberFields: readonly string[];
  readonly #quotes: string[];
  #restTaken = false;

  constructor(text: string, named: readonly string[], numberFields: readonly string[]) {
    this.#text = text;
    this.#named = named;
    this.#numberFields = numberFields;
    this.#quotes = [...text.matchAll(/"([^"]+)"|“([^”]+)”|「([^」]+)」|`([^`]+)`/g)].flatMap((match) =>
      match.slice(1).filter((quoted) => quoted !== undefined),
    );
    const withoutDates = text.replace(/\d{4}-\d{2}-\d{2}/g, (date) => " ".repeat(date.length));
    this.#numbers = [...withoutDates.matchAll(numeral)].map(({ 0: word, index }) => {
      const after = wordsOf(text.slice(index + word.length, index + word.length + 20))[0] ?? "";
      const before = wordsOf(text.slice(Math.max(0, index - 20), index)).at(-1) ?? "";
      const beside = (near: string) => numberFields.find((field) => wordsOf(field.replaceAll("_", " ")).includes(near));
      return { value: numerals[word.toLowerCase()] ?? Number(word), field: beside(after) ?? beside(before) };
    });
  }

  read(name: string, schema: Schema, wanted: boolean): unknown {
    if ("const" in schema) return schema.const;
    if (Array.isArray(schema.enum)) return this.#oneOf(schema.enum);
    const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== "null") : schema.type;
    if (isNumber(schema)) return this.#number(name, wanted);
    if (type === "boolean")
      return wordsOf(this.#text).includes(stemOf(name.toLowerCase())) ? true : wanted ? false : undefined;
    if (type === "array") return this.#list(schema, wanted);
    if (type === "object") return wanted ? {} : undefined;
    return this.#string(name, schema, wanted);
  }

  #oneOf(values: readonly unknown[]): unknown {
    const text = this.#text.toLowerCase();
    return values.find((value) => typeof value === "string" && text.includes(value.toLowerCase().replaceAll("_", " ")));
  }

  /** The number beside the field's own word, else, for the first of the fields or one that must be, any that is free. */
  #number(name: string, wanted: boolean): number | undefined {
    const found =
      this.#numbers.find(({ field }) => field === name) ??
      (wanted || this.#numberFields[0] === name ? this.#numbers.find(({ field }) => field === undefined) : undefined);
    if (found !== undefined) this.#numbers.splice(this.#numbers.indexOf(found), 1);
    return found?.value;
  }

  #list(schema: Schema, wanted: boolean): unknown[] | undefined {
    const items = isObject(schema.items) ? schema.items : {};
    if (Array.isArray(items.enum)) {
      const text = this.#text.toLowerCase();
      const found = items.enum.filter((value) => text.includes(String(value).toLowerCase()));
      return found.length > 0 || wanted ? found : undefined;
    }
    if (isNumber(items)) return this.#numbers.splice(0).map(({ value }) => value);
    return wanted ? this.#rest()?.split(/\s*[,\u3001\uFF0C]\s*|\s+and\s+/) : undefined;
  }

  #string(name: string, schema: Schema, wanted: boolean): string | undefined {
    const said = new RegExp(
      `\\b${name.replace(/[^\w]/g, "").replaceAll("_", "[ _]")}\\s*[:=\uFF1A]\\s*(\\S+)`,
      "i",
    ).exec(this.#text);
    if (said?.[1] !== undefined) return said[1].replace(/^["'`]|["'`,.]$/g, "");
    const about = `${name} ${typeof schema.description === "string" ? schema.description : ""}`.toLowerCase();
    if (/zone|city|place|location|where/.test(about)) return placeIn(this.#text);
    if (schema.format === "date" || /\bdate\b|日期/.test(about)) return /\d{4}-\d{2}-\d{2}/.exec(this.#text)?.[0];
    if (/\burl\b|\buri\b|\blink\b/.test(about)) return /https?:\/\/[^\s<>)]+/.exec(this.#text)?.[0];
    if (/\bpath\b|\bfile\b|\bfolder\b|directory/.test(about))
      return /~?[\w.-]*(?:\/[\w.-]+)+\/?|[\w-]+\.[a-z]{1,5}\b/.exec(this.#text)?.[0];
    const quoted = this.#quotes.shift();
    if (quoted !== undefined) return quoted;
    return wanted ? this.#rest() : undefined;
  }

  /** What is left of the message behind the words that named the tool; it is given once. */
  #rest(): string | undefined {
    if (this.#restTaken) return undefined;
    this.#restTaken = true;
    let from = 0;
    for (const match of this.#text.matchAll(/[A-Za-z][\w']*/g)) {
      if (this.#named.includes(stemOf(match[0].toLowerCase()))) from = match.index + match[0].length;
    }
    const behind = this.#text.slice(from).replace(/^[\s:,-]*(?:(?:for|about|that|the|of|to|on)\s+)*/i, "");
    const rest = behind.trim().replace(/[?.!\u3002\uFF01\uFF1F]+$/, "");
    return rest === "" ? this.#text.trim() || undefined : rest;
  }
}

/** The place a message speaks of: a zone by its own name, or the words after `in`, or what a Chinese question is about. */
function placeIn(text: string): string | undefined {
  const zone = /\b[A-Z][A-Za-z]+\/[A-Z][\w/+-]+\b|\b(?:UTC|GMT)\b/.exec(text)?.[0];
  if (zone !== undefined) return zone;
  const behind =
    /\b(?:in|at|for)\s+(\p{L}[\p{L}.'-]*(?:[ ,]+\p{Lu}[\p{L}.'-]*)*|new york|los angeles|san francisco|hong kong)/iu;
  const named = /\b(?:in|at|for)\s+((?:\p{Lu}[\p{L}.'-]*[ ,]*)+)/u.exec(text)?.[1] ?? behind.exec(text)?.[1];
  if (named !== undefined)
    return named
      .trim()
      .replace(/[,.']+$/, "")
      .replace(/\s+(?:now|today|please|right)$/i, "");
  const idle =
    /請問|請|告訴我|現在|目前|此刻|今天|當地|幾點|時間|是|的|了|呢|嗎|什麼|多少|在|日期|天氣|如何|怎麼樣|一下|查|看/g;
  const left = (text.replace(idle, " ").match(/\p{Script=Han}{2,6}/u) ?? [])[0];
  return left ?? (/\p{Script=Han}/u.test(text) ? /\b\p{Lu}[\p{L}]+(?: \p{Lu}[\p{L}]+)*/u.exec(text)?.[0] : undefined);
}

function isNumber(schema: unknown): boolean {
  if (!isObject(schema)) return false;
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  return types.includes("integer") || types.includes("number");
}
