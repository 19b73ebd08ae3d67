import { type Form, type FormInput, formRoom, type Post, type Press, type Submit } from "../../chat.ts";
import { plainLine } from "../../words/plain-line.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import { type Desk, languageFor, reply } from "../desk/desk.ts";
import type { Aloud } from "../questions/aloud.ts";
import type { Questions } from "../questions/questions.ts";
import type { PromptValues } from "./prompt-values.ts";
import type { Pending, ServerPrompts } from "./server-prompts.ts";
import { useText } from "./use-text.ts";

/** The form in which the gaps of a prompt are filled in. */
export type PromptForms = {
  press(event: string, press: Press): Promise<void>;
  submitted(event: string, submit: Submit): Promise<void>;
};

const longestHint = 100;
const [mostExamples, longestExample] = [3, 20];
/** Platforms allow a form for three seconds. */
const patienceMs = 1000;

/** Forms over the desk. */
export function createPromptForms(
  desk: Desk,
  parts: { prompts: ServerPrompts; values: PromptValues; questions: Questions; aloud: Aloud },
): PromptForms {
  const { prompts, questions, aloud } = parts;
  const { conversations, people, store, log } = desk;

  async function press(event: string, { address, person, whisper, value }: Press): Promise<void> {
    const words = wordsOf(await languageFor(desk, person.id, address));
    const privately = (text: string) => reply(desk, event, address, { text, only: whisper });
    const pending = value ? await prompts.pending(value) : undefined;
    if (!value || !pending || pending.question.asker.id !== person.id) return privately(words.gone);
    try {
      const form = formOf(value, pending, await hintsOf(pending, words), words);
      await desk.adapter(address.adapter)?.open?.(whisper, form);
    } catch (error) {
      log.warn({ err: error, event }, "a form could not be shown");
      return privately(words.formLate);
    }
    store.journal.settle([event]);
  }

  /** What is said under each gap: what it is, and what might fill it. */
  function hintsOf(pending: Pending, words: Words): Promise<string[]> {
    const signal = AbortSignal.timeout(patienceMs);
    return Promise.all(
      askedFor(pending).map(async ({ name, description }) => {
        const filling = { ...pending, given: pending.values };
        const values = await parts.values(filling, { name, value: "" }, signal);
        // What would not be shown as it is could not be typed as it is.
        const examples = values.filter((value) => plainLine(value, longestExample) === value).slice(0, mostExamples);
        const said = examples.length > 0 ? words.serverPrompts.examples(examples) : "";
        const room = longestHint - said.length - (said ? 1 : 0);
        return [plainLine(description, room), said].filter(Boolean).join(" ");
      }),
    );
  }

  async function submitted(event: string, { person, whisper, at, value, values, address }: Submit): Promise<void> {
    const language = await languageFor(desk, person.id, address);
    const words = wordsOf(language);
    const say = (post: Post) => reply(desk, event, address, { ...post, only: whisper });
    const pending = value ? await prompts.pending(value) : undefined;
    if (!pending || pending.question.asker.id !== person.id) return say({ text: words.gone });
    const given = Object.entries(values).flatMap(([id, written]) => {
      const argument = askedFor(pending)[Number(id.slice(1))];
      return argument ? [[argument.name, written] as const] : [];
    });
    const text = useText(pending.server, pending.prompt.name, { ...pending.values, ...Object.fromEntries(given) });
    const asker = { id: person.id, name: await people.nameOf(person) };
    const question = { ...pending.question, event, at, asker, language, text };
    const answerer = { say, whisper, words, show: showing(pending, whisper), agent: pending.agent };
    const ask = async () => questions.ask(question, await conversations.at(question.address), answerer);
    // What is shown in a thread or a DM is placed there at once, so it takes its turn.
    return takesTurn(pending) ? conversations.inOrder(question.address, ask) : ask();
  }

  /** As with `/ask`; what was said in a message is filled in under it. */
  function showing({ question }: Pending, whisper: Submit["whisper"]): ReturnType<Aloud["showing"]> {
    if (question.message === undefined) return aloud.showing(question, whisper);
    if (!desk.adapter(question.address.adapter)?.can.threads) return undefined;
    return ({ message: _, ...asked }) => aloud.inThread(asked, whisper);
  }

  return { press, submitted };
}

function takesTurn({ question: { message, address, direct } }: Pending): boolean {
  return message === undefined && (address.thread !== undefined || direct === true);
}

/** The arguments that a form asks for: what is needed first. */
function askedFor({ prompt }: Pick<Pending, "prompt">): Pending["prompt"]["arguments"] {
  const [needed, others] = [true, false].map((required) => prompt.arguments.filter((one) => one.required === required));
  return [...(needed ?? []), ...(others ?? [])].slice(0, formRoom.inputs);
}

function formOf(id: string, pending: Pending, hints: readonly string[], words: Words): Form {
  const { prompt, values } = pending;
  return {
    id: "prompt-form",
    value: id,
    title: plainLine(prompt.title, formRoom.title) || plainLine(prompt.name, formRoom.title) || "…",
    inputs: askedFor(pending).map(({ name, required }, n): FormInput => {
      const value = values[name];
      const hint = hints[n];
      return {
        kind: "text",
        lines: "one",
        id: `a${n}`,
        label: plainLine(name, formRoom.label) || "…",
        ...(hint ? { hint } : {}),
        ...(value === undefined ? {} : { value }),
        ...(required ? {} : { optional: true as const }),
      };
    }),
    submit: words.aboutForm.ask,
  };
}
