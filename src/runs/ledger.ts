import type { RunState } from "../agent/run-input.ts";
import type { Address, PersonId } from "../chat.ts";
import { createBatch, type Value } from "../store/batch.ts";
import type { Query } from "../store/connection.ts";
import type { Letter } from "../store/outbox.ts";
import type { Store } from "../store/store.ts";
import type { Run } from "./run.ts";
import { openWholeResults, type WholeResults } from "./whole-results.ts";

/** What became of every run. */
export type Ledger = {
  /** Contract: resolves once the run, as it is at the call, is durable. */
  keep(run: Run): Promise<void>;
  /** Contract: resolves once the run, as it is at the call, and the letter that tells its end are durable; one never is without the other. */
  keepWith(run: Run, letter: Letter): Promise<void>;
  /** Contract: the state a parked or interrupted run goes on from is durable when this resolves. */
  keepCheckpoint(run: Run, state: RunState): Promise<void>;
  find(id: string): Promise<Run | undefined>;
  /** Runs of a conversation, oldest first, the newest `limit`. */
  conversation(key: string, limit: number): Promise<Run[]>;
  /** Conversations of an adapter by their address, the most lately active first. */
  recent(adapter: string, limit: number): Promise<Run[]>;
  /** An adapter's runs that did not come to their end: what a crash left. */
  unfinished(adapter: string): Promise<Run[]>;
  /** The events, still owed, that finished runs of an adapter answered. */
  finishedBy(adapter: string): Promise<Set<string>>;
  /** Who asked in a conversation. */
  askers(key: string): Promise<PersonId[]>;
  /** Contract: nothing of the finished runs of a conversation is kept when this resolves; gives their ids. */
  forget(key: string): Promise<string[]>;
  /** What was used in a channel since a time, by agent and asker. */
  used(at: Address, since: number): Promise<Used[]>;
  /** What each agent cost since a time, everywhere. */
  spent(since: number): Promise<Map<string, number>>;
  sweep(before: number): Promise<void>;
  /** Results of tools that were too long for a model; they go with their runs. */
  results: WholeResults;
};

/** A message that steers a run came no longer than this after the run began. */
const longestRunMs = 86_400_000;

/** What an agent used for one person. */
export type Used = { agent: string; asker: string; runs: number; input: number; output: number; cost: number };

/** What is summed up over runs, and where it stands in their bodies. */
const summedUp = {
  channel: "address.channel",
  agent: "agent",
  asker: "asker.name",
  input: "usage.input",
  output: "usage.output",
  cost: "usage.cost",
};

/**
 * Puts what is summed up beside the bodies, in a file from before it stood there, too; the index is the mark that it is
 * done. What is asked of all runs is answered from it alone: reading every body takes seconds once there are many.
 */
async function sumUp(query: Query): Promise<void> {
  if ((await query("SELECT 1 FROM sqlite_schema WHERE name = 'runs_used'")).length > 0) return;
  const columns = await query<{ name: string }>("SELECT name FROM pragma_table_info('runs')");
  for (const column of Object.keys(summedUp))
    if (!columns.some(({ name }) => name === column)) await query(`ALTER TABLE runs ADD COLUMN ${column}`);
  const drawn = Object.entries(summedUp).map(([column, path]) => `${column} = json_extract(body, '$.${path}')`);
  await query(`UPDATE runs SET ${drawn.join(", ")}`);
  const summed = Object.keys(summedUp).join(", ");
  await query(`CREATE INDEX runs_used ON runs (adapter, at, ${summed}) WHERE state = 'finished'`);
}

