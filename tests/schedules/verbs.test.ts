import { afterEach, describe, expect, it } from "vitest";
import type { WorkOutcome } from "../../src/schedules/work.ts";
import { draft, openStage, posted, type Stage } from "./stage.ts";

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];
let stage: Stage;
afterEach(() => stage.close());

async function daily(some = {}): Promise<string> {
  stage = await openStage("2026-11-20T07:59:00Z", { heartbeatMs: day });
  return (await stage.schedules.create(draft(some))).id;
}

/** Work that goes on until it is told to end. */
function slowWork(): { end(outcome?: WorkOutcome): void } {
  let finish: (outcome: WorkOutcome) => void = () => {};
  stage.work = () => new Promise((done) => (finish = done));
  return { end: (outcome = posted) => finish(outcome) };
}

const dues = () => stage.calls.map((call) => call.due);

describe("pause and resume", () => {
  it("leave no back-log: the next slot is the next from now", async () => {
    const id = await daily();
    await stage.schedules.pause(id, { by: "slack:U1", why: "holidays" });
    await stage.time.pass(3 * day);
    expect(stage.calls).toEqual([]);
    expect((await stage.schedules.find(id))?.schedule.paused).toMatchObject({ by: "slack:U1", why: "holidays" });
    await stage.schedules.resume(id);
    await stage.time.pass(day);
    expect(dues()).toEqual(["2026-11-23T08:00Z"]);
    expect(await stage.lines(id)).toEqual(["2026-11-23T08:00Z posted"]);
  });

  it("hold over a restart", async () => {
    const id = await daily();
    await stage.schedules.pause(id, { by: "slack:U1", why: "holidays" });
    await stage.down(2 * day);
    expect(await stage.lines(id)).toEqual([]);
    expect(stage.notices).toEqual([]);
  });

  it("let a run that is going come to its end", async () => {
    const id = await daily();
    const work = slowWork();
    await stage.time.pass(minute);
    await stage.schedules.pause(id, { by: "slack:U1", why: "" });
    work.end();
    await stage.time.pass(day);
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z posted"]);
  });

  it("end the waiting for another try, and skip what was claimed and has not begun", async () => {
    stage = await openStage("2026-11-20T07:59:00Z", { heartbeatMs: day, atOnce: 1 });
    const first = await stage.schedules.create(draft({ name: "first" }));
    const second = await stage.schedules.create(draft({ name: "second" }));
    const work = slowWork();
    await stage.time.pass(minute);
    expect(stage.calls).toHaveLength(1);
    const [going, waiting] = stage.calls[0]?.name === "first" ? [first, second] : [second, first];
    await stage.schedules.pause(waiting.id, { by: "slack:U1", why: "" });
    await stage.schedules.pause(going.id, { by: "slack:U1", why: "" });
    work.end({ kind: "failed", why: "no", changed: false, visible: false });
    await stage.time.pass(minute);
    expect(await stage.lines(waiting.id)).toEqual(["2026-11-20T08:00Z skipped (paused)"]);
    expect(await stage.lines(going.id)).toEqual(["2026-11-20T08:00Z failed (no)"]);
    expect(stage.calls).toHaveLength(1);
  });
});

describe("an edit", () => {
  it("of the words alone moves no slot", async () => {
    const id = await daily({ when: { kind: "beat", seconds: 7_200 } });
    const next = (await stage.schedules.find(id))?.next;
    await stage.time.pass(hour);
    await stage.schedules.edit(id, draft({ when: { kind: "beat", seconds: 7_200 }, prompt: "Say good night." }));
    expect((await stage.schedules.find(id))?.next).toBe(next);
    await stage.time.pass(hour);
    expect(stage.calls).toHaveLength(1);
  });

  it("of the time counts from now; what was due before is no slot of it", async () => {
    const id = await daily();
    const when = { kind: "calendar", days: { kind: "daily" }, times: ["08:59", "10:00"] } as const;
    await stage.schedules.edit(id, draft({ when: { ...when, times: [...when.times] } }));
    await stage.time.pass(2 * hour);
    expect(dues()).toEqual(["2026-11-20T09:00Z"]);
  });

  it("while a run is going leaves that run, and the next one is as it says", async () => {
    const id = await daily();
    const work = slowWork();
    await stage.time.pass(minute);
    await stage.schedules.edit(id, draft({ name: "evening" }));
    work.end();
    await stage.time.pass(second);
    stage.work = async () => posted;
    await stage.time.pass(day);
    expect(stage.calls.map((call) => call.name)).toEqual(["standup", "evening"]);
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z posted", "2026-11-21T08:00Z posted"]);
  });

  it("that puts it off by jitter moves its runs, not its slots", async () => {
    const id = await daily();
    await stage.schedules.edit(id, draft({ jitterMs: 10 * hour }));
    await stage.time.pass(day);
    expect(dues()).toEqual(["2026-11-20T08:00Z"]);
    expect(Date.parse(stage.calls[0]?.at ?? "")).toBeGreaterThan(Date.parse("2026-11-20T08:00:01Z"));
    expect(stage.calls[0]?.late).toBe(false);
    expect(id).toMatch(/^s-[a-z2-9]{3}$/);
  });
});

