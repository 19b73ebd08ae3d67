import { isObject } from "../agent/json.ts";
import { visible } from "../words/visible.ts";
import { jsonInOrder } from "./json-in-order.ts";
import type { PinnedTool } from "./pins.ts";

/** One thing in which a tool is not what it was; a side is missing where there was nothing, or is nothing now. */
export type Change = {
  what: "title" | "description" | "parameter" | "parameters" | "output" | "hints";
  /** The parameter's name. */
  name?: string;
  was?: string;
  is?: string;
};

/** In what a tool differs from the one that was trusted; of one that was not there, all that it is. */
export function changesOf(was: PinnedTool | undefined, is: PinnedTool): Change[] {
  const [before, now] = [partsOf(was?.inputSchema), partsOf(is.inputSchema)];
  const names = [...new Set([...before.parameters.keys(), ...now.parameters.keys()])];
  const changes = [
    change("title", was?.title, is.title),
    change("description", was?.description, is.description),
    ...names.map((name) => ({ ...change("parameter", before.parameters.get(name), now.parameters.get(name)), name })),
    change("parameters", before.rest, now.rest),
    change("output", written(was?.outputSchema), written(is.outputSchema)),
    change("hints", written(was?.annotations), written(is.annotations)),
  ].filter((one) => one.was !== one.is);
  // What models would not notice still made it another: the schemas are shown as they are.
  return changes.length > 0 ? changes : [change("parameters", written(was?.inputSchema), written(is.inputSchema))];
}

/** A change line by line, `-` before what was and `+` before what is; lines alike at both ends are left out. */
export function linesOf({ was, is }: Pick<Change, "was" | "is">): string[] {
  const before = was === undefined ? [] : visible(was).split("\n");
  const now = is === undefined ? [] : visible(is).split("\n");
  let head = 0;
  while (head < Math.min(before.length, now.length) && before[head] === now[head]) head++;
  let tail = 0;
  while (tail < Math.min(before.length, now.length) - head && before.at(-1 - tail) === now.at(-1 - tail)) tail++;
  return [
    ...(head > 0 ? ["  …"] : []),
    ...before.slice(head, before.length - tail).map((line) => `- ${line}`),
    ...now.slice(head, now.length - tail).map((line) => `+ ${line}`),
    ...(tail > 0 ? ["  …"] : []),
  ];
}

function change(what: Change["what"], was: string | undefined, is: string | undefined): Change {
  return { what, ...(was === undefined ? {} : { was }), ...(is === undefined ? {} : { is }) };
}

/** The parameters of a schema one by one, each with whether it is required, and what is said of all of them. */
function partsOf(schema: unknown): { parameters: Map<string, string>; rest?: string | undefined } {
  const { properties, required, ...others } = fieldsOf(schema);
  const needed = Array.isArray(required) ? required.map(String) : [];
  const parameters = new Map(
    Object.entries(fieldsOf(properties)).map(([name, about]) => [
      name,
      `${jsonInOrder(about)}${needed.includes(name) ? ", required" : ""}`,
    ]),
  );
  // What is required without being described belongs to no parameter.
  const loose = needed.filter((name) => !parameters.has(name));
  const { type, ...odd } = others;
  const rest = {
    ...odd,
    ...(type === "object" || type === undefined ? {} : { type }),
    ...(loose.length > 0 ? { required: loose } : {}),
  };
  return { parameters, rest: Object.keys(rest).length > 0 ? jsonInOrder(rest) : undefined };
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

function written(value: unknown): string | undefined {
  return value === undefined ? undefined : jsonInOrder(value);
}
