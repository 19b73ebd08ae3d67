import type { Query } from "./connection.ts";

/** One value as SQLite takes it. */
export type Value = string | number | null;

/** Gathers rows written in the same turn of the event loop into one statement: 5–10 × cheaper than one by one. */
export type Batch = {
  /** Resolves once the row is durable, with the values that the statement returned for it (none where it was ignored). */
  write(row: Value[]): Promise<Record<string, unknown> | undefined>;
};

/** SQLite takes 32,766 values in one statement. */
const mostValues = 30_000;

/** A batch for one statement: `head (…),(…) tail`. `key` is the column by which returned rows are told apart: the first. */
export function createBatch(query: Query, head: string, tail: string, key?: string): Batch {
  type Waiting = {
    row: Value[];
    done(returned: Record<string, unknown> | undefined): void;
    failed(error: unknown): void;
  };
  const waiting: Waiting[] = [];

  async function flush(): Promise<void> {
    const width = waiting[0]?.row.length ?? 1;
    const most = Math.floor(mostValues / width);
    const now = waiting.splice(0, most);
    if (waiting.length > 0) setImmediate(flush);
    const places = `(${now[0]?.row.map(() => "?").join(",")})`;
    const sql = `${head} ${now.map(() => places).join(",")} ${tail}`;
    try {
      const rows = await query(
        sql,
        now.flatMap((one) => one.row),
      );
      if (!key) for (const one of now) one.done(undefined);
      else {
        const returned = new Map(rows.map((row) => [row[key], row]));
        for (const one of now) {
          one.done(returned.get(one.row[0]));
          // The same key twice in one batch: only the first is new.
          returned.delete(one.row[0]);
        }
      }
    } catch (error) {
      for (const one of now) one.failed(error);
    }
  }

  return {
    write: (row) =>
      new Promise((done, failed) => {
        if (waiting.push({ row, done, failed }) === 1) setImmediate(flush);
      }),
  };
}
