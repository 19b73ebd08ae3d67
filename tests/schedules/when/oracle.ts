// A second, slow and plain way to reckon, that shares no code with the first.

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A span of time in which a zone's wall clock is ahead of UTC by the same. */
interface Span {
  start: number;
  end: number;
  offset: number;
}

/** A zone's wall clock, for the years that tests are about. */
export interface Wall {
  /** The instants at which the clocks change. */
  changes: number[];
  /** What the wall shows, as if it were UTC. */
  shows(at: number): number;
  /** The first instant at which the wall shows it; where it never does, the end of the gap. */
  when(wall: number): number;
}

/** The wall clock of a zone from 2026 to 2032, asked of Intl hour by hour. */
export function wallOf(zone: string): Wall {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "longOffset" });
  const offsetAt = (at: number) => {
    const [, sign = "+", hours = "0", minutes = "0"] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(format.format(at)) ?? [];
    return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  };
  const spans: Span[] = [];
  const [first, last] = [Date.UTC(2026, 0, 1), Date.UTC(2033, 0, 1)];
  let span: Span = { start: Number.NEGATIVE_INFINITY, end: first, offset: offsetAt(first) };
  // Clocks change at full or half hours of UTC.
  for (let at = first; at < last; at += 12 * hourMs) {
    if (offsetAt(at + 12 * hourMs) === span.offset) continue;
    let change = at;
    while (offsetAt(change) === span.offset) change += hourMs / 2;
    spans.push({ ...span, end: change });
    span = { start: change, end: change, offset: offsetAt(change) };
  }
  spans.push({ ...span, end: Number.POSITIVE_INFINITY });
  const spanAt = (at: number) => spans.find(({ start, end }) => at >= start && at < end) ?? span;
  return {
    changes: spans.slice(0, -1).map(({ end }) => end),
    shows: (at) => at + spanAt(at).offset,
    when(wall) {
      const fits = spans.filter(({ start, end, offset }) => wall - offset >= start && wall - offset < end);
      const [earliest] = fits.map(({ offset }) => wall - offset).sort((one, other) => one - other);
      if (earliest !== undefined) return earliest;
      return spans.find(({ end, offset }) => wall - offset >= end && wall - offset < end + dayMs)?.end ?? Number.NaN;
    },
  };
}

/** What a day is called; the wall's, as if it were UTC. */
export interface DayName {
  year: number;
  month: number;
  date: number;
  /** 1 Monday … 7 Sunday. */
  weekday: number;
  lastDate: number;
  /** Days since 1970. */
  number: number;
}

/** The name of a day by its number. */
export function dayName(number: number): DayName {
  const date = new Date(number * dayMs);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
  const lastDate = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return { year, month, date: date.getUTCDate(), weekday: date.getUTCDay() || 7, lastDate, number };
}

/** The next slot at times (minutes of the day) on days that count, looked for day by day. */
export function nextOnDays(
  wall: Wall,
  counts: (day: DayName) => boolean,
  minutes: readonly number[],
  after: number,
  days = 3_000,
): number | undefined {
  const today = Math.floor(wall.shows(after) / dayMs) - 1;
  for (let number = today; number < today + days; number++) {
    if (!counts(dayName(number))) continue;
    const slots = minutes
      .map((minute) => wall.when(number * dayMs + minute * 60_000))
      .sort((one, other) => one - other);
    const next = slots.find((at) => at > after);
    if (next !== undefined) return next;
  }
  return undefined;
}

/** The next minute of passing time at which the wall fits, looked for minute by minute. */
export function nextFitting(
  wall: Wall,
  fits: (day: DayName, hour: number, minute: number) => boolean,
  after: number,
): number | undefined {
  const start = (Math.floor(after / 60_000) + 1) * 60_000;
  let day = dayName(0);
  for (let at = start; at < start + 40 * dayMs; at += 60_000) {
    const shown = wall.shows(at);
    const number = Math.floor(shown / dayMs);
    if (number !== day.number) day = dayName(number);
    const minute = Math.floor((shown - number * dayMs) / 60_000);
    if (fits(day, Math.floor(minute / 60), minute % 60)) return at;
  }
  return undefined;
}
