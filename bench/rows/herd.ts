import { setTimeout as pause } from "node:timers/promises";
import { type Bot, startBot } from "../bot.ts";
import { median } from "../figures.ts";
import { closingAll } from "../opened.ts";
import { compiled } from "../program.ts";
import { atMost, type Row, row, times } from "../row.ts";
import { type Provider, startProvider } from "../town/provider.ts";
import { openTown, type Town } from "../town/town.ts";

const [schedules, breeJobs, herds, minuteMs] = [1_000, 100, 3, 60_000];
/** Enough steps after the warm-up for 10,000 slots. */
const [memoryHerds, warmUp] = [15, 5];

/** A thousand schedules due in the same second, over a hundred channels of both platforms, beside one Bree worker per run. */
export function herdRows(): Promise<Row[]> {
  return closingAll(async (keep) => {
    const model = await keep(startProvider({ tokens: 40, delayMs: 200 }));
    const floor = await breeEach(model);
    const towns = [await keep(openTown("slack", "real")), await keep(openTown("discord", "real"))];
    const bot = await keep(
      startBot({ ours: "main" }, { platforms: towns.map(({ env }) => env), model, schedules: yaml(towns, "0") }),
    );
    const seen: Herd[] = [];
    // The first warms up.
    for (let n = 0; n <= herds; n++) seen.push(await herd(bot, towns, minuteMs));
    const warm = seen.slice(1);
    const channels = towns.reduce((sum, town) => sum + town.channels.length, 0);
    const middle = (name: "cpuMs" | "tookMs" | "peakMb" | "lateMs") => median(warm.map((one) => one[name]));
    return [
      row({
        what: `${schedules} schedules due in one second: CPU per run`,
        unit: "ms",
        goal: times(0.01),
        floor: floor.cpuMs / breeJobs,
        ours: middle("cpuMs") / schedules,
        note: `The floor: ${breeJobs} runs, each a Bree worker of its own, that post and record nothing, in ${(floor.tookMs / 1000).toFixed(1)} s. Ours: over ${channels} channels, claimed, run, posted and recorded; all posted after ${(middle("tookMs") / 1000).toFixed(1)} s, which is the platforms' pace.`,
      }),
      row({ what: "… peak RSS", unit: "MB", goal: atMost(300, "MB"), floor: floor.peakMb, ours: middle("peakMb") }),
      row({
        what: "… main loop blocked, longest",
        unit: "ms",
        goal: atMost(50, "ms"),
        floor: floor.lateMs,
        ours: middle("lateMs"),
      }),
      row({
        what: "… not posted",
        unit: "count",
        goal: atMost(0, "count"),
        ours: warm.reduce((sum, one) => sum + schedules - one.posts, 0),
      }),
      row({
        what: "… 429s, rules broken",
        unit: "count",
        goal: atMost(0, "count"),
        ours: warm.reduce((sum, one) => sum + one.tooMany + one.violations, 0),
      }),
    ];
  });
}

/** Whether memory stays flat over many slots, each run and posted. */
export function slotMemoryRows(): Promise<Row[]> {
  return closingAll(async (keep) => {
    const model = await keep(startProvider({ tokens: 40 }));
    const town = await keep(openTown("slack"));
    const bot = await keep(
      startBot({ ours: "unpaced" }, { platforms: [town.env], model, schedules: yaml([town], "*/30") }),
    );
    const megabytes: number[] = [];
    let posts = 0;
    for (let n = 0; n < memoryHerds; n++) {
      const one = await herd(bot, [town], 30_000);
      posts += one.posts;
      megabytes.push((await bot.vitals()).rssBytes / 1e6);
    }
    const [first = 0, last = 0] = [megabytes[warmUp - 1], megabytes.at(-1)];
    return [
      row({
        what: `memory over ${(memoryHerds - warmUp) * schedules} slots, after ${warmUp * schedules}: growth`,
        unit: "%",
        goal: atMost(5, "%"),
        ours: (last / first - 1) * 100,
        note: `RSS after each ${schedules} slots: ${megabytes.map((mb) => mb.toFixed(0)).join(", ")} MB. ${posts} of ${memoryHerds * schedules} were posted while it was watched.`,
      }),
    ];
  });
}

interface Herd {
  cpuMs: number;
  tookMs: number;
  peakMb: number;
  lateMs: number;
  posts: number;
  tooMany: number;
  violations: number;
}

/** Waits for the next second in which all are due, and sees it through. */
async function herd(bot: Bot, towns: Town[], everyMs: number): Promise<Herd> {
  const leadMs = 1_000;
  await pause((2 * everyMs - leadMs - (Date.now() % everyMs)) % everyMs);
  const before = await bot.vitals();
  const watching = watched(bot);
  const seen = await Promise.all(
    towns.map((town) => town.watch({ posts: schedules / towns.length, deadlineMs: everyMs - 3 * leadMs })),
  );
  const { peakMb, lateMs } = await watching.stop();
  const after = await bot.vitals();
  return {
    cpuMs: after.cpuMs - before.cpuMs,
    tookMs: Math.max(...seen.map((one) => one.tookMs)) - leadMs,
    peakMb,
    lateMs,
    posts: seen.reduce((sum, one) => sum + one.posts, 0),
    tooMany: seen.reduce((sum, one) => sum + one.tooMany, 0),
    violations: seen.reduce((sum, one) => sum + one.violations.length, 0),
  };
}

async function breeEach(model: Provider): Promise<{ cpuMs: number; tookMs: number; peakMb: number; lateMs: number }> {
  const job = await compiled("./floors/bree-job.ts");
  const script = await compiled("./floors/bree-each.ts");
  const floor = await startBot({ script, args: [job, String(breeJobs)] }, { platforms: [], model });
  try {
    const before = await floor.vitals();
    const watching = watched(floor);
    const began = performance.now();
    await floor.said(/^done$/m, 120_000);
    const tookMs = performance.now() - began;
    const { peakMb, lateMs } = await watching.stop();
    const after = await floor.vitals();
    return { cpuMs: after.cpuMs - before.cpuMs, tookMs, peakMb, lateMs };
  } finally {
    await floor.stop();
  }
}

/** Looks again and again at how a bot is. */
function watched(bot: Bot): { stop(): Promise<{ peakMb: number; lateMs: number }> } {
  let [peakMb, lateMs, isOver] = [0, 0, false];
  const look = async () => {
    const vitals = await bot.vitals();
    peakMb = Math.max(peakMb, vitals.rssBytes / 1e6);
    lateMs = Math.max(lateMs, vitals.lateMaxMs);
  };
  const looking = (async () => {
    while (!isOver) {
      await look();
      await pause(100);
    }
  })();
  return {
    async stop() {
      isOver = true;
      await looking;
      await look();
      return { peakMb, lateMs };
    },
  };
}

/** So many schedules, spread over all channels, due at these seconds of each minute. */
function yaml(towns: Town[], seconds: string): string {
  const names = ["slack", "discord"];
  const places = towns.flatMap(({ channels }, at) => channels.map((channel) => `${names[at]}:${channel}`));
  const one = (n: number) =>
    `  - { name: herd ${n}, when: "cron ${seconds} * * * * *", prompt: What matters to the team?, to: ["${places[n % places.length]}"] }`;
  return `schedules:\n${Array.from({ length: schedules }, (_, n) => one(n)).join("\n")}\n`;
}
