import type { Address, Author, ChatCommand, ChatMessage, Post, Press } from "../../chat.ts";
import type { Config } from "../../config/schema.ts";
import { type Run, runIdFor, unbegun } from "../../runs/run.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import type { Ask } from "../desk/ask.ts";
import { type Conversation, conversationKey, type Underway } from "../desk/conversation.ts";
import { type Desk, languageFor, reply, wordsFor } from "../desk/desk.ts";
import { anybodyAt } from "../desk/people.ts";
import { nearestVerb, type Order, orderOf } from "../hearing/order.ts";
import type { ServerPrompts } from "../prompts/server-prompts.ts";
import type { Aloud } from "../questions/aloud.ts";
import { byName } from "../questions/choose-agent.ts";
import { type Answerer, type Questions, refusalText } from "../questions/questions.ts";
import type { Commands } from "./commands.ts";
import type { Ratings } from "./ratings.ts";
import { createWholeResults } from "./whole-results.ts";

/** What people tell the bot itself: verbs after a mention, slash commands, buttons. */
export type Orders = {
  /** A mention that is a verb alone; answered where it was said. */
  verb(event: string, order: Order, message: ChatMessage, conversation: Conversation): Promise<void>;
  /** A slash command; answered privately. */
  command(event: string, command: ChatCommand): Promise<void>;
  press(event: string, press: Press): Promise<void>;
  /** The platform's own stop control. */
  stopped(event: string, at: Address, by: Author): Promise<void>;
};

/** How somebody is spoken to; `alone`: nobody else reads it. */
type Listening = { words: Words; alone: boolean };

