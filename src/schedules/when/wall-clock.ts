import { LRUCache } from "lru-cache";

const dayMs = 86_400_000;

/** Where a wall time stands: `skipped` does not exist there (the clocks jump over it), `twice` comes twice. */
export interface Standing {
  at: number;
  is: "there" | "skipped" | "twice";
}

/** By how much the wall clock of a zone is ahead of UTC at an instant, in milliseconds. */
export function offsetAt(zone: string, at: number): number {
  const { days, exactly } = clockOf(zone);
  const day = Math.floor(at / dayMs);
  let known = days.get(day);
  if (known === undefined) {
    const [start, end] = [exactly(day * dayMs), exactly((day + 1) * dayMs)];
    known = start === end ? start : Number.NaN;
    if (days.size > 5_000) days.clear();
    days.set(day, known);
  }
  return Number.isNaN(known) ? exactly(at) : known;
}

/** What the wall clock of a zone shows at an instant, as if it were UTC. */
export function wallAt(zone: string, at: number): number {
  return at + offsetAt(zone, at);
}

/** When the wall clock of a zone shows this (given as if it were UTC): the first time, or right after a gap. */
export function instantOf(zone: string, wall: number): number {
  return standingOf(zone, wall).at;
}

/** As `instantOf`, and whether the time exists there once. */
export function standingOf(zone: string, wall: number): Standing {
  const [before, after] = [offsetAt(zone, wall - dayMs), offsetAt(zone, wall + dayMs)];
  if (before === after) return { at: wall - before, is: "there" };
  const [early, late] = [wall - Math.max(before, after), wall - Math.min(before, after)];
  const earlyFits = wallAt(zone, early) === wall;
  const lateFits = wallAt(zone, late) === wall;
  if (earlyFits) return { at: early, is: lateFits ? "twice" : "there" };
  return lateFits ? { at: late, is: "there" } : { at: changeBetween(zone, early, late), is: "skipped" };
}

// The instant in (start, end] at which the clocks change.
function changeBetween(zone: string, start: number, end: number): number {
  const old = offsetAt(zone, start);
  let [low, high] = [start, end];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle) === old) low = middle;
    else high = middle;
  }
  return high;
}

interface Clock {
  /** The offset of each UTC day; NaN where it changes. */
  days: Map<number, number>;
  exactly(at: number): number;
}

const clocks = new LRUCache<string, Clock>({ max: 100 });

function clockOf(zone: string): Clock {
  let clock = clocks.get(zone);
  if (clock === undefined) {
    const format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "gregory",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    const exactly = (at: number) => {
      const [month = 0, day, year = 0, hour, minute, second] = format
        .format(at)
        .split(/[^0-9]+/)
        .map(Number);
      return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
    };
    clock = { days: new Map(), exactly };
    clocks.set(zone, clock);
  }
  return clock;
}
