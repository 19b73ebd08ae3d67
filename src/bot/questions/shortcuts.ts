import { agentsAt } from "../../access/places.ts";
import type { ChatMessage, Form, Post, Shortcut, Submit } from "../../chat.ts";
import { runIdFor } from "../../runs/run.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import type { Ask } from "../desk/ask.ts";
import { type Desk, languageFor, reply, wordsFor } from "../desk/desk.ts";
import { saidIn } from "../desk/said.ts";
import type { Aloud } from "./aloud.ts";
import { chooseAgent } from "./choose-agent.ts";
import type { Questions } from "./questions.ts";

/** What people have done about one message, from its menu: a form first, then the work. */
export type Shortcuts = {
  used(event: string, shortcut: Shortcut): Promise<void>;
  submitted(event: string, submit: Submit): Promise<void>;
};

const keptForMs = 24 * 3_600_000;
const mostOptions = 25;

/** Shortcuts over the desk. */
export function createShortcuts(desk: Desk, questions: Questions, aloud: Aloud): Shortcuts {
  const { config, conversations, people, store, log } = desk;
  const picked = store.kv("picked-messages");
  // A form may come back before the disk has kept what it is about.
  const keeping = new Map<string, Promise<void>>();

  async function used(event: string, { message, person, whisper }: Shortcut): Promise<void> {
    const at = message.answerAt;
    const words = await wordsFor(desk, person.id, at);
    const privately = (text: string) => reply(desk, event, message.address, { text, only: whisper });
    const agents = agentsAt(config(), at).slice(0, mostOptions);
    if (agents.length === 0) return privately(words.noAgents);
    const id = runIdFor(event);
    // Opened first: platforms give three seconds, and the disk may be slow.
    const form = formFor(id, agents, agentFor(message, agents), words);
    try {
      const kept = picked.set(id, message, keptForMs).finally(() => keeping.delete(id));
      keeping.set(id, kept);
      await Promise.all([kept, desk.adapter(at.adapter)?.open?.(whisper, form)]);
    } catch (error) {
      log.warn({ err: error, event }, "a form could not be shown");
      return privately(words.formLate);
    }
    store.journal.settle([event]);
  }

  async function pickedAs(id: string): Promise<ChatMessage | undefined> {
    await keeping.get(id)?.catch(() => {});
    return picked.get<ChatMessage>(id);
  }

  /** The agent that would answer if it were named nowhere. */
  function agentFor(message: ChatMessage, agents: string[]): string | undefined {
    const choice = chooseAgent(config(), { text: message.text, at: message.answerAt });
    return choice.kind === "agent" && agents.includes(choice.agent.name) ? choice.agent.name : agents[0];
  }

  async function submitted(event: string, submit: Submit): Promise<void> {
    const { person, whisper, at, value, values } = submit;
    const message = submit.id === "ask-about" && value ? await pickedAs(value) : undefined;
    const address = message?.answerAt ?? submit.address;
    const language = await languageFor(desk, person.id, address);
    const words = wordsOf(language);
    const say = (post: Post) => reply(desk, event, submit.address, { ...post, only: whisper });
    if (!message) return say({ text: words.gone });
    const asker = { id: person.id, name: await people.nameOf(person) };
    const question = {
      event,
      at,
      address,
      asker,
      language,
      text: values.question ?? words.aboutForm.usual,
      files: message.files,
      quotes: [saidIn(message)],
      people: [],
      inThread: true,
    };
    const conversation = await conversations.at(address);
    const show = (asked: Ask) => aloud.inThread(asked, whisper);
    const answerer = { say, whisper, words, show, agent: values.agent };
    await questions.ask(question, conversation, answerer);
  }

  return { used, submitted };
}

function formFor(id: string, agents: string[], chosen: string | undefined, words: Words): Form {
  const { aboutForm } = words;
  return {
    id: "ask-about",
    value: id,
    title: words.shortcuts.askAbout,
    inputs: [
      {
        kind: "choice",
        id: "agent",
        label: aboutForm.agent,
        options: agents.map((name) => ({ value: name, text: name })),
        ...(chosen ? { value: chosen } : {}),
      },
      { kind: "text", lines: "many", id: "question", label: aboutForm.question, value: aboutForm.usual },
    ],
    submit: aboutForm.ask,
  };
}
