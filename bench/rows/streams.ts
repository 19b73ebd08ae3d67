import { percentile } from "../figures.ts";
import { closingAll } from "../opened.ts";
import { atMost, type Row, row, times } from "../row.ts";
import { startProvider } from "../town/provider.ts";
import { inTurns, openSide, type Side } from "./sides.ts";

const [tokens, tokensPerSecond, atOnce] = [200, 100, 50];
// An answer takes two seconds: begun at this rate, so many stream at once.
const perSecond = (atOnce * tokensPerSecond) / tokens;

/** Fifty answers streaming at once, the platform's rate limits off for both sides. */
export function streamRows(): Promise<Row[]> {
  return closingAll(async (keep) => {
    const model = await keep(startProvider({ tokens, tokensPerSecond }));
    const floor = await keep(openSide({ floor: "raw-slack", args: ["stream"] }, "slack", model));
    const ours = await keep(openSide({ ours: "unpaced" }, "slack", model));
    const measure = async (side: Side) => {
      const { seen, cpuMs, after } = await side.work({ mentions: 2 * atOnce, perSecond, deadlineMs: 30_000 });
      return {
        cpu: cpuMs / seen.mentions,
        words: percentile(seen.wordsMs, 50),
        lost: seen.mentions - seen.whole,
        late: after.lateP99Ms,
        calls: Object.values(seen.calls).reduce((sum, count) => sum + count, 0) / seen.mentions,
      };
    };
    for (const side of [floor, ours]) await measure(side);
    const found = await inTurns(
      () => measure(floor),
      () => measure(ours),
    );
    const figure = (name: keyof typeof found.ours) => ({ floor: found.floor[name], ours: found.ours[name] });
    return [
      row({
        what: `${atOnce} answers streaming at once: CPU per stream`,
        unit: "ms",
        goal: times(1.5),
        ...figure("cpu"),
        note: `Calls of Slack per stream: floor ${found.floor.calls.toFixed(1)}, ours ${found.ours.calls.toFixed(1)}.`,
      }),
      row({ what: "… event → first words, p50", unit: "ms", goal: atMost(50, "ms"), ...figure("words") }),
      row({ what: "… answers that are not whole", unit: "count", goal: atMost(0, "count"), ...figure("lost") }),
      row({ what: "… main loop late, p99", unit: "ms", goal: atMost(20, "ms"), ...figure("late") }),
    ];
  });
}

/** The same within Slack's limits, by the program as it is started: the quota of streams, then paced edits. */
export function limitedStreamRows(): Promise<Row[]> {
  return closingAll(async (keep) => {
    const model = await keep(startProvider({ tokens, tokensPerSecond }));
    const ours = await keep(openSide({ ours: "main" }, "slack", model, "real"));
    const { seen } = await ours.work({ mentions: atOnce, perSecond, deadlineMs: 150_000 });
    const { "chat.startStream": streams = 0, "chat.postMessage": posts = 0, "chat.update": edits = 0 } = seen.calls;
    const note = `${streams} streamed, ${posts} posted and edited ${edits} times; all whole after ${(seen.tookMs / 1000).toFixed(0)} s, the median after ${(percentile(seen.wholeMs, 50) / 1000).toFixed(1)} s.`;
    return [
      row({
        what: `${atOnce} streaming at once within Slack's limits: 429s`,
        unit: "count",
        goal: atMost(0, "count"),
        ours: seen.tooMany,
        note,
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
