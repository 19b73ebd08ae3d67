import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { didYouMean } from "./nearest.ts";
import { type Problem, problemAt } from "./problem.ts";
import { type ConfigFile, configFiles } from "./schema.ts";
import type { Source } from "./source.ts";

/** A settings file as it was found. */
export interface FoundFile extends Source {
  file: ConfigFile;
}

/** The settings files of a folder, and what cannot be read or is not one. */
export async function readFiles(
  folder: string,
): Promise<{ found: FoundFile[]; problems: Problem[]; warnings: Problem[] }> {
  const found: FoundFile[] = [];
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const top = { line: 1, column: 1 };
  let entries: string[] = [];
  try {
    entries = (await readdir(folder)).sort();
  } catch (error) {
    // No folder is as good as an empty one: every file may be missing.
    if (codeOf(error) !== "ENOENT") problems.push(problemAt(folder, top, [], `cannot be read (${codeOf(error)})`));
  }
  for (const entry of entries) {
    const path = join(folder, entry);
    const file = fileCalled(entry);
    if (file === undefined) {
      const advice = adviceOn(entry);
      if (advice !== undefined) warnings.push(problemAt(path, top, [], `is not read: ${advice}`));
      continue;
    }
    const other = found.find((one) => one.file === file);
    if (other !== undefined) {
      problems.push(problemAt(path, top, [], `says the same kind of thing as ${other.path}: keep one of them`));
      continue;
    }
    try {
      found.push({ file, path, text: await readFile(path, "utf8") });
    } catch (error) {
      if (codeOf(error) !== "ENOENT") problems.push(problemAt(path, top, [], `cannot be read (${codeOf(error)})`));
    }
  }
  return { found, problems, warnings };
}

/** Which settings file a file name stands for. */
export function fileCalled(entry: string): ConfigFile | undefined {
  const [, stem, ending] = /^(\w+)\.(yaml|yml|json)$/.exec(entry) ?? [];
  if (ending === "json") return stem === "mcp_servers" || stem === "mcp" ? "mcp_servers" : undefined;
  return isConfigFile(stem) ? stem : undefined;
}

function isConfigFile(stem: string | undefined): stem is ConfigFile {
  return stem !== undefined && Object.hasOwn(configFiles, stem);
}

/** What to do about a file that looks like settings and is not read. */
function adviceOn(entry: string): string | undefined {
  const [, stem, ending] = /^(.+)\.(ya?ml|json)$/.exec(entry) ?? [];
  if (stem === undefined || /\.example$/.test(stem) || (stem.startsWith(".") && entry !== ".mcp.json"))
    return undefined;
  if (ending !== "json") {
    const names = Object.keys(configFiles).map((file) => `${file}.yaml`);
    return `no settings file has this name${didYouMean(entry, names)}`;
  }
  if (isConfigFile(stem)) return `only MCP servers may be named in JSON — write it as ${stem}.yaml`;
  return "no settings file has this name — if it is the list of MCP servers of another client, call it mcp.json";
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
