import { channelAt } from "../../access/places.ts";
import type { Address, ChatMessage, PersonId, Post } from "../../chat.ts";
import { newRun, type Run, runIdFor, type Said } from "../../runs/run.ts";
import { wordsOf } from "../../words/words.ts";
import type { Answers } from "../answers/answers.ts";
import { inConversation } from "../answers/delivery.ts";
import { type Ask, heardFrom, type Question } from "../desk/ask.ts";
import type { Conversation } from "../desk/conversation.ts";
import type { Desk } from "../desk/desk.ts";
import { saidIn } from "../desk/said.ts";
import { isOlder } from "../hearing/event.ts";
import { createScreening, type From, type Screening, type UsablePrompts } from "./screening.ts";

/**
 * How the one who asked is answered without an agent. A question that stands nowhere yet is placed by `show`, once it is
 * known that it will be answered.
 */
export type Answerer = From & {
  say(post: Post): Promise<void>;
  show?: ((question: Ask) => Promise<void>) | undefined;
};

/** Questions on their way to agents: chosen, allowed, begun, steered or queued. */
export type Questions = {
  /** Gives a question to an agent, or says why not. */
  ask(question: Question, conversation: Conversation, answerer: Answerer): Promise<void>;
  /** Gives a question to the agent that was chosen: begins it, or has it steer or wait for what goes on there. */
  place(question: Ask, conversation: Conversation): Promise<void>;
  takeOffer: Screening["takeOffer"];
  /** Starts a run that is ready. `again`: an earlier process may have begun it. */
  launch(run: Run, conversation: Conversation, again: boolean): void;
  /** Conversations with work going on. */
  active: ReadonlySet<Conversation>;
  /** Nothing that waits is begun any more; it stays for the next start. */
  close(): void;
};

/** Messages of a thread that are read at the first mention. */
const readAtFirst = 30;

/** Questions over the desk. `wasLeft` tells whether an earlier process had heard an event; `failed` says so in chat. */
export function createQuestions(
  desk: Desk,
  answers: Answers,
  parts: {
    wasLeft(event: string): boolean;
    failed(event: string, at: Address, error: unknown, who: PersonId): Promise<void>;
    prompts: UsablePrompts;
  },
): Questions {
  const { wasLeft, failed, prompts } = parts;
  const { config, ledger, conversations, log } = desk;
  const screening = createScreening(desk, prompts);
  const active = new Set<Conversation>();
  let closed = false;

  async function ask(question: Question, conversation: Conversation, answerer: Answerer): Promise<void> {
    const { say, show, ...from } = answerer;
    const asked = await screening.screen(question, conversation.agent, from);
    if ("said" in asked) return say(asked.said);
    await (show ? show(asked) : place(asked, conversation));
  }

  /** One run per conversation: a question that comes meanwhile steers it, or waits its turn. */
  async function place(question: Ask, conversation: Conversation): Promise<void> {
    const { active: answering } = conversation;
    if (!answering) return begin(question, conversation);
    const overlap = channelAt(config(), question.address)?.overlap ?? "steer";
    if (overlap === "steer" && answering.run.agent === question.agent) {
      return answering.steer(question);
    }
    conversation.waiting.push(question);
    // An answer that is only just being posted keeps nobody waiting.
    if (answering.run.state === "finished" && conversation.waiting.length === 1) return;
    const { address, asker, at, language, event } = question;
    const text = wordsOf(language).after(asker.name, conversation.waiting.length);
    await desk.postman.send({
      address,
      post: { text },
      key: { id: `${runIdFor(event)}w`, since: at, ...(wasLeft(event) ? { again: true } : {}) },
    }).kept;
  }

  async function begin(question: Ask, conversation: Conversation): Promise<void> {
    const { address: at } = question;
    const [last] = conversation.agent ? await ledger.conversation(conversation.key, 1) : [];
    const before = await earlier(question, last, conversation.afresh);
    const run = newRun({
      id: runIdFor(question.event),
      at: question.at,
      conversation: conversation.key,
      agent: question.agent,
      events: [question.event],
      asker: question.asker,
      ...(question.people.length > 0 ? { people: question.people } : {}),
      language: question.language,
      ...(question.message ? { message: question.message, readUntil: question.message } : {}),
      address: at,
      rule: question.rule,
      heard: [heardFrom(question, before)],
      read: before.length,
      continues: last !== undefined,
      ...(conversation.afresh === undefined ? {} : { afresh: conversation.afresh }),
      announced: last !== undefined && last.agent !== question.agent,
    });
    launch(run, conversation, wasLeft(question.event));
  }

  /** What was said in the thread that the agent has not seen: at the first mention the newest of it, later the rest. */
  async function earlier(question: Ask, last: Run | undefined, afresh = 0): Promise<Said[]> {
    const { message, address } = question;
    if (!question.inThread || !message) return [];
    try {
      const since = last?.readUntil ? { since: last.readUntil } : {};
      const said = await desk.adapter(address.adapter)?.history(address, { limit: readAtFirst, ...since });
      // Its own answers are in the record already, once it takes part.
      const news = (one: ChatMessage) => isOlder(one.id, message) && one.at >= afresh && !(last && one.ours);
      return (said ?? []).filter(news).map(saidIn);
    } catch (error) {
      log.warn({ err: error, address }, "the thread could not be read; going on without");
      return [];
    }
  }

  function launch(run: Run, conversation: Conversation, again: boolean): void {
    const parked = run.state === "parked";
    const delivery = inConversation(desk, run, again || parked);
    const answering = parked ? answers.readopt(run, delivery) : answers.start(run, delivery);
    conversation.agent = run.agent;
    conversations.setActive(conversation, answering);
    active.add(conversation);
    void answering.done.then(() => {
      conversations.setActive(conversation, undefined);
      active.delete(conversation);
      conversation.lastUnnamed = undefined;
      conversation.waiting.unshift(...answering.untaken);
      beginNext(conversation, run.address);
    });
  }

  function beginNext(conversation: Conversation, at: Address): void {
    const next = closed ? undefined : conversation.waiting.shift();
    if (!next) return;
    conversations
      .inOrder(at, () => place(next, conversation))
      .catch(async (error: unknown) => {
        await failed(next.event, at, error, next.asker.id);
        if (!conversation.active) beginNext(conversation, at);
      });
  }

  return {
    ask,
    place,
    takeOffer: screening.takeOffer,
    launch,
    active,
    close() {
      closed = true;
    },
  };
}
