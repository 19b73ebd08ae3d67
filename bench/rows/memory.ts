import { closingAll } from "../opened.ts";
import { atMost, type Row, row } from "../row.ts";
import { startProvider } from "../town/provider.ts";
import { openSide } from "./sides.ts";

const [warmUp, mentions, atOnce] = [2000, 10_000, 24];

/** Whether memory stays flat over many mentions. */
export function memoryRows(): Promise<Row[]> {
  return closingAll(async (keep) => {
    const model = await keep(startProvider({ tokens: 40 }));
    const ours = await keep(openSide({ ours: "unpaced" }, "slack", model));
    const before = await ours.work({ mentions: warmUp, atOnce, deadlineMs: 120_000 });
    const after = await ours.work({ mentions, atOnce, deadlineMs: 400_000 });
    const [first, last] = [before.after.rssBytes / 1e6, after.after.rssBytes / 1e6];
    const { seen, cpuMs } = after;
    return [
      row({
        what: `memory over ${mentions} mentions: growth`,
        unit: "%",
        goal: atMost(5, "%"),
        ours: (last / first - 1) * 100,
        note: `RSS ${first.toFixed(0)} MB after ${warmUp} mentions, ${last.toFixed(0)} MB at the end; ${(seen.mentions / (seen.tookMs / 1000)).toFixed(0)} mentions/s, ${(cpuMs / seen.mentions).toFixed(1)} ms CPU each.`,
      }),
      row({
        what: "… answers that are not whole",
        unit: "count",
        goal: atMost(0, "count"),
        ours: seen.mentions - seen.whole,
      }),
    ];
  });
}
