import { isObject } from "../agent/json.ts";
import type { ToolSpec } from "../agent/tool.ts";

/** A tool that can be found, and the server or toolbox it is of. */
export type Findable = { spec: ToolSpec; box: string };

const longestRead = 2000;

/** So much more does a word in a name tell than one in a description. */
const worth = { name: 6, parameter: 2, description: 1 };

/**
 * The tools that a query names best, the best first. Words are sought in names, names of parameters and descriptions;
 * what is written without spaces is sought by pairs of its letters. The same query always finds the same.
 */
export function findTools(query: string, tools: readonly Findable[], most: number): Findable[] {
  const sought = [...new Set(termsOf(query))];
  const texts = tools.map(textsOf);
  // A word that every tool has tells nothing of any.
  const rarity = new Map(
    sought.map((term) => {
      const having = texts.filter((text) => fields.some((field) => text[field].has(term))).length;
      return [term, Math.log(1 + tools.length / Math.max(1, having))];
    }),
  );
  const found = texts.map((text, at) => {
    let score = 0;
    for (const term of sought) {
      const field = fields.find((one) => text[one].has(term));
      const inside = term.length > 3 && text.whole.includes(term) ? worth.parameter : 0;
      score += (field ? worth[field] : inside) * (rarity.get(term) ?? 0);
    }
    return { score, at };
  });
  return found
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score || one.at - other.at)
    .slice(0, most)
    .flatMap(({ at }) => tools[at] ?? []);
}

const fields = ["name", "parameter", "description"] as const;

/** What can be found of a tool, by where it stands. */
type Texts = Record<(typeof fields)[number], Set<string>> & { whole: string };
const known = new WeakMap<ToolSpec, Texts>();

function textsOf({ spec, box }: Findable): Texts {
  const texts = known.get(spec) ?? {
    name: new Set([...termsOf(box), ...termsOf(spec.name)]),
    parameter: new Set(parametersOf(spec).flatMap(([name, schema]) => [...termsOf(name), ...describedIn(schema)])),
    description: new Set(termsOf(spec.description)),
    whole: spec.name.toLowerCase(),
  };
  known.set(spec, texts);
  return texts;
}

/** A tool in one line: its name, what it takes, what it does. */
export function toolLine({ spec }: Findable): string {
  const required = Array.isArray(spec.parameters.required) ? spec.parameters.required : [];
  const takes = parametersOf(spec).map(([name, schema]) => {
    const type = isObject(schema) && typeof schema.type === "string" ? `: ${schema.type}` : "";
    return `${name}${required.includes(name) ? "" : "?"}${type}`;
  });
  const shown = takes.length > 12 ? [...takes.slice(0, 12), "…"] : takes;
  const does = spec.description.replace(/\s+/g, " ").trim();
  return `- ${spec.name}(${shown.join(", ")}): ${does.length > 300 ? `${does.slice(0, 299)}…` : does}`;
}

function parametersOf({ parameters }: ToolSpec): [string, unknown][] {
  return Object.entries(isObject(parameters.properties) ? parameters.properties : {});
}

function describedIn(schema: unknown): string[] {
  return isObject(schema) && typeof schema.description === "string" ? termsOf(schema.description) : [];
}

/** Words by their stems; of scripts without spaces between words, each two letters that stand together. */
function termsOf(text: string): string[] {
  const terms: string[] = [];
  const short = text.slice(0, longestRead);
  // Most of what tools say of themselves is plain, and plain words are found ten times as fast.
  if (!/[^\0-\x7f]/.test(short)) {
    for (const [word] of short.matchAll(/[a-zA-Z0-9]+/g)) addWord(terms, word, /([a-z0-9])([A-Z])/g);
    return terms;
  }
  for (const [run] of short.normalize("NFKC").matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
    for (const [part] of run.matchAll(spaceless)) terms.push(...pairsOf(part));
    for (const [word] of run.matchAll(spaced)) addWord(terms, word, /(\p{Ll}|\p{N})(\p{Lu})/gu);
  }
  return terms;
}

/** A word by its stem; one that is put together of several, by those as well. */
function addWord(terms: string[], word: string, joint: RegExp): void {
  const lower = word.toLowerCase();
  const parts = lower === word ? [word] : word.replace(joint, "$1 $2").split(" ");
  for (const part of parts.length > 1 ? [word, ...parts] : parts) {
    const plain = part.toLowerCase();
    if (!idle.has(plain)) terms.push(stemOf(plain));
  }
}

const scripts = "\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}";
const spaceless = new RegExp(`[${scripts}]+`, "gu");
const spaced = new RegExp(`[^${scripts}]+`, "gu");

function pairsOf(run: string): string[] {
  const signs = [...run];
  return signs.length < 2 ? signs : signs.slice(1).map((sign, at) => `${signs[at]}${sign}`);
}

const idle = new Set(
  "a an and any are as at be by can do does for from how i in into is it me my of on or our please that the this to tool tools use using want what which with you your".split(
    " ",
  ),
);

/** Without the endings that English puts to words. */
function stemOf(word: string): string {
  if (word.length > 5 && word.endsWith("ing")) return word.slice(0, -3);
  if (word.length > 4 && word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  if (word.length > 4 && /(?:s|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return word.length > 3 && /[^s]s$/.test(word) ? word.slice(0, -1) : word;
}
