import { percentile } from "../figures.ts";
import { closingAll } from "../opened.ts";
import { atMost, plus, type Row, row, times } from "../row.ts";
import type { PlatformName, Sightings } from "../town/order.ts";
import { startProvider } from "../town/provider.ts";
import { inTurns, openSide, type Side } from "./sides.ts";

const perSecond = 20;
const named = { slack: "Slack", discord: "Discord" };

/** What one mention costs, and how much later its answer comes, at a steady rate with a model that takes no time. */
export function mentionRows(platform: PlatformName): Promise<Row[]> {
  return closingAll(async (keep) => {
    const model = await keep(startProvider({ tokens: 40 }));
    const ours = await keep(openSide({ ours: "unpaced" }, platform, model));
    const warmUp = { mentions: 500, atOnce: 8, deadlineMs: 60_000 };
    const { seen: before } = await ours.work(warmUp);
    const args = platform === "discord" ? ["post", "thread"] : [streams(before) ? "stream" : "post"];
    const floor = await keep(openSide({ floor: `raw-${platform}`, args }, platform, model));
    await floor.work(warmUp);
    const calls = new Map<Side, string>();
    const measure = async (side: Side) => {
      const { seen, cpuMs } = await side.work({ mentions: 200, perSecond, deadlineMs: 30_000 });
      calls.set(side, callsOf(seen));
      return {
        cpu: cpuMs / seen.mentions,
        sign50: percentile(seen.signMs, 50),
        sign99: percentile(seen.signMs, 99),
        whole50: percentile(seen.wholeMs, 50),
        whole99: percentile(seen.wholeMs, 99),
        lost: seen.mentions - seen.whole,
        faults: seen.violations.length + seen.tooMany,
      };
    };
    const found = await inTurns(
      () => measure(floor),
      () => measure(ours),
    );
    if (found.floor.lost + found.floor.faults > 0) throw new Error(`the floor failed: ${JSON.stringify(found.floor)}`);
    const figure = (name: keyof typeof found.ours) => ({ floor: found.floor[name], ours: found.ours[name] });
    const where = named[platform];
    const at = `at ${perSecond} mentions/s`;
    return [
      row({
        what: `${where}: CPU per mention`,
        unit: "ms",
        goal: times(1.5),
        ...figure("cpu"),
        note: `Calls per mention: floor ${calls.get(floor)}; ours ${calls.get(ours)}. The floor journals nothing and has no worker.`,
      }),
      row({ what: `${where}: event → first sign, p50, ${at}`, unit: "ms", goal: plus(15, "ms"), ...figure("sign50") }),
      row({ what: `${where}: event → first sign, p99, ${at}`, unit: "ms", goal: plus(15, "ms"), ...figure("sign99") }),
      row({
        what: `${where}: event → whole answer, p50, ${at}`,
        unit: "ms",
        goal: plus(25, "ms"),
        ...figure("whole50"),
      }),
      row({
        what: `${where}: event → whole answer, p99, ${at}`,
        unit: "ms",
        goal: plus(25, "ms"),
        ...figure("whole99"),
      }),
      row({
        what: `${where}: answers not whole, 429s, rules broken`,
        unit: "count",
        goal: atMost(0, "count"),
        ours: found.ours.lost + found.ours.faults,
      }),
    ];
  });
}

/** Whether short answers are streamed: the floor is told to make the calls that ours makes. */
function streams({ calls, mentions }: Sightings): boolean {
  return (calls["chat.startStream"] ?? 0) > mentions / 2;
}

function callsOf({ calls, mentions }: Sightings): string {
  return Object.entries(calls)
    .map(([name, count]) => `${name} ${(count / mentions).toFixed(2)}`)
    .join(", ");
}
