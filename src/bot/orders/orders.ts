import type { Address, Author, ChatCommand, ChatMessage, Post, Press } from "../../chat.ts";
import type { Config } from "../../config/schema.ts";
import type { Words } from "../../words/words.ts";
import type { Conversation } from "../desk/conversation.ts";
import { type Desk, languageFor, reply, wordsFor } from "../desk/desk.ts";
import { nearestVerb, type Order, orderOf } from "../hearing/order.ts";
import type { ServerPrompts } from "../prompts/server-prompts.ts";
import type { Aloud } from "../questions/aloud.ts";
import { byName } from "../questions/choose-agent.ts";
import type { Questions } from "../questions/questions.ts";
import { createPresses } from "./presses.ts";
import type { Ratings } from "./ratings.ts";
import type { Reports } from "./reports.ts";
import { createVerbs } from "./verbs.ts";
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

/** Orders over the desk. `wasLeft` tells whether an earlier process had heard an event. */
export function createOrders(
  desk: Desk,
  parts: { questions: Questions; reports: Reports; prompts: ServerPrompts; aloud: Aloud; ratings: Ratings },
  wasLeft: (event: string) => boolean,
): Orders {
  const { questions, aloud } = parts;
  const { config, people, conversations } = desk;
  const { journal } = desk.store;
  const wholes = createWholeResults(desk);
  const verbs = createVerbs(desk, { ...parts, wholes });

  async function verb(event: string, order: Order, message: ChatMessage, conversation: Conversation): Promise<void> {
    const { answerAt: at, author: by, direct: alone } = message;
    const words = await wordsFor(desk, by.id, at);
    const from = { at, by, conversation, words, alone };
    const said = order === "stop" ? await verbs.stop(from) : await verbs.tell(order, from);
    return said ? reply(desk, event, at, said, message) : journal.settle([event]);
  }

  async function command(event: string, command: ChatCommand): Promise<void> {
    const { address: at, whisper, person: by } = command;
    const words = await wordsFor(desk, by.id, at);
    const privately = (post: Post) => reply(desk, event, at, { ...post, only: whisper });
    if (command.name === "ask") return ask(event, command, words, privately);
    const typed = command.name === "bellhop" ? command.text.trim() || "help" : command.name;
    const order = orderOf(typed.split(/\s+/)[0] ?? "");
    if (!order) return privately({ text: words.unknownVerb(typed, nearestVerb(typed)) });
    const from = { at, by, conversation: await conversations.at(at), words, alone: true };
    if (order !== "stop") return privately(await verbs.tell(order, from));
    const said = await verbs.stop(from);
    if (said) return privately(said);
    // In chat the stopped answer says so itself; whoever waits elsewhere is told.
    if (whisper.at) return privately({ text: words.stopped(await people.nameOf(by), "") });
    return journal.settle([event]);
  }

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
    const answerer = { say: privately, whisper, words, show: aloud.showing(question, whisper) };
    await questions.ask(question, await conversations.at(at), answerer);
  }

  return {
    verb,
    command,
    press: createPresses(desk, { ...parts, wholes, stop: verbs.stop }, wasLeft),
    async stopped(event, at, by) {
      const conversation = conversations.known(at);
      if (conversation?.active) await verbs.stop({ at, by, conversation, words: await wordsFor(desk, by.id, at) });
      journal.settle([event]);
    },
  };
}

/** The words of `/ask` as a mention would put them: the agent comes by itself, or is the first word. */
function spelledOut(config: Config, { agent, text }: ChatCommand): string {
  if (agent) return `ask ${agent}: ${text}`;
  const [, first = "", rest = ""] = /^(\S+)\s+([\s\S]+)$/.exec(text.trim()) ?? [];
  return byName(config, first) ? `${first}: ${rest}` : text;
}
