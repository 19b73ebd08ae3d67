import { isDeepStrictEqual } from "node:util";
import {
  Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  type Pair,
  parseDocument,
  stringify,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import type { SettingPath } from "./source.ts";

/** One change of a settings file. */
export type Edit =
  | { do: "set"; path: SettingPath; value: unknown }
  | { do: "delete"; path: SettingPath }
  /** Adds an item to the end of the list at `path`; the list is made if need be. */
  | { do: "append"; path: SettingPath; value: unknown };

/** Changes YAML where the edit is and nowhere else: comments, order and layout stay. Throws when there is no such place. */
export function editYaml(text: string, edit: Edit): string {
  const document = parse(text);
  change(document, edit);
  // The whole written anew, in the library's layout: right, but only good enough where no patch is.
  const rewritten = document.toString({ lineWidth: 0 });
  const patched = patch(text, edit);
  if (patched === undefined || !saysTheSame(patched, document.toJS())) return rewritten;
  return commentsIn(patched) >= commentsIn(rewritten) ? patched : rewritten;
}

function parse(text: string): Document.Parsed {
  const document = parseDocument(text, { prettyErrors: false });
  if (document.errors[0] !== undefined) throw new Error(`cannot be read as YAML: ${document.errors[0].message}`);
  return document;
}

function change(document: Document.Parsed, edit: Edit): void {
  if (edit.do === "delete") {
    if (!document.hasIn(edit.path)) throw new Error("there is nothing to delete");
    document.deleteIn(edit.path);
  } else if (edit.do === "append" && document.hasIn(edit.path) && isSeq(document.getIn(edit.path, true))) {
    document.addIn(edit.path, document.createNode(edit.value));
  } else {
    document.setIn(edit.path, document.createNode(edit.do === "append" ? [edit.value] : edit.value));
  }
}

function saysTheSame(text: string, expected: unknown): boolean {
  const document = parseDocument(text, { prettyErrors: false });
  return document.errors.length === 0 && isDeepStrictEqual(document.toJS(), expected);
}

function commentsIn(text: string): number {
  return [...new Lexer().lex(text)].filter((token) => token.startsWith("#")).length;
}

// The text with only the edit's own place changed, or undefined where that takes more than a patch.
function patch(text: string, edit: Edit): string | undefined {
  const place = placeOf(parse(text), edit.path);
  if (place === undefined) return undefined;
  const { holder, index, node, missing } = place;
  if (edit.do === "delete") return index === -1 ? undefined : cut(text, holder, index);
  if (edit.do === "append" && isSeq(node)) return insertItem(text, node, edit.value);
  const value = edit.do === "append" ? [edit.value] : edit.value;
  const [key, ...deeper] = missing;
  if (isMap(holder) && key !== undefined) return insertPair(text, holder, String(key), wrap(deeper, value));
  if (isMap(holder)) return replacePair(text, holder, holder.items[index], value);
  return replaceInline(text, node, value, holder.flow === true);
}

type Place = { holder: YAMLMap | YAMLSeq; index: number; node: unknown; missing: SettingPath };

// The entry at a path and what holds it; or, index -1, the map in which the first of the missing steps would be.
function placeOf(document: Document.Parsed, path: SettingPath): Place | undefined {
  let holder: unknown = document.contents;
  for (const [depth, step] of path.entries()) {
    if (!isMap(holder) && !isSeq(holder)) return undefined;
    const index = isMap(holder)
      ? holder.items.findIndex(({ key }) => isScalar(key) && key.value === step)
      : Number(step);
    const item: unknown = holder.items[index];
    if (item === undefined)
      return isMap(holder) ? { holder, index: -1, node: undefined, missing: path.slice(depth) } : undefined;
    const node = isPair(item) ? item.value : item;
    if (depth === path.length - 1) return { holder, index, node, missing: [] };
    holder = node;
  }
  return undefined;
}

// What stands at missing steps: maps, and a list where something is appended.
function wrap(rest: SettingPath, value: unknown): unknown {
  return rest.reduceRight((inner: unknown, step) => (typeof step === "number" ? [inner] : { [step]: inner }), value);
}

function replacePair(text: string, map: YAMLMap, pair: Pair | undefined, value: unknown): string | undefined {
  if (!isNode(pair?.value) || !isNode(pair.key)) return undefined;
  const isLong = typeof value === "string" && value.includes("\n");
  if (map.flow || (isInline(text, pair.value) && !isLong))
    return replaceInline(text, pair.value, value, map.flow === true);
  const [start] = rangeOf(pair.key);
  const end = contentEnd(text, pair.value);
  if (start === undefined || end === undefined) return undefined;
  return splice(text, start, end, indented(block({ [String(pair.key)]: value }), column(text, start)));
}

function replaceInline(text: string, node: unknown, value: unknown, inFlow: boolean): string | undefined {
  const [start, end] = rangeOf(node);
  if (!isNode(node) || start === undefined || isAlias(node) || !isInline(text, node)) return undefined;
  const space = start === end && text[start - 1] === ":" ? " " : "";
  return splice(text, start, end, space + inline(value, inFlow));
}

function insertPair(text: string, map: YAMLMap, key: string, value: unknown): string | undefined {
  if (map.flow) return insertInFlow(text, map, inline({ [key]: value }, true).slice(2, -2));
  const [start] = rangeOf(map.items[0]?.key);
  const end = contentEnd(text, map);
  if (end === undefined || start === undefined) return undefined;
  const indent = column(text, start);
  return insertLines(text, end, " ".repeat(indent) + indented(block({ [key]: value }), indent));
}

function insertItem(text: string, list: YAMLSeq, value: unknown): string | undefined {
  if (list.flow) return insertInFlow(text, list, inline(value, true));
  const [start] = rangeOf(list);
  const end = contentEnd(text, list);
  if (start === undefined || end === undefined) return undefined;
  const indent = column(text, start);
  return insertLines(text, end, " ".repeat(indent) + indented(block([value]), indent));
}

function insertInFlow(text: string, collection: YAMLMap | YAMLSeq, addition: string): string | undefined {
  const [start, end] = rangeOf(collection);
  if (start === undefined || end === undefined) return undefined;
  const [, after] = rangeOf(lastNodeOf(collection.items.at(-1)));
  const open = text[start] ?? "";
  const close = text[end - 1] ?? "";
  if (after === undefined)
    return splice(text, start, end, open === "{" ? `{ ${addition} }` : `${open}${addition}${close}`);
  return splice(text, after, after, `, ${addition}`);
}

// Takes an entry out with its own lines, or its own commas.
function cut(text: string, collection: YAMLMap | YAMLSeq, index: number): string | undefined {
  const edges = collection.items.map((item: unknown) => {
    const last = lastNodeOf(item);
    return { start: rangeOf(firstNodeOf(item))[0], end: collection.flow ? rangeOf(last)[1] : contentEnd(text, last) };
  });
  const here = edges[index];
  if (here?.start === undefined || here.end === undefined || edges.length === 1) return undefined;
  if (collection.flow) {
    const before = edges[index - 1]?.end;
    const after = edges[index + 1]?.start;
    if (before !== undefined) return splice(text, before, here.end, "");
    return after === undefined ? undefined : splice(text, here.start, after, "");
  }
  const from = text.lastIndexOf("\n", here.start - 1) + 1;
  // Only white space and the item's dash may stand before it; `- name: x` begins a whole item.
  if (!(isSeq(collection) ? /^\s*-\s*$/ : /^\s*$/).test(text.slice(from, here.start))) return undefined;
  return splice(text, from, lineEnd(text, here.end) + 1, "");
}

function firstNodeOf(item: unknown): unknown {
  return isPair(item) ? item.key : item;
}

function lastNodeOf(item: unknown): unknown {
  return isPair(item) ? (item.value ?? item.key) : item;
}

function isInline(text: string, node: Node): boolean {
  if (isCollection(node)) return node.flow === true;
  const [start] = rangeOf(node);
  return (
    start !== undefined && text[start] !== "|" && text[start] !== ">" && text[start] !== "&" && text[start] !== "!"
  );
}

// Where the last character of a value is, without the comments and blank lines after it.
function contentEnd(text: string, node: unknown): number | undefined {
  if (isCollection(node) && !node.flow) {
    return contentEnd(text, lastNodeOf(node.items.at(-1)));
  }
  if (!isNode(node)) return undefined;
  const [, end] = rangeOf(node);
  return end === undefined ? undefined : text[end - 1] === "\n" ? end - 1 : end;
}

function rangeOf(node: unknown): [number, number] | [undefined, undefined] {
  return isNode(node) && node.range ? [node.range[0], node.range[1]] : [undefined, undefined];
}

const layout = { lineWidth: 0 };

function inline(value: unknown, inFlow: boolean): string {
  const isPlain = typeof value !== "object" || value === null;
  if (typeof value === "string" && value.includes("\n")) return JSON.stringify(value);
  if (isPlain && !inFlow) return block(value);
  const document = new Document([value], { version: "1.2" });
  flowInside(document.contents);
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: false }).trimEnd();
  const padded = text.slice(1, -1);
  return padded.startsWith("{") ? `{ ${padded.slice(1, -1)} }` : padded;
}

function flowInside(node: unknown): void {
  if (!isCollection(node)) return;
  node.flow = true;
  for (const item of node.items) flowInside(lastNodeOf(item));
}

// Without the last line's end; white space before it may be part of a text.
function block(value: unknown): string {
  return stringify(value, layout).replace(/\n$/, "");
}

function indented(lines: string, indent: number): string {
  return lines.replaceAll(/\n(?=[^\n])/g, `\n${" ".repeat(indent)}`);
}

function insertLines(text: string, after: number, lines: string): string {
  const end = lineEnd(text, after);
  return splice(text, end, end, `\n${lines}`);
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end;
}

function column(text: string, offset: number): number {
  return offset - (text.lastIndexOf("\n", offset - 1) + 1);
}

function splice(text: string, from: number, to: number, replacement: string): string {
  return text.slice(0, from) + replacement + text.slice(to);
}
