import type { ChatEvent } from "../chat.ts";
import { createBatch } from "./batch.ts";
import type { Query } from "./database.ts";

/** What was heard, kept before it is acknowledged. */
export type Journal = {
  /** Contract: resolves once the event is durable; false when this key was heard before. */
  hear(event: ChatEvent, adapter: string, at: number): Promise<boolean>;
  /** Says that nothing more is owed for these events. */
  settle(keys: string[]): Promise<void>;
  /** An adapter's events for which something is still owed, oldest first: what a crash left. */
  owed(adapter: string): Promise<ChatEvent[]>;
  /** The newest time of an event heard from an adapter. */
  heardUntil(adapter: string): Promise<number | undefined>;
  /** Forgets settled events heard before a time. */
  sweep(before: number): Promise<void>;
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
  return {
    hear: async (event, adapter, at) =>
      (await heard.write([event.key, adapter, at, 1, JSON.stringify(event)])) !== undefined,
    async settle(keys) {
      // The body is not needed any more: what was said is on the platform, what came of it in the runs.
      if (keys.length > 0)
        await query(
          "UPDATE events SET owed = 0, body = '' WHERE key IN (SELECT value FROM json_each(?))",
          JSON.stringify(keys),
        );
    },
    async owed(adapter) {
      const rows = await query<{ body: string }>(
        "SELECT body FROM events WHERE owed = 1 AND adapter = ? ORDER BY at, key",
        adapter,
      );
      return rows.map((row) => JSON.parse(row.body) as ChatEvent);
    },
    async heardUntil(adapter) {
      const rows = await query<{ at: number | null }>("SELECT MAX(at) AS at FROM events WHERE adapter = ?", adapter);
      return rows[0]?.at ?? undefined;
    },
    async sweep(before) {
      // The newest of each adapter stays: catching up begins there, however long nobody spoke.
      await query(
        `DELETE FROM events WHERE owed = 0 AND at < ?
         AND at < (SELECT MAX(newest.at) FROM events AS newest WHERE newest.adapter = events.adapter)`,
        before,
      );
    },
  };
}
