import type { ChatEvent, ChatMessage } from "../../chat.ts";
import type { Conversation, Silence } from "../desk/conversation.ts";
import type { Desk } from "../desk/desk.ts";
import { orderOf } from "./order.ts";
import { type Wanted, wantsAnswer } from "./reply-rule.ts";

/** What of all that is said is the bot's business. */
export type Attention = {
  /** Whether anything is to be done about an event; most of what is said in channels is nothing to the bot. */
  concerns(event: ChatEvent): Promise<boolean>;
  verdictOn(message: ChatMessage, conversation: Conversation): Promise<Wanted>;
  /** Remembers for `why` that a message was not answered; where the bot takes part also across a restart. */
  keepQuiet(message: ChatMessage, conversation: Conversation, why: Silence): Promise<void>;
  conversationOf(message: ChatMessage): Promise<Conversation>;
};

/** Attention over the conversations. */
export function createAttention({ config, conversations }: Pick<Desk, "config" | "conversations">): Attention {
  const takesPart = ({ agent, active }: Conversation) => agent !== undefined || active !== undefined;
  const channelOf = ({ address: { thread: _, ...channel } }: ChatMessage) => conversations.at(channel);

  const attention: Attention = {
    async concerns(event) {
      switch (event.kind) {
        case "message":
          return concernsMessage(event.message);
        case "edited": {
          const { message } = event;
          if (message.ours || message.author.bot) return false;
          return message.mention || message.direct || takesPart(await attention.conversationOf(message));
        }
        case "deleted": {
          const { address, message } = event;
          const grownFromIt = { ...address, thread: message };
          // What is only just being taken in may have been the message.
          if (conversations.isBusy(address) || conversations.isBusy(grownFromIt)) return true;
          return takesPart(await conversations.at(address)) || takesPart(await conversations.at(grownFromIt));
        }
        case "joined":
          return event.ours;
        default:
          return true;
      }
    },
    async verdictOn(message, conversation) {
      // Whoever wants it to stop need not be talking to it.
      if (conversation.active && orderOf(message.text) === "stop") return { wanted: true };
      const called = message.direct || message.mention;
      const muted = !called && (conversation.muted || (await channelOf(message)).muted);
      return wantsAnswer(config(), message, conversation, muted);
    },
    async keepQuiet(message, conversation, why) {
      conversation.silence = why;
      if (takesPart(conversation)) await conversations.keep(conversation);
      else (await channelOf(message)).silence = why;
    },
    conversationOf: ({ id, answerAt }) => conversations.at(answerAt, { fresh: answerAt.thread === id }),
  };

  async function concernsMessage(message: ChatMessage): Promise<boolean> {
    if (message.ours || message.author.bot) return false;
    if (message.direct || message.mention) return true;
    const conversation = await attention.conversationOf(message);
    const wasAlone = conversation.leftAlone;
    const verdict = await attention.verdictOn(message, conversation);
    if (!verdict.wanted) await attention.keepQuiet(message, conversation, verdict.why);
    else if (wasAlone !== conversation.leftAlone) await conversations.keep(conversation);
    return verdict.wanted;
  }

  return attention;
}
