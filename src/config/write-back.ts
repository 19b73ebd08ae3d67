import { randomBytes } from "node:crypto";
import { readFileSync, renameSync, statSync } from "node:fs";
import { mkdir, open, realpath, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { parse } from "yaml";
import { type Edit, editYaml } from "./edit-yaml.ts";
import { escapeVariables } from "./expand.ts";
import { configFrom, type LoadedConfig, type LoadOptions } from "./load.ts";
import type { Problem } from "./problem.ts";
import type { FoundFile } from "./read-files.ts";
import type { ConfigFile } from "./schema.ts";

/** What became of a change: the settings as they are now, or why the file was left as it was. */
export type WrittenBack =
  | { done: true; loaded: LoadedConfig }
  | { done: false; why: "conflict" | "invalid" | "impossible"; message: string; problems: Problem[] };

/**
 * Writes changes into a settings file, all or none. Contract: `loaded` is what the caller has seen; when the file is
 * another by now, nothing is written. Values are taken as they are: `${…}` in them is never filled in.
 */
export async function writeBack(
  folder: string,
  loaded: LoadedConfig,
  file: ConfigFile,
  edits: Edit[],
  options: LoadOptions,
): Promise<WrittenBack> {
  const known = loaded.files.find((one) => one.file === file);
  const path = known?.path ?? join(folder, `${file}.yaml`);
  const refuse = (
    why: "conflict" | "invalid" | "impossible",
    message: string,
    problems: Problem[] = [],
  ): WrittenBack => {
    return { done: false, why, message: `${path} ${message}`, problems };
  };
  let text = known?.text ?? "";
  try {
    for (const edit of edits) text = (path.endsWith(".json") ? editJson : editYaml)(text, escaped(edit));
  } catch (error) {
    return refuse("impossible", `cannot be changed like this: ${messageOf(error)}`);
  }
  const changed: FoundFile = { file, path, text };
  const files =
    known === undefined ? [...loaded.files, changed] : loaded.files.map((one) => (one === known ? changed : one));
  const fresh = configFrom(folder, files, options);
  if (fresh.problems.length > 0)
    return refuse("invalid", "would no longer be right; it was left as it is", fresh.problems);
  try {
    const isWritten = await replaceFile(path, known?.text, text);
    return isWritten ? { done: true, loaded: fresh } : refuse("conflict", "was changed meanwhile; look at it again");
  } catch (error) {
    return refuse("impossible", `cannot be written: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// Puts the new text in place at once, or not at all when the old one is no longer there.
async function replaceFile(path: string, old: string | undefined, text: string): Promise<boolean> {
  const target = old === undefined ? path : await realpath(path).catch(() => path);
  await mkdir(dirname(target), { recursive: true });
  const beside = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.tmp`);
  const handle = await open(beside, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.chmod(modeOf(target) ?? 0o644);
    await handle.sync();
    await handle.close();
    // Without an await between look and rename, no other change of this process can come between.
    if (textOf(target) !== old) return false;
    renameSync(beside, target);
    return true;
  } finally {
    await handle.close();
    await rm(beside, { force: true });
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function modeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mode;
}

function escaped(edit: Edit): Edit {
  return edit.do === "delete" ? edit : { ...edit, value: escapedValue(edit.value) };
}

function escapedValue(value: unknown): unknown {
  if (typeof value === "string") return escapeVariables(value);
  if (Array.isArray(value)) return value.map(escapedValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, escapedValue(inner)]));
}

// JSON has no comments to keep; it is written anew with the indentation it had.
function editJson(text: string, edit: Edit): string {
  const indent = /^[ \t]+/m.exec(text)?.[0] ?? "  ";
  return `${JSON.stringify(parse(editYaml(text, edit)), null, indent)}\n`;
}
