import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { Query } from "../store/connection.ts";

/** A result kept whole, without its text. `length` is in characters. */
export type KeptResult = { call: string; tool: string; length: number };

/** Results that models were told in short, whole. */
export type WholeResults = {
  /** Contract: `text` has no secrets in it. */
  keep(run: { id: string; at: number }, result: { call: string; tool: string; text: string }): Promise<void>;
  /** What is kept of a run, also what is just being written. */
  of(run: string): Promise<KeptResult[]>;
  read(run: string, call: string): Promise<string | undefined>;
  /** Contract: nothing of these runs is kept when this resolves, also of what was being written. */
  forget(runs: readonly string[]): Promise<void>;
  sweep(before: number): Promise<void>;
};

const [packed, unpacked] = [promisify(gzip), promisify(gunzip)];

/** Opens the results on the store's file. They are packed: they are long, and hardly ever read. */
export async function openWholeResults(query: Query): Promise<WholeResults> {
  await query(
    `CREATE TABLE IF NOT EXISTS results
     (run TEXT NOT NULL, call TEXT NOT NULL, at INTEGER NOT NULL, tool TEXT NOT NULL, length INTEGER NOT NULL, body BLOB NOT NULL,
      PRIMARY KEY (run, call)) WITHOUT ROWID`,
  );
  await query("CREATE INDEX IF NOT EXISTS results_at ON results (at)");
  const writing = new Set<Promise<unknown>>();
  return {
    async keep({ id, at }, { call, tool, text }) {
      const written = packed(text).then((body) =>
        query(
          "INSERT OR REPLACE INTO results (run, call, at, tool, length, body) VALUES (?, ?, ?, ?, ?, ?)",
          id,
          call,
          at,
          tool,
          text.length,
          body,
        ),
      );
      writing.add(written);
      try {
        await written;
      } finally {
        writing.delete(written);
      }
    },
    async of(run) {
      await Promise.allSettled(writing);
      return query<KeptResult>("SELECT call, tool, length FROM results WHERE run = ? ORDER BY call", run);
    },
    async read(run, call) {
      const [row] = await query<{ body: Uint8Array }>("SELECT body FROM results WHERE run = ? AND call = ?", run, call);
      return row && (await unpacked(row.body)).toString("utf8");
    },
    async forget(runs) {
      await Promise.allSettled(writing);
      await query("DELETE FROM results WHERE run IN (SELECT value FROM json_each(?))", JSON.stringify(runs));
    },
    async sweep(before) {
      await query("DELETE FROM results WHERE at < ?", before);
    },
  };
}
