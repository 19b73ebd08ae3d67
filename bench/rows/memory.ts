import { closingAll } from "../opened.ts";
import { atMost, type Row, row } from "../row.ts";
import { startProvider } from "../town/provider.ts";
import { openSide } from "./sides.ts";

// What is kept in mind is bounded, conversations at 5,000: the warm-up fills that, each mention being one.
const [step, warmUp, steps, atOnce] = [2500, 2, 6, 24];

/** Whether memory stays flat over many mentions, each in a thread of its own. */
export function memoryRows(): Promise<Row[]> {
  return closingAll(async (keep) => {
    const model = await keep(startProvider({ tokens: 40 }));
    const ours = await keep(openSide({ ours: "unpaced" }, "slack", model));
    const megabytes: number[] = [];
    const heaps: number[] = [];
    let [lost, tookMs, cpuMs] = [0, 0, 0];
    for (let at = 0; at < steps; at++) {
      const done = await ours.work({ mentions: step, atOnce, deadlineMs: 120_000 });
      megabytes.push(done.after.rssBytes / 1e6);
      heaps.push(done.after.heapBytes / 1e6);
      lost += done.seen.mentions - done.seen.whole;
      tookMs += done.seen.tookMs;
      cpuMs += done.cpuMs;
    }
    const mentions = step * steps;
    const [first = 0, last = 0] = [megabytes[warmUp - 1], megabytes.at(-1)];
    const series = (values: number[]) => values.map((value) => value.toFixed(0)).join(", ");
    return [
      row({
        what: `memory over ${mentions - warmUp * step} mentions, after ${warmUp * step}: growth`,
        unit: "%",
        goal: atMost(5, "%"),
        ours: (last / first - 1) * 100,
        note: `RSS after each ${step} mentions: ${series(megabytes)} MB; the main heap: ${series(heaps)} MB. As fast as it went: ${(mentions / (tookMs / 1000)).toFixed(0)} mentions/s, ${(cpuMs / mentions).toFixed(1)} ms CPU each.`,
      }),
      row({ what: "… answers that are not whole", unit: "count", goal: atMost(0, "count"), ours: lost }),
    ];
  });
}
