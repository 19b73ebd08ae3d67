import type { ChatEvent } from "../chat.ts";
import { createBatch } from "./batch.ts";
import type { Query } from "./connection.ts";
import { createLater } from "./later.ts";

/** What was heard, kept before it is acknowledged. */
export type Journal = {
  /** Contract: resolves once the event is durable; false when this key was heard before. */
  hear(event: ChatEvent, adapter: string, at: number): Promise<boolean>;
  /** Says that nothing more is owed for these events; written a little later. */
  settle(keys: string[]): void;
  /** An adapter's events for which something is still owed, oldest first: what a crash left. */
  owed(adapter: string): Promise<ChatEvent[]>;
  /** The newest time of an event heard from an adapter. */
  heardUntil(adapter: string): Promise<number | undefined>;
  /** Forgets settled events heard before a time. */
  sweep(before: number): Promise<void>;
  /** Writes what is still to be written. */
  flush(): Promise<void>;
};

/** Opens the journal on the store's file. */
export async function openJournal(query: Query): Promise<Journal> {
  await query(
    `CREATE TABLE IF NOT EXISTS events
     (key TEXT PRIMARY KEY, adapter TEXT NOT NULL, at INTEGER NOT NULL, owed INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID`,
  );
  await query("CREATE INDEX IF NOT EXISTS events_at ON events (adapter, at)");
  await query("CREATE INDEX IF NOT EXISTS events_owed ON events (at) WHERE owed = 1");
  const heard = createBatch(
    query,
    "INSERT INTO events (key, adapter, at, owed, body) VALUES",
    "ON CONFLICT DO NOTHING RETURNING key",
    "key",
  );
  // The body is not needed any more: what was said is on the platform, what came of it in the runs.
  const settled = createLater<string>((keys) =>
    query("UPDATE events SET owed = 0, body = '' WHERE key IN (SELECT value FROM json_each(?))", JSON.stringify(keys)),
  );
  return {
    hear: async (event, adapter, at) =>
      (await heard.write([event.key, adapter, at, 1, JSON.stringify(event)])) !== undefined,
    settle: (keys) => settled.add(...keys),
    async owed(adapter) {
      await settled.flush();
      const rows = await query<{ body: string }>(
        "SELECT body FROM events WHERE owed = 1 AND adapter = ? ORDER BY at, key",
        adapter,
      );
      return rows.map((row) => JSON.parse(row.body) as ChatEvent);
    },
    async heardUntil(adapter) {
      // A command over HTTP may be meant for a platform, and says nothing of what was heard from it.
      const rows = await query<{ at: number }>(
        "SELECT at FROM events WHERE adapter = ? AND key NOT LIKE 'api:%' ORDER BY at DESC LIMIT 1",
        adapter,
      );
      return rows[0]?.at;
    },
    flush: () => settled.flush(),
    async sweep(before) {
      await settled.flush();
      // The newest of each adapter stays: catching up begins there, however long nobody spoke.
      await query(
        `DELETE FROM events WHERE owed = 0 AND at < ?
         AND at < (SELECT MAX(newest.at) FROM events AS newest WHERE newest.adapter = events.adapter)`,
        before,
      );
    },
  };
}
