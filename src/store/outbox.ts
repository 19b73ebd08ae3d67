import type { Address, Post, Posted, PostKey } from "../chat.ts";
import { createBatch, type Value } from "./batch.ts";
import type { Query } from "./connection.ts";
import { createLater } from "./later.ts";

/** A file on the shelf. */
export type ShelvedFile = { name: string; type: string; size: number; ref: string };

/** Something that must be posted, kept until it is. Contract: the post's own files are texts; bytes lie on the shelf. */
export type Letter = {
  address: Address;
  post: Post;
  key: PostKey;
  /** What goes along besides. */
  files?: ShelvedFile[];
};

/** A table with a row for some letters; `onConflict` says what becomes of a row that is there already. */
export type Beside = { table: string; columns: readonly string[]; onConflict: string };

/** What is still to be posted; survives a crash between writing and posting. */
export type Outbox = {
  /** Contract: resolves once the letter is durable. A letter with the same key replaces the earlier one. */
  put(letter: Letter): Promise<void>;
  /**
   * Gives what puts a letter and a row of another table down in one statement. Contract: both are durable when that
   * resolves; neither is, when it rejects.
   */
  beside(other: Beside): Promise<(letter: Letter, row: Value[]) => Promise<void>>;
  /** It was posted; written a little later. */
  posted(id: string, posted: Posted): void;
  /** It can't be delivered, and trying again will not help. */
  undeliverable(id: string, why: string): Promise<void>;
  /** An adapter's letters not yet posted, oldest first. */
  pending(adapter: string): Promise<Letter[]>;
  has(id: string): Promise<boolean>;
  /** How a letter stands: where it was posted, or why it could not be. */
  find(id: string): Promise<{ letter: Letter; posted?: Posted; why?: string } | undefined>;
  /** The letter that stands as this message of a channel, if one does. */
  postedAs(at: Address, message: string): Promise<string | undefined>;
  /** Contract: nothing of these letters is kept when this resolves. */
  forget(ids: string[]): Promise<void>;
  sweep(before: number): Promise<void>;
  /** Writes what is still to be written. */
  flush(): Promise<void>;
};

/** Opens the outbox on the store's file. */
export async function openOutbox(query: Query, now: () => number): Promise<Outbox> {
  await query(
    `CREATE TABLE IF NOT EXISTS outbox
     (id TEXT PRIMARY KEY, adapter TEXT NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL, body TEXT NOT NULL, posted TEXT, why TEXT) WITHOUT ROWID`,
  );
  await query("CREATE INDEX IF NOT EXISTS outbox_pending ON outbox (at) WHERE state = 'pending'");
  await query(
    "CREATE INDEX IF NOT EXISTS outbox_posted ON outbox (json_extract(posted, '$.id')) WHERE state = 'posted'",
  );
  const columns = ["id", "adapter", "at", "state", "body"];
  const replaced = "ON CONFLICT(id) DO UPDATE SET body = excluded.body, state = excluded.state";
  const put = createBatch(query, `INSERT INTO outbox (${columns}) VALUES`, replaced);
  const rowOf = (letter: Letter) => [letter.key.id, letter.address.adapter, now(), "pending", JSON.stringify(letter)];
  const stands = createLater<{ id: string; posted: Posted }>((items) =>
    query(
      `UPDATE outbox SET state = 'posted', posted = json_extract(one.value, '$.posted')
       FROM json_each(?) AS one WHERE outbox.id = json_extract(one.value, '$.id')`,
      JSON.stringify(items),
    ),
  );
  return {
    async put(letter) {
      await put.write(rowOf(letter));
    },
    async beside({ table, columns: others, onConflict }) {
      // What is written into this view goes into both tables: a statement is kept whole or not at all.
      const view = `outbox_and_${table}`;
      const [ours, theirs] = [columns.map((name) => `letter_${name}`), others.map((name) => `row_${name}`)];
      const values = (names: string[]) => names.map((name) => `new.${name}`);
      const all = [...ours, ...theirs];
      await query(`CREATE TEMP VIEW IF NOT EXISTS ${view} AS SELECT ${all.map((name) => `NULL AS ${name}`)}`);
      await query(
        `CREATE TEMP TRIGGER IF NOT EXISTS ${view}_put INSTEAD OF INSERT ON ${view} BEGIN
           INSERT INTO outbox (${columns}) VALUES (${values(ours)}) ${replaced};
           INSERT INTO ${table} (${others}) VALUES (${values(theirs)}) ${onConflict};
         END`,
      );
      const both = createBatch(query, `INSERT INTO ${view} (${all}) VALUES`, "");
      return async (letter, row) => {
        await both.write([...rowOf(letter), ...row]);
      };
    },
    posted: (id, posted) => stands.add({ id, posted }),
    async undeliverable(id, why) {
      await query("UPDATE outbox SET state = 'undeliverable', why = ? WHERE id = ?", [why, id]);
    },
    async pending(adapter) {
      await stands.flush();
      const rows = await query<{ body: string }>(
        "SELECT body FROM outbox WHERE state = 'pending' AND adapter = ? ORDER BY at, id",
        adapter,
      );
      return rows.map((row) => JSON.parse(row.body) as Letter);
    },
    async has(id) {
      return (await query("SELECT 1 FROM outbox WHERE id = ?", id)).length > 0;
    },
    async find(id) {
      await stands.flush();
      const rows = await query<{ body: string; posted: string | null; why: string | null }>(
        "SELECT body, posted, why FROM outbox WHERE id = ?",
        id,
      );
      const row = rows[0];
      if (!row) return undefined;
      return {
        letter: JSON.parse(row.body) as Letter,
        ...(row.posted ? { posted: JSON.parse(row.posted) as Posted } : {}),
        ...(row.why ? { why: row.why } : {}),
      };
    },
    async postedAs({ adapter, channel }, message) {
      await stands.flush();
      const rows = await query<{ id: string }>(
        `SELECT id FROM outbox WHERE state = 'posted' AND json_extract(posted, '$.id') = ? AND adapter = ?
         AND json_extract(posted, '$.address.channel') = ? LIMIT 1`,
        message,
        adapter,
        channel,
      );
      return rows[0]?.id;
    },
    async forget(ids) {
      await stands.flush();
      await query("DELETE FROM outbox WHERE id IN (SELECT value FROM json_each(?))", JSON.stringify(ids));
    },
    flush: () => stands.flush(),
    async sweep(before) {
      await stands.flush();
      await query("DELETE FROM outbox WHERE state <> 'pending' AND at < ?", before);
    },
  };
}
