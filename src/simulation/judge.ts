import type { Address } from "../chat.ts";
import { decide, followingSlot, putOffBy, withQuietHours } from "../schedules/policy.ts";
import { isActive, type Schedule } from "../schedules/schedule.ts";
import type { Kept } from "../schedules/schedule-store.ts";
import { dstNotes } from "../schedules/when/dst-notes.ts";
import { sayTime } from "../schedules/when/say-when.ts";
import type { Firing, Replay } from "./replay.ts";

/** What became of one schedule in a replay. */
export type Verdict = {
  schedule: Schedule;
  state: "on" | "off" | "paused" | "over";
  firings: Firing[];
  runs: number;
  /** Slots that were due while another run was going: lost, or run later. */
  overlaps: number;
  skipped: { date: number; quiet: number; overlap: number; replaced: number };
  missed: number;
  first: number | undefined;
  last: number | undefined;
  /** The next slot after the replay. */
  next: number | undefined;
  /** Why a team should not want this. */
  problems: string[];
  notes: string[];
};

/** What the judge goes by. */
export type Rules = {
  from: number;
  /** The channels' forms of each platform. */
  platforms: Record<string, { form: RegExp; example: string }>;
  runMs(schedule: Schedule): number;
  /** How long a run may take at most. */
  timeoutMs(schedule: Schedule): number;
  /** The quiet hours of where it posts. */
  quietHours(schedule: Schedule): string | undefined;
};

/** So many slots are looked at for one that would run. */
const mostLookedAt = 5_000;
/** Waiting for this long means that too many run at once. */
const longWaitMs = 60_000;

/** Judges each schedule by what it did. */
export function judge({ at, schedules, firings }: Replay, rules: Rules): Verdict[] {
  const of = new Map<string, Firing[]>();
  for (const firing of firings) {
    const mine = of.get(firing.schedule) ?? [];
    of.set(firing.schedule, mine);
    mine.push(firing);
  }
  return schedules.map((kept) => verdictOf(kept, of.get(kept.schedule.id) ?? [], at, rules));
}

/** Whether a firing ran, or runs. */
export function ran({ ending }: Firing): boolean {
  return ending === undefined || (ending.outcome !== "skipped" && ending.outcome !== "missed");
}

function verdictOf({ schedule, next, runs: allRuns }: Kept, firings: Firing[], at: number, rules: Rules): Verdict {
  const running = firings.filter(ran);
  const why = (is: string) => firings.filter(({ ending }) => ending?.why?.is === is);
  const lost = [...why("overlap"), ...why("replaced")].sort((one, other) => one.due - other.due);
  const waited = running.filter(({ ending, claimed }) => (ending?.started ?? claimed) > claimed);
  const waitedForOwn = schedule.overlap === "queue" ? waited.length : 0;
  const base = {
    schedule,
    firings,
    runs: running.length,
    overlaps: lost.length + waitedForOwn,
    skipped: {
      date: why("date").length,
      quiet: why("quiet").length,
      overlap: why("overlap").length,
      replaced: why("replaced").length,
    },
    missed: firings.filter(({ ending }) => ending?.outcome === "missed").length,
    first: running[0]?.due,
    last: running.at(-1)?.due,
    next,
  };
  const where = schedule.to.flatMap((place) => complaintAbout(place, rules));
  const nowhere = schedule.to.length === 0 ? ["posts nowhere: it has no address"] : where;
  if (!isActive(schedule)) {
    const state = schedule.enabled ? "paused" : "off";
    const note = schedule.paused?.why ? [`paused: ${schedule.paused.why}`] : [];
    return { ...base, state, problems: nowhere, notes: note };
  }
  // What ran before and has come to its end is nothing to worry about.
  if (next === undefined && firings.length === 0 && allRuns > 0)
    return { ...base, state: "over", problems: [], notes: [] };
  const problems = [
    ...nowhere,
    ...neverFires(base, at, allRuns, rules),
    ...overlapsForEver(schedule, firings, lost, rules),
  ];
  const notes = [
    ...notesOnTime(base, at, rules, problems.length > 0),
    ...(waitedForOwn > 0 ? [`${waitedForOwn} ${runsOf(waitedForOwn)} waited for the one before`] : []),
    ...(lost.length > 0 && problems.length === 0 ? [`${slotsOf(lost.length)} lost to an overlap`] : []),
    ...waitsOf(schedule, waited),
  ];
  return { ...base, state: "on", problems, notes };
}

