import { createBatch } from "./batch.ts";
import type { Query } from "./database.ts";

/** Things that may be taken once: a slot, a link, a token. */
export type Claims = {
  /** Contract: true for exactly one caller ever, also across restarts; durable when it resolves. */
  claim(name: string, at: number): Promise<boolean>;
  sweep(before: number): Promise<void>;
};

/** Opens the claims on the store's file. */
export async function openClaims(query: Query): Promise<Claims> {
  await query("CREATE TABLE IF NOT EXISTS claims (name TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID");
  const claims = createBatch(
    query,
    "INSERT INTO claims (name, at) VALUES",
    "ON CONFLICT DO NOTHING RETURNING name",
    "name",
  );
  return {
    claim: async (name, at) => (await claims.write([name, at])) !== undefined,
    async sweep(before) {
      await query("DELETE FROM claims WHERE at < ?", before);
    },
  };
}
