import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type App, createApp } from "../../src/app.ts";
import type { ChatAdapter, ChatEvent } from "../../src/chat.ts";
import { Config } from "../../src/config/schema.ts";
import { openLedger } from "../../src/runs/ledger.ts";
import type { Run, ToolUse } from "../../src/runs/run.ts";
import { openStore } from "../../src/store/store.ts";
import { createLog } from "../../src/watch/log.ts";
import { createModel, type ModelWorld } from "../world/model/model.ts";
import { said, stub } from "./stub-platform.ts";

const jobs = fileURLToPath(new URL("../../dist/jobs", import.meta.url));
const log = createLog({ level: "silent", redact: (text) => text });

let dir: string;
const apps: App[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "bellhop-restart-"));
});
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.stop(100)));
  await rm(dir, { recursive: true, force: true });
});

async function start({ adapter }: { adapter: ChatAdapter }, config: Record<string, unknown> = {}): Promise<App> {
  const app = createApp(
    Config.parse({
      models: [{ name: "offline", provider: "offline" }],
      agents: [{ name: "ops", llm_model: "offline" }],
      limits: { mentions_per_minute: 1000 },
      ...config,
    }),
    { adapters: () => [adapter], dataDir: dir, jobs, log, redact: (text) => text, workers: 1 },
  );
  apps.push(app);
  await app.start();
  return app;
}

/** A team of one on the simulated model. */
const team = (model: ModelWorld) => ({
  models: [{ name: "main", provider: "custom", base_url: model.baseUrl, model: model.model, api_key: model.key }],
  agents: [{ name: "ops", llm_model: "main" }],
});

/** Leaves events behind as a process does that was killed right after it had journalled them. */
async function leave(events: ChatEvent[]): Promise<void> {
  const store = await openStore(dir);
  for (const event of events) await store.journal.hear(event, "stub", Date.now());
  await store.close();
}

describe("after a kill", () => {
  it("what is told again while it is taken up is answered once, all of it", async () => {
    const left = Array.from({ length: 30 }, (_, n) => said(n + 1, "status"));
    await leave(left);
    const world = stub({ onStart: (inbox) => void Promise.all(left.map((event) => inbox.hear(event))) });
    await start(world);
    await world.until(() => world.posts.length >= 30);
    const app = apps.pop();
    await app?.stop(1000);
    expect(world.posts.map((post) => Number(post.thread)).sort((a, b) => a - b)).toEqual(left.map((_, n) => n + 1));
  });

  it("what is told twice before the first answer is answered once", async () => {
    const event = said(1, "status");
    const world = stub({
      onStart(inbox) {
        for (let n = 0; n < 3; n++) void inbox.hear(event);
      },
    });
    const app = await start(world);
    await world.until(() => world.posts.length >= 1);
    apps.pop();
    await app.stop(1000);
    expect(world.posts).toHaveLength(1);
  });

  it("a message that steered a run is answered with it, and not again", async () => {
    const model = await createModel();
    try {
      // An empty answer is asked for once more: the checkpoint before that takes what came meanwhile.
      model.queue({ say: "", delayMs: 200 }, "Both.");
      const first = stub({ deliver: () => new Promise(() => {}) });
      const one = await start(first, team(model));
      await first.hear(said(1, "FIRST"));
      await model.until(() => model.inFlight === 1);
      await first.hear(said(2, "SECOND", { thread: "1", mention: true }));
      await first.until(() => first.posts.length >= 1);
      apps.pop();
      await one.stop(50);
      const again = stub();
      const two = await start(again, team(model));
      await again.until(() => again.posts.length >= 1);
      apps.pop();
      await two.stop(2000);
      const store = await openStore(dir);
      const [run] = await (await openLedger(store)).conversation("stub:C:1", 5);
      expect(run?.events).toEqual(["stub:1", "stub:2"]);
      expect(await store.journal.owed("stub")).toEqual([]);
      await store.close();
      expect(again.posts.map((post) => post.id)).toEqual([run?.id]);
      expect(model.requests).toHaveLength(2);
    } finally {
      await model.stop();
    }
  });
});

describe("a run that was at work when the process died", () => {
  let model: ModelWorld;
  beforeEach(async () => {
    model = await createModel();
    model.answer("It is fine.");
    await lifeOf(1, said(1, "how is it?"));
  });
  afterEach(() => model.stop());

  it("is not answered twice where a file from before has its letter without its end", async () => {
    await unrecord();
    expect(await lifeOf(0)).toEqual([]);
    expect(await newest()).toMatchObject({ state: "finished", outcome: { kind: "answered", text: "It is fine." } });
    expect(model.requests).toHaveLength(1);
  });

  it("leaves what was interrupted as failed", async () => {
    // As if it had died at work on something, and the next one right after it had said so.
    await unrecord({ letterToo: true, changed: true });
    await lifeOf(1);
    expect(await newest()).toMatchObject({ state: "finished", outcome: { kind: "failed", code: "interrupted" } });
  });

  it("begins anew what had only read, and counts nothing of it twice", async () => {
    const look = { tool: "desk__look", input: "{}", failed: false, ms: 1, summary: "" };
    await unrecord({ letterToo: true, used: [look] });
    expect(await lifeOf(1)).toHaveLength(1);
    expect(await newest()).toMatchObject({ state: "finished", used: [], outcome: { kind: "answered" } });
  });

  /** A process from its start to its end, which comes after so many posts; gives all of them. */
  async function lifeOf(posts: number, heard?: ChatEvent) {
    const world = stub();
    const app = await start(world, team(model));
    if (heard) await world.hear(heard);
    await world.until(() => world.posts.length >= posts);
    apps.pop();
    await app.stop(2000);
    return world.posts;
  }

  async function newest(): Promise<Run | undefined> {
    const store = await openStore(dir);
    const [run] = await (await openLedger(store)).conversation("stub:C:1", 5);
    await store.close();
    return run;
  }

  /** Takes back that the run is over, as when a process dies before it can write that down. */
  async function unrecord({
    letterToo = false,
    ...how
  }: {
    letterToo?: boolean;
    changed?: boolean;
    used?: ToolUse[];
  } = {}): Promise<void> {
    const store = await openStore(dir);
    const ledger = await openLedger(store);
    const [run] = await ledger.conversation("stub:C:1", 1);
    if (!run) throw new Error("there is no run");
    const { outcome: _outcome, usage: _usage, ms: _ms, ...begun } = run;
    await ledger.keep({ ...begun, state: "running", ...how });
    if (letterToo) await store.query("DELETE FROM outbox WHERE id = ?", run.id);
    await store.close();
  }
});

describe("a claim", () => {
  it("is told again to the one who made it, and to nobody else", async () => {
    const store = await openStore(dir);
    expect(await store.claims.claim("retry:1", 1, "press1")).toBe(true);
    expect(await store.claims.claim("retry:1", 2, "press1")).toBe(true);
    expect(await store.claims.claim("retry:1", 3, "press2")).toBe(false);
    await store.close();
  });
});
