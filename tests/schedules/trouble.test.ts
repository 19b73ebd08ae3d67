import { afterEach, describe, expect, it } from "vitest";
import type { WorkOutcome } from "../../src/schedules/work.ts";
import { draft, openStage, posted, type Stage } from "./stage.ts";

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];
let stage: Stage;
afterEach(() => stage.close());

const failed: WorkOutcome = { kind: "failed", why: "the model is down", changed: false, visible: false };

async function daily(work: Stage["work"], some = {}): Promise<string> {
  stage = await openStage("2026-11-20T07:59:00Z", { heartbeatMs: day });
  stage.work = work;
  return (await stage.schedules.create(draft(some))).id;
}

const attempts = () => stage.calls.map((call) => `${call.attempt} at ${call.at.slice(11)}`);
const notices = () => stage.notices.map((one) => ("times" in one ? `${one.kind} ${one.times}` : one.kind));

describe("a run that fails", () => {
  it("is tried again after 30 seconds, 2 minutes and 10 minutes, then it has failed", async () => {
    const id = await daily(async () => failed);
    await stage.time.pass(hour);
    expect(attempts()).toEqual(["1 at 08:00Z", "2 at 08:00:30Z", "3 at 08:02:30Z", "4 at 08:12:30Z"]);
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z failed (the model is down)"]);
    expect(stage.notices).toEqual([]);
  });

  it("and succeeds at the second try has one outcome", async () => {
    const id = await daily(async (_schedule, _slot, { attempt }) => (attempt === 1 ? failed : posted));
    await stage.time.pass(hour);
    expect(stage.calls).toHaveLength(2);
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z posted"]);
  });

  it("is tried as often as the schedule says", async () => {
    await daily(async () => failed, { retries: 1 });
    await stage.time.pass(hour);
    expect(stage.calls).toHaveLength(2);
  });

  it("is not tried again when something was changed, a reader saw something, or nobody knows", async () => {
    for (const work of [
      async () => ({ ...failed, changed: true }),
      async () => ({ ...failed, visible: true }),
      async () => {
        throw new Error("unforeseen");
      },
    ]) {
      await daily(work);
      await stage.time.pass(hour);
      expect(stage.calls).toHaveLength(1);
      await stage.close();
    }
    await daily(async () => posted);
  });

  it("gives way to the next slot while it waits to be tried again", async () => {
    const id = await daily(async (_schedule, { due }) => (new Date(due).getUTCMinutes() === 0 ? failed : posted), {
      when: { kind: "cron", pattern: "*/5 * * * *" },
    });
    await stage.time.pass(6 * minute + second);
    expect(attempts()).toEqual(["1 at 08:00Z", "2 at 08:00:30Z", "3 at 08:02:30Z", "1 at 08:05Z"]);
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z failed (the model is down)", "2026-11-20T08:05Z posted"]);
  });

  it("and whose process is killed while it waits is tried again at the next start", async () => {
    const id = await daily(async (_schedule, _slot, { again }) => (again ? posted : failed));
    await stage.time.pass(minute + 5 * second);
    await stage.down(5 * second);
    expect(stage.calls.map((call) => call.again)).toEqual([false, true]);
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z posted"]);
  });
});

