import { matchesGlob } from "../access/glob.ts";

/** What settings say of the tools of a server. */
export type ToolSettings = {
  tools?: readonly string[] | undefined;
  deny: readonly string[];
  reads?: readonly string[];
  preset: Readonly<Record<string, unknown>>;
  cache?: Readonly<Record<string, unknown>>;
};

/** Those of resources can be named as well. */
const ofResources = ["list_resources", "read_resource"];

/** Settings that are meant for tools which are not there: what they were to allow, deny or fill in holds for nothing. */
export function unfitting({ tools, deny, reads, preset, cache }: ToolSettings, names: readonly string[]): string[] {
  const known = [...names, ...ofResources];
  // A pattern may keep out what a server might have one day.
  const globs = { tools, deny: deny.filter((glob) => !glob.includes("*")), reads, cache: Object.keys(cache ?? {}) };
  return [
    ...Object.entries(globs).flatMap(([kind, some = []]) =>
      some.filter((glob) => !known.some((name) => matchesGlob(glob, name))).map((glob) => `${kind}: ${glob}`),
    ),
    ...Object.keys(preset)
      .filter((name) => !names.includes(name))
      .map((name) => `preset: ${name}`),
  ];
}
