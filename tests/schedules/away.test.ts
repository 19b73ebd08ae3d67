import { afterEach, describe, expect, it } from "vitest";
import { draft, openStage, posted, type Stage } from "./stage.ts";

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];
const halfPastEight = "2026-11-20T07:30:00Z";
let stage: Stage;
afterEach(() => stage.close());

/** Killed 500 ms before nine, and so long down. */
async function downAtNine(ms: number, some = {}): Promise<{ id: string; calls: string[] }> {
  stage = await openStage(halfPastEight);
  const { id } = await stage.schedules.create(draft(some));
  await stage.time.pass(30 * minute - 500);
  await stage.down(ms);
  return { id, calls: stage.calls.map((call) => `${call.due} at ${call.at}${call.late ? " late" : ""}`) };
}

describe("the program was down", () => {
  it("for a second: the slot runs, and nobody is told", async () => {
    const { calls } = await downAtNine(second);
    expect(calls).toEqual(["2026-11-20T08:00Z at 2026-11-20T08:00:00.500Z"]);
    expect(stage.notices).toEqual([]);
  });

  it("for 59 seconds: the slot runs, and nobody is told", async () => {
    const { calls } = await downAtNine(59 * second);
    expect(calls).toEqual(["2026-11-20T08:00Z at 2026-11-20T08:00:58.500Z"]);
    expect(stage.notices).toEqual([]);
  });

  it("for an hour: the slot runs late, and this is told with when it was down", async () => {
    const { id, calls } = await downAtNine(hour);
    expect(calls).toEqual(["2026-11-20T08:00Z at 2026-11-20T08:59:59.500Z late"]);
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z posted late"]);
    const due = Date.parse("2026-11-20T08:00:00Z");
    expect(stage.notices).toMatchObject([{ kind: "missed", schedules: [{ ran: [due], missed: [] }] }]);
    const [notice] = stage.notices;
    if (notice?.kind !== "missed") throw new Error("no notice");
    expect(due - 500 - notice.away.from).toBeLessThanOrEqual(30 * second);
    expect(notice.away.to).toBe(due - 500 + hour);
  });

  it("for 25 hours: of two slots the latest runs, the other is missed", async () => {
    const { id } = await downAtNine(25 * hour);
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z missed (down)", "2026-11-21T08:00Z posted late"]);
    expect(stage.notices).toHaveLength(1);
  });

  it("for 40 days: one runs, 39 are missed, one notice tells of all", async () => {
    const { id } = await downAtNine(40 * day);
    const lines = await stage.lines(id);
    expect(lines).toHaveLength(40);
    expect(lines.filter((line) => line.endsWith("missed (down)"))).toHaveLength(39);
    expect(lines.at(-1)).toBe("2026-12-29T08:00Z posted late");
    expect(stage.notices).toMatchObject([
      { kind: "missed", schedules: [{ missed: { length: 39 }, ran: { length: 1 } }] },
    ]);
  });

  it("for 40 days, and the schedule catches up none, or all of a week", async () => {
    await downAtNine(40 * day, { catchUp: { mode: "none" } });
    expect(stage.calls).toEqual([]);
    await stage.close();
    await downAtNine(40 * day, { catchUp: { mode: "all", windowMs: 7 * day } });
    expect(stage.calls.map((call) => call.due)).toEqual(
      ["23", "24", "25", "26", "27", "28", "29"].map((date) => `2026-12-${date}T08:00Z`),
    );
    expect(stage.calls.every((call) => call.late)).toBe(true);
  });

  it("and what was missed can be run by hand, each once", async () => {
    const { id } = await downAtNine(25 * hour);
    const missed = Date.parse("2026-11-20T08:00:00Z");
    expect(await stage.schedules.runMissed(id, [missed, missed + day], "slack:U1")).toHaveLength(1);
    expect(await stage.schedules.runMissed(id, [missed], "slack:U1")).toEqual([]);
    await stage.time.pass(second);
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z posted late", "2026-11-21T08:00Z posted late"]);
    expect(stage.calls.at(-1)).toMatchObject({ due: "2026-11-20T08:00Z", by: "slack:U1" });
  });
});