/** Opens the ledger on the store's file. */
export async function openLedger({ query, outbox }: Pick<Store, "query" | "outbox">): Promise<Ledger> {
  await query(
    `CREATE TABLE IF NOT EXISTS runs
     (id TEXT PRIMARY KEY, at INTEGER NOT NULL, adapter TEXT NOT NULL, conversation TEXT NOT NULL, state TEXT NOT NULL, body TEXT NOT NULL)
     WITHOUT ROWID`,
  );
  await query("CREATE INDEX IF NOT EXISTS runs_conversation ON runs (conversation, at)");
  await query("CREATE INDEX IF NOT EXISTS runs_lately ON runs (adapter, at, conversation)");
  await sumUp(query);
  await query("DROP INDEX IF EXISTS runs_adapter");
  await query("CREATE INDEX IF NOT EXISTS runs_unfinished ON runs (at) WHERE state <> 'finished'");
  const place = ["id", "at", "adapter", "channel", "conversation", "state"];
  const columns = [...place, "agent", "asker", "input", "output", "cost", "body"];
  const onConflict = `ON CONFLICT(id) DO UPDATE SET conversation = excluded.conversation, state = excluded.state,
     input = excluded.input, output = excluded.output, cost = excluded.cost, body = excluded.body`;
  const rows = createBatch(query, `INSERT INTO runs (${columns}) VALUES`, onConflict);
  const withLetter = await outbox.beside({ table: "runs", columns, onConflict });
  const results = await openWholeResults(query);
  const keep = async (run: Run): Promise<void> => {
    await rows.write(rowOf(run));
  };
  const read = async (sql: string, ...values: unknown[]): Promise<Run[]> => {
    const found = await query<{ body: string }>(sql, ...values);
    return found.map((row) => JSON.parse(row.body) as Run);
  };
  return {
    keep,
    keepWith: (run, letter) => withLetter(letter, rowOf(run)),
    keepCheckpoint: (run, state) => {
      run.checkpoint = state;
      return keep(run);
    },
    find: async (id) => (await read("SELECT body FROM runs WHERE id = ?", id))[0],
    conversation: async (key, limit) =>
      (await read("SELECT body FROM runs WHERE conversation = ? ORDER BY at DESC LIMIT ?", key, limit)).reverse(),
    recent: (adapter, limit) =>
      read(
        `SELECT body FROM runs WHERE id IN
         (SELECT id FROM (SELECT id, MAX(at) FROM runs WHERE adapter = ? GROUP BY conversation ORDER BY MAX(at) DESC LIMIT ?))
         ORDER BY at DESC`,
        adapter,
        limit,
      ),
    unfinished: (adapter) =>
      read(
        "SELECT body FROM runs INDEXED BY runs_unfinished WHERE state <> 'finished' AND adapter = ? ORDER BY at",
        adapter,
      ),
    async finishedBy(adapter) {
      const [owed] = await query<{ oldest: number | null }>(
        "SELECT MIN(at) AS oldest FROM events INDEXED BY events_owed WHERE owed = 1 AND adapter = ?",
        adapter,
      );
      if (owed?.oldest == null) return new Set();
      const events = await query<{ key: string }>(
        `SELECT one.value AS key FROM runs, json_each(runs.body, '$.events') AS one
         WHERE runs.adapter = ? AND runs.at >= ? AND runs.state = 'finished'
         AND one.value IN (SELECT key FROM events WHERE owed = 1)`,
        adapter,
        owed.oldest - longestRunMs,
      );
      return new Set(events.map((event) => event.key));
    },
    async askers(key) {
      const found = await query<{ asker: PersonId }>(
        "SELECT DISTINCT json_extract(body, '$.asker.id') AS asker FROM runs WHERE conversation = ?",
        key,
      );
      return found.map((row) => row.asker);
    },
    async forget(key) {
      const gone = await query<{ id: string }>(
        "DELETE FROM runs WHERE conversation = ? AND state = 'finished' RETURNING id",
        key,
      );
      const ids = gone.map((row) => row.id);
      await results.forget(ids);
      return ids;
    },
    used: ({ adapter, channel }, since) =>
      query<Used>(
        `SELECT agent, asker, COUNT(*) AS runs, TOTAL(input) AS input, TOTAL(output) AS output, TOTAL(cost) AS cost
         FROM runs WHERE state = 'finished' AND adapter = ? AND at >= ? AND channel = ? GROUP BY agent, asker`,
        adapter,
        since,
        channel,
      ),
    async spent(since) {
      const rows = await query<{ agent: string; cost: number }>(
        `SELECT agent, TOTAL(cost) AS cost FROM runs INDEXED BY runs_used
         WHERE state = 'finished' AND at >= ? GROUP BY agent`,
        since,
      );
      return new Map(rows.map(({ agent, cost }) => [agent, cost]));
    },
    async sweep(before) {
      await query(
        "DELETE FROM runs WHERE id IN (SELECT id FROM runs INDEXED BY runs_used WHERE state = 'finished' AND at < ?)",
        before,
      );
      await results.sweep(before);
    },
    results,
  };
}

function rowOf(run: Run): Value[] {
  const { id, at, address, conversation, state, agent, asker, usage } = run;
  const used = [usage?.input ?? null, usage?.output ?? null, usage?.cost ?? null];
  const place = [id, at, address.adapter, address.channel, conversation, state];
  return [...place, agent, asker.name, ...used, JSON.stringify(run)];
}
