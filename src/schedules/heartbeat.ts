import type { Query } from "../store/connection.ts";

/** Writes down that the program runs, so that the next start knows since when it did not. */
export type Heartbeat = {
  /** When it last ran. */
  last(): Promise<number | undefined>;
  /** Written at most so often as was said; a failed write is told, and tried at the next beat. */
  beat(at: number): void;
  stop(at: number): Promise<void>;
};

/** Opens it on the store's file. */
export async function openHeartbeat(
  query: Query,
  everyMs: number,
  trouble: (error: unknown) => void,
): Promise<Heartbeat> {
  await query("CREATE TABLE IF NOT EXISTS heartbeat (one INTEGER PRIMARY KEY CHECK (one = 1), at INTEGER NOT NULL)");
  const found = await query<{ at: number }>("SELECT at FROM heartbeat");
  let written: number | undefined;

  async function write(at: number): Promise<void> {
    written = at;
    await query("INSERT INTO heartbeat VALUES (1, ?) ON CONFLICT DO UPDATE SET at = excluded.at", at);
  }

  return {
    last: async () => found[0]?.at,
    beat(at) {
      if (written !== undefined && at >= written && at - written < everyMs) return;
      write(at).catch(trouble);
    },
    stop: write,
  };
}