describe("the process is killed", () => {
  const nineIsh = async (work: Stage["work"], dies: { before?: RegExp; after?: RegExp } = {}) => {
    stage = await openStage(halfPastEight);
    const { id } = await stage.schedules.create(draft());
    stage.work = work;
    stage.diesBefore = dies.before;
    stage.diesAfter = dies.after;
    await stage.time.pass(30 * minute + second);
    stage.work = async () => posted;
    return id;
  };

  it("between claim and run: the slot is taken up once, as one that may have begun", async () => {
    const id = await nineIsh(async () => posted, { after: /INSERT INTO slots/ });
    expect(stage.calls).toEqual([]);
    await stage.down(5 * second);
    await stage.time.pass(minute);
    expect(stage.calls).toMatchObject([{ due: "2026-11-20T08:00Z", again: true, settle: false }]);
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z posted"]);
  });

  it("between run and post: the same", async () => {
    const id = await nineIsh(() => new Promise(() => {}));
    await stage.down(5 * second);
    expect(stage.calls.map((call) => call.again)).toEqual([false, true]);
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z posted"]);
  });

  it("between post and record: work is asked what became of it, and the slot is recorded once", async () => {
    let posts = 0;
    const work: Stage["work"] = async (_schedule, _slot, { again }) => {
      if (!again) posts += 1;
      return posted;
    };
    const id = await nineIsh(work, { before: /WITH ended/ });
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z open"]);
    stage.work = work;
    await stage.down(5 * second);
    await stage.down(5 * second);
    expect(posts).toBe(1);
    expect(stage.calls.map((call) => call.again)).toEqual([false, true]);
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z posted"]);
  });

  it("after the claim, before the cursor moved: the next slot is tomorrow's", async () => {
    const id = await nineIsh(async () => posted, { after: /INSERT INTO slots/ });
    await stage.down(5 * second);
    expect((await stage.schedules.find(id))?.next).toBe(Date.parse("2026-11-21T08:00:00Z"));
  });

  it("and comes back after days: what it did is settled, not begun again, and the latest runs", async () => {
    const id = await nineIsh(() => new Promise(() => {}));
    stage.work = async (_schedule, _slot, { settle }) => (settle ? { kind: "lapsed" } : posted);
    await stage.down(3 * day + hour);
    expect(await stage.lines(id)).toEqual([
      "2026-11-20T08:00Z skipped (replaced)",
      "2026-11-21T08:00Z missed (down)",
      "2026-11-22T08:00Z missed (down)",
      "2026-11-23T08:00Z posted late",
    ]);
  });

  it("each time it runs: after three times it is not begun again", async () => {
    const id = await nineIsh(() => new Promise(() => {}));
    stage.work = () => new Promise(() => {});
    for (let n = 0; n < 3; n++) await stage.down(second);
    stage.work = async (_schedule, _slot, { settle }) => (settle ? { kind: "lapsed" } : posted);
    await stage.down(second);
    expect(stage.calls.at(-1)).toMatchObject({ again: true, settle: true });
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z failed (interrupted)"]);
  });
});

describe("the clock", () => {
  it("put forward by three hours counts as being down", async () => {
    stage = await openStage(halfPastEight);
    const { id } = await stage.schedules.create(draft());
    stage.time.put(3 * hour);
    await stage.time.pass(31 * second);
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z posted late"]);
    expect(stage.jumps.map((by) => Math.round(by / minute))).toEqual([180]);
    expect(stage.notices).toMatchObject([{ kind: "missed", away: { from: expect.any(Number) } }]);
  });

  it("put back by three hours runs nothing twice", async () => {
    stage = await openStage(halfPastEight);
    const { id } = await stage.schedules.create(draft());
    await stage.time.pass(hour);
    stage.time.put(-3 * hour);
    await stage.time.pass(4 * hour);
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z posted"]);
    expect(stage.calls).toHaveLength(1);
    expect(stage.jumps).toEqual([-3 * hour]);
  });

  it("put back while the program is down runs nothing twice", async () => {
    stage = await openStage(halfPastEight);
    const { id } = await stage.schedules.create(draft());
    await stage.time.pass(hour);
    await stage.kill();
    stage.time.put(-3 * hour);
    await stage.start();
    await stage.time.pass(4 * hour);
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z posted"]);
  });

  it("is read again within 30 seconds, though the machine slept and its timers with it", async () => {
    stage = await openStage(halfPastEight);
    const { id } = await stage.schedules.create(draft());
    // Asleep: the wall clock goes on, what timers count with does not.
    stage.time.put(2 * hour);
    const woke = stage.time.now();
    await stage.time.pass(30 * second);
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z posted late"]);
    expect(Date.parse(stage.calls[0]?.at ?? "") - woke).toBeLessThanOrEqual(30 * second);
  });
});
