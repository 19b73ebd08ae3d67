import { setImmediate as turn } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { draft, openStage, posted, type Stage } from "./stage.ts";

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];
let stage: Stage;
afterEach(() => stage.close());

const oneMinuteBefore = "2026-11-20T07:59:00Z";
const beat = { when: { kind: "beat", seconds: 600 } } as const;

describe("a schedule", () => {
  it("runs at its time, once, and says what became of it", async () => {
    stage = await openStage("2026-11-20T07:00:00Z");
    const { id } = await stage.schedules.create(draft());
    await stage.time.pass(49 * hour);
    const dues = ["2026-11-20T08:00Z", "2026-11-21T08:00Z", "2026-11-22T08:00Z"];
    expect(await stage.lines(id)).toEqual(dues.map((due) => `${due} posted`));
    expect(stage.calls.map((call) => call.at)).toEqual(dues);
    expect(stage.troubles).toEqual([]);
  });

  it("keeps what its run used, where it was posted, and when it ran", async () => {
    stage = await openStage(oneMinuteBefore);
    const { id } = await stage.schedules.create(draft());
    const receipts = [{ address: { adapter: "slack", channel: "C1" }, link: "https://slack.test/1" }];
    stage.work = async () => {
      await new Promise<void>((done) => stage.time.after(4_100, done));
      return { kind: "posted", receipts, run: "r1", tokens: { input: 2_000, output: 210 }, cost: 0.016 };
    };
    await stage.time.pass(2 * minute);
    const due = Date.parse("2026-11-20T08:00:00Z");
    expect(await stage.schedules.slot(id, due)).toEqual({
      schedule: id,
      due,
      claimed: due,
      tries: 0,
      outcome: "posted",
      receipts,
      run: "r1",
      tokens: { input: 2_000, output: 210 },
      cost: 0.016,
      started: due,
      took: 4_100,
    });
  });

  it("that has nothing to say is silent, with its reason", async () => {
    stage = await openStage(oneMinuteBefore);
    const { id } = await stage.schedules.create(draft());
    stage.work = async () => ({ kind: "silent", why: "nothing new" });
    await stage.time.pass(2 * minute);
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z silent (nothing new)"]);
  });

  it("keeps its last two hundred slots", async () => {
    stage = await openStage(oneMinuteBefore, { heartbeatMs: day });
    const { id } = await stage.schedules.create(draft({ when: { kind: "beat", seconds: 60 } }));
    await stage.time.pass(250 * minute);
    expect(await stage.lines(id)).toHaveLength(200);
    await stage.schedules.sweep(0);
    const [kept] = await stage.query<{ count: number }>("SELECT COUNT(*) AS count FROM slots");
    expect(kept?.count).toBe(200);
    expect((await stage.schedules.history(id))[0]?.due).toBe(stage.time.now());
  });

  it("that says so ends after so many runs, skipped slots not counted", async () => {
    stage = await openStage(oneMinuteBefore, { heartbeatMs: day });
    const { id } = await stage.schedules.create(draft({ maxRuns: 2, skip: ["2026-11-21"] }));
    await stage.time.pass(6 * day);
    expect(await stage.lines(id)).toEqual([
      "2026-11-20T08:00Z posted",
      "2026-11-21T08:00Z skipped (date)",
      "2026-11-22T08:00Z posted",
    ]);
  });

  it("that can't be reckoned or read keeps no other from its time", async () => {
    stage = await openStage(oneMinuteBefore);
    const bad = await stage.schedules.create(draft());
    const worse = await stage.schedules.create(draft());
    const { id } = await stage.schedules.create(draft());
    const broken = JSON.stringify({ ...bad, when: { kind: "cron", pattern: "*/90 * * * *" } });
    await stage.query("UPDATE schedules SET body = ? WHERE id = ?", broken, bad.id);
    await stage.query("UPDATE schedules SET body = '{}' WHERE id = ?", worse.id);
    await stage.time.pass(2 * minute);
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z posted"]);
    expect(stage.troubles.map(String).sort()).toEqual(
      [`Error: The schedule ${bad.id} can't be reckoned`, `Error: The schedule ${worse.id} can't be read`].sort(),
    );
  });
});

