import { sayDay, sayWhen } from "../schedules/when/say-when.ts";
import { wallAt } from "../schedules/when/wall-clock.ts";
import { widthOf } from "../words/width.ts";
import { dayAndTime, durationText, ran, type Verdict } from "./judge.ts";
import type { Firing } from "./replay.ts";

/** What a report tells besides the verdicts. */
export type About = {
  from: number;
  to: number;
  /** Where it ended, if there were too many slots. */
  endedAt?: number;
  /** The zone of its own dates. */
  zone: string;
  runMs: number;
  /** The schedules of the config, and those kept in a data folder. */
  sources: { config: string; configured: number; data: string; kept: number; leftOut?: string };
  /** Wrong with the whole. */
  problems: string[];
};

const dayMs = 86_400_000;
const mostLines = 40;

/** Whether nothing is wrong. */
export function isFine(verdicts: Verdict[], { problems }: About): boolean {
  return problems.length === 0 && verdicts.every((one) => one.problems.length === 0);
}

/** The report for people. */
export function asText(verdicts: Verdict[], about: About): string {
  const { from, to, endedAt, zone, runMs, sources } = about;
  const lines = [
    `${dayAndTime(from, zone)} to ${dayAndTime(endedAt ?? to, zone)} (${zone}). A run is taken to last ${durationText(runMs)}, or its timeout where that is shorter; no model is asked, nothing is posted.`,
    `${sources.configured} ${sources.configured === 1 ? "schedule" : "schedules"} of ${sources.config}${dataText(sources)}`,
    ...(endedAt === undefined ? [] : ["Ended early: there were too many slots for one report. Try fewer days."]),
  ];
  if (verdicts.length > 0) lines.push("", ...table(verdicts));
  const said = [
    ...about.problems.map((problem) => `✗ ${problem}`),
    ...verdicts.flatMap(({ schedule, problems }) => problems.map((problem) => `✗ ${schedule.name}: ${problem}`)),
    ...verdicts.flatMap(({ schedule, notes }) => notes.map((note) => `· ${schedule.name}: ${note}`)),
  ];
  if (said.length > 0) lines.push("", ...said);
  const days = calendar(verdicts, zone);
  if (days.length > 0) lines.push("", `Days in ${zone}:`, ...days.slice(0, mostLines));
  if (days.length > mostLines) lines.push(`… ${days.length - mostLines} more lines; --json tells every firing`);
  return lines.join("\n");
}

/** The report for programs. */
export function asJson(verdicts: Verdict[], about: About): unknown {
  const { from, to, endedAt, zone, runMs, sources, problems } = about;
  return {
    ok: isFine(verdicts, about),
    from: iso(from),
    to: iso(endedAt ?? to),
    complete: endedAt === undefined,
    timezone: zone,
    run_minutes: runMs / 60_000,
    sources: {
      config: sources.configured,
      data: sources.kept,
      ...(sources.leftOut === undefined ? {} : { data_left_out: sources.leftOut }),
    },
    problems,
    schedules: verdicts.map(({ schedule, state, first, last, next, skipped, ...one }) => ({
      name: schedule.name,
      // One that was never kept has none yet.
      ...(schedule.origin === "config" ? {} : { id: schedule.id }),
      origin: schedule.origin,
      state,
      when: sayWhen(schedule.when, "en", schedule),
      timezone: schedule.zone,
      to: schedule.to.map(({ adapter, channel }) => `${adapter}:${channel}`),
      slots: one.firings.length,
      runs: one.runs,
      overlaps: one.overlaps,
      missed: one.missed,
      skipped,
      first: first === undefined ? null : iso(first),
      last: last === undefined ? null : iso(last),
      next: next === undefined ? null : iso(next),
      problems: one.problems,
      notes: one.notes,
    })),
    firings: inOrder(verdicts).map(({ schedule, firing }) => ({
      schedule: schedule.name,
      due: iso(firing.due),
      local: `${localDay(firing.due, schedule.zone)} ${localTime(firing.due, schedule.zone)}`,
      outcome: ran(firing) ? "ran" : (firing.ending?.outcome ?? "ran"),
      ...(firing.ending?.why === undefined ? {} : { why: firing.ending.why }),
      ...(firing.ending?.started === undefined ? {} : { started: iso(firing.ending.started) }),
    })),
  };
}