/** Orders over the desk. `wasLeft` tells whether an earlier process had heard an event. */
export function createOrders(
  desk: Desk,
  parts: { questions: Questions; commands: Commands; prompts: ServerPrompts; aloud: Aloud; ratings: Ratings },
  wasLeft: (event: string) => boolean,
): Orders {
  const { questions, commands, prompts, aloud, ratings } = parts;
  const wholes = createWholeResults(desk);
  const { config, access, people, conversations, ledger, store, now } = desk;

  async function tell(
    order: Exclude<Order, "stop">,
    at: Address,
    person: Author,
    conversation: Conversation,
    { words, alone }: Listening,
  ): Promise<string> {
    const who = await people.who(person.id, { roles: true });
    const reader = alone ? who : anybodyAt(at);
    switch (order) {
      case "agents":
        return commands.agents(at, reader, words);
      case "status":
        return commands.status(reader, words);
      case "why":
        return commands.why(at, reader, conversation, words);
      case "help":
        return commands.help(words);
      case "prompts":
        return prompts.list(at, who, words);
      case "usage":
        return commands.usage(at, reader, words);
      case "mute":
      case "unmute":
        conversation.muted = order === "mute";
        await conversations.keep(conversation);
        return conversation.muted ? words.muted : words.unmuted;
      case "new":
        if (isAtWork(conversation)) return words.stillAtWork;
        await beginAfresh(conversation);
        return words.afresh;
      case "forget":
        return forget(at, person, conversation, words);
    }
  }

  async function told(...asked: Parameters<typeof tell>): Promise<Post> {
    const [order, at, , , { words }] = asked;
    const text = await tell(...asked);
    return order === "why" ? wholes.under(text, await commands.lastRun(at), words) : { text };
  }

  async function beginAfresh(conversation: Conversation): Promise<void> {
    Object.assign(conversation, { afresh: now(), agent: undefined, leftAlone: false, silence: undefined });
    await conversations.keep(conversation);
  }

  /** Those who asked here may have it forgotten, and admins. */
  async function forget(at: Address, person: Author, conversation: Conversation, words: Words): Promise<string> {
    if (isAtWork(conversation)) return words.stillAtWork;
    const who = await people.who(person.id, { roles: true });
    const key = conversationKey(at);
    const askers = await ledger.askers(key);
    if (askers.length === 0) return words.nothingKept;
    if (!askers.includes(person.id) && !access.authorize(who, "administer", {}).allowed) return words.notYoursToForget;
    const runs = await ledger.forget(key);
    await store.outbox.forget(runs);
    // What a run posted in further places has its files from the run.
    await store.shelf.forget(runs.map((id) => id.replace(/\..*$/, "")));
    await beginAfresh(conversation);
    return words.forgotten(runs.length);
  }

  /** Stops what goes on here; undefined when that is said by the stopped answer itself. */
  async function stop(at: Address, by: Author, conversation: Conversation, words: Words): Promise<Post | undefined> {
    const who = await people.who(by.id, { roles: access.needsRoles(at) });
    if (!access.authorize(who, "stop", { at }).allowed)
      return { text: words.notYou(conversation.agent ?? ""), only: { person: by.id } };
    if (!conversation.active) return { text: words.nothingToStop };
    conversation.active.stop(await people.nameOf(by));
    return undefined;
  }

  async function verb(event: string, order: Order, message: ChatMessage, conversation: Conversation): Promise<void> {
    const at = message.answerAt;
    const words = await wordsFor(desk, message.author.id, at);
    const said =
      order === "stop"
        ? await stop(at, message.author, conversation, words)
        : await told(order, at, message.author, conversation, { words, alone: message.direct });
    return said ? reply(desk, event, at, said, message) : desk.store.journal.settle([event]);
  }

  async function command(event: string, command: ChatCommand): Promise<void> {
    const { address: at, whisper, person } = command;
    const words = await wordsFor(desk, person.id, at);
    const privately = (post: Post) => reply(desk, event, at, { ...post, only: whisper });
    if (command.name === "ask") return ask(event, command, words, privately);
    const conversation = await conversations.at(at);
    const typed = command.name === "bellhop" ? command.text.trim() || "help" : command.name;
    const order = orderOf(typed.split(/\s+/)[0] ?? "");
    if (!order) return privately({ text: words.unknownVerb(typed, nearestVerb(typed)) });
    if (order !== "stop") return privately(await told(order, at, person, conversation, { words, alone: true }));
    const said = await stop(at, person, conversation, words);
    if (said) return privately(said);
    // In chat the stopped answer says so itself; whoever waits elsewhere is told.
    if (whisper.at) return privately({ text: words.stopped(await people.nameOf(person), "") });
    return desk.store.journal.settle([event]);
  }

  /** `/ask`: the question is shown in the channel, and answered in its thread; in a thread or a DM both stand right there. */
  async function ask(
    event: string,
    command: ChatCommand,
    words: Words,
    privately: (post: Post) => Promise<void>,
  ): Promise<void> {
    const { address: at, whisper, person } = command;
    if (command.text.trim() === "") return privately({ text: words.askWhat });
    const question = {
      event,
      at: command.at,
      address: at,
      asker: { id: person.id, name: await people.nameOf(person) },
      language: await languageFor(desk, person.id, at),
      text: spelledOut(config(), command),
      files: [],
      quotes: [],
      people: [],
      ...(command.direct && { direct: true as const }),
      inThread: false,
    };
    const answerer = { say: privately, whisper, words, show: showing(question, whisper) };
    await questions.ask(question, await conversations.at(at), answerer);
  }

  /** How a question that stands in no message is shown, where there is an audience: an API call has none. */
  function showing(
    { address: at, message, direct }: Pick<Ask, "address" | "message" | "direct">,
    whisper: Press["whisper"],
  ): Answerer["show"] {
    if (message || !desk.adapter(at.adapter)?.can.threads) return undefined;
    return (asked) => (at.thread || direct ? aloud.here(asked, whisper) : aloud.inChannel(asked, whisper));
  }

  async function press(event: string, press: Press): Promise<void> {
    const { address: at, person, whisper, value } = press;
    const language = await languageFor(desk, person.id, at);
    const words = wordsOf(language);
    const conversation = await conversations.at(at);
    const privately = (post: Post) => reply(desk, event, at, { ...post, only: whisper });
    // Two presses of one button are one; the same press, heard again after a crash, is itself.
    const once = (what: string) => desk.store.claims.claim(`${what}:${value}`, now(), event);

    if (press.id === "stop") {
      if (conversation.active?.run.id !== value) return privately({ text: words.nothingToStop });
      const said = await stop(at, person, conversation, words);
      return said ? privately(said) : desk.store.journal.settle([event]);
    }
    if (press.id === "ask" && value) {
      const offer = await questions.takeOffer(value);
      if (!offer) return privately({ text: words.gone });
      const { near, ...asked } = offer;
      const asker = { id: person.id, name: await people.nameOf(person) };
      const question = { ...asked, event, at: press.at, asker, language };
      const show = showing(question, whisper);
      const answerer = { say: privately, whisper, words, show, once: () => once("ask") };
      return questions.ask(question, conversation, answerer, near);
    }
    if ((press.id === "good" || press.id === "bad") && value) {
      const kept = await ratings.rate(value, person.id, press.id);
      return privately({ text: kept ? words.rated[press.id] : words.gone });
    }
    if (press.id === "whole") return privately({ text: await wholes.send(event, press, language) });
    if (press.id === "retry" && value) {
      const failed = await ledger.find(value);
      if (!failed) return privately({ text: words.gone });
      const who = await people.who(person.id, { roles: access.needsRoles(at) });
      const verdict = access.authorize(who, "talk", { agent: failed.agent, at });
      if (!verdict.allowed) return privately({ text: refusalText(desk, verdict, failed.agent, at, words) });
      if (conversation.active) return pressLater(event, press, conversation.active);
      if (!(await once("retry"))) return privately({ text: words.alreadyDone });
      return questions.launch(retryOf(failed, event, press.at), conversation, wasLeft(event));
    }
    return privately({ text: words.gone });
  }

  /** Pressed again by itself once the work here is done; until then the press is owed, also across a restart. */
  function pressLater(event: string, press: Press, active: Underway): void {
    active.done
      .then(() => conversations.inOrder(press.address, () => orders.press(event, press)))
      .catch((error: unknown) => desk.log.error({ err: error, event }, "a press could not be taken up again"));
  }

  async function stopped(event: string, at: Address, by: Author): Promise<void> {
    const conversation = conversations.known(at);
    if (conversation?.active) await stop(at, by, conversation, await wordsFor(desk, by.id, at));
    desk.store.journal.settle([event]);
  }

  const orders: Orders = { verb, command, press, stopped };
  return orders;
}

/** Somebody who reads an answer need not wait until the platform has said that it stands. */
function isAtWork({ active }: Conversation): boolean {
  return active !== undefined && active.run.state !== "finished";
}

/** The words of `/ask` as a mention would put them: the agent comes by itself, or is the first word. */
function spelledOut(config: Config, { agent, text }: ChatCommand): string {
  if (agent) return `ask ${agent}: ${text}`;
  const [, first = "", rest = ""] = /^(\S+)\s+([\s\S]+)$/.exec(text.trim()) ?? [];
  return byName(config, first) ? `${first}: ${rest}` : text;
}

/** The same work anew, as a run of its own. */
function retryOf(failed: Run, event: string, at: number): Run {
  return { ...unbegun(failed), id: runIdFor(event), at, events: [event] };
}
