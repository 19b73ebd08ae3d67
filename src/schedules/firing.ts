import type { PersonId } from "../chat.ts";
import { Turns } from "../runs/turns.ts";
import { createEnds } from "./ends.ts";
import { catchUpWindow, type Going, putOffBy } from "./policy.ts";
import { isActive, type Schedule } from "./schedule.ts";
import type { SlotClaim, SlotEnding, SlotWhy } from "./slot.ts";
import type { Slots } from "./slots.ts";
import type { Time } from "./time.ts";
import type { Notice, Work, WorkOptions, WorkOutcome } from "./work.ts";

const retryAfterMs = [30_000, 120_000, 600_000];
/** A slot that was cut short so often is not begun again. */
const mostTries = 3;

export type FiringOptions = {
  time: Time;
  slots: Slots;
  work: Work;
  /** Whether the owner of a schedule has no access to its places any more. */
  isOwnerGone(schedule: Schedule, owner: PersonId): Promise<boolean>;
  pause(schedule: Schedule, why: string): Promise<void>;
  notice(notice: Notice): void;
  trouble(error: unknown): void;
  /** So many run at once. */
  atOnce: number;
};

/** Runs claimed slots to their outcome: one of a schedule at a time, owners in turn. */
export type Firing = {
  /** Contract: the slot is claimed. `cancels`: the run that is going gives way to it. */
  take(schedule: Schedule, claim: SlotClaim, how?: { cancels?: boolean; again?: boolean }): void;
  going(id: string): Going | undefined;
  /** It was changed: what has not begun runs as it is now. */
  changed(schedule: Schedule): void;
  /** It is gone: what has not begun does not begin. */
  gone(id: string): void;
  load(): { running: number; waiting: number };
  /** Until then everything waits: what a crash left gives way to what is due now. `troubled`: schedules that failed. */
  begin(troubled: string[]): void;
  /** Begins nothing any more; resolves when nothing is running. What is open is taken up at the next start. */
  stop(): Promise<void>;
};

type Job = {
  claim: SlotClaim;
  again: boolean;
  attempt: number;
  isRunning: boolean;
  abort: AbortController;
  replacedBy?: number;
  /** It failed, and waits to be tried again; called, it ends as it failed. */
  giveUp?: () => void;
};

/** The slots of one schedule: one that is going, others that wait for it. */
type Lane = { schedule: Schedule; current: Job; queue: Job[]; isGone: boolean };

