import { Cron } from "croner";
import { LRUCache } from "lru-cache";

/** The next instant of a cron pattern in a zone, strictly after another; undefined when there is none. */
export function nextOfCron(pattern: string, zone: string, after: number): number | undefined {
  return compiled(pattern, zone).nextRun(new Date(after))?.getTime();
}

// A compiled pattern takes 80 KB, and 0.1 ms to make.
const patterns = new LRUCache<string, Cron>({ max: 200 });

function compiled(pattern: string, zone: string): Cron {
  const key = `${zone} ${pattern}`;
  let cron = patterns.get(key);
  if (cron === undefined) {
    cron = new Cron(pattern, { paused: true, fixedTimeRule: "no-wildcard", timezone: zone, mode: "5-or-6-parts" });
    patterns.set(key, cron);
  }
  return cron;
}