function dataText({ data, kept, leftOut }: About["sources"]): string {
  if (leftOut !== undefined) return `. Those kept in ${data} are left out: ${leftOut}.`;
  return kept === 0 ? "." : `, and ${kept} kept in ${data}, read from a copy.`;
}

function table(verdicts: Verdict[]): string[] {
  const heads = ["schedule", "when", "zone", "runs", "first", "last", "overlaps", "skipped"];
  const cells = verdicts.map(({ schedule, state, runs, first, last, overlaps, skipped, missed }) => [
    schedule.name,
    sayWhen(schedule.when, "en", schedule),
    schedule.zone,
    state === "on" ? String(runs) : state,
    first === undefined ? "–" : shortTime(first, schedule.zone),
    last === undefined ? "–" : shortTime(last, schedule.zone),
    String(overlaps),
    String(skipped.date + skipped.quiet + skipped.overlap + skipped.replaced + missed),
  ]);
  const widths = heads.map((head, at) => Math.max(...[head, ...cells.map((row) => row[at] ?? "")].map(widthOf)));
  const line = (row: string[]) =>
    row
      .map((cell, at) => cell + " ".repeat((widths[at] ?? 0) - widthOf(cell)))
      .join("  ")
      .trimEnd();
  return [line(heads), ...cells.map(line)];
}

/** A line for each day on which something is due; days that are alike, one after the other, share one. */
function calendar(verdicts: Verdict[], zone: string): string[] {
  const days = new Map<string, Map<Verdict, Firing[]>>();
  for (const { verdict, firing } of inOrder(verdicts)) {
    const day = localDay(firing.due, zone);
    const here = days.get(day) ?? new Map<Verdict, Firing[]>();
    days.set(day, here);
    here.set(verdict, [...(here.get(verdict) ?? []), firing]);
  }
  const stretches: { first: string; last: string; text: string }[] = [];
  for (const [day, here] of days) {
    const text = [...here].map(([{ schedule }, firings]) => entry(schedule.name, firings, zone)).join(" · ");
    const before = stretches.at(-1);
    const follows = before !== undefined && Date.parse(day) - Date.parse(before.last) === dayMs;
    if (before !== undefined && follows && before.text === text) before.last = day;
    else stretches.push({ first: day, last: day, text });
  }
  const named = stretches.map(({ first, last, text }) => ({
    days: first === last ? sayDay(first, "en") : `${sayDay(first, "en")} – ${sayDay(last, "en")}`,
    text,
  }));
  const width = Math.max(...named.map((one) => one.days.length));
  return named.map((one) => `${one.days.padEnd(width)}  ${one.text}`);
}

function entry(name: string, firings: Firing[], zone: string): string {
  const running = firings.filter(ran);
  const times = running.map(({ due }) => localTime(due, zone));
  const when = times.length > 3 ? `${times[0]}–${times.at(-1)} × ${times.length}` : times.join(", ");
  const not = firings.length - running.length;
  if (running.length === 0) return `${name} (${not === 1 ? "skipped" : `${not} skipped`})`;
  return `${when} ${name}${not > 0 ? ` (${not} skipped)` : ""}`;
}

function inOrder(verdicts: Verdict[]) {
  return verdicts
    .flatMap((verdict) => verdict.firings.map((firing) => ({ verdict, schedule: verdict.schedule, firing })))
    .sort((one, other) => one.firing.due - other.firing.due);
}

function shortTime(at: number, zone: string): string {
  return `${sayDay(localDay(at, zone), "en")} ${localTime(at, zone)}`;
}

function localDay(at: number, zone: string): string {
  return new Date(wallAt(zone, at)).toISOString().slice(0, 10);
}

function localTime(at: number, zone: string): string {
  return new Date(wallAt(zone, at)).toISOString().slice(11, 16);
}

function iso(at: number): string {
  return new Date(at).toISOString().replace(".000Z", "Z");
}
