import type { Slot, SlotOutcome } from "./slot.ts";

const noticeAfter = 2;
const pauseAfter = 10;
const noticeEveryMs = 3_600_000;
/** A run that was a little quicker than the one told of an hour before has its hour, too. */
const slackMs = 60_000;

/** A row of failures of one schedule: when the first of them was due, and what was due last before them and went well. */
export type Incident = { times: number; noticedAt?: number; began?: number; lastGood?: number };

/** The failures without a success between, among runs that came to an end, the newest first; none claimed before `since` counts. */
export function incidentIn(lately: Slot[], since: number): Incident {
  const incident: Incident = { times: 0 };
  for (const slot of lately) {
    if (slot.outcome === "posted" || slot.outcome === "silent") {
      incident.lastGood = slot.due;
      break;
    }
    if (slot.outcome === undefined || slot.claimed < since || !isFailure(slot.outcome)) continue;
    incident.times += 1;
    incident.began = slot.due;
    if (slot.noticed && incident.noticedAt === undefined) {
      incident.noticedAt = (slot.started ?? slot.claimed) + (slot.took ?? 0);
    }
  }
  return incident;
}

/** What another failure calls for. */
export function onFailure(before: Incident, outcome: SlotOutcome, now: number): { notice: boolean; pause: boolean } {
  const times = before.times + 1;
  const isDue = before.noticedAt === undefined || Math.abs(now - before.noticedAt) >= noticeEveryMs - slackMs;
  return {
    notice: isDue && (times >= noticeAfter || outcome === "delivery failed"),
    pause: times >= pauseAfter,
  };
}

/** Whether an outcome counts against a schedule. */
export function isFailure(outcome: SlotOutcome): boolean {
  return outcome === "failed" || outcome === "delivery failed";
}