describe("a schedule that keeps failing", () => {
  it("is told after two failures, then at most hourly, and told again when it works", async () => {
    let isDown = true;
    await daily(async () => (isDown ? failed : posted), { when: { kind: "beat", seconds: 1_200 }, retries: 0 });
    await stage.time.pass(41 * minute);
    expect(notices()).toEqual(["failing 2"]);
    await stage.time.pass(60 * minute);
    expect(notices()).toEqual(["failing 2", "failing 5"]);
    isDown = false;
    await stage.time.pass(hour);
    expect(notices()).toEqual(["failing 2", "failing 5", "recovered 5"]);
    isDown = true;
    await stage.time.pass(41 * minute);
    expect(notices().at(-1)).toBe("failing 2");
  });

  it("that fails a little quicker than an hour before is told of each hour all the same", async () => {
    await daily(
      async () => {
        await new Promise<void>((done) => stage.time.after(10 * second - stage.calls.length * second, done));
        return failed;
      },
      { when: { kind: "cron", pattern: "0 * * * *" }, retries: 0 },
    );
    await stage.time.pass(4 * hour);
    expect(notices()).toEqual(["failing 2", "failing 3", "failing 4"]);
  });

  it("that failed once and works again is not told of", async () => {
    let isDown = true;
    await daily(async () => (isDown ? failed : posted), { when: { kind: "beat", seconds: 1_200 }, retries: 0 });
    await stage.time.pass(21 * minute);
    isDown = false;
    await stage.time.pass(hour);
    expect(notices()).toEqual([]);
  });

  it("is paused after ten failures; resumed, it begins to count afresh", async () => {
    const id = await daily(async () => failed, { when: { kind: "beat", seconds: 1_200 }, retries: 0 });
    await stage.time.pass(5 * hour);
    expect(stage.calls).toHaveLength(10);
    expect(notices().at(-1)).toBe("paused 10");
    expect((await stage.schedules.find(id))?.schedule.paused).toMatchObject({ by: "bellhop", why: "failing" });
    await stage.schedules.resume(id);
    await stage.time.pass(21 * minute);
    expect(stage.calls).toHaveLength(11);
    expect((await stage.schedules.find(id))?.schedule.paused).toBeUndefined();
  });

  it("is remembered over a restart: the count goes on, and the recovery is told", async () => {
    const id = await daily(async () => failed, { when: { kind: "beat", seconds: 1_200 }, retries: 0 });
    await stage.time.pass(41 * minute);
    await stage.down(second);
    await stage.time.pass(20 * minute);
    expect(notices()).toEqual(["failing 2"]);
    await stage.down(second);
    stage.work = async () => posted;
    await stage.time.pass(20 * minute);
    expect(notices()).toEqual(["failing 2", "recovered 3"]);
    expect(await stage.lines(id)).toHaveLength(4);
  });
});

describe("a post that can't be delivered", () => {
  const at = { adapter: "slack", channel: "C1" };

  it("is told at once, and is no reason to do the work again", async () => {
    const id = await daily(async () => ({
      kind: "delivery failed",
      why: "archived",
      receipts: [{ address: at, why: "archived" }],
    }));
    await stage.time.pass(hour);
    expect(stage.calls).toHaveLength(1);
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z delivery failed (archived)"]);
    expect(stage.notices).toMatchObject([{ kind: "delivery-failed", places: [at] }]);
  });

  it("at one of two places is told, and the run counts as posted", async () => {
    const there = { adapter: "discord", channel: "7" };
    const id = await daily(async () => ({
      kind: "posted",
      receipts: [
        { address: there, link: "https://discord.test/7/1" },
        { address: at, why: "archived" },
      ],
    }));
    await stage.time.pass(hour);
    expect(stage.notices).toMatchObject([{ kind: "delivery-failed", places: [at] }]);
    expect((await stage.schedules.history(id))[0]).toMatchObject({
      outcome: "posted",
      receipts: [{ address: there }, { address: at }],
    });
  });
});

describe("a schedule whose owner has no access any more", () => {
  it("is skipped and paused, and this is told once", async () => {
    const id = await daily(async () => posted, { owner: "slack:U1" });
    stage.isOwnerGone = async (_schedule, owner) => owner === "slack:U1";
    await stage.time.pass(3 * day);
    expect(stage.calls).toEqual([]);
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z skipped (owner-gone)"]);
    expect(stage.notices).toMatchObject([{ kind: "owner-gone", owner: "slack:U1" }]);
    expect((await stage.schedules.find(id))?.schedule.paused).toMatchObject({ by: "bellhop", why: "owner-gone" });
  });

  it("runs on while that can't be asked", async () => {
    await daily(async () => posted, { owner: "slack:U1" });
    stage.isOwnerGone = async () => {
      throw new Error("no connection");
    };
    await stage.time.pass(hour);
    expect(stage.calls).toHaveLength(1);
    expect(stage.troubles).toHaveLength(1);
  });
});

describe("the disk", () => {
  it("that fails for a while delays slots and loses none", async () => {
    const id = await daily(async () => posted);
    await stage.query("CREATE TRIGGER refuse BEFORE INSERT ON slots BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END");
    await stage.time.pass(minute + 20 * second);
    expect(stage.calls).toEqual([]);
    expect(stage.troubles.length).toBeGreaterThan(0);
    await stage.query("DROP TRIGGER refuse");
    await stage.time.pass(10 * second);
    expect(await stage.lines(id)).toEqual(["2026-11-20T08:00Z posted"]);
  });
});
