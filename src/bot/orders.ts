import type { Address, Author, ChatCommand, ChatMessage, PersonId, Post, Press, Whisper } from "../chat.ts";
import type { Config } from "../config/schema.ts";
import { type Run, runIdFor } from "../runs/run.ts";
import type { Words } from "../words/words.ts";
import type { Answering } from "./answers.ts";
import { byName } from "./choose-agent.ts";
import { type Commands, nearestVerb, type Verb, verbOf } from "./commands.ts";
import type { Conversation } from "./conversation.ts";
import { type Desk, reply, wordsAt } from "./desk.ts";
import { type Answerer, type Question, type Questions, refusalText } from "./questions.ts";

/** What people tell the bot itself: verbs after a mention, slash commands, buttons. */
export type Orders = {
  /** A mention that is a verb alone; answered where it was said. */
  verb(event: string, verb: Verb, message: ChatMessage, conversation: Conversation): Promise<void>;
  /** A slash command; answered privately. */
  command(event: string, command: ChatCommand): Promise<void>;
  press(event: string, press: Press): Promise<void>;
  /** The platform's own stop control. */
  stopped(event: string, at: Address, by: Author): Promise<void>;
};

/** Orders over the desk. `wasLeft` tells whether an earlier process had heard an event. */
export function createOrders(
  desk: Desk,
  questions: Questions,
  commands: Commands,
  wasLeft: (event: string) => boolean,
): Orders {
  const { config, access, people, conversations, ledger, postman, now } = desk;

  async function tell(
    verb: Exclude<Verb, "stop">,
    at: Address,
    person: PersonId,
    conversation: Conversation,
    words: Words,
  ): Promise<string> {
    switch (verb) {
      case "agents":
        return commands.agents(at, words);
      case "status":
        return commands.status(words);
      case "why":
        return commands.why(at, await people.who(person, { roles: true }), conversation, words);
      case "help":
        return commands.help(words);
    }
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

  async function verb(event: string, verb: Verb, message: ChatMessage, conversation: Conversation): Promise<void> {
    const at = message.answerAt;
    const words = wordsAt(desk, at);
    const said =
      verb === "stop"
        ? await stop(at, message.author, conversation, words)
        : { text: await tell(verb, at, message.author.id, conversation, words) };
    return said ? reply(desk, event, at, said, message) : desk.store.journal.settle([event]);
  }

  async function command(event: string, command: ChatCommand): Promise<void> {
    const { address: at, whisper, person } = command;
    const words = wordsAt(desk, at);
    const privately = (post: Post) => reply(desk, event, at, { ...post, only: whisper });
    if (command.name === "ask") return ask(event, command, words, privately);
    const conversation = await conversations.at(at);
    const typed = command.name === "bellhop" ? command.text.trim() || "help" : command.name;
    const verb = verbOf(typed.split(/\s+/)[0] ?? "");
    if (!verb) return privately({ text: words.unknownVerb(typed, nearestVerb(typed)) });
    if (verb !== "stop") return privately({ text: await tell(verb, at, person.id, conversation, words) });
    const said = await stop(at, person, conversation, words);
    if (said) return privately(said);
    // In chat the stopped answer says so itself; whoever waits elsewhere is told.
    if (whisper.at) return privately({ text: words.stopped(await people.nameOf(person), "") });
    return desk.store.journal.settle([event]);
  }

  /** `/ask`: the question is shown in the channel, and answered in its thread. */
  async function ask(
    event: string,
    command: ChatCommand,
    words: Words,
    privately: (post: Post) => Promise<void>,
  ): Promise<void> {
    const { address: at, whisper } = command;
    if (command.text.trim() === "") return privately({ text: words.askWhat });
    const text = spelledOut(config(), command);
    const asker = { id: command.person.id, name: await people.nameOf(command.person) };
    const question = { event, at: command.at, address: at, asker, text, inThread: false };
    const answerer = { say: privately, whisper, words, show: showing(question, whisper, words) };
    await questions.ask(question, await conversations.at(at), answerer);
  }

  /** Shows a question that stands in no message in its channel, and has it answered in the thread of that. */
  function showing({ event, address: at, message }: Question, whisper: Whisper, words: Words): Answerer["show"] {
    // An API call has no audience.
    if (message || at.thread || !desk.adapter(at.adapter)?.can.threads) return undefined;
    return async (asked) => {
      const shown = await postman.send({
        address: at,
        post: { text: words.asked(asked.asker.name, asked.agent, asked.text) },
        key: { id: `${runIdFor(event)}q`, since: asked.at, ...(wasLeft(event) ? { again: true } : {}) },
      }).posted;
      if (!shown) return reply(desk, event, at, { text: words.cantWriteThere, only: whisper });
      const thread = { ...at, thread: shown.id };
      await conversations.inOrder(thread, async () => {
        const fresh = await conversations.at(thread, { fresh: true });
        await questions.place({ ...asked, address: thread, message: shown.id }, fresh);
      });
      await postman.send({
        address: whisper.at ?? at,
        post: { text: words.askedThere(asked.agent, shown.link), only: whisper },
        key: { id: `${runIdFor(event)}t`, since: asked.at },
      }).kept;
    };
  }

  async function press(event: string, press: Press): Promise<void> {
    const { address: at, person, whisper, value } = press;
    const words = wordsAt(desk, at);
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
      const question = { ...asked, event, at: press.at, asker };
      const show = showing(question, whisper, words);
      const answerer = { say: privately, whisper, words, show, once: () => once("ask") };
      return questions.ask(question, conversation, answerer, near);
    }
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
  function pressLater(event: string, press: Press, active: Answering): void {
    active.done
      .then(() => conversations.inOrder(press.address, () => orders.press(event, press)))
      .catch((error: unknown) => desk.log.error({ err: error, event }, "a press could not be taken up again"));
  }

  async function stopped(event: string, at: Address, by: Author): Promise<void> {
    const conversation = conversations.known(at);
    if (conversation?.active) await stop(at, by, conversation, wordsAt(desk, at));
    desk.store.journal.settle([event]);
  }

  const orders: Orders = { verb, command, press, stopped };
  return orders;
}

/** The words of `/ask` as a mention would put them: the agent comes by itself, or is the first word. */
function spelledOut(config: Config, { agent, text }: ChatCommand): string {
  if (agent) return `ask ${agent}: ${text}`;
  const [, first = "", rest = ""] = /^(\S+)\s+([\s\S]+)$/.exec(text.trim()) ?? [];
  return byName(config, first) ? `${first}: ${rest}` : text;
}

/** The same work anew, as a run of its own. */
function retryOf(failed: Run, event: string, at: number): Run {
  const { outcome: _outcome, usage: _usage, ms: _ms, checkpoint: _checkpoint, ...same } = failed;
  return {
    ...same,
    id: runIdFor(event),
    at,
    events: [event],
    state: "running",
    changed: false,
    used: [],
    refused: [],
  };
}
