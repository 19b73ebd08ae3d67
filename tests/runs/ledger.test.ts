import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openLedger } from "../../src/runs/ledger.ts";
import { newRun, type Run } from "../../src/runs/run.ts";
import type { Letter } from "../../src/store/outbox.ts";
import { openStore, type Store } from "../../src/store/store.ts";

let dir: string;
let store: Store;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "bellhop-ledger-"));
  store = await openStore(dir);
});
afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true });
});

const here = { adapter: "paper", channel: "C1" };

/** A run that came to its end. */
function run(id: string, at: number, is: Partial<Run> & { thread?: string; cost?: number } = {}): Run {
  const { thread = id, cost = 0.01, ...other } = is;
  const begun = newRun({
    id,
    at,
    conversation: `paper:C1:${thread}`,
    agent: "ops",
    events: [`paper:${id}`],
    asker: { id: "paper:ana", name: "ana" },
    address: { ...here, thread },
    language: "en",
    rule: { by: "workspace" },
    heard: [],
    read: 0,
    continues: false,
    announced: false,
  });
  return {
    ...begun,
    state: "finished",
    usage: { input: 10, output: 5, cost },
    outcome: { kind: "answered", text: "Yes.", model: "main" },
    ...other,
  };
}

it("tells what was used in a channel since a time, by agent and asker, and what each agent cost", async () => {
  const ledger = await openLedger(store);
  const tom = { id: "paper:tom" as const, name: "tom" };
  await ledger.keep(run("old", 1));
  await ledger.keep(run("a", 100));
  await ledger.keep(run("b", 200));
  await ledger.keep(run("c", 300, { asker: tom, agent: "scribe", cost: 0.5 }));
  await ledger.keep(run("elsewhere", 300, { address: { adapter: "paper", channel: "C2" }, cost: 2 }));
  expect(await ledger.used(here, 100)).toEqual([
    { agent: "ops", asker: "ana", runs: 2, input: 20, output: 10, cost: 0.02 },
    { agent: "scribe", asker: "tom", runs: 1, input: 10, output: 5, cost: 0.5 },
  ]);
  expect(Object.fromEntries(await ledger.spent(100))).toEqual({ ops: 2.02, scribe: 0.5 });
});

it("counts a run that is kept again as it stands then", async () => {
  const ledger = await openLedger(store);
  const { usage: _, outcome: __, ...begun } = run("a", 100);
  await ledger.keep({ ...begun, state: "running" });
  expect(await ledger.used(here, 0)).toEqual([]);
  await ledger.keep(run("a", 100, { cost: 3 }));
  expect(await ledger.used(here, 0)).toMatchObject([{ runs: 1, input: 10, cost: 3 }]);
});

it("takes over the runs of a file from before sums stood beside them", async () => {
  await store.query(
    `CREATE TABLE runs (id TEXT PRIMARY KEY, at INTEGER NOT NULL, adapter TEXT NOT NULL, conversation TEXT NOT NULL,
     state TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID`,
  );
  await store.query("CREATE INDEX runs_adapter ON runs (adapter, at)");
  const left = run("a", 100);
  const body = JSON.stringify(left);
  await store.query("INSERT INTO runs VALUES ('a', 100, 'paper', 'paper:C1:a', 'finished', ?)", body);
  for (let opened = 0; opened < 2; opened++) {
    const ledger = await openLedger(store);
    expect(await ledger.used(here, 0)).toMatchObject([{ agent: "ops", asker: "ana", runs: 1, cost: 0.01 }]);
    expect(await ledger.find("a")).toEqual(left);
  }
});

it("names the conversations that were active lately by their last run, the latest first", async () => {
  const ledger = await openLedger(store);
  await ledger.keep(run("a", 100, { thread: "one" }));
  await ledger.keep(run("b", 200, { thread: "two" }));
  await ledger.keep(run("c", 300, { thread: "one" }));
  await ledger.keep(run("d", 50, { thread: "three" }));
  expect((await ledger.recent("paper", 2)).map(({ id }) => id)).toEqual(["c", "b"]);
});

it("knows which of the events still owed a finished run has answered", async () => {
  const ledger = await openLedger(store);
  await ledger.keep(run("a", 1000, { events: ["paper:1", "paper:2"] }));
  expect(await ledger.finishedBy("paper")).toEqual(new Set());
  const person = { id: "paper:ana" as const, name: "ana", bot: false };
  for (const [key, at] of [["paper:2", 2000] as const, ["paper:3", 3000] as const])
    await store.journal.hear({ key, kind: "stop", address: here, person, at }, "paper", at);
  expect(await ledger.finishedBy("paper")).toEqual(new Set(["paper:2"]));
});

it("forgets what is older than it shall keep, and nothing that goes on", async () => {
  const ledger = await openLedger(store);
  await ledger.keep(run("old", 100));
  await ledger.keep(run("parked", 100, { state: "parked" }));
  await ledger.keep(run("new", 300));
  await ledger.sweep(200);
  const kept = await Promise.all(["old", "parked", "new"].map((id) => ledger.find(id)));
  expect(kept.map((one) => one?.id)).toEqual([undefined, "parked", "new"]);
  expect((await ledger.unfinished("paper")).map(({ id }) => id)).toEqual(["parked"]);
});

function letter(id: string, text = "Yes."): Letter {
  return { address: here, post: { text }, key: { id, since: 1 } };
}

it("keeps the end of a run and the letter that tells it together, many at once, and anew where they were there", async () => {
  const ledger = await openLedger(store);
  const ids = Array.from({ length: 2_000 }, (_, n) => `r${n}`);
  await ledger.keep({ ...run("r7", 7), state: "running" });
  await Promise.all(ids.map((id, n) => ledger.keepWith(run(id, n), letter(id))));
  expect(await ledger.unfinished("paper")).toEqual([]);
  expect(await ledger.find("r7")).toEqual(run("r7", 7));
  expect(await ledger.find("r1999")).toEqual(run("r1999", 1999));
  expect((await store.outbox.pending("paper")).map(({ key }) => key.id).sort()).toEqual(ids.toSorted());

  await ledger.keepWith(run("r7", 7, { cost: 3 }), letter("r7", "No."));
  expect(await ledger.find("r7")).toEqual(run("r7", 7, { cost: 3 }));
  expect((await store.outbox.find("r7"))?.letter).toEqual(letter("r7", "No."));
  expect(await store.outbox.pending("paper")).toHaveLength(2_000);
});

it("keeps neither a run's end nor its letter where one of them can't be kept", async () => {
  const ledger = await openLedger(store);
  await ledger.keep({ ...run("a", 1), state: "running" });
  for (const table of ["runs", "outbox"]) {
    await store.query(
      `CREATE TEMP TRIGGER full BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'disk is full'); END`,
    );
    await expect(ledger.keepWith(run("a", 1), letter("a"))).rejects.toThrow("disk is full");
    await store.query("DROP TRIGGER full");
    expect(await ledger.find("a")).toMatchObject({ state: "running" });
    expect(await store.outbox.pending("paper")).toEqual([]);
  }
  await ledger.keepWith(run("a", 1), letter("a"));
  expect(await ledger.find("a")).toMatchObject({ state: "finished" });
  expect(await store.outbox.has("a")).toBe(true);
});

it("is opened twice on one file, and keeps letters with runs all the same", async () => {
  const [one, other] = [await openLedger(store), await openLedger(store)];
  await one.keepWith(run("a", 1), letter("a"));
  await other.keepWith(run("b", 2), letter("b"));
  expect((await store.outbox.pending("paper")).map(({ key }) => key.id).sort()).toEqual(["a", "b"]);
});
