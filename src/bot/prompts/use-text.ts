import { nearest } from "../../config/nearest.ts";
import type { ListedPrompt } from "../../tools/mcp/prompts.ts";

/** A server with the prompts it has. */
export type PromptList = { name: string; prompts: readonly ListedPrompt[] };

/** What a text that uses a prompt asks for; `free` is what stands in it besides, `odd` arguments the prompt does not take. */
export type Use =
  | {
      kind: "prompt";
      server: string;
      prompt: ListedPrompt;
      values: Record<string, string>;
      free: string;
      odd: string[];
    }
  | { kind: "unknown"; asked: string; server?: string; near?: string };

const opening = /^(?:(?:use\s+|使用\s*|用\s*)(\/)?|(\/))(?=[\p{L}\p{N}])/iu;
/** `key=value`; the value may stand in quotes of many kinds, so that it can hold spaces. */
export const filledGap =
  /([^\s=＝"“「']+)[=＝](?:"((?:\\.|[^"\\])*)"|“([^”]*)”|「([^」]*)」|'([^']*)'|([^\s"“「'][^\s]*|))(?=\s|$)/su;
const pair = new RegExp(`(?<=^|\\s)${filledGap.source}`, "gsu");

/** Chinese sentences may have a colon in them, and no space. */
const plainName = /^[\w-]+(?:\.[\w-]+)+$/;
const whollyQuoted = /^(?:"([^"]*)"|“([^”]*)”|「([^」]*)」)$/u;

/** Whether a text may be one that uses a prompt: only then is it worth knowing which there are. */
export function mayUse(text: string): boolean {
  return opening.test(text.trim());
}

/**
 * Reads `use server.prompt key=value …`, and as well `/server:prompt …`. What only looks like it — "use example.com to
 * find …" — is undefined: an ordinary question. `strictly`: nobody is there to notice that it was taken for one, so it
 * is none where a server that there is stands before a dot, or where nothing but arguments comes after `name.name`.
 */
export function readUse(text: string, servers: readonly PromptList[], strictly = false): Use | undefined {
  const opened = opening.exec(text.trim());
  if (!opened) return undefined;
  const called = text.trim().slice(opened[0].length);
  const meant = (opened[1] ?? opened[2]) !== undefined;
  const server = longest(
    servers,
    ({ name }) => startsWith(called, name) && /^[.:：]\S/u.test(called.slice(name.length)),
  );
  if (!server) return unknownServer(called, servers, { meant, strictly });
  const after = called.slice(server.name.length + 1);
  const prompt = longest(
    server.prompts,
    ({ name }) => startsWith(after, name) && /^(?:\s|$)/u.test(after.slice(name.length)),
  );
  if (prompt)
    return { kind: "prompt", server: server.name, prompt, ...filled(prompt, after.slice(prompt.name.length)) };
  const [, asked = "", rest = ""] = /^(\S+)([\s\S]*)$/u.exec(after) ?? [];
  const isHeld = strictly && called.at(server.name.length) === ".";
  if (!meant && !isHeld && freeOf(rest) !== "") return undefined;
  const near = nearest(
    asked,
    server.prompts.map(({ name }) => name),
  );
  const found = near === undefined ? {} : { near: `${server.name}.${near}` };
  return { kind: "unknown", asked: `${server.name}.${asked}`, server: server.name, ...found };
}

/** A prompt with what it was filled with, as it could be typed. */
export function useText(server: string, prompt: string, values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).map(([name, value]) => `${name}=${quoted(value)}`);
  return [`use ${server}.${prompt}`, ...pairs].join(" ");
}

/** How a prompt is used: what it takes, in brackets what may be left out. `given`: what is known already. */
export function usageOf(
  server: string,
  { name, arguments: wanted }: ListedPrompt,
  given: Readonly<Record<string, string>> = {},
): string {
  const gaps = wanted.flatMap((one) => {
    const value = given[one.name];
    if (value !== undefined) return [`${one.name}=${quoted(value)}`];
    return [one.required ? `${one.name}=…` : `[${one.name}=…]`];
  });
  return [`use ${server}.${name}`, ...gaps].join(" ");
}

function unknownServer(
  called: string,
  servers: readonly PromptList[],
  { meant, strictly }: { meant: boolean; strictly: boolean },
): Use | undefined {
  const [, asked = "", rest = ""] = /^([^\s=＝.:：]+[.:：][^\s=＝]+)([\s\S]*)$/u.exec(called) ?? [];
  if (asked === "") return undefined;
  const all = servers.flatMap(({ name, prompts }) => prompts.map((prompt) => `${name}.${prompt.name}`));
  const near = nearest(asked.replace(/[:：]/u, "."), all);
  const isLike = near !== undefined || (strictly && plainName.test(asked));
  if (!meant && (!isLike || freeOf(rest) !== "")) return undefined;
  return { kind: "unknown", asked, ...(near === undefined ? {} : { near }) };
}

function filled(prompt: ListedPrompt, rest: string): { values: Record<string, string>; free: string; odd: string[] } {
  const values: Record<string, string> = {};
  const odd: string[] = [];
  const free = rest.replace(pair, (whole: string, written: string, ...found: (string | undefined)[]) => {
    const argument = prompt.arguments.find(({ name }) => name.toLowerCase() === written.toLowerCase());
    // An address with a `=` in it is no argument.
    if (!argument && !/^[\p{L}\p{N}_-]+$/u.test(written)) return whole;
    if (argument) values[argument.name] = valueIn(found.slice(0, 5));
    else odd.push(written);
    return " ";
  });
  return placed(prompt, { values, free: free.trim(), odd });
}

/** The value that a `filledGap` found, however it was quoted. */
export function valueIn(found: readonly (string | undefined)[]): string {
  const value = found.find((one) => one !== undefined) ?? "";
  return found[0] === undefined ? value : value.replace(/\\(.)/gsu, "$1");
}

/** Words without a name fill the only gap there is. */
function placed(prompt: ListedPrompt, read: { values: Record<string, string>; free: string; odd: string[] }) {
  const only = onlyGap(prompt, read.values);
  if (read.free === "" || !only) return read;
  return { ...read, values: { ...read.values, [only.name]: unquoted(read.free) }, free: "" };
}

/** The gap that words without a name would fill: the only one that must be filled, else the only one there is. */
export function onlyGap(
  prompt: ListedPrompt,
  given: Readonly<Record<string, string>>,
): ListedPrompt["arguments"][number] | undefined {
  const open = prompt.arguments.filter(({ name }) => given[name] === undefined);
  const required = open.filter((one) => one.required);
  const [only, another] = required.length > 0 ? required : open;
  return another ? undefined : only;
}

function freeOf(rest: string): string {
  return rest.replace(pair, "").trim();
}

/** A value as it is typed after `key=`. */
export function quoted(value: string): string {
  return value === "" || /[\s"'“”「」\\]/u.test(value) ? `"${value.replace(/["\\]/gu, "\\$&")}"` : value;
}

function unquoted(text: string): string {
  const [, ...within] = whollyQuoted.exec(text) ?? [];
  return within.find((one) => one !== undefined) ?? text;
}

/** Whether it does, whatever the cases. */
export function startsWith(text: string, start: string): boolean {
  return text.slice(0, start.length).toLowerCase() === start.toLowerCase();
}

/** The one with the longest name of those that fit. */
export function longest<One extends { name: string }>(
  all: readonly One[],
  fits: (one: One) => boolean,
): One | undefined {
  let best: One | undefined;
  for (const one of all) if (fits(one) && one.name.length > (best?.name.length ?? 0)) best = one;
  return best;
}
