import type { Clock } from "./clock.ts";
import type { Ids } from "./ids.ts";

const lifeMs = 3000;

/** The trigger_ids that let an app open a modal: each for three seconds and one use. */
export interface Triggers {
  issue(person: string): string;
  /** Uses one up; the answer says whose it was, or why Slack refuses. */
  take(id: string): { person: string } | { error: string };
}

/** A drawer of trigger_ids. */
export function createTriggers(clock: Clock, ids: Ids): Triggers {
  const issued = new Map<string, { person: string; at: number; used: boolean }>();
  return {
    issue(person) {
      const id = `${clock.now()}.${ids.secret(10)}.${ids.secret(32)}`;
      issued.set(id, { person, at: clock.now(), used: false });
      return id;
    },
    take(id) {
      const trigger = issued.get(id);
      if (!trigger) return { error: "invalid_trigger_id" };
      if (trigger.used) return { error: "exchanged_trigger_id" };
      if (clock.now() - trigger.at > lifeMs) return { error: "expired_trigger_id" };
      trigger.used = true;
      return { person: trigger.person };
    },
  };
}
