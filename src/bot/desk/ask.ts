import type { Address, ChatMessage, Language, Mentioned, PersonId } from "../../chat.ts";
import type { Heard, HeardFile, HeardPrompt, Rule, Said } from "../../runs/run.ts";
import { type Desk, languageFor } from "./desk.ts";
import { quotesIn } from "./said.ts";

/** A question before it is known who answers it, wherever it came from. */
export type Question = {
  /** The key of the event that brought it. */
  event: string;
  at: number;
  /** Where the answer belongs. */
  address: Address;
  /** The message it stands in, if it is one. */
  message?: string;
  asker: { id: PersonId; name: string };
  /** The language to speak with the asker. */
  language: Language;
  text: string;
  files: HeardFile[];
  quotes: Said[];
  /** The prompt that its text uses. */
  prompt?: HeardPrompt | undefined;
  /** Whom the text names. */
  people: Mentioned[];
  /** It was given as a command, in a DM with the bot alone. */
  direct?: true;
  /** Its thread existed before it: there may be something to read up on. */
  inThread: boolean;
};

/** A question to an agent. `edited`: it changes one that is being answered. */
export type Ask = Question & { agent: string; rule: Rule; edited?: true };

/** The question that a message is. */
export async function questionIn(
  desk: Pick<Desk, "config" | "people">,
  event: string,
  message: ChatMessage,
): Promise<Question> {
  const { id, at, answerAt, author, files } = message;
  const { text, people } = await withNames(desk, message);
  return {
    event,
    at,
    address: answerAt,
    message: id,
    asker: { id: author.id, name: await desk.people.nameOf(author) },
    language: await languageFor(desk, author.id, answerAt),
    text,
    files,
    quotes: quotesIn(message),
    people,
    inThread: message.address.thread !== undefined,
  };
}

/** A text and whom it names, those by their names of whom the event told an id only. */
async function withNames(
  desk: Pick<Desk, "people">,
  { text, people = [] }: ChatMessage,
): Promise<{ text: string; people: Mentioned[] }> {
  let told = text;
  const named = people.map(async ({ id, name }) => {
    const known = await desk.people.nameOf({ id, name, bot: false });
    if (known !== name) told = told.replaceAll(`@${name}`, () => `@${known}`);
    return { id, name: known };
  });
  const all = await Promise.all(named);
  return { text: told, people: all };
}

/** A question as a run hears it, with what was said before it. */
export function heardFrom({ message, asker, at, text, files, quotes, prompt, edited }: Ask, before: Said[]): Heard {
  const copies = files.map((file) => ({ ...file }));
  return {
    ...(message ? { message } : {}),
    by: asker.name,
    at,
    text,
    before,
    files: copies,
    quotes,
    ...(prompt ? { prompt: { ...prompt } } : {}),
    ...(edited ? { edited } : {}),
  };
}