function complaintAbout({ adapter, channel }: Address, { platforms }: Rules): string[] {
  const platform = platforms[adapter];
  const written = `${adapter}:${channel}`;
  if (platform === undefined) {
    return [`posts nowhere: ${written} is on no platform there is (${Object.keys(platforms).join(", ")})`];
  }
  if (platform.form.test(channel)) return [];
  return [`posts nowhere: ${written} is no channel; one looks like ${adapter}:${platform.example}`];
}

function neverFires(
  { schedule, runs, firings, next }: Omit<Verdict, "state" | "problems" | "notes">,
  at: number,
  all: number,
  { quietHours }: Rules,
) {
  if (runs > 0 || comesToRun(schedule, at, all, quietHours)) return [];
  if (next === undefined && firings.length === 0) return ["never fires: there is no such time any more"];
  return ["never fires: every slot is on a day or in hours that it skips"];
}

/** Whether one of the coming slots would run. */
function comesToRun(schedule: Schedule, after: number, runs: number, quietHours: Rules["quietHours"]): boolean {
  const quieted = withQuietHours(schedule, quietHours(schedule));
  let due = followingSlot(schedule, after, runs);
  for (let looked = 0; due !== undefined && looked < mostLookedAt; looked++) {
    if (decide(quieted, [due], { at: due + putOffBy(schedule), runs }).some((decision) => decision.run)) return true;
    due = followingSlot(schedule, due, runs);
  }
  return false;
}

/** Runs always take the same time here, so what is lost twice, and in the later half too, is lost again and again. */
function overlapsForEver(schedule: Schedule, firings: Firing[], lost: Firing[], { runMs }: Rules): string[] {
  const middle = firings[firings.length >> 1]?.due ?? 0;
  if (lost.length < 2 || !lost.some(({ due }) => due >= middle)) return [];
  const how = schedule.overlap === "cancel" ? "given up for the next one" : "skipped";
  return [
    `overlaps for ever: of ${slotsOf(firings.length)} ${lost.length} are ${how} while a run of ${durationText(runMs(schedule))} is still going`,
  ];
}

function notesOnTime(
  { schedule, firings, runs, next }: Omit<Verdict, "state" | "problems" | "notes">,
  at: number,
  { from, timeoutMs }: Rules,
  isTroubled: boolean,
): string[] {
  const { zone } = schedule;
  const later = new Set(dstNotes(schedule.when, schedule, at, "en"));
  const notes = dstNotes(schedule.when, schedule, from, "en").filter((note) => !later.has(note));
  if (schedule.jitterMs !== undefined) {
    notes.push(`put off by up to ${durationText(schedule.jitterMs)}, here by ${durationText(putOffBy(schedule))}`);
  }
  if (runs === 0 && next !== undefined) notes.push(`first due after that: ${dayAndTime(next, zone)}`);
  if (runs > 0 && next === undefined) notes.push("it is over then: nothing comes after the last");
  const gap = Math.min(...firings.slice(1).map(({ due }, n) => due - (firings[n]?.due ?? 0)));
  const longest = timeoutMs(schedule);
  if (!isTroubled && gap <= longest) {
    notes.push(
      `a slow run would overlap: it may take ${durationText(longest)}, and the next is due after ${durationText(gap)}`,
    );
  }
  return notes;
}

function waitsOf({ overlap }: Schedule, waited: Firing[]): string[] {
  if (overlap === "queue") return [];
  const longest = Math.max(0, ...waited.map(({ ending, claimed }) => (ending?.started ?? claimed) - claimed));
  return longest < longWaitMs ? [] : [`waited for up to ${durationText(longest)}: too many run at the same time`];
}

/** A time with its year, as people read it. */
export function dayAndTime(at: number, zone: string): string {
  const year = new Intl.DateTimeFormat("en", { timeZone: zone, year: "numeric" }).format(at);
  const [day, time] = [sayTime(at, zone, "en").slice(0, -6), sayTime(at, zone, "en").slice(-5)];
  return `${day} ${year} ${time}`;
}

/** A length of time, in its two largest units. */
export function durationText(ms: number): string {
  const parts: string[] = [];
  let rest = Math.round(ms / 1000);
  for (const [seconds, unit] of [
    [86_400, "d"],
    [3_600, "h"],
    [60, "m"],
    [1, "s"],
  ] as const) {
    if (rest >= seconds && parts.length < 2) parts.push(`${Math.floor(rest / seconds)}${unit}`);
    rest %= seconds;
  }
  return parts.join(" ") || "0s";
}

function slotsOf(count: number): string {
  return count === 1 ? "1 slot" : `${count} slots`;
}

function runsOf(count: number): string {
  return count === 1 ? "run" : "runs";
}
