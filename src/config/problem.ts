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

/** What is wrong with a file's settings, in plain words. */
export function problemsOf(
  source: Source,
  read: ReadSource,
  issues: readonly z.core.$ZodIssue[],
  isSecret: (setting: SettingPath) => boolean,
): Problem[] {
  const came = (setting: SettingPath): string => {
    const value = valueAt(read.data, setting);
    if (value === undefined) return "is missing";
    const written = read.expansions.get(settingName(setting))?.written;
    return `came ${written === undefined ? shown(value, isSecret(setting)) : `the value of ${written}`}`;
  };
  // What holds a variable that is not set has been complained of.
  const told = new Set(read.complaints.map(({ setting }) => settingName(setting)));
  return issues
    .flatMap((issue) => messagesOf(issue, [], came, read.data))
    .filter(({ setting }) => setting.length === 0 || !told.has(settingName(setting)))
    .map(({ setting, message }) => problemAt(source.path, read.place(setting), setting, message));
}

/** Puts problems in the order of files, and of lines in them. */
export function inOrder(problems: Problem[], files: readonly Source[]): Problem[] {
  const place = new Map(files.map(({ path }, index) => [path, index]));
  const fileOf = ({ file }: Problem) => place.get(file) ?? files.length;
  return problems.sort((a, b) => fileOf(a) - fileOf(b) || a.line - b.line || a.column - b.column);
}

type Complaint = { setting: SettingPath; message: string };

function messagesOf(
  issue: z.core.$ZodIssue,
  around: SettingPath,
  came: (setting: SettingPath) => string,
  data: unknown,
): Complaint[] {
  const setting = [...around, ...issue.path.map((step) => (typeof step === "number" ? step : String(step)))];
  const one = (message: string): Complaint[] => [{ setting, message }];
  const wanted = (what: string, hint = ""): Complaint[] => {
    const arrived = came(setting);
    return one(arrived === "is missing" ? `is missing — wanted ${what}` : `wanted ${what}, ${arrived}${hint}`);
  };
  switch (issue.code) {
    case "unrecognized_keys": {
      const messages = issue.message.split("\n");
      return issue.keys.map((key, index) => ({
        setting: [...setting, key],
        message: messages[index] ?? issue.message,
      }));
    }
    case "invalid_type":
      return wanted(kindWords[issue.expected] ?? issue.expected, hintFor(issue.expected, valueAt(data, setting)));
    case "invalid_value": {
      const words = issue.values.map(String);
      const written = valueAt(data, setting);
      const guess = typeof written === "string" ? didYouMean(written, words) : "";
      return wanted(words.length === 1 ? words.join() : `one of ${words.join(", ")}`, guess);
    }
    case "invalid_union":
      return messagesOfUnion(issue, setting, came, data);
    case "invalid_key":
      return issue.issues.flatMap((inner) =>
        one(
          inner.code === "custom" && inner.params?.wanted ? `as a name, wanted ${inner.params.wanted}` : inner.message,
        ),
      );
    case "custom":
      return typeof issue.params?.wanted === "string"
        ? wanted(issue.params.wanted, issue.params.wanted === "text" ? hintFor("string", valueAt(data, setting)) : "")
        : one(issue.message);
    default:
      return one(issue.message);
  }
}

// Of several forms, the one meant is the one whose outermost shape fits; if none fits, all are named.
function messagesOfUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  setting: SettingPath,
  came: (setting: SettingPath) => string,
  data: unknown,
): Complaint[] {
  if (issue.errors.length === 0) {
    // A discriminated union: `type` is missing or not one of its words.
    const words = "options" in issue && Array.isArray(issue.options) ? issue.options.map(String).join(", ") : "";
    const arrived = came(setting);
    return [
      {
        setting,
        message:
          arrived === "is missing" ? `is missing — wanted one of ${words}` : `wanted one of ${words}, ${arrived}`,
      },
    ];
  }
  const meant = issue.errors.filter((issues) =>
    issues.every((inner) => inner.path.length > 0 || inner.code === "unrecognized_keys"),
  );
  const fewest = meant.sort((one, other) => one.length - other.length)[0];
  if (fewest !== undefined) return fewest.flatMap((inner) => messagesOf(inner, setting, came, data));
  const forms = issue.errors.flatMap((issues) => issues.flatMap((inner) => formOf(inner)));
  const words = issue.errors.flatMap((issues) =>
    issues.flatMap((inner) => (inner.code === "invalid_value" ? inner.values.map(String) : [])),
  );
  const written = valueAt(data, setting);
  const arrived = came(setting);
  const what = [...new Set(forms)].join(", or ");
  const guess = typeof written === "string" ? didYouMean(written, words) : "";
  return [
    {
      setting,
      message: arrived === "is missing" ? `is missing — wanted ${what}` : `wanted ${what}, ${arrived}${guess}`,
    },
  ];
}

function formOf(issue: z.core.$ZodIssue): string[] {
  if (issue.code === "invalid_type") return [kindWords[issue.expected] ?? issue.expected];
  if (issue.code === "invalid_value") return [issue.values.map(String).join(", ")];
  if (issue.code === "custom" && typeof issue.params?.wanted === "string") return [issue.params.wanted];
  if (issue.code === "invalid_union") return issue.errors.flatMap((issues) => issues.flatMap(formOf));
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
