import { createBatch } from "./batch.ts";
import type { Query } from "./connection.ts";

/** Things that may be taken once: a slot, a link, a token. */
export type Claims = {
  /**
   * Contract: true for exactly one claimer ever, also across restarts; durable when it resolves. One who says who it is
   * (`by`) and asks again is told true again.
   */
  claim(name: string, at: number, by?: string): Promise<boolean>;
  sweep(before: number): Promise<void>;
};

/** Opens the claims on the store's file. */
export async function openClaims(query: Query): Promise<Claims> {
  await query("CREATE TABLE IF NOT EXISTS claims (name TEXT PRIMARY KEY, at INTEGER NOT NULL, by TEXT) WITHOUT ROWID");
  const claims = createBatch(
    query,
    "INSERT INTO claims (name, at, by) VALUES",
    "ON CONFLICT DO NOTHING RETURNING name",
    "name",
  );
  return {
    async claim(name, at, by) {
      if ((await claims.write([name, at, by ?? null])) !== undefined) return true;
      if (by === undefined) return false;
      return (await query("SELECT 1 FROM claims WHERE name = ? AND by = ?", name, by)).length > 0;
    },
    async sweep(before) {
      await query("DELETE FROM claims WHERE at < ?", before);
    },
  };
}
