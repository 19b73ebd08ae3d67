import type { Growing, Live } from "./poster.ts";
import type { Wire } from "./wire.ts";

const minute = 60_000;
// The larger, the more of Slack's quota is used, and the longer the wait once it is full.
const crowding = 4;

/** How many answers grow this way at the moment. */
export function sharersOf(live: Live, method: Growing): number {
  return [...live.values()].filter((one) => one === method).length;
}

/** The fuller Slack's minute and the more answers grow at once, the slower each: none freezes for the others. */
export function pauseAmong(
  { wire, live }: { wire: Wire; live: Live },
  method: Growing,
  atLeast: number,
  kept = 0,
): number {
  const room = Math.max(1, wire.room(method) - kept);
  return Math.max(atLeast, (sharersOf(live, method) * minute) / (crowding * room));
}
