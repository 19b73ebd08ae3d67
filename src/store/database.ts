import { constants } from "node:fs";
import { access, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { KeyvSqlite } from "@keyv/sqlite";
import { type Connection, openConnection, type Query } from "./connection.ts";

/** Says in words for the operator why the data can't be used: what was wanted, what came, what to do. */
export class StoreError extends Error {
  override name = "StoreError";
}

/** The one SQLite file, opened and owned. */
export type Database = { query: Query; keyv: KeyvSqlite; close(): Promise<void> };

type Owner = { pid: number; host: string; since: string };

/** Opens `bellhop.sqlite` in a folder and keeps every other process out of it. Contract: rejects with `StoreError`. */
export async function openDatabase(dir: string): Promise<Database> {
  await writable(dir);
  const file = join(dir, "bellhop.sqlite");
  const ownerFile = join(dir, "owner.json");
  let connection: Connection | undefined;
  try {
    connection = await openConnection(file, 400);
    const { query } = connection;
    await query("PRAGMA locking_mode=EXCLUSIVE");
    await query("PRAGMA journal_mode=WAL");
    await query("PRAGMA synchronous=NORMAL");
    // What spans two tables is undone from memory, not from a file that a full disk has no room for.
    await query("PRAGMA temp_store=MEMORY");
    // A checkpoint makes everybody wait: rarer ones, each a little longer.
    await query("PRAGMA wal_autocheckpoint=4000");
    // Takes the exclusive lock now, not at the first write that matters.
    await query("CREATE TABLE IF NOT EXISTS owner (one INTEGER PRIMARY KEY CHECK (one = 1), pid INTEGER)");
    await query("CREATE TABLE IF NOT EXISTS keyv (key VARCHAR(255) PRIMARY KEY, value TEXT)");
    await query("INSERT INTO owner VALUES (1, ?) ON CONFLICT DO UPDATE SET pid = excluded.pid", process.pid);
    const check = await query<{ quick_check: string }>("PRAGMA quick_check(1)");
    if (check[0]?.quick_check !== "ok") throw new Error(`SQLITE_CORRUPT: ${check[0]?.quick_check}`);
    await writeFile(ownerFile, JSON.stringify({ pid: process.pid, host: hostname(), since: new Date().toISOString() }));
    const keyv = keyvOn(query);
    return {
      query: async (sql, ...values) => {
        try {
          return await query(sql, ...values);
        } catch (cause) {
          throw await explain(cause, dir, file, ownerFile);
        }
      },
      keyv,
      async close() {
        await query("PRAGMA optimize").catch(() => {});
        await keyv.close();
        await connection?.close();
        await rm(ownerFile, { force: true });
      },
    };
  } catch (cause) {
    await connection?.close().catch(() => {});
    throw await explain(cause, dir, file, ownerFile);
  }
}

/** Keyv's own store, on our connection. It can't be given one: that of its own, in memory, stays empty. */
function keyvOn(query: Query): KeyvSqlite {
  const keyv = new KeyvSqlite({ uri: "sqlite://:memory:" });
  // It emits what it also rejects with; unheard, an `error` event would end the process.
  keyv.on("error", () => {});
  keyv.query = query;
  return keyv;
}

async function writable(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
    await access(dir, constants.W_OK);
    // As root `access` says yes to everything; a read-only mount only refuses the write itself.
    const probe = join(dir, `.probe-${process.pid}`);
    await writeFile(probe, "");
    await rm(probe);
  } catch (cause) {
    throw new StoreError(
      `The data folder "${dir}" must be writable, but writing there fails (${code(cause)}). Give this user the right to write there, or point BELLHOP_DATA at another folder.`,
      { cause },
    );
  }
}

async function explain(cause: unknown, dir: string, file: string, ownerFile: string): Promise<StoreError> {
  const text = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof StoreError) return cause;
  if (/SQLITE_BUSY|SQLITE_LOCKED/.test(text)) {
    const owner = await readFile(ownerFile, "utf8").then(
      (json) => JSON.parse(json) as Owner,
      () => undefined,
    );
    const holder = owner ? `process ${owner.pid} on ${owner.host}, since ${owner.since}` : "another process";
    return new StoreError(
      `The data folder "${dir}" belongs to one Bellhop at a time, and ${holder} holds it. Stop that one, or give this one its own BELLHOP_DATA.`,
      { cause },
    );
  }
  if (/SQLITE_CORRUPT|SQLITE_NOTADB|malformed|not a database/.test(text)) {
    return new StoreError(
      `The data file "${file}" is damaged (${text}). Nothing was changed. Put back a backup, or move the file away to start empty.`,
      { cause },
    );
  }
  if (/SQLITE_FULL|ENOSPC/.test(text)) {
    return new StoreError(`The disk that holds "${dir}" is full. Free some space; Bellhop goes on by itself.`, {
      cause,
    });
  }
  if (/SQLITE_READONLY|SQLITE_CANTOPEN|EROFS|EACCES/.test(text)) {
    return new StoreError(
      `The data file "${file}" must be writable, but it is not (${text}). Give this user the right to write it, or point BELLHOP_DATA at another folder.`,
      { cause },
    );
  }
  return new StoreError(`The data file "${file}" can't be used: ${text}`, { cause });
}

function code(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
}
