import type { DueTimes } from "./due-times.ts";
import type { Firing } from "./firing.ts";
import { type Away, type Decision, decide, followingSlot, putOffBy, slotsDue, withQuietHours } from "./policy.ts";
import type { Schedule } from "./schedule.ts";
import type { ScheduleStore } from "./schedule-store.ts";
import { slotKey } from "./slot.ts";
import type { Slots } from "./slots.ts";
import type { Time } from "./time.ts";

/** What was not run in time, and what ran for it. */
export type Missed = { schedule: Schedule; ran: number[]; missed: number[] };

/** Longer than this it does not keep others from their turn. */
const breathMs = 10;

/** Makes of due schedules slots that are claimed: to be run, or over at once. Gives what was missed or ran late. */
export function handingOver(parts: {
  time: Time;
  due: DueTimes;
  schedules: ScheduleStore;
  slots: Slots;
  firing: Pick<Firing, "going" | "take">;
  /** The quiet hours of where it posts, for those that have none of their own. */
  quietHours(schedule: Schedule): string | undefined;
  trouble(error: unknown): void;
}): (ids: string[], now: number, away: Away | undefined) => Promise<Missed[]> {
  const { time, due, schedules, slots, firing, quietHours, trouble } = parts;
  const claimedSince = new Map<string, number>();

  function settleDue(id: string, next: number | undefined, schedule: Schedule): void {
    // Whoever changed it meanwhile has put it there already.
    if (next !== undefined && !due.has(id)) due.set(id, next + putOffBy(schedule));
  }

  return async (ids, now, away) => {
    const kept = await schedules.read(ids);
    const decided: { schedule: Schedule; from: number; decisions: Decision[]; next: number | undefined }[] = [];
    let breathed = time.monotonic();
    for (const id of ids) {
      const one = kept.get(id);
      if (one?.next === undefined) continue;
      const { schedule, next, runs } = one;
      try {
        const dues = slotsDue(schedule, next, now - putOffBy(schedule));
        const last = dues.at(-1);
        if (last === undefined) {
          settleDue(id, next, schedule);
          continue;
        }
        const quieted = withQuietHours(schedule, quietHours(schedule));
        const decisions = decide(quieted, dues, { at: now, runs, going: firing.going(id), away });
        const ran = decisions.filter((decision) => decision.run).length;
        decided.push({ schedule, from: next, decisions, next: followingSlot(schedule, last, runs + ran) });
      } catch (error) {
        // One that can't be reckoned keeps no other from its time.
        trouble(new Error(`The schedule ${id} can't be reckoned`, { cause: error }));
      }
      if (time.monotonic() - breathed > breathMs) {
        await new Promise((done) => setImmediate(done));
        breathed = time.monotonic();
      }
    }
    if (decided.length === 0) return [];

    const claimed = await slots.claim(
      decided.flatMap(({ schedule, from, decisions }) =>
        decisions.map((decision) => ({
          schedule: schedule.id,
          due: decision.due,
          claimed: now,
          next: from,
          ...(decision.run ? (decision.late ? { late: true as const } : {}) : { ending: decision.ending }),
        })),
      ),
    );
    const bySlot = new Map(claimed.map((claim) => [slotKey(claim), claim]));
    const missed: Missed[] = [];
    for (const { schedule, decisions } of decided) {
      const told: Missed = { schedule, ran: [], missed: [] };
      for (const decision of decisions) {
        const claim = bySlot.get(slotKey({ schedule: schedule.id, due: decision.due }));
        if (claim === undefined) continue;
        if (decision.run) firing.take(schedule, claim, { cancels: decision.cancels });
        if (decision.run && decision.late) told.ran.push(decision.due);
        if (!decision.run && decision.ending.outcome === "missed") told.missed.push(decision.due);
      }
      if (told.ran.length + told.missed.length > 0) missed.push(told);
    }
    await schedules.move(
      decided.map(({ schedule, from, decisions, next }) => ({
        id: schedule.id,
        from,
        next,
        ran: decisions.filter((decision) => decision.run).length,
      })),
    );
    for (const { schedule, next } of decided) settleDue(schedule.id, next, schedule);
    await prune(claimed.map(({ schedule }) => schedule));
    return missed;
  };

  async function prune(some: string[]): Promise<void> {
    const full: string[] = [];
    for (const id of some) {
      const count = (claimedSince.get(id) ?? 0) + 1;
      if (count < 20) claimedSince.set(id, count);
      else if (claimedSince.delete(id)) full.push(id);
    }
    if (full.length > 0) await slots.prune(full);
  }
}
