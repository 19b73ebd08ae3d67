import { constants } from "node:fs";
import { copyFile, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { type Kept, openScheduleStore } from "../schedules/schedule-store.ts";
import { openDatabase } from "../store/database.ts";

/** The schedules of a data folder, or why they are left out. */
export type KeptSchedules = { kept: Kept[]; troubles: string[] } | { leftOut: string };

/** Reads the schedules of a data folder from a copy; nothing is there when there is no folder, or it was never used. */
export async function keptSchedules(dataDir: string): Promise<KeptSchedules> {
  if (!(await isThere(join(dataDir, "bellhop.sqlite")))) return { kept: [], troubles: [] };
  const holder = await holderOf(dataDir);
  if (holder !== undefined) return { leftOut: `${dataDir} is in use (${holder})` };
  const dir = await mkdtemp(join(tmpdir(), "bellhop-copy-"));
  try {
    for (const file of ["bellhop.sqlite", "bellhop.sqlite-wal"]) {
      if (await isThere(join(dataDir, file))) {
        await copyFile(join(dataDir, file), join(dir, file), constants.COPYFILE_FICLONE);
      }
    }
    // What was written while it was copied is in no copy.
    if ((await holderOf(dataDir)) !== undefined) return { leftOut: `${dataDir} came into use` };
    const database = await openDatabase(dir);
    try {
      const troubles: string[] = [];
      const store = await openScheduleStore(database.query, (error) => void troubles.push(String(error)));
      const ids = await database.query<{ id: string }>("SELECT id FROM schedules ORDER BY since, id");
      return { kept: [...(await store.read(ids.map(({ id }) => id))).values()], troubles };
    } finally {
      await database.close();
    }
  } catch (error) {
    return { leftOut: `${dataDir} can't be read (${error instanceof Error ? error.message : String(error)})` };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Who has a data folder open. What a crash left behind names a process that is gone. */
async function holderOf(dataDir: string): Promise<string | undefined> {
  const text = await readFile(join(dataDir, "owner.json"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const { pid, host } = JSON.parse(text);
    return host === hostname() && !isAlive(pid) ? undefined : `process ${pid} on ${host}`;
  } catch {
    return "its owner can't be read";
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
