import { percentile } from "../figures.ts";
import { closingAll } from "../opened.ts";
import { plus, type Row, row, times } from "../row.ts";
import type { PlatformName } from "../town/order.ts";
import { startProvider } from "../town/provider.ts";
import { inTurns, openSide, type Side } from "./sides.ts";

const perSecond = 20;
const asRaw = { slack: ["post"], discord: ["post", "thread"] };
const named = { slack: "Slack", discord: "Discord" };

/** What one mention costs, and how much later its answer comes, at a steady rate with a model that takes no time. */
export function mentionRows(platform: PlatformName): Promise<Row[]> {
  return closingAll(async (keep) => {
    const model = await keep(startProvider({ tokens: 40 }));
    const floor = await keep(openSide({ floor: `raw-${platform}`, args: asRaw[platform] }, platform, model));
    const ours = await keep(openSide({ ours: "unpaced" }, platform, model));
    for (const side of [floor, ours]) await side.work({ mentions: 500, atOnce: 8, deadlineMs: 60_000 });
    let calls = "";
    const measure = async (side: Side) => {
      const { seen, cpuMs } = await side.work({ mentions: 200, perSecond, deadlineMs: 30_000 });
      if (side === ours) calls = callsOf(seen.calls, seen.mentions);
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
        note: `Calls of ours per mention: ${calls}. The floor makes the same calls, journals nothing and has no worker.`,
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
    ];
  });
}

function callsOf(calls: Record<string, number>, mentions: number): string {
  return Object.entries(calls)
    .map(([name, count]) => `${name} ${(count / mentions).toFixed(2)}`)
    .join(", ");
}
