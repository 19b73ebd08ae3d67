import type { Address, ChatMessage } from "../../chat.ts";
import type { Run } from "../../runs/run.ts";
import { isOfPrompt } from "../briefing/prompt-fetching.ts";
import type { Question } from "../desk/ask.ts";
import { type Conversation, conversationKey } from "../desk/conversation.ts";
import type { Desk } from "../desk/desk.ts";
import { saidIn } from "../desk/said.ts";

/** What becomes of messages that are edited or taken back after they were heard. */
export type Changes = {
  /** Contract: false when the message was not known, so that it may be heard as a new one. */
  edited(
    event: string,
    message: ChatMessage,
    conversation: Conversation,
    question: () => Promise<Question>,
  ): Promise<boolean>;
  deleted(address: Address, message: string): Promise<void>;
};

/** How many runs of a conversation are looked through for a message. */
const lookedThrough = 40;

/** Changes over the desk. */
export function createChanges(desk: Desk): Changes {
  const { ledger, conversations, store } = desk;

  /** Changes what the record of a conversation has of a message; false when it has nothing of it. */
  async function correct(key: string, id: string, now: ChatMessage | undefined): Promise<boolean> {
    const runs = await ledger.conversation(key, lookedThrough);
    const touched = runs.filter((run) => run.state === "finished" && correctRun(run, id, now));
    await Promise.all(touched.map((run) => ledger.keep(run)));
    return touched.length > 0;
  }

  /** Questions that no run has taken in yet, and may still be taken back. */
  const pendingIn = ({ active, waiting }: Conversation) => [active?.untaken ?? [], waiting];

  return {
    async edited(event, message, conversation, question) {
      for (const asks of pendingIn(conversation)) {
        const asked = asks.find((one) => one.message === message.id);
        if (!asked) continue;
        const { text, files, quotes, people, prompt } = await question();
        Object.assign(asked, { text, files, quotes, people, prompt });
        store.journal.settle([event]);
        return true;
      }
      const { active } = conversation;
      if (active?.run.heard.some((heard) => heard.message === message.id)) {
        active.steer({ ...(await question()), agent: active.run.agent, rule: active.run.rule, edited: true });
        return true;
      }
      if (!(await correct(conversation.key, message.id, message))) return false;
      store.journal.settle([event]);
      return true;
    },

    async deleted(address, message) {
      // A mention stands in the channel, and its conversation in the thread that grew from it.
      for (const at of [address, { ...address, thread: message }])
        await conversations.inOrder(at, () => takeBack(at, message));
    },
  };

  async function takeBack(at: Address, message: string): Promise<void> {
    const conversation = await conversations.at(at);
    for (const asks of pendingIn(conversation)) {
      const index = asks.findIndex((one) => one.message === message);
      if (index >= 0) store.journal.settle(asks.splice(index, 1).map((one) => one.event));
    }
    if (conversation.active?.run.message === message) conversation.active.stop();
    if (conversation.agent) await correct(conversationKey(at), message, undefined);
  }
}

/** Says whether the run had heard or read the message. */
function correctRun(run: Run, id: string, now: ChatMessage | undefined): boolean {
  let found = false;
  for (const heard of run.heard) {
    if (heard.message === id) {
      found = true;
      // A prompt is what the text was then; its files go with it.
      const files = now ? heard.files.filter((file) => !isOfPrompt(file)) : [];
      Object.assign(heard, { files }, now ? { text: now.text } : { text: "", quotes: [] });
      delete heard.prompt;
    }
    const before = heard.before.find((said) => said.message === id);
    if (!before) continue;
    found = true;
    if (now) before.text = saidIn(now).text;
    else heard.before = heard.before.filter((said) => said !== before);
  }
  return found;
}