describe("a run that is still going at the next slot", () => {
  async function longRuns(overlap: "skip" | "queue" | "cancel", runMs: number): Promise<string[]> {
    stage = await openStage(oneMinuteBefore);
    const { id } = await stage.schedules.create(draft({ ...beat, overlap }));
    stage.work = (_schedule, _slot, { signal }) =>
      new Promise((done) => {
        stage.time.after(runMs, () => done(posted));
        signal.addEventListener("abort", () => done({ kind: "stopped" }));
      });
    await stage.time.pass(41 * minute);
    return stage.lines(id);
  }

  it("makes it skip", async () => {
    expect(await longRuns("skip", 15 * minute)).toEqual([
      "2026-11-20T08:09Z posted",
      "2026-11-20T08:19Z skipped (overlap)",
      "2026-11-20T08:29Z open",
      "2026-11-20T08:39Z skipped (overlap)",
    ]);
  });

  it("makes it wait, where the schedule says so: never two at a time", async () => {
    expect(await longRuns("queue", 15 * minute)).toEqual([
      "2026-11-20T08:09Z posted",
      "2026-11-20T08:19Z posted",
      "2026-11-20T08:29Z open",
      "2026-11-20T08:39Z open",
    ]);
    expect(stage.calls.map((call) => call.at)).toEqual(["2026-11-20T08:09Z", "2026-11-20T08:24Z", "2026-11-20T08:39Z"]);
  });

  it("is given up for it, where the schedule says so", async () => {
    expect(await longRuns("cancel", 15 * minute)).toEqual([
      "2026-11-20T08:09Z skipped (replaced)",
      "2026-11-20T08:19Z skipped (replaced)",
      "2026-11-20T08:29Z skipped (replaced)",
      "2026-11-20T08:39Z open",
    ]);
  });

  it("and is done before it is told to give up has its own outcome", async () => {
    expect(await longRuns("cancel", 5 * minute)).toHaveLength(4);
    expect(stage.calls).toHaveLength(4);
    expect(stage.calls.every((call) => call.signal.aborted)).toBe(false);
  });

  it("waits in the queue over a restart, and is taken up in its order", async () => {
    await longRuns("queue", 15 * minute);
    stage.calls.length = 0;
    await stage.down(second);
    expect(stage.calls.map((call) => call.due)).toEqual(["2026-11-20T08:29Z"]);
    await stage.time.pass(15 * minute);
    expect(stage.calls.map((call) => call.due)).toEqual(["2026-11-20T08:29Z", "2026-11-20T08:39Z"]);
  });
});

describe("a thousand schedules due in the same second", () => {
  it("all run, at most so many at a time, owners in turn, and the loop is never blocked", async () => {
    stage = await openStage(oneMinuteBefore, { atOnce: 20 });
    for (let n = 0; n < 1_000; n++) {
      await stage.schedules.create(draft({ name: `${n}`, owner: n < 990 ? "slack:BUSY" : `slack:U${n}`, retries: 0 }));
    }
    let going = 0;
    let most = 0;
    stage.work = async () => {
      most = Math.max(most, ++going);
      await turn();
      going -= 1;
      return posted;
    };
    let longest = 0;
    let isOver = false;
    const watching = (async () => {
      for (let before = process.cpuUsage(); !isOver; before = process.cpuUsage()) {
        await turn();
        // Of work, not of the clock: a busy machine does not block the loop.
        longest = Math.max(longest, process.cpuUsage(before).user / 1000);
      }
    })();
    await stage.time.pass(minute);
    isOver = true;
    await watching;
    expect(stage.calls).toHaveLength(1_000);
    expect(new Set(stage.calls.map((call) => call.name)).size).toBe(1_000);
    expect(most).toBe(20);
    // Whoever has one is not kept waiting by the one who has 990.
    const rare = stage.calls.flatMap((call, at) => (Number(call.name) >= 990 ? [at] : []));
    expect(Math.max(...rare)).toBeLessThan(900);
    // Handing over works in pieces.
    expect(longest).toBeLessThan(250);
    const [open] = await stage.query<{ open: number }>("SELECT COUNT(*) AS open FROM slots WHERE outcome IS NULL");
    expect(open?.open).toBe(0);
  });
});

describe("a stop", () => {
  it("begins nothing any more, and leaves open what was stopped for it; the next start takes it up", async () => {
    stage = await openStage(oneMinuteBefore);
    const { id } = await stage.schedules.create(draft());
    let stopRun = () => {};
    stage.work = () => new Promise((done) => (stopRun = () => done({ kind: "stopped" })));
    await stage.time.pass(minute + second);
    const stopping = stage.schedules.stop();
    stopRun();
    await stopping;
    await stage.time.pass(2 * hour);
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z open"]);
    stage.work = async () => posted;
    await stage.down(second);
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z posted"]);
    expect(stage.calls.at(-1)?.again).toBe(true);
  });

  it("waits for what is running, but not for ever", async () => {
    stage = await openStage(oneMinuteBefore);
    await stage.schedules.create(draft());
    stage.work = () => new Promise(() => {});
    await stage.time.pass(minute + second);
    let isStopped = false;
    const stopping = stage.schedules.stop(5_000).then(() => {
      isStopped = true;
    });
    await stage.time.pass(4_000);
    expect(isStopped).toBe(false);
    await stage.time.pass(2_000);
    await stopping;
  });
});
