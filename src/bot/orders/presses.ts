import type { Language, Post, Press } from "../../chat.ts";
import { type Run, runIdFor, unbegun } from "../../runs/run.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import type { Conversation, Underway } from "../desk/conversation.ts";
import { type Desk, languageFor, reply } from "../desk/desk.ts";
import type { Aloud } from "../questions/aloud.ts";
import type { Questions } from "../questions/questions.ts";
import { refusalText } from "../questions/screening.ts";
import type { Ratings } from "./ratings.ts";
import type { Verbs } from "./verbs.ts";
import type { WholeResults } from "./whole-results.ts";

/** What the buttons do that stand under answers. */
export type PressesParts = {
  questions: Questions;
  aloud: Aloud;
  ratings: Ratings;
  wholes: WholeResults;
  stop: Verbs["stop"];
};

/** A press, and how whoever pressed is answered. */
type Pressed = {
  event: string;
  press: Press;
  conversation: Conversation;
  language: Language;
  words: Words;
  privately(post: Post): Promise<void>;
};

/** Presses over the desk. `wasLeft` tells whether an earlier process had heard an event. */
export function createPresses(
  desk: Desk,
  parts: PressesParts,
  wasLeft: (event: string) => boolean,
): (event: string, press: Press) => Promise<void> {
  const { questions, aloud, ratings, wholes } = parts;
  const { access, people, conversations, ledger, store } = desk;

  async function pressed(event: string, press: Press): Promise<void> {
    const { address: at, person, whisper, id } = press;
    const language = await languageFor(desk, person.id, at);
    const words = wordsOf(language);
    const conversation = await conversations.at(at);
    const privately = (post: Post) => reply(desk, event, at, { ...post, only: whisper });
    const by: Pressed = { event, press, conversation, language, words, privately };
    switch (id) {
      case "stop":
        return stop(by);
      case "ask":
        return askInstead(by);
      case "good":
      case "bad":
        return rate(by, id);
      case "whole":
        return privately({ text: await wholes.send(event, press, language) });
      case "retry":
        return retry(by);
      default:
        return privately({ text: words.gone });
    }
  }

  /** Two presses of one button are one; the same press, heard again after a crash, is itself. */
  function once({ event, press }: Pressed): Promise<boolean> {
    return store.claims.claim(`${press.id}:${press.value}`, desk.now(), event);
  }

  async function stop({ event, press, conversation, words, privately }: Pressed): Promise<void> {
    if (conversation.active?.run.id !== press.value) return privately({ text: words.nothingToStop });
    const said = await parts.stop({ at: press.address, by: press.person, conversation, words });
    return said ? privately(said) : store.journal.settle([event]);
  }

  /** Asks the agent that was probably meant. */
  async function askInstead(by: Pressed): Promise<void> {
    const { event, press, conversation, language, words, privately } = by;
    const { person, whisper, value, at } = press;
    const offer = value ? await questions.takeOffer(value) : undefined;
    if (!offer) return privately({ text: words.gone });
    const { near, ...asked } = offer;
    const asker = { id: person.id, name: await people.nameOf(person) };
    const question = { ...asked, event, at, asker, language };
    const show = aloud.showing(question, whisper);
    const answerer = { say: privately, whisper, words, show, agent: near, once: () => once(by) };
    return questions.ask(question, conversation, answerer);
  }

  async function rate({ press, words, privately }: Pressed, rating: "good" | "bad"): Promise<void> {
    const kept = press.value !== undefined && (await ratings.rate(press.value, press.person.id, rating));
    return privately({ text: kept ? words.rated[rating] : words.gone });
  }

  async function retry(by: Pressed): Promise<void> {
    const { event, press, conversation, words, privately } = by;
    const { address: at, person, value } = press;
    const failed = value ? await ledger.find(value) : undefined;
    if (!failed) return privately({ text: words.gone });
    const who = await people.who(person.id, { roles: access.needsRoles(at) });
    const verdict = access.authorize(who, "talk", { agent: failed.agent, at });
    if (!verdict.allowed) return privately({ text: refusalText(desk, verdict, failed.agent, at, words) });
    if (conversation.active) return pressLater(event, press, conversation.active);
    if (!(await once(by))) return privately({ text: words.alreadyDone });
    return questions.launch(retryOf(failed, event, press.at), conversation, wasLeft(event));
  }

  /** Pressed again by itself once the work here is done; until then the press is owed, also across a restart. */
  function pressLater(event: string, press: Press, active: Underway): void {
    active.done
      .then(() => conversations.inOrder(press.address, () => pressed(event, press)))
      .catch((error: unknown) => desk.log.error({ err: error, event }, "a press could not be taken up again"));
  }

  return pressed;
}

/** The same work anew, as a run of its own. */
function retryOf(failed: Run, event: string, at: number): Run {
  return { ...unbegun(failed), id: runIdFor(event), at, events: [event] };
}
