import sqlite3 from "sqlite3";

/** SQL on the one file. Statements stand alone: the connection is shared, so a transaction would swallow others' writes. */
export type Query = <Row = Record<string, unknown>>(sql: string, ...values: unknown[]) => Promise<Row[]>;

/** One open file. */
export type Connection = { query: Query; close(): Promise<void> };

/** Preparing a statement costs as much as running it, a second trip to SQLite's threads: those asked again are held ready. */
const mostHeld = 200;
/** A batch of very many rows is not held: it is rare, and large. */
const longestHeld = 1000;

/** Opens a file of SQLite. */
export async function openConnection(file: string, busyTimeoutMs: number): Promise<Connection> {
  const database = await open(file);
  database.configure("busyTimeout", busyTimeoutMs);
  const held = new Map<string, Promise<sqlite3.Statement>>();
  let closing = false;

  function prepared(sql: string): Promise<sqlite3.Statement> | undefined {
    if (closing) return undefined;
    const known = held.get(sql);
    if (known || held.size >= mostHeld || sql.length > longestHeld || /^(PRAGMA|CREATE)/.test(sql)) return known;
    const statement = prepare(database, sql);
    held.set(sql, statement);
    statement.catch(() => held.delete(sql));
    return statement;
  }

  return {
    async query<Row>(sql: string, ...values: unknown[]) {
      const statement = await prepared(sql);
      return new Promise<Row[]>((resolve, reject) => {
        const done = (error: Error | null, rows: Row[]) => (error ? reject(error) : resolve(rows));
        if (statement) statement.all(...values, done);
        else database.all(sql, ...values, done);
      });
    },
    async close() {
      closing = true;
      const statements = await Promise.allSettled(held.values());
      // Its statements must be gone before a file can be closed.
      for (const one of statements) {
        if (one.status === "fulfilled") await new Promise<unknown>((gone) => one.value.finalize(gone));
      }
      await new Promise<void>((resolve, reject) => {
        database.close((error) => (error ? reject(error) : resolve()));
      });
    },
  };
}

function open(file: string): Promise<sqlite3.Database> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(file, (error) => (error ? reject(error) : resolve(database)));
  });
}

function prepare(database: sqlite3.Database, sql: string): Promise<sqlite3.Statement> {
  return new Promise((resolve, reject) => {
    const statement = database.prepare(sql, (error) => (error ? reject(error) : resolve(statement)));
  });
}