/** Makes ready to run. */
export function createFiring(options: FiringOptions): Firing {
  const { time, slots, work, isOwnerGone, pause, notice, trouble, atOnce } = options;
  const lanes = new Map<string, Lane>();
  const turns = new Turns<Lane>();
  const ends = createEnds(options);
  let running = 0;
  let begun = false;
  let stopped = false;
  let idle: (() => void) | undefined;

  function pump(): void {
    while (begun && !stopped && running < atOnce) {
      const lane = turns.take(() => true);
      if (lane === undefined) return;
      running += 1;
      run(lane)
        .catch(trouble)
        .finally(() => {
          running -= 1;
          if (running === 0) idle?.();
          pump();
        });
    }
  }

  function queueUp(lane: Lane): void {
    turns.add(laneOf(lane.schedule), lane);
  }

  function next(lane: Lane): void {
    const job = lane.queue.shift();
    if (job === undefined) {
      lanes.delete(lane.schedule.id);
      return;
    }
    lane.current = job;
    queueUp(lane);
  }

  async function run(lane: Lane): Promise<void> {
    const job = lane.current;
    let isOver = true;
    job.isRunning = true;
    try {
      isOver = await attempt(lane, job);
    } finally {
      job.isRunning = false;
      if (isOver && !stopped) next(lane);
    }
  }

  // False: it waits to be tried again.
  async function attempt(lane: Lane, job: Job): Promise<boolean> {
    const { schedule } = lane;
    const { claim } = job;
    if (lane.isGone) return true;
    if (job.replacedBy !== undefined && !job.again)
      return end(lane, job, skipped({ is: "replaced", by: job.replacedBy }));
    if (claim.by === undefined && !job.again) {
      if (!isActive(schedule)) return end(lane, job, skipped({ is: "paused" }));
      if (schedule.owner !== undefined && (await isGone(schedule, schedule.owner))) {
        await end(lane, job, skipped({ is: "owner-gone" }));
        await pause(schedule, "owner-gone");
        notice({ kind: "owner-gone", schedule, slot: { ...claim, tries: 0 }, owner: schedule.owner });
        return true;
      }
    }
    const tries = job.again && job.attempt === 1 ? await slots.tried(claim) : 0;
    const isTooOld = time.now() - claim.due - putOffBy(schedule) > catchUpWindow(schedule);
    const settle = job.again && (tries >= mostTries || isTooOld || job.replacedBy !== undefined);
    const started = time.now();
    const outcome = await done(schedule, claim, {
      attempt: job.attempt,
      again: job.again,
      settle,
      test: false,
      signal: job.abort.signal,
    });
    const took = Math.max(time.now() - started, 0);
    // What was stopped because the program ends stays open, to be taken up at the next start.
    if (stopped && outcome.kind === "stopped") return true;
    const ending: SlotEnding = { ...endingOf(outcome, job, tries, isTooOld), started, took };
    if (outcome.kind !== "failed" || outcome.changed || outcome.visible || !isTriedAgain(lane, job)) {
      await end(lane, job, ending);
      if ("seen" in outcome) outcome.seen?.then((receipts) => receipts && slots.see(claim, receipts)).catch(trouble);
      return true;
    }
    waitAndRetry(lane, job, ending);
    return false;
  }

  function isTriedAgain(lane: Lane, job: Job): boolean {
    return (
      !stopped &&
      !lane.isGone &&
      lane.queue.length === 0 &&
      job.replacedBy === undefined &&
      job.attempt <= lane.schedule.retries &&
      (isActive(lane.schedule) || job.claim.by !== undefined)
    );
  }

  function waitAndRetry(lane: Lane, job: Job, ending: SlotEnding): void {
    const callOff = time.after(retryAfterMs[Math.min(job.attempt, retryAfterMs.length) - 1] ?? 0, () => {
      delete job.giveUp;
      job.attempt += 1;
      queueUp(lane);
      pump();
    });
    job.giveUp = () => {
      callOff();
      delete job.giveUp;
      if (stopped) return;
      end(lane, job, ending)
        .catch(trouble)
        .finally(() => {
          next(lane);
          pump();
        });
    };
  }

  async function done(schedule: Schedule, claim: SlotClaim, how: WorkOptions): Promise<WorkOutcome> {
    try {
      return await work(schedule, claim, how);
    } catch (error) {
      trouble(error);
      return { kind: "failed", why: "", changed: true, visible: true };
    }
  }

  async function isGone(schedule: Schedule, owner: PersonId): Promise<boolean> {
    try {
      return await isOwnerGone(schedule, owner);
    } catch (error) {
      // Nobody knows: a platform that can't be asked is no reason to stop the work.
      trouble(error);
      return false;
    }
  }

  /** Contract: gives true, so that the lane goes on. */
  async function end({ schedule }: Lane, { claim }: Job, ending: SlotEnding): Promise<true> {
    await ends.end(schedule, claim, ending);
    return true;
  }

  return {
    take(schedule, claim, { cancels = false, again = false } = {}) {
      if (stopped) return;
      const job: Job = { claim, again, attempt: 1, isRunning: false, abort: new AbortController() };
      const lane = lanes.get(schedule.id);
      if (lane === undefined) {
        const fresh: Lane = { schedule, current: job, queue: [], isGone: false };
        lanes.set(schedule.id, fresh);
        queueUp(fresh);
        return pump();
      }
      lane.schedule = schedule;
      lane.queue.push(job);
      if (lane.current.giveUp) lane.current.giveUp();
      else if (cancels) {
        for (const earlier of [lane.current, ...lane.queue.slice(0, -1)]) earlier.replacedBy ??= claim.due;
        // What has not begun yet is only settled: there is nothing to abort.
        if (lane.current.isRunning) lane.current.abort.abort();
      }
    },
    going(id) {
      const lane = lanes.get(id);
      if (lane === undefined) return undefined;
      const { claim, giveUp, again, isRunning } = lane.current;
      return { due: claim.due, waits: giveUp !== undefined || (again && !isRunning), queued: lane.queue.length };
    },
    changed(schedule) {
      const lane = lanes.get(schedule.id);
      if (lane === undefined) return;
      lane.schedule = schedule;
      if (!isActive(schedule) && lane.current.claim.by === undefined) lane.current.giveUp?.();
    },
    gone(id) {
      ends.forget(id);
      const lane = lanes.get(id);
      if (lane === undefined) return;
      lane.isGone = true;
      lane.current.giveUp?.();
    },
    load: () => ({ running, waiting: turns.size }),
    begin(troubled) {
      ends.failedBefore(troubled);
      begun = true;
      pump();
    },
    async stop() {
      stopped = true;
      for (const { current } of lanes.values()) current.giveUp?.();
      if (running > 0) await new Promise<void>((done) => (idle = done));
    },
  };
}

/** Owners take turns; what nobody owns, by where it is posted. */
function laneOf({ owner, to, place }: Schedule): string {
  const at = to[0] ?? place;
  return owner ?? `${at?.adapter}:${at?.channel}`;
}

function skipped(why: SlotWhy): SlotEnding {
  return { outcome: "skipped", why };
}

function endingOf(outcome: WorkOutcome, job: Job, tries: number, isTooOld: boolean): SlotEnding {
  const { run, tokens, cost } = outcome;
  const use = { ...(run ? { run } : {}), ...(tokens ? { tokens } : {}), ...(cost === undefined ? {} : { cost }) };
  const said = (text: string | undefined) => (!text ? {} : { why: { is: "said" as const, text } });
  switch (outcome.kind) {
    case "posted":
      return { outcome: "posted", receipts: outcome.receipts, ...use };
    case "silent":
      return { outcome: "silent", ...said(outcome.why), ...use };
    case "failed":
      return { outcome: "failed", ...said(outcome.why), ...use };
    case "delivery failed":
      return { outcome: "delivery failed", ...said(outcome.why), receipts: outcome.receipts, ...use };
    case "stopped":
    case "lapsed": {
      if (job.replacedBy !== undefined) return { ...skipped({ is: "replaced", by: job.replacedBy }), ...use };
      const why: SlotWhy = { is: "interrupted", tries };
      return { outcome: outcome.kind === "lapsed" && isTooOld ? "missed" : "failed", why, ...use };
    }
  }
}
