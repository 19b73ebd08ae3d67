import { join } from "node:path";
import Keyv from "keyv";
import { type Claims, openClaims } from "./claims.ts";
import type { Query } from "./connection.ts";
import { openDatabase } from "./database.ts";

import { type Journal, openJournal } from "./journal.ts";
import { type Outbox, openOutbox } from "./outbox.ts";
import { openShelf, type Shelf } from "./shelf.ts";

/** Small values by name. Contract: a failed read or write rejects; it never looks like an empty answer. */
export type Kv = {
  get<Value>(key: string): Promise<Value | undefined>;
  set(key: string, value: unknown, ttlMs?: number): Promise<void>;
  delete(key: string): Promise<void>;
};

/** Everything Bellhop keeps: one file and a shelf beside it, owned by one process. */
export type Store = {
  journal: Journal;
  outbox: Outbox;
  claims: Claims;
  /** What letters bring besides words. */
  shelf: Shelf;
  kv(namespace: string): Kv;
  /** For rooms that keep tables of their own in the same file. */
  query: Query;
  /** Deletes small values whose time is over: nobody may ever ask for them again. */
  sweepExpired(): Promise<void>;
  close(): Promise<void>;
};

/** Opens the store in a folder. Contract: rejects with `StoreError`. */
export async function openStore(dir: string, now: () => number = Date.now): Promise<Store> {
  const database = await openDatabase(dir);
  try {
    const { query } = database;
    // Each namespace listens to the one store for its errors.
    database.keyv.setMaxListeners(0);
    const journal = await openJournal(query);
    const outbox = await openOutbox(query, now);
    return {
      journal,
      outbox,
      claims: await openClaims(query),
      shelf: openShelf(join(dir, "files"), now),
      kv: (namespace) => openKv(new Keyv({ store: database.keyv, namespace, throwOnErrors: true })),
      query,
      async sweepExpired() {
        // Keyv counts with the real clock.
        await query("DELETE FROM keyv WHERE json_extract(value, '$.expires') <= ?", Date.now());
      },
      async close() {
        await Promise.allSettled([journal.flush(), outbox.flush()]);
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

function openKv(keyv: Keyv): Kv {
  // `throwOnErrors` makes calls reject; the same faults also come as events, which must be heard.
  keyv.on("error", () => {});
  return {
    get: <Value>(key: string) => keyv.get<Value>(key),
    async set(key, value, ttlMs) {
      await keyv.set(key, value, ttlMs);
    },
    async delete(key) {
      await keyv.delete(key);
    },
  };
}