describe("a delete", () => {
  it("takes the history with it, also when a run is going", async () => {
    const id = await daily();
    await stage.time.pass(day);
    const work = slowWork();
    await stage.time.pass(minute);
    expect(await stage.lines(id)).toHaveLength(2);
    expect((await stage.schedules.delete(id))?.name).toBe("standup");
    expect(await stage.lines(id)).toEqual([]);
    work.end();
    await stage.time.pass(3 * day);
    expect(await stage.lines(id)).toEqual([]);
    expect(stage.calls).toHaveLength(2);
    expect(await stage.schedules.delete(id)).toBeUndefined();
    await stage.down(second);
    expect(stage.calls).toHaveLength(2);
    expect(stage.troubles).toEqual([]);
  });

  it("ends the waiting for another try", async () => {
    const id = await daily();
    stage.work = async () => ({ kind: "failed", why: "no", changed: false, visible: false });
    await stage.time.pass(minute + second);
    await stage.schedules.delete(id);
    await stage.time.pass(hour);
    expect(stage.calls).toHaveLength(1);
    expect(stage.notices).toEqual([]);
  });
});

describe("Run now", () => {
  it("works while paused, with the presser's rights, and moves no slot", async () => {
    const id = await daily({ owner: "slack:U1" });
    await stage.schedules.pause(id, { by: "slack:U1", why: "" });
    stage.isOwnerGone = async () => true;
    expect(await stage.schedules.run(id, "slack:U2")).toMatchObject({ is: "begun", slot: { by: "slack:U2" } });
    await stage.time.pass(second);
    expect(stage.calls).toMatchObject([{ by: "slack:U2", at: "2026-11-20T07:59Z" }]);
    expect(await stage.lines(id)).toEqual(["2026-11-20T07:59Z posted"]);
    expect((await stage.schedules.find(id))?.schedule.paused).toBeDefined();
    expect(await stage.schedules.run("s-none", "slack:U2")).toBeUndefined();
  });

  it("says so when a run is going; twice in the same moment it is two slots", async () => {
    const id = await daily();
    await Promise.all([stage.schedules.run(id, "slack:U2"), stage.time.settled()]);
    await stage.time.pass(0);
    expect(await stage.schedules.run(id, "slack:U2")).toMatchObject({ is: "begun" });
    await stage.time.pass(0);
    expect(await stage.lines(id)).toHaveLength(2);
    const work = slowWork();
    await stage.schedules.run(id, "slack:U2");
    expect(await stage.schedules.run(id, "slack:U2")).toMatchObject({ is: "going" });
    work.end();
  });

  it("in the very moment in which it is due takes no slot's place", async () => {
    const id = await daily();
    await stage.time.pass(minute - 1);
    stage.time.put(1);
    expect(await stage.schedules.run(id, "slack:U2")).toMatchObject({ is: "begun" });
    await stage.time.pass(minute);
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z posted", "2026-11-20T08:00:00.001Z posted"]);
    expect(stage.calls.map((call) => call.by)).toEqual(["slack:U2", undefined]);
  });

  it("does not count against the runs that are wanted, nor as a failure of the schedule", async () => {
    const id = await daily({ maxRuns: 1, retries: 0 });
    stage.work = async () => ({ kind: "failed", why: "no", changed: true, visible: false });
    for (let n = 0; n < 3; n++) {
      await stage.schedules.run(id, "slack:U2");
      await stage.time.pass(second);
    }
    expect(stage.notices).toEqual([]);
    stage.work = async () => posted;
    await stage.time.pass(3 * day);
    expect(await stage.lines(id)).toHaveLength(4);
    expect((await stage.schedules.find(id))?.next).toBeUndefined();
  });
});

