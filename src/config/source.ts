import { isDeepStrictEqual } from "node:util";
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  type YAMLError,
} from "yaml";
import { expand } from "./expand.ts";

/** Where in the settings something stands: names and list positions. */
export type SettingPath = readonly (string | number)[];

/** One file as it stood on disk; `path` is how people are told of it. */
export interface Source {
  path: string;
  text: string;
}

/** What a file says, and where it says it. */
export interface ReadSource {
  /** Undefined when it cannot be read. */
  data: unknown;
  /** Texts as they were written, by the path of a setting whose variables were filled in. */
  expansions: Map<string, { written: string; values: string[] }>;
  complaints: { line: number; column: number; setting: SettingPath; message: string }[];
  /** Line and column of a setting, or of the nearest one around it. */
  place(setting: SettingPath): { line: number; column: number };
}

const mostUnfolded = 50_000;
const deepest = 60;
const mostCharacters = 2_000_000;

/** Reads YAML (or JSON) with its variables filled in, and remembers where everything stood. */
export function readSource(source: Source, env: Readonly<Record<string, string | undefined>>): ReadSource {
  const lines = new LineCounter();
  const expansions: ReadSource["expansions"] = new Map();
  const complaints: ReadSource["complaints"] = [];
  const nowhere = { data: undefined, expansions, complaints, place: () => ({ line: 1, column: 1 }) };
  if (source.text.length > mostCharacters) {
    complaints.push({ line: 1, column: 1, setting: [], message: "is larger than 2 MB" });
    return nowhere;
  }
  let document: Document.Parsed;
  try {
    document = parseDocument(source.text, { lineCounter: lines, prettyErrors: false });
  } catch {
    complaints.push({ line: 1, column: 1, setting: [], message: "is nested too deeply to be read" });
    return nowhere;
  }
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  for (const error of [...document.errors, ...document.warnings]) {
    const complaint = { ...at(error.pos[0]), setting: [], message: inPlainWords(error, source) };
    if (!complaints.some((other) => isDeepStrictEqual(other, complaint))) complaints.push(complaint);
  }
  if (complaints.length > 0) return nowhere;

  const place = (setting: SettingPath) => at(offsetOf(document, setting));
  let unfolded = 0;
  let aliases = 0;
  let refused = false;
  const refuse = (setting: SettingPath, message: string) => {
    if (!refused) complaints.push({ ...place(setting.slice(0, 8)), setting: [], message });
    refused = true;
  };

  const plain = (node: unknown, setting: SettingPath): unknown => {
    if (refused) return undefined;
    // The file's own size is bounded; what its aliases multiply it to is not.
    if (aliases > 0 && ++unfolded > mostUnfolded)
      return refuse(setting, "its aliases unfold to more than can be meant");
    if (setting.length > deepest) return refuse(setting, "is nested too deeply to be read");
    if (isAlias(node)) {
      const meant = node.resolve(document);
      if (meant === undefined)
        return refuse(setting, `the alias *${node.source} has no anchor &${node.source} before it`);
      aliases++;
      const value = plain(meant, setting);
      aliases--;
      return value;
    }
    if (isSeq(node)) return node.items.map((item, index) => plain(item, [...setting, index]));
    if (isMap(node)) return plainMap(node.items, setting);
    if (!isScalar(node)) return undefined;
    if (typeof node.value !== "string") return node.value;
    const { text, variables, complaints: unfilled } = expand(node.value, env);
    for (const message of unfilled) complaints.push({ ...at(node.range?.[0] ?? 0), setting, message });
    if (variables.length > 0) {
      expansions.set(settingName(setting), { written: node.value, values: variables.map(({ value }) => value) });
    }
    return text;
  };

  const plainMap = (pairs: Pair[], setting: SettingPath): Record<string, unknown> => {
    const map: Record<string, unknown> = {};
    // defineProperty, so that a key such as __proto__ is data like any other.
    const put = (key: string, value: unknown) =>
      Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
    for (const { key, value } of pairs) {
      const name = String(isScalar(key) ? key.value : key);
      if (name === "<<") {
        const merged = plain(value, setting);
        for (const other of Array.isArray(merged) ? merged : [merged]) {
          for (const [key, value] of Object.entries(other ?? {})) if (!Object.hasOwn(map, key)) put(key, value);
        }
        continue;
      }
      const read = plain(value, [...setting, name]);
      // "env:" with nothing after it means the default; further in, nothing may be meant.
      if (read !== null || setting.length > 2) put(name, read);
    }
    return map;
  };

  // An empty file says nothing, a refused one may say anything.
  const data = plain(document.contents, []) ?? {};
  return { data: refused ? undefined : data, expansions, complaints, place };
}

/** How people are told of a setting: `agents[1].llm_model`. */
export function settingName(setting: SettingPath): string {
  let name = "";
  for (const step of setting) {
    if (typeof step === "number") name += `[${step}]`;
    else if (/^[\w-]+$/.test(step)) name += name === "" ? step : `.${step}`;
    else name += `[${JSON.stringify(step)}]`;
  }
  return name;
}

// The key's offset for a setting in a map, the item's for one in a list; of the deepest part that is written.
function offsetOf(document: Document.Parsed, setting: SettingPath): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const step of setting) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(
        ({ key }) => String(isScalar(key) ? key.value : key) === String(step),
      );
      if (pair === undefined) break;
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof step === "number") {
      node = node.items[step];
      if (isMap(node) || isSeq(node) || isScalar(node) || isAlias(node)) offset = node.range?.[0] ?? offset;
    } else break;
  }
  return offset;
}

const saidOf: Partial<Record<YAMLError["code"], string>> = {
  BAD_ALIAS: "this alias (*name) has no anchor (&name) before it",
  BAD_DQ_ESCAPE: 'unknown escape in "…" — write it in single quotes, or double the backslash',
  BAD_INDENT: "the indentation does not fit the lines around it",
  BAD_SCALAR_START: "this character cannot begin a text — put the text in quotes",
  BLOCK_AS_IMPLICIT_KEY: "a second colon on one line — put the text in quotes, or begin a new line",
  BLOCK_IN_FLOW: "a block cannot stand inside { … } or [ … ]",
  DUPLICATE_KEY: "this setting is written twice in one map",
  MISSING_CHAR: "something is missing before this — a quote, comma, colon or bracket",
  MULTILINE_IMPLICIT_KEY: "a setting's name must end with a colon on its own line",
  MULTIPLE_DOCS: "only one document may stand in a file (remove the ---)",
  TAB_AS_INDENT: "a tab cannot indent — use spaces",
  TAG_RESOLVE_FAILED: "tags (!…) are not known here",
  UNEXPECTED_TOKEN: "this does not belong here — a quote, comma or bracket may be missing before it",
};

function inPlainWords(error: YAMLError, { path, text }: Source): string {
  const from = text.lastIndexOf("\n", error.pos[0] - 1) + 1;
  const to = text.indexOf("\n", error.pos[0]);
  const line = text.slice(from, to === -1 ? undefined : to);
  const hint =
    /[[{,:]\s*\$\{/.test(line) && /^[^"']*[[{]/.test(line) ? ` — inside { … } write "\${VAR}" in quotes` : "";
  const isJson = path.endsWith(".json");
  if (isJson && /(^|\s)(\/\/|\/\*)/.test(line)) return "cannot be read as JSON: take the comment out";
  return `cannot be read as ${isJson ? "JSON" : "YAML"}: ${saidOf[error.code] ?? error.message.split("\n")[0]?.trim()}${hint}`;
}
