import type { Refusal } from "../../access/access.ts";
import { agentsAt, channelAt } from "../../access/places.ts";
import type { Address, ChatMessage, PersonId, Post, Whisper } from "../../chat.ts";
import type { Agent } from "../../config/schema/agent.ts";
import { type HeardPrompt, newRun, type Run, runIdFor, type Said } from "../../runs/run.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import type { Answers } from "../answers/answers.ts";
import { inConversation } from "../answers/delivery.ts";
import { type Ask, heardFrom, type Question } from "../desk/ask.ts";
import type { Conversation } from "../desk/conversation.ts";
import type { Desk } from "../desk/desk.ts";
import { saidIn } from "../desk/said.ts";
import { isOlder } from "../hearing/event.ts";
import { type Choice, chooseAgent } from "./choose-agent.ts";
import { createPace } from "./pace.ts";

/**
 * How the one who asked is answered without an agent. A question that stands nowhere yet is placed by `show`, once it is
 * known that it will be answered.
 */
export type Answerer = {
  say(post: Post): Promise<void>;
  whisper: Whisper;
  words: Words;
  show?: ((question: Ask) => Promise<void>) | undefined;
  /** False when the same was asked before: by another press of the same button. */
  once?: () => Promise<boolean>;
};

/** The prompts of servers, as far as a question may use one. */
export type UsablePrompts = {
  /** Knows which prompts there are, as far as a text may use one; waits for servers only just being connected. */
  learn(text: string): Promise<void>;
  /** Where nobody was named, the agent that has what is used, if the one chosen has not. */
  choose(choice: Choice, at: Address): Choice;
  /** The prompt that a question to an agent uses, and how that is written; or what is said instead; or it uses none. */
  meant(question: Question, agent: Agent): Promise<{ text: string; prompt: HeardPrompt } | { said: Post } | undefined>;
};

/** Questions on their way to agents: chosen, allowed, begun, steered or queued. */
export type Questions = {
  /** Gives a question to an agent, or says why not. */
  ask(question: Question, conversation: Conversation, answerer: Answerer, agentNamed?: string): Promise<void>;
  /** Gives a question to the agent that was chosen: begins it, or has it steer or wait for what goes on there. */
  place(question: Ask, conversation: Conversation): Promise<void>;
  /** Puts the question again that a button offered to ask somebody else; false when it is not known any more. */
  takeOffer(id: string): Promise<(Question & { near: string }) | undefined>;
  /** Starts a run that is ready. `again`: an earlier process may have begun it. */
  launch(run: Run, conversation: Conversation, again: boolean): void;
  /** Conversations with work going on. */
  active: ReadonlySet<Conversation>;
  /** Nothing that waits is begun any more; it stays for the next start. */
  close(): void;
};

/** Messages of a thread that are read at the first mention. */
const readAtFirst = 30;
const longestMessage = 50_000;
const offeredForMs = 24 * 3_600_000;

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
  const { config, access, people, ledger, conversations, log } = desk;
  const pace = createPace(desk.now);
  const offers = desk.store.kv("offers");
  const active = new Set<Conversation>();
  let closed = false;

  async function ask(
    question: Question,
    conversation: Conversation,
    { say, whisper, words, show, once }: Answerer,
    agentNamed?: string,
  ): Promise<void> {
    const { address: at } = question;
    const text = agentNamed ? `${agentNamed}: ${question.text}` : question.text;
    if (text.length > longestMessage) return say({ text: words.tooLong(text.length, longestMessage) });
    if (text.trim() === "" && question.files.length + question.quotes.length === 0)
      return say({ text: words.emptyMention(agentsAt(config(), at)) });
    await prompts.learn(text);
    const choice = prompts.choose(chooseAgent(config(), { text, at, threadAgent: conversation.agent }), at);
    if (choice.kind === "nobody") return say({ text: words.noAgents });
    if (choice.kind === "unknown") {
      const { near } = choice;
      if (!near) return say({ text: words.noSuchAgent(choice.asked, near) });
      const id = runIdFor(question.event);
      await offers.set(id, { ...question, text: choice.text, near }, offeredForMs);
      const buttons = [{ id: "ask", value: id, text: words.askInstead(near), style: "primary" as const }];
      return say({ text: words.noSuchAgent(choice.asked, near), card: { buttons } });
    }
    const { agent, rule } = choice;
    const who = await people.who(question.asker.id, { roles: access.needsRoles(at) });
    const verdict = access.authorize(who, "talk", { agent: agent.name, at });
    if (!verdict.allowed) return say({ text: refusalText(desk, verdict, agent.name, at, words), only: whisper });
    const used = await prompts.meant({ ...question, text: choice.text }, agent);
    if (used && "said" in used) return say({ ...used.said, only: whisper });
    const perMinute = config().limits.mentions_per_minute;
    const wait = pace.take(question.asker.id, perMinute);
    if (wait > 0) return say({ text: words.tooMany(perMinute, Math.ceil(wait / 1000)), only: whisper });
    if (choice.text === "" && question.files.length + question.quotes.length === 0)
      return say({ text: words.emptyMention([agent.name]) });
    if (once && !(await once())) return say({ text: words.alreadyDone });
    const asked = { ...question, text: choice.text, ...used, agent: agent.name, rule };
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
    takeOffer: (id) => offers.get(id),
    launch,
    active,
    close() {
      closed = true;
    },
  };
}

/** Why somebody can't talk to an agent, in words for them. */
export function refusalText(desk: Desk, refusal: Refusal, agent: string, at: Address, words: Words): string {
  switch (refusal.reason) {
    case "not-here":
      return words.notHere(agent, words.thisPlace, refusal.others, []);
    case "triggers-only":
      return words.onlyTriggered(agent);
    case "no-such-agent":
    case "disabled":
      return words.noSuchAgent(agent, agentsAt(desk.config(), at)[0]);
    default:
      return words.notYou(agent);
  }
}
