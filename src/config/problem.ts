import type { z } from "zod";
import { didYouMean } from "./nearest.ts";
import { type ReadSource, type SettingPath, type Source, settingName } from "./source.ts";

/** Something wrong in a file, and where; `text` is the whole line people are shown. */
export interface Problem {
  file: string;
  line: number;
  column: number;
  setting: string;
  message: string;
  text: string;
}

/** A problem, with its one line of text. */
export function problemAt(
  file: string,
  { line, column }: { line: number; column: number },
  setting: SettingPath,
  complaint: string,
): Problem {
  const named = settingName(setting);
  const message = complaint.replaceAll(/\s*\n\s*/g, " ");
  const text = `${file}:${line}:${column} ${named === "" ? "" : `${named}: `}${message}`;
  return { file, line, column, setting: named, message, text };
}

/** Puts problems in the order of files, and of lines in them. */
export function inOrder(problems: Problem[], files: readonly Source[]): Problem[] {
  const place = new Map(files.map(({ path }, index) => [path, index]));
  const fileOf = ({ file }: Problem) => place.get(file) ?? files.length;
  return problems.sort((a, b) => fileOf(a) - fileOf(b) || a.line - b.line || a.column - b.column);
}

/** What is wrong with a file's settings, in plain words. */
export function problemsOf(
  source: Source,
  read: ReadSource,
  issues: readonly z.core.$ZodIssue[],
  isSecret: (setting: SettingPath) => boolean,
): Problem[] {
  const complaints = issues.flatMap((issue) => complaintsOf(issue, [], { read, isSecret }));
  // What holds a variable that is not set has been complained of.
  const told = new Set(read.complaints.map(({ setting }) => settingName(setting)));
  return complaints
    .filter(({ setting }) => setting.length === 0 || !told.has(settingName(setting)))
    .map(({ setting, message }) => problemAt(source.path, read.place(setting), setting, message));
}

type Complaint = { setting: SettingPath; message: string };
type Context = { read: ReadSource; isSecret: (setting: SettingPath) => boolean };

function complaintsOf(issue: z.core.$ZodIssue, around: SettingPath, context: Context): Complaint[] {
  const setting = [...around, ...issue.path.map((step) => (typeof step === "number" ? step : String(step)))];
  const written = valueAt(context.read.data, setting);
  const one = (message: string): Complaint[] => [{ setting, message }];
  const wanted = (what: string, hint = "") => one(wantedButCame(what, hint, setting, context));
  switch (issue.code) {
    case "unrecognized_keys": {
      const messages = issue.message.split("\n");
      return issue.keys.map((key, index) => ({
        setting: [...setting, key],
        message: messages[index] ?? issue.message,
      }));
    }
    case "invalid_type":
      return wanted(kindWords[issue.expected] ?? issue.expected, hintFor(issue.expected, written));
    case "invalid_value":
      return wanted(oneOfThese(issue.values), guessAt(written, issue.values));
    case "invalid_union": {
      // A discriminated union says which words decide.
      if ("options" in issue && Array.isArray(issue.options)) return wanted(oneOfThese(issue.options));
      const meant = formMeant(issue);
      if (meant !== undefined) return meant.flatMap((inner) => complaintsOf(inner, setting, context));
      const forms = new Set(issue.errors.flat().flatMap(formOf));
      const words = issue.errors.flat().flatMap((inner) => (inner.code === "invalid_value" ? inner.values : []));
      return wanted([...forms].join(", or "), guessAt(written, words));
    }
    case "invalid_key": {
      const [inner] = issue.issues;
      return one(inner === undefined ? issue.message : `as a name, wanted ${formOf(inner).join() || inner.message}`);
    }
    case "custom": {
      const what: unknown = issue.params?.wanted;
      if (typeof what !== "string") return one(issue.message);
      return wanted(what, what === "text" ? hintFor("string", written) : "");
    }
    default:
      return one(issue.message);
  }
}

function wantedButCame(what: string, hint: string, setting: SettingPath, { read, isSecret }: Context): string {
  const value = valueAt(read.data, setting);
  if (value === undefined) return `is missing — wanted ${what}`;
  // A variable's value may be anybody's secret: its name says enough.
  const written = read.expansions.get(settingName(setting))?.written;
  const came = written === undefined ? shown(value, isSecret(setting)) : `the value of ${written}`;
  return `wanted ${what}, came ${came}${hint}`;
}

/** Of several forms, the one meant is the one whose outermost shape fits. */
export function formMeant(issue: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue[] | undefined {
  const fitting = issue.errors.filter((issues) =>
    issues.every((inner) => inner.path.length > 0 || inner.code === "unrecognized_keys"),
  );
  return fitting.sort((one, other) => one.length - other.length)[0];
}

function formOf(issue: z.core.$ZodIssue): string[] {
  if (issue.code === "invalid_type") return [kindWords[issue.expected] ?? issue.expected];
  if (issue.code === "invalid_value") return [issue.values.map(String).join(", ")];
  if (issue.code === "custom" && typeof issue.params?.wanted === "string") return [issue.params.wanted];
  if (issue.code === "invalid_union") return issue.errors.flat().flatMap(formOf);
  return [];
}

const kindWords: Record<string, string> = {
  string: "text",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "a map of settings",
  record: "a map",
};

function oneOfThese(words: readonly unknown[]): string {
  return words.length === 1 ? String(words[0]) : `one of ${words.join(", ")}`;
}

// Other words for yes and no, one of which is nearer in spelling to the wrong one.
const switches: Readonly<Record<string, string>> = { true: "on", yes: "on", false: "off", no: "off" };

function guessAt(written: unknown, words: readonly unknown[]): string {
  const meant = switches[String(written)];
  if (meant !== undefined && words.includes(meant)) return ` — did you mean "${meant}"?`;
  return typeof written === "string" ? didYouMean(written, words.map(String)) : "";
}

function hintFor(expected: string, written: unknown): string {
  if (expected === "string" && (typeof written === "number" || typeof written === "boolean"))
    return " — put it in quotes";
  if (expected === "array" && typeof written === "string") return " — put it in [ ]";
  return "";
}

/** What stands at a setting in plain data. */
export function valueAt(data: unknown, setting: SettingPath): unknown {
  let value = data;
  for (const step of setting) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}

function shown(value: unknown, secret: boolean): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (value === null) return "nothing";
  if (typeof value === "object") return "a map";
  if (secret) return `a ${typeof value} (not shown: it is a secret)`;
  if (typeof value !== "string") return String(value);
  const safe = value.replaceAll(/\/\/[^/@\s]+@/g, "//…@");
  return safe.length > 60 ? `${JSON.stringify(safe.slice(0, 60))}…` : JSON.stringify(safe);
}
