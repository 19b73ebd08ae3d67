import type { Refusal } from "../../access/access.ts";
import { agentsAt } from "../../access/places.ts";
import type { Address, Post, Whisper } from "../../chat.ts";
import type { Agent } from "../../config/schema/agent.ts";
import { type HeardPrompt, runIdFor } from "../../runs/run.ts";
import type { Words } from "../../words/words.ts";
import type { Ask, Question } from "../desk/ask.ts";
import type { Desk } from "../desk/desk.ts";
import { type Choice, chooseAgent } from "./choose-agent.ts";
import { createPace } from "./pace.ts";

/** Whom a question comes from: `whisper` is for what they alone are told. */
export type From = {
  whisper: Whisper;
  words: Words;
  /** The agent that was named by other means than the text. */
  agent?: string | undefined;
  /** False when the same was asked before: by another press of the same button. */
  once?: (() => Promise<boolean>) | undefined;
};

/** Finds out which agent a question goes to, and whether it may. */
export type Screening = {
  /** The question to its agent, or what is said instead; `threadAgent` answered last where it is asked. */
  screen(question: Question, threadAgent: string | undefined, from: From): Promise<Ask | { said: Post }>;
  /** The question that a button offered to put to somebody else; undefined when it is not known any more. */
  takeOffer(id: string): Promise<(Question & { near: string }) | undefined>;
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

const longestMessage = 50_000;
const offeredForMs = 24 * 3_600_000;

/** Screening over the desk. */
export function createScreening(desk: Desk, prompts: UsablePrompts): Screening {
  const { config, access, people } = desk;
  const pace = createPace(desk.now);
  const offers = desk.store.kv("offers");

  /** Where nobody of that name is there, but of nearly that name, a button offers to ask them. */
  async function unknown(
    question: Question,
    { asked, near, text }: Choice & { kind: "unknown" },
    words: Words,
  ): Promise<Post> {
    const said = { text: words.noSuchAgent(asked, near) };
    if (!near) return said;
    const id = runIdFor(question.event);
    await offers.set(id, { ...question, text, near }, offeredForMs);
    const buttons = [{ id: "ask", value: id, text: words.askInstead(near), style: "primary" as const }];
    return { ...said, card: { buttons } };
  }

  /** Undefined when somebody may ask an agent here. */
  async function refusal(agent: Agent, { asker, address: at }: Question, words: Words): Promise<string | undefined> {
    const who = await people.who(asker.id, { roles: access.needsRoles(at) });
    const verdict = access.authorize(who, "talk", { agent: agent.name, at });
    return verdict.allowed ? undefined : refusalText(desk, verdict, agent.name, at, words);
  }

  /** Undefined when somebody may ask once more within this minute. */
  function haste({ asker }: Question, words: Words): string | undefined {
    const perMinute = config().limits.mentions_per_minute;
    const wait = pace.take(asker.id, perMinute);
    return wait > 0 ? words.tooMany(perMinute, Math.ceil(wait / 1000)) : undefined;
  }

  return {
    async screen(question, threadAgent, { whisper, words, agent: named, once }) {
      const { address: at } = question;
      const say = (text: string) => ({ said: { text } });
      const whispered = (post: Post) => ({ said: { ...post, only: whisper } });
      const text = named ? `${named}: ${question.text}` : question.text;
      if (text.length > longestMessage) return say(words.tooLong(text.length, longestMessage));
      const isBare = question.files.length + question.quotes.length === 0;
      if (text.trim() === "" && isBare) return say(words.emptyMention(agentsAt(config(), at)));
      await prompts.learn(text);
      const choice = prompts.choose(chooseAgent(config(), { text, at, threadAgent }), at);
      if (choice.kind === "nobody") return say(words.noAgents);
      if (choice.kind === "unknown") return { said: await unknown(question, choice, words) };
      const { agent, rule } = choice;
      const no = await refusal(agent, question, words);
      if (no !== undefined) return whispered({ text: no });
      const used = await prompts.meant({ ...question, text: choice.text }, agent);
      if (used && "said" in used) return whispered(used.said);
      const slower = haste(question, words);
      if (slower !== undefined) return whispered({ text: slower });
      if (choice.text === "" && isBare) return say(words.emptyMention([agent.name]));
      if (once && !(await once())) return say(words.alreadyDone);
      return { ...question, text: choice.text, ...used, agent: agent.name, rule };
    },
    takeOffer: (id) => offers.get(id),
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
