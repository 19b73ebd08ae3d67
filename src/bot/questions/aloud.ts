import type { Address, Whisper } from "../../chat.ts";
import { runIdFor } from "../../runs/run.ts";
import { wordsOf } from "../../words/words.ts";
import type { Ask, Question } from "../desk/ask.ts";
import { type Desk, reply } from "../desk/desk.ts";
import type { Questions } from "./questions.ts";

/** Shows questions that stand in no message, so that everybody can see what is being answered. */
export type Aloud = {
  /**
   * How one is shown where it was given: in a channel, and answered in the thread of that; or in a thread or a DM, and
   * answered right there. Undefined where it needs no showing: it is a message, or has no audience, as an API call.
   * Contract: shown in the turn of the conversation that it was given in.
   */
  showing(question: Question, whisper: Whisper): ((asked: Ask) => Promise<void>) | undefined;
  /** In the thread it is about, where it is answered. */
  inThread(question: Ask, whisper: Whisper): Promise<void>;
};

/** Over the desk. `wasLeft` tells whether an earlier process had heard an event. */
export function createAloud(desk: Desk, questions: Questions, wasLeft: (event: string) => boolean): Aloud {
  const { postman, conversations } = desk;

  /** Resolves with the id of the message it stands in; undefined, and the asker told, where it can't be said. */
  async function say(question: Ask, text: string, whisper: Whisper) {
    const { event, at, address } = question;
    const again = wasLeft(event) ? { again: true } : {};
    const key = { id: `${runIdFor(event)}q`, since: at, ...again };
    const shown = await postman.send({ address, post: { text }, key }).posted;
    if (!shown) {
      await reply(desk, event, address, { text: wordsOf(question.language).cantWriteThere, only: whisper });
      return undefined;
    }
    return shown;
  }

  async function place(question: Ask, address: Address, message: string, fresh: boolean): Promise<void> {
    await conversations.inOrder(address, async () => {
      await questions.place({ ...question, address, message }, await conversations.at(address, { fresh }));
    });
  }

  async function inChannel(question: Ask, whisper: Whisper): Promise<void> {
    const { address, asker, agent, text, event, at } = question;
    const words = wordsOf(question.language);
    const shown = await say(question, words.asked(asker.name, agent, text), whisper);
    if (!shown) return;
    await place(question, { ...address, thread: shown.id }, shown.id, true);
    await postman.send({
      address: whisper.at ?? address,
      post: { text: words.askedThere(agent, shown.link), only: whisper },
      key: { id: `${runIdFor(event)}t`, since: at },
    }).kept;
  }

  async function here(question: Ask, whisper: Whisper): Promise<void> {
    const { address, asker, agent, text } = question;
    const shown = await say(question, wordsOf(question.language).asked(asker.name, agent, text), whisper);
    if (shown) await questions.place({ ...question, message: shown.id }, await conversations.at(address));
  }

  return {
    showing({ address, message, direct }, whisper) {
      if (message || !desk.adapter(address.adapter)?.can.threads) return undefined;
      return (asked) => (address.thread || direct ? here(asked, whisper) : inChannel(asked, whisper));
    },
    async inThread(question, whisper) {
      const { address, asker, agent, text } = question;
      const shown = await say(question, wordsOf(question.language).askedAbout(asker.name, agent, text), whisper);
      if (shown) await place(question, address, shown.id, false);
    },
  };
}
