import { type Bot, type BotKind, startBot } from "../bot.ts";
import { medians } from "../figures.ts";
import type { Vitals } from "../probe.ts";
import type { Order, PlatformName, Sightings } from "../town/order.ts";
import type { Provider } from "../town/provider.ts";
import { openTown } from "../town/town.ts";

/** One stretch of work: what readers saw, and what it took the bot. */
export interface Stretch {
  seen: Sightings;
  cpuMs: number;
  after: Vitals;
}

/** A bot in a town of its own. */
export interface Side {
  bot: Bot;
  work(order: Omit<Order, "answer">): Promise<Stretch>;
  stop(): Promise<void>;
}

/** Opens a town and starts the bot that lives in it. */
export async function openSide(
  kind: BotKind,
  platform: PlatformName,
  model: Provider,
  limits: "real" | "off" = "off",
): Promise<Side> {
  const town = await openTown(platform, limits);
  const bot = await startBot(kind, { platforms: [town.env], model }).catch(async (error: unknown) => {
    await town.stop();
    throw error;
  });
  return {
    bot,
    async work(order) {
      const before = await bot.vitals();
      const seen = await town.crowd({ ...order, answer: model.answer });
      const after = await bot.vitals();
      return { seen, cpuMs: after.cpuMs - before.cpuMs, after };
    },
    async stop() {
      await bot.stop();
      await town.stop();
    },
  };
}

const rounds = 3;

/** Floor and ours in turns, so that both see the same weather on the machine; the medians of each. */
export async function inTurns<Name extends string>(
  floor: () => Promise<Record<Name, number>>,
  ours: () => Promise<Record<Name, number>>,
): Promise<{ floor: Record<Name, number>; ours: Record<Name, number> }> {
  const measured: { floor: Record<Name, number>; ours: Record<Name, number> }[] = [];
  for (let round = 0; round < rounds; round++) measured.push({ floor: await floor(), ours: await ours() });
  return { floor: medians(measured.map((one) => one.floor)), ours: medians(measured.map((one) => one.ours)) };
}
