import { type Channel, type Ephemeral, repliesTo } from "./workspace.ts";
import type { World } from "./world.ts";

/** Shows something to one person; in a thread only if somebody has answered there, as Slack does. */
export function whisper(
  world: World,
  channel: Channel,
  private_: Omit<Ephemeral, "ts" | "channel" | "unseen">,
): string {
  const { threadTs } = private_;
  const unseen = threadTs !== undefined && repliesTo(channel, threadTs).length === 0;
  if (unseen) world.violate(`private words in the thread ${threadTs}, where nobody has answered: nobody sees them`);
  const ts = world.workspace.nextTs();
  world.workspace.ephemerals.push({ ts, channel: channel.id, ...private_, ...(unseen ? { unseen } : {}) });
  world.changed();
  return ts;
}