describe("Test now", () => {
  it("does the work for one person, and records no slot", async () => {
    const id = await daily();
    const outcome = await stage.schedules.test(draft(), "slack:U2", new AbortController().signal);
    expect(outcome).toEqual(posted);
    expect(stage.calls).toMatchObject([{ test: true, by: "slack:U2" }]);
    expect(await stage.lines(id)).toEqual([]);
    expect(await stage.lines("test")).toEqual([]);
  });
});

describe("a schedule is found", () => {
  it("by its id, by its name whatever the capitals, by a part of it; several are all given", async () => {
    const id = await daily({ name: "Morning Digest" });
    await stage.schedules.create(draft({ name: "evening digest", owner: "slack:U1" }));
    const names = async (words: string, which = {}) =>
      (await stage.schedules.search(words, which)).map(({ schedule }) => schedule.name).sort();
    expect(await names(id.toUpperCase())).toEqual(["Morning Digest"]);
    expect(await names("morning digest")).toEqual(["Morning Digest"]);
    expect(await names("digest")).toEqual(["Morning Digest", "evening digest"]);
    expect(await names("digest", { owner: "slack:U1" })).toEqual(["evening digest"]);
    expect(await names("%")).toEqual([]);
    expect(await names("")).toEqual([]);
  });

  it("by where it was made, by its owner, by its origin", async () => {
    await daily({ owner: "slack:U1" });
    await stage.schedules.create(draft({ place: { adapter: "discord", channel: "7" }, origin: "api" }));
    const count = (which: Parameters<typeof stage.schedules.list>[0]) =>
      stage.schedules.list(which).then((all) => all.length);
    expect(await count({ place: { adapter: "slack", channel: "C1" } })).toBe(1);
    expect(await count({ owner: "slack:U1" })).toBe(1);
    expect(await count({ origin: "api" })).toBe(1);
    expect(await count({})).toBe(2);
    expect(await stage.schedules.count({ owner: "slack:U1" })).toBe(1);
  });
});

describe("the schedules of the config", () => {
  const fromConfig = (some = {}) => draft({ origin: "config", ...some });

  it("are made, changed, kept with their pause and history, and deleted with their line", async () => {
    await daily();
    const { schedules } = stage;
    await schedules.adopt([fromConfig({ name: "one" }), fromConfig({ name: "two" })]);
    const [one] = await schedules.search("one");
    const id = one?.schedule.id ?? "";
    await schedules.pause(id, { by: "slack:U1", why: "not now" });
    await schedules.adopt([fromConfig({ name: "one", prompt: "Another one." })]);
    expect((await schedules.find(id))?.schedule).toMatchObject({ prompt: "Another one.", paused: { why: "not now" } });
    expect((await schedules.list({ origin: "config" })).map(({ schedule }) => schedule.name)).toEqual(["one"]);
    expect(await schedules.count()).toBe(2);
  });

  it("that are the same as before are not touched: a beat keeps its beat over restarts", async () => {
    await daily();
    const beat = fromConfig({ name: "beat", when: { kind: "beat", seconds: 7_200 } });
    await stage.schedules.adopt([beat]);
    const [before] = await stage.schedules.search("beat");
    await stage.down(hour);
    await stage.schedules.adopt([beat]);
    expect(await stage.schedules.search("beat")).toEqual([before]);
  });
});

it("a schedule that is over is swept away after a while, one that is paused is not", async () => {
  const id = await daily({ when: { kind: "once", at: "2026-11-20T09:00" } });
  const paused = await stage.schedules.create(draft());
  await stage.schedules.pause(paused.id, { by: "slack:U1", why: "" });
  await stage.time.pass(day);
  expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z posted"]);
  await stage.schedules.sweep(stage.time.now() - 2 * day);
  expect(await stage.schedules.count()).toBe(2);
  await stage.schedules.sweep(stage.time.now());
  expect((await stage.schedules.list()).map(({ schedule }) => schedule.id)).toEqual([paused.id]);
  expect(await stage.lines(id)).toEqual([]);
});
