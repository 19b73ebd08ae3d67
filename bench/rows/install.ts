import { execFile } from "node:child_process";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { atMost, type Row, row } from "../row.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What an install for production weighs: the packages npm counts as needed, as they lie on this disk. */
export async function installRows(): Promise<Row[]> {
  const listed = await promisify(execFile)("npm", ["ls", "--omit=dev", "--all", "--parseable"], {
    cwd: root,
    maxBuffer: 1e7,
  });
  const [, ...packages] = [...new Set(listed.stdout.split("\n").filter((line) => line !== ""))];
  let bytes = 0;
  for (const folder of packages) bytes += await weigh(folder);
  return [
    row({ what: "install: packages", unit: "count", goal: atMost(320, "count"), ours: packages.length }),
    row({ what: "install: size of the packages", unit: "MB", goal: atMost(190, "MB"), ours: bytes / 1e6 }),
  ];
}

/** The disk a package takes, without the packages inside it: those are listed by themselves. */
async function weigh(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += entry.name === "node_modules" ? 0 : await weigh(path);
    else bytes += (await lstat(path)).blocks * 512;
  }
  return bytes;
}
