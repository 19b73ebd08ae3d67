import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Order, PlatformName, Sightings, TownMessage, Watch, Watched } from "./order.ts";

/** A simulated platform in a process of its own, so that a bot's figures are the bot's. */
export interface Town {
  /** How a bot finds it. */
  env: Record<string, string>;
  /** Its channels, by id. */
  channels: string[];
  /** Has its people say what is ordered; resolves with what readers saw. One order at a time. */
  crowd(order: Order): Promise<Sightings>;
  /** Waits for what the bot posts of its own accord. */
  watch(wanted: Watch): Promise<Watched>;
  stop(): Promise<void>;
}

/** Opens a town; with its limits off only the rates are free, everything else stays strict. */
export async function openTown(platform: PlatformName, limits: "real" | "off" = "off"): Promise<Town> {
  const serve = fileURLToPath(new URL("serve.ts", import.meta.url));
  const child = fork(serve, [platform, limits], { execArgv: ["--import", "tsx"], env: onlyPath() });
  const gone = once(child, "exit").then(([code]) => {
    throw new Error(`the simulated ${platform} ended with ${code}`);
  });
  // Whoever waits for a message hears of it; nobody needs to otherwise.
  gone.catch(() => {});
  const next = async (): Promise<TownMessage> => {
    const [message] = await Promise.race([once(child, "message"), gone]);
    return message as TownMessage;
  };
  const opening = await next();
  return {
    env: opening.kind === "open" ? opening.env : {},
    channels: opening.kind === "open" ? opening.channels : [],
    async crowd(order) {
      child.send(order);
      const message = await next();
      if (message.kind !== "seen") throw new Error(`the simulated ${platform} said ${message.kind}`);
      return message.sightings;
    },
    async watch(wanted) {
      child.send(wanted);
      const message = await next();
      if (message.kind !== "watched") throw new Error(`the simulated ${platform} said ${message.kind}`);
      return message.watched;
    },
    async stop() {
      if (!child.connected) return;
      const exited = once(child, "exit");
      child.disconnect();
      await exited;
    },
  };
}

function onlyPath(): Record<string, string> {
  const { PATH = "", HOME = "" } = process.env;
  return { PATH, HOME };
}
