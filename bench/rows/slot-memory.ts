import { startBot } from "../bot.ts";
import { median } from "../figures.ts";
import { closingAll } from "../opened.ts";
import { atMost, type Row, row } from "../row.ts";
import { type Herd, seeThrough, sizeOf, yamlOf } from "../schedules/herd.ts";
import { startProvider } from "../town/provider.ts";
import { openTown } from "../town/town.ts";

/** What is kept in mind is bounded, conversations at 5,000: the warm-up fills that, each post being one. */
const [steps, warmUp] = [15, 5];

/** Whether memory stays flat over many slots, each run and posted. */
export function slotMemoryRows(): Promise<Row[]> {
  return closingAll(async (keep) => {
    const model = await keep(startProvider({ tokens: 40 }));
    const town = await keep(openTown("slack"));
    const herd: Herd = { shares: [{ name: "slack", town, schedules: 1_000 }], everySeconds: 10 };
    const bot = await keep(startBot({ ours: "unpaced" }, { platforms: [town.env], model, schedules: yamlOf(herd) }));
    const schedules = sizeOf(herd);
    const megabytes: number[] = [];
    const heaps: number[] = [];
    let [posts, cpuMs] = [0, 0];
    for (let n = 0; n < steps; n++) {
      const one = await seeThrough(bot, herd);
      posts += one.posts;
      cpuMs += one.cpuMs;
      const { rssBytes, heapBytes } = await bot.vitals();
      megabytes.push(rssBytes / 1e6);
      heaps.push(heapBytes / 1e6);
    }
    const series = (values: number[]) => values.map((value) => value.toFixed(0)).join(", ");
    // Between two collections it goes up and down: the middle one of three.
    const [first, last] = [median(megabytes.slice(warmUp - 2, warmUp + 1)), median(megabytes.slice(-3))];
    return [
      row({
        what: `memory over ${(steps - warmUp) * schedules} slots, after ${warmUp * schedules}: growth`,
        unit: "%",
        goal: atMost(5, "%"),
        ours: (last / first - 1) * 100,
        note: `RSS after each ${schedules} slots: ${series(megabytes)} MB; the main heap: ${series(heaps)} MB. ${posts} posted before the next were due, ${(cpuMs / posts).toFixed(1)} ms CPU each.`,
      }),
    ];
  });
}
