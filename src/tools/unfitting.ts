import { matchesGlob } from "../access/glob.ts";
import { isObject } from "../agent/json.ts";
import { resourceToolNames } from "../config/schema/agent.ts";

/** What settings say of the tools of a server. */
export type ToolSettings = {
  tools?: readonly string[] | undefined;
  deny: readonly string[];
  reads?: readonly string[];
  preset: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  cache?: Readonly<Record<string, unknown>>;
  /** Rules of who must say yes, as far as they are about this server. */
  approve?: readonly string[];
};

/** A tool as far as settings speak of it. */
export type KnownTool = { name: string; inputSchema: Readonly<Record<string, unknown>> };

/**
 * Settings that are meant for tools or arguments which are not there: what they were to allow, deny or fill in holds for
 * nothing.
 */
export function unfitting(settings: ToolSettings, tools: readonly KnownTool[]): string[] {
  const { reads, preset, cache } = settings;
  const known = [...tools.map(({ name }) => name), ...resourceToolNames];
  // A pattern may keep out what a server might have one day.
  const [deny, approve] = [settings.deny, settings.approve ?? []].map((globs) =>
    globs.filter((one) => !one.includes("*")),
  );
  const globs = { tools: settings.tools, deny, reads, cache: Object.keys(cache ?? {}), approve };
  return [
    ...Object.entries(globs).flatMap(([kind, some = []]) =>
      some.filter((glob) => !known.some((name) => matchesGlob(glob, name))).map((glob) => `${kind}: ${glob}`),
    ),
    ...Object.entries(preset).flatMap(([name, filled]) => {
      const tool = tools.find((one) => one.name === name);
      if (!tool) return [`preset: ${name}`];
      const takes = argumentsOf(tool);
      return Object.keys(filled).flatMap((one) => (takes?.includes(one) === false ? [`preset: ${name}.${one}`] : []));
    }),
  ];
}

/** What a tool takes; undefined where its schema does not simply list it. */
function argumentsOf({ inputSchema }: KnownTool): string[] | undefined {
  const { properties, patternProperties } = inputSchema;
  const isList = ["$ref", "allOf", "anyOf", "oneOf", "if"].every((word) => inputSchema[word] === undefined);
  return isList && isObject(properties) && patternProperties === undefined ? Object.keys(properties) : undefined;
}
