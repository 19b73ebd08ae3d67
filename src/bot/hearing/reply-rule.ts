import { channelAt } from "../../access/places.ts";
import type { ChatMessage } from "../../chat.ts";
import type { Config } from "../../config/schema.ts";
import type { Conversation, Silence } from "../desk/conversation.ts";
import { isOlder } from "./event.ts";

/** Whether a message wants an answer, and if not, why. */
export type Wanted = { wanted: true } | { wanted: false; why: Silence };

const yes: Wanted = { wanted: true };
const no = (why: Silence): Wanted => ({ wanted: false, why });

/**
 * Decides whether a message is answered. A thread goes on without mentions until two people have written one after the
 * other without naming the bot; a mention brings it back. Where it was muted it answers mentions only. Contract: keeps
 * `leftAlone`, `lastUnnamed` and `judged` up to date; a message that is told again changes nothing.
 */
export function wantsAnswer(config: Config, message: ChatMessage, conversation: Conversation, muted: boolean): Wanted {
  if (message.ours || message.author.bot) return no("bot");
  if (message.direct) return yes;
  const rule = channelAt(config, message.address)?.reply ?? "thread";
  if (rule === "off") return no("off");
  const { judged } = conversation;
  const isNews = judged === undefined || isOlder(judged, message.id);
  if (isNews) conversation.judged = message.id;
  if (message.mention) {
    conversation.leftAlone = false;
    conversation.lastUnnamed = undefined;
    return yes;
  }
  if (muted) return no("muted");
  if (rule === "all") return yes;
  const takesPart = conversation.agent !== undefined || conversation.active !== undefined;
  if (!message.address.thread || !takesPart) return no("notMentioned");
  if (rule === "mention") return no("mentionOnly");
  if (isNews) {
    const before = conversation.lastUnnamed;
    conversation.lastUnnamed = message.author.id;
    conversation.leftAlone ||= before !== undefined && before !== message.author.id;
  }
  return conversation.leftAlone ? no("talkedPast") : yes;
}
