import type { RunState } from "../agent/run-input.ts";
import type { Address, PersonId } from "../chat.ts";
import { createBatch } from "../store/batch.ts";
import type { Query } from "../store/connection.ts";
import type { Run } from "./run.ts";

/** What became of every run. */
export type Ledger = {
  /** Contract: resolves once the run, as it is at the call, is durable. */
  keep(run: Run): Promise<void>;
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
};

/** What an agent used for one person. */
export type Used = { agent: string; asker: string; runs: number; input: number; output: number; cost: number };

/** Opens the ledger on the store's file. */
export async function openLedger(query: Query): Promise<Ledger> {
  await query(
    `CREATE TABLE IF NOT EXISTS runs
     (id TEXT PRIMARY KEY, at INTEGER NOT NULL, adapter TEXT NOT NULL, conversation TEXT NOT NULL, state TEXT NOT NULL, body TEXT NOT NULL)
     WITHOUT ROWID`,
  );
  await query("CREATE INDEX IF NOT EXISTS runs_conversation ON runs (conversation, at)");
  await query("CREATE INDEX IF NOT EXISTS runs_adapter ON runs (adapter, at)");
  await query("CREATE INDEX IF NOT EXISTS runs_unfinished ON runs (at) WHERE state <> 'finished'");
  const rows = createBatch(
    query,
    "INSERT INTO runs (id, at, adapter, conversation, state, body) VALUES",
    "ON CONFLICT(id) DO UPDATE SET conversation = excluded.conversation, state = excluded.state, body = excluded.body",
  );
  const keep = async (run: Run): Promise<void> => {
    await rows.write([run.id, run.at, run.address.adapter, run.conversation, run.state, JSON.stringify(run)]);
  };
  const read = async (sql: string, ...values: unknown[]): Promise<Run[]> => {
    const found = await query<{ body: string }>(sql, ...values);
    return found.map((row) => JSON.parse(row.body) as Run);
  };
  return {
    keep,
    keepCheckpoint: (run, state) => {
      run.checkpoint = state;
      return keep(run);
    },
    find: async (id) => (await read("SELECT body FROM runs WHERE id = ?", id))[0],
    conversation: async (key, limit) =>
      (await read("SELECT body FROM runs WHERE conversation = ? ORDER BY at DESC LIMIT ?", key, limit)).reverse(),
    recent: (adapter, limit) =>
      read(
        `SELECT body FROM runs WHERE adapter = ? AND id IN
         (SELECT id FROM (SELECT id, MAX(at) FROM runs WHERE adapter = ? GROUP BY conversation ORDER BY MAX(at) DESC LIMIT ?))
         ORDER BY at DESC`,
        adapter,
        adapter,
        limit,
      ),
    unfinished: (adapter) =>
      read("SELECT body FROM runs WHERE state <> 'finished' AND adapter = ? ORDER BY at", adapter),
    async finishedBy(adapter) {
      const events = await query<{ key: string }>(
        `SELECT one.value AS key FROM runs, json_each(runs.body, '$.events') AS one
         WHERE runs.adapter = ? AND runs.state = 'finished' AND one.value IN (SELECT key FROM events WHERE owed = 1)`,
        adapter,
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
      return gone.map((row) => row.id);
    },
    used: ({ adapter, channel }, since) =>
      query<Used>(
        `SELECT json_extract(body, '$.agent') AS agent, json_extract(body, '$.asker.name') AS asker, COUNT(*) AS runs,
         TOTAL(json_extract(body, '$.usage.input')) AS input, TOTAL(json_extract(body, '$.usage.output')) AS output,
         TOTAL(json_extract(body, '$.usage.cost')) AS cost
         FROM runs WHERE adapter = ? AND at >= ? AND json_extract(body, '$.address.channel') = ? GROUP BY agent, asker`,
        adapter,
        since,
        channel,
      ),
    async spent(since) {
      const rows = await query<{ agent: string; cost: number }>(
        `SELECT json_extract(body, '$.agent') AS agent, TOTAL(json_extract(body, '$.usage.cost')) AS cost
         FROM runs WHERE at >= ? GROUP BY agent`,
        since,
      );
      return new Map(rows.map(({ agent, cost }) => [agent, cost]));
    },
    async sweep(before) {
      await query("DELETE FROM runs WHERE state = 'finished' AND at < ?", before);
    },
  };
}
