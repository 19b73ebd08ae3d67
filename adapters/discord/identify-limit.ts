import { setTimeout as sleep } from "node:timers/promises";
import { type IIdentifyThrottler, SimpleIdentifyThrottler } from "discord.js";

/** A small memory that outlives the process. */
export type Memory = { get(key: string): Promise<unknown>; set(key: string, value: unknown): Promise<void> };

const hour = 3_600_000;
const perHour = 20;
const kept = "discord:sessions-begun";

/**
 * Keeps new sessions under 20 an hour, restarts of the process included: at 1,000 a day Discord resets the token, and
 * some refusals (a malformed session, close code 4002) make the library try again for ever.
 */
export function createIdentifyLimit(options: { memory: Memory; now: () => number }) {
  const { memory, now } = options;

  async function recent(): Promise<number[]> {
    const times = await memory.get(kept).catch(() => undefined);
    return Array.isArray(times) ? times.filter((at): at is number => typeof at === "number" && at > now() - hour) : [];
  }

  return {
    /** In the form the library asks for. `waiting` is told why nothing happens. */
    throttle:
      (waiting: (why: string) => void) =>
      async (manager: { fetchGatewayInformation(): Promise<{ session_start_limit: { max_concurrency: number } }> }) => {
        const { session_start_limit } = await manager.fetchGatewayInformation();
        const spaced = new SimpleIdentifyThrottler(session_start_limit.max_concurrency);
        const throttle: IIdentifyThrottler = {
          async waitForIdentify(shard, signal) {
            for (;;) {
              const times = await recent();
              const [oldest] = times;
              if (times.length < perHour || oldest === undefined) {
                await memory.set(kept, [...times, now()]).catch(() => {});
                return spaced.waitForIdentify(shard, signal);
              }
              waiting(`I began ${perHour} sessions within an hour on Discord; I wait before beginning another`);
              await sleep(Math.max(1_000, oldest + hour - now()), undefined, { signal, ref: false });
            }
          },
        };
        return throttle;
      },
  };
}
