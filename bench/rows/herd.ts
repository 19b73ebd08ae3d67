import { startBot } from "../bot.ts";
import { medians } from "../figures.ts";
import { closingAll } from "../opened.ts";
import { watchPeaks } from "../peaks.ts";
import { compiled } from "../program.ts";
import { atMost, type Row, row, times } from "../row.ts";
import { type Herd, type Seen, seeThrough, sizeOf, yamlOf } from "../schedules/herd.ts";
import { type Provider, startProvider } from "../town/provider.ts";
import { openTown } from "../town/town.ts";

const [breeJobs, herds] = [100, 3];
/** What each platform takes in half a minute: Slack 300 posts a minute in all, Discord 50 a second, both about one a second in a channel. */
const shares = { slack: 120, discord: 880 };
/** A thousand Bree workers at once took 14.8 GB: a fiftieth of that. */
const mostMb = 300;

/** A thousand schedules due in the same second, over a hundred channels of both platforms, beside one Bree worker per run. */
export function herdRows(): Promise<Row[]> {
  return closingAll(async (keep) => {
    const model = await keep(startProvider({ tokens: 40, delayMs: 200 }));
    const floor = await breeEach(model);
    const [slack, discord] = [await keep(openTown("slack", "real")), await keep(openTown("discord", "real"))];
    const herd: Herd = {
      shares: [
        { name: "slack", town: slack, schedules: shares.slack },
        { name: "discord", town: discord, schedules: shares.discord },
      ],
      everySeconds: 30,
    };
    const platforms = [slack.env, discord.env];
    const bot = await keep(startBot({ ours: "main" }, { platforms, model, schedules: yamlOf(herd) }));
    const idleMb = (await bot.vitals()).rssBytes / 1e6;
    const seen: Seen[] = [];
    for (let n = 0; n < herds; n++) seen.push(await seeThrough(bot, herd));
    const ours = medians(seen.map((one) => ({ ...one })));
    const schedules = sizeOf(herd);
    const peakMb = Math.max(...seen.map((one) => one.rssMb));
    const channels = slack.channels.length + discord.channels.length;
    return [
      row({
        what: `${schedules} schedules due in one second: CPU per run`,
        unit: "ms",
        goal: times(0.01),
        floor: floor.cpuMs / breeJobs,
        ours: ours.cpuMs / schedules,
        note: `The floor: ${breeJobs} runs, each a Bree worker of its own, that call the model and neither post nor record, in ${(floor.tookMs / 1000).toFixed(1)} s. Ours: over ${channels} channels, claimed, run, posted (${shares.slack} on Slack, ${shares.discord} on Discord) and recorded; all stood after ${(ours.tookMs / 1000).toFixed(1)} s, at the platforms' pace. The first time of ${herds}, cold: ${((seen[0]?.cpuMs ?? Number.NaN) / schedules).toFixed(2)} ms.`,
      }),
      row({
        what: "… memory above idle, per run",
        unit: "MB",
        goal: times(0.02),
        floor: (floor.rssMb - floor.idleMb) / breeJobs,
        ours: (peakMb - idleMb) / schedules,
      }),
      row({
        what: "… peak RSS",
        unit: "MB",
        goal: atMost(mostMb, "MB"),
        floor: floor.rssMb,
        ours: peakMb,
        note: `The floor's for ${breeJobs} runs; 1000 workers at once were measured before, not here: 14,800 MB, 325 s of CPU.`,
      }),
      row({
        what: "… main loop blocked, longest",
        unit: "ms",
        goal: atMost(50, "ms"),
        floor: floor.lateMs,
        ours: ours.lateMs,
        note: `Each time: ${seen.map(({ lateMs }) => lateMs.toFixed(0)).join(", ")} ms.`,
      }),
      row({
        what: "… not posted before they were due again",
        unit: "count",
        goal: atMost(0, "count"),
        ours: seen.reduce((lost, { posts }) => lost + schedules - posts, 0),
      }),
      row({
        what: "… 429s, rules broken",
        unit: "count",
        goal: atMost(0, "count"),
        ours: seen.reduce((all, { tooMany, violations }) => all + tooMany + violations, 0),
      }),
    ];
  });
}

async function breeEach(model: Provider) {
  const job = await compiled("./floors/bree-job.ts");
  const script = await compiled("./floors/bree-each.ts");
  const floor = await startBot({ script, args: [job, String(breeJobs)] }, { platforms: [], model });
  try {
    const before = await floor.vitals();
    const peaks = await watchPeaks(floor);
    const began = performance.now();
    await floor.said(/^done$/m, 300_000);
    const tookMs = performance.now() - began;
    const after = await floor.vitals();
    return { ...(await peaks()), idleMb: before.rssBytes / 1e6, cpuMs: after.cpuMs - before.cpuMs, tookMs };
  } finally {
    await floor.stop();
  }
}
