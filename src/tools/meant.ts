import { matchesGlob } from "../access/glob.ts";

/** Whether settings mean a tool, by globs of names: all are meant where none are named, but for those denied. */
export function isMeant(
  tool: string,
  { tools, deny }: { tools?: readonly string[] | undefined; deny: readonly string[] },
): boolean {
  const isNamed = (globs: readonly string[]) => globs.some((glob) => matchesGlob(glob, tool));
  return (!tools || isNamed(tools)) && !isNamed(deny);
}
