import { createHash } from "node:crypto";
import type { Schedule } from "./schedule.ts";
import type { SlotEnding, SlotWhy } from "./slot.ts";
import { nextAfter, slotsBetween, timeOfDay } from "./when/next.ts";
import { instantOf, wallAt } from "./when/wall-clock.ts";

const dayMs = 86_400_000;
/** A slot handed over so soon after it was due is on time. */
export const onTimeMs = 60_000;
/** As many runs of one schedule wait for each other at most. */
const mostQueued = 10;

/** What is kept of a schedule's past: more is neither recorded nor caught up. */
export const slotsKept = 200;

/** The run of a schedule that is going now. */
export type Going = {
  due: number;
  /** It failed and waits to be tried again: it gives way to the next slot. */
  waits: boolean;
  queued: number;
};

/** When the program was not running, or asleep. */
export type Away = { from: number; to: number };

/** What is done with one slot. */
export type Decision = { due: number } & (
  | { run: true; late: boolean; cancels: boolean }
  | { run: false; ending: Pick<SlotEnding, "outcome" | "why"> }
);

/** The next slot after an instant; undefined when there will be none. `runs`: how often it ran. */
export function followingSlot(schedule: Schedule, after: number, runs: number): number | undefined {
  if (schedule.maxRuns !== undefined && runs >= schedule.maxRuns) return undefined;
  const next = nextAfter(schedule.when, schedule, after);
  return next === undefined || (schedule.until !== undefined && next > schedule.until) ? undefined : next;
}

/** By how much a schedule's runs are put off: always the same, so that its beat stays even and its slots in order. */
export function putOffBy({ id, jitterMs = 0 }: Pick<Schedule, "id" | "jitterMs">): number {
  if (jitterMs === 0) return 0;
  return Math.floor((createHash("sha256").update(id).digest().readUInt32BE(0) / 2 ** 32) * jitterMs);
}

/** The newest slots from `first`, a slot itself, up to an instant; what lies further back than is kept is left out. */
export function slotsDue(schedule: Schedule, first: number, until: number): number[] {
  const end = Math.min(until, schedule.until ?? until);
  const some = slotsBetween(schedule.when, schedule, first, end, slotsKept);
  if (some.length < slotsKept) return first <= end ? [first, ...some] : [];
  // There may be a million: the newest are found from the end, in stretches that double.
  for (let span = Math.max((end - first) / 4_096, 1); ; span *= 2) {
    const from = Math.max(Math.floor(end - span), first - 1);
    const newest = slotsBetween(schedule.when, schedule, from, end);
    if (newest.length >= slotsKept || from < first) return newest.slice(-slotsKept);
  }
}

/** How late a missed slot may still run: a day, or one period of a beat. */
export function catchUpWindow({ catchUp, when }: Schedule): number {
  return catchUp.windowMs ?? (when.kind === "beat" ? when.seconds * 1000 : dayMs);
}

/** What becomes of slots that are due, given in their order. Those after the schedule's last run are left out. */
export function decide(
  schedule: Schedule,
  dues: number[],
  now: { at: number; runs: number; going?: Going | undefined; away?: Away | undefined },
): Decision[] {
  const offset = putOffBy(schedule);
  const mode = schedule.catchUp.mode;
  const window = catchUpWindow(schedule);
  const lastDue = dues.at(-1);
  const quietNow = quietAt(schedule, now.at);
  const barred = new Map(dues.map((due) => [due, dayOff(schedule, due) ?? quietAt(schedule, due)]));
  const open = dues.filter((due) => barred.get(due) === undefined);
  const newest = open.at(-1);
  const isOnTime = (due: number) => due === lastDue && now.at - due - offset <= onTimeMs;
  const isChosen = (due: number) =>
    isOnTime(due) || (now.at - due - offset <= window && (mode === "all" || (mode === "latest" && due === newest)));
  const ran = quietNow === undefined ? open.filter(isChosen).at(-1) : undefined;

  const decisions: Decision[] = [];
  let runs = now.runs;
  let going = now.going;
  for (const due of dues) {
    if (schedule.maxRuns !== undefined && runs >= schedule.maxRuns) break;
    const skipped = barred.get(due);
    if (skipped !== undefined) decisions.push({ due, run: false, ending: { outcome: "skipped", why: skipped } });
    else if (!isChosen(due)) {
      const because = mode === "none" ? "none" : now.at - due - offset > window ? "too-late" : "a-later-one";
      const { from, to } = now.away ?? { from: due + offset, to: now.at };
      const why: SlotWhy = { is: "down", from, to, because, ...(ran !== undefined && ran > due ? { ran } : {}) };
      decisions.push({ due, run: false, ending: { outcome: "missed", why } });
    } else if (!isOnTime(due) && quietNow !== undefined)
      decisions.push({ due, run: false, ending: { outcome: "skipped", why: quietNow } });
    else {
      const isCaughtUp = decisions.some((one) => one.run);
      const skips = going !== undefined && !going.waits && schedule.overlap === "skip" && !isCaughtUp;
      if (going !== undefined && (skips || going.queued >= (isCaughtUp ? slotsKept : mostQueued))) {
        const why: SlotWhy = { is: "overlap", going: going.due };
        decisions.push({ due, run: false, ending: { outcome: "skipped", why } });
        continue;
      }
      const cancels = going !== undefined && (going.waits || schedule.overlap === "cancel") && !isCaughtUp;
      decisions.push({ due, run: true, late: !isOnTime(due), cancels });
      going = { due: going?.due ?? due, waits: false, queued: (going?.queued ?? -1) + 1 };
      runs += 1;
    }
  }
  return decisions;
}

/** A schedule with the quiet hours of where it posts, if it has none of its own. */
export function withQuietHours(schedule: Schedule, there: string | undefined): Schedule {
  return schedule.quietHours !== undefined || there === undefined ? schedule : { ...schedule, quietHours: there };
}

/** The day on which a slot falls, if the schedule does not run then. */
function dayOff({ skip, zone }: Schedule, at: number): SlotWhy | undefined {
  if (skip.length === 0) return undefined;
  const day = new Date(wallAt(zone, at)).toISOString().slice(0, 10);
  return skip.includes(day) ? { is: "date", day } : undefined;
}

/** Whether an instant is in the quiet hours, and when these end. */
export function quietAt({ quietHours, zone }: Pick<Schedule, "quietHours" | "zone">, at: number): SlotWhy | undefined {
  const [from, to] = quietHours?.split("-") ?? [];
  if (from === undefined || to === undefined) return undefined;
  const [begins, ends] = [timeOfDay(from), timeOfDay(to)];
  const wall = wallAt(zone, at);
  const day = Math.floor(wall / dayMs) * dayMs;
  const time = wall - day;
  const isQuiet = begins <= ends ? time >= begins && time < ends : time >= begins || time < ends;
  return isQuiet ? { is: "quiet", until: instantOf(zone, (time < ends ? day : day + dayMs) + ends) } : undefined;
}
