import type { Address } from "../chat.ts";
import type { Channel } from "../config/schema/channels.ts";
import type { Config } from "../config/schema.ts";
import { matchesGlob } from "./glob.ts";

/** What channels.yaml says of a place: the first rule that matches. */
export function channelAt(config: Config, at: Address): Channel | undefined {
  const place = `${at.adapter}:${at.channel}`;
  return config.channels.find((channel) => matchesGlob(channel.match, place));
}

/** The quiet hours of where something is posted first. */
export function quietHoursAt(config: Config, [at]: Address[]): string | undefined {
  return at && channelAt(config, at)?.quiet_hours;
}

/** The agents that may be talked to at a place. */
export function agentsAt(config: Config, at: Address): string[] {
  const allowed = channelAt(config, at)?.agents;
  return config.agents
    .filter((agent) => agent.enabled && agent.mode === "chat" && (!allowed || allowed.includes(agent.name)))
    .map((agent) => agent.name);
}
