import { stringify } from "yaml";
import type { Address } from "../../chat.ts";
import type { Schedule } from "../../schedules/schedule.ts";
import { sayWhen } from "../../schedules/when/say-when.ts";
import { wallAt } from "../../schedules/when/wall-clock.ts";
import { sayStretch } from "./flags.ts";

/** Schedules as they would stand in `schedules.yaml`; what is as usual is left out. */
export function exportYaml(schedules: Schedule[]): string {
  return stringify({ schedules: schedules.map(written) }, { lineWidth: 0 }).replaceAll("${", "$${");
}

function written(schedule: Schedule): Record<string, unknown> {
  const { catchUp, jitterMs, timeoutMs, until, zone, when, skip } = schedule;
  const { mode, windowMs } = catchUp;
  const fields: Record<string, unknown> = {
    name: schedule.name,
    // Always in the words of the grammar, which read the same in every language.
    when: sayWhen(when, "en", { zone }),
    timezone: zone,
    agent: schedule.agent,
    prompt: schedule.prompt,
    from: schedule.from.length > 0 ? schedule.from.map(place) : undefined,
    to: schedule.to.map(place),
    thread: schedule.thread === "fresh" ? undefined : schedule.thread,
    digest: schedule.digest || undefined,
    catch_up: windowMs !== undefined ? { mode, window: sayStretch(windowMs) } : mode === "latest" ? undefined : mode,
    overlap: schedule.overlap === "skip" ? undefined : schedule.overlap,
    jitter: jitterMs === undefined ? undefined : sayStretch(jitterMs),
    retries: schedule.retries === 3 ? undefined : schedule.retries,
    timeout: timeoutMs === undefined ? undefined : sayStretch(timeoutMs),
    skip: skip.length > 0 ? skip : undefined,
    quiet_hours: schedule.quietHours,
    until: until === undefined ? undefined : new Date(wallAt(zone, until)).toISOString().slice(0, 19),
    max_runs: schedule.maxRuns,
    budget: schedule.budget,
    enabled: schedule.enabled && !schedule.paused ? undefined : false,
    owner: schedule.owner,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function place({ adapter, channel }: Address): string {
  return `${adapter}:${channel}`;
}
