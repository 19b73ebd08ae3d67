import { setTimeout as pause } from "node:timers/promises";
import { type BotKind, startBot } from "../bot.ts";
import { closingAll } from "../opened.ts";
import { atMost, plus, type Row, row, times } from "../row.ts";
import { startProvider } from "../town/provider.ts";
import { openTown } from "../town/town.ts";
import { inTurns } from "./sides.ts";

const settleMs = 3000;

/** From nothing to ready with both platforms, and what it weighs then with nothing to do. */
export function startRows(): Promise<Row[]> {
  return closingAll(async (keep) => {
    const slack = await keep(openTown("slack"));
    const discord = await keep(openTown("discord"));
    const model = await keep(startProvider({ tokens: 40 }));
    const measure = async (kind: BotKind) => {
      const bot = await startBot(kind, { platforms: [slack.env, discord.env], model });
      const { cpuMs } = await bot.vitals();
      await pause(settleMs);
      const { rssBytes } = await bot.vitals();
      await bot.stop();
      return { cpu: cpuMs, wall: bot.readyMs, rss: rssBytes / 1e6 };
    };
    const raw: BotKind = { floor: "raw-both", args: ["post"] };
    // The files are read once before, so that the first to start does not pay for the disk.
    await measure(raw);
    await measure({ ours: "main" });
    const { floor, ours } = await inTurns(
      () => measure(raw),
      () => measure({ ours: "main" }),
    );
    return [
      row({
        what: "start to ready, both platforms: CPU",
        unit: "ms",
        goal: times(2),
        floor: floor.cpu,
        ours: ours.cpu,
      }),
      row({
        what: "start to ready, both platforms: wall",
        unit: "ms",
        goal: atMost(1000, "ms"),
        floor: floor.wall,
        ours: ours.wall,
      }),
      row({ what: "idle RSS with its workers", unit: "MB", goal: plus(60, "MB"), floor: floor.rss, ours: ours.rss }),
    ];
  });
}
