import type { Mentioned, PersonId } from "../chat.ts";
import { codeIn } from "./code.ts";

const links =
  /!?\[(?:[^[\]\\]|\\.){0,500}\](?:\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)|\[[^[\]]*\])|<[^<>\s]+>|https?:\/\/\S+/g;
const bound = "(?![\\p{L}\\p{N}\\p{M}_@]|[-.][\\p{L}\\p{N}])";
// East Asian words stand without a space between them: a Latin name may end right before one.
const boundOfLatin = "(?!(?!\\p{Ideographic}|[ぁ-ヿ가-힣])[\\p{L}\\p{N}\\p{M}_@]|[-.][\\p{L}\\p{N}])";
const before = "(?<!(?![\\p{Ideographic}ぁ-ヿ가-힣])[\\p{L}\\p{N}_]|[%+@/＠-])";

/**
 * A text in which `@name` calls a person: it becomes what `write` makes of their id. Names count whole, the longest that
 * fits, in any case; in code, links and addresses they are only words.
 */
export function withMentions(text: string, people: readonly Mentioned[], write: (id: PersonId) => string): string {
  if (people.length === 0 || !/[@＠]/.test(text)) return text;
  const known = new Map<string, PersonId>();
  for (const { name, id } of people) if (name.trim() && !known.has(keyOf(name))) known.set(keyOf(name), id);
  if (known.size === 0) return text;
  const names = [...known.keys()].sort((one, other) => other.length - one.length);
  const call = new RegExp(`${before}[@＠](${names.map(patternOf).join("|")})`, "giu");
  let said = "";
  let at = 0;
  const say = (to: number) => {
    said += text.slice(at, to).replace(call, (whole, name: string) => {
      const id = known.get(keyOf(name));
      return id ? write(id) : whole;
    });
  };
  for (const { start, end } of untouched(text)) {
    if (start < at) continue;
    say(start);
    said += text.slice(start, end);
    at = end;
  }
  say(text.length);
  return said;
}

function keyOf(name: string): string {
  return name
    .trim()
    .replace(/^[@＠]/, "")
    .replace(/\s+/g, " ")
    .toLowerCase();
}

function patternOf(name: string): string {
  const escaped = name.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&").replace(/ /g, "[ \\u00a0]+");
  return `${escaped}${/[\p{Ideographic}ぁ-ヿ가-힣]$/u.test(name) ? bound : boundOfLatin}`;
}

function untouched(text: string): { start: number; end: number }[] {
  const code = codeIn(text);
  const linked = [...text.matchAll(links)].map(({ index, 0: whole }) => ({ start: index, end: index + whole.length }));
  return [...code, ...linked].sort((one, other) => one.start - other.start);
}
