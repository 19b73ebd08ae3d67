import type { Question } from "../../agent/question.ts";
import type { Button, Mentioned, Post } from "../../chat.ts";
import type { Run } from "../../runs/run.ts";
import { plainLine } from "../../words/plain-line.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import { labelOf, pagesOf } from "./question-form.ts";
import { optionText } from "./read-field.ts";

/** A question as its card shows it. `filled`: so many of its forms are filled in. */
export type Shown = { id: string; run: Run; question: Question; time: string; zone: string; filled: number };

const [longestMessageLine, mostLines] = [300, 12];
const [mostChoices, longestChoice] = [4, 40];

/** Asks somebody, where everybody can see that they are asked. */
export function questionCard(shown: Shown): Post {
  const { run, question, time, zone, filled } = shown;
  const { elicitation } = wordsOf(run.language);
  const pages = question.kind === "form" ? pagesOf(question.fields).length : 0;
  const wants = question.kind === "form" ? question.fields.map(labelOf) : [];
  return {
    text: paragraphs(
      headOf(shown, elicitation),
      quoted(question.message),
      question.kind === "link" ? elicitation.page(hostOf(question.url), plainUrl(question.url)) : "",
      wants.length > 0 ? elicitation.wants(wants) : "",
      filled > 0 ? elicitation.filledIn(filled, pages) : "",
    ),
    footer: [elicitation.onlyYou(run.asker.name, time, zone), question.kind === "form" ? elicitation.noSecrets : ""]
      .join(" ")
      .trim(),
    card: { buttons: buttonsOf(shown, pages, elicitation) },
    ...askedPerson(run),
  };
}

/** The same once it is over. */
export function outcomeCard(shown: Shown, outcome: string): Post {
  const { elicitation } = wordsOf(shown.run.language);
  return {
    text: paragraphs(headOf(shown, elicitation), quoted(shown.question.message), `*${outcome}*`),
    ...askedPerson(shown.run),
  };
}

/** What a press of a button of the card gives at once; undefined where a form is to be filled in. */
export function pickedIn(question: Question, nth: number): Record<string, string | boolean> | undefined {
  if (question.kind === "link") return {};
  const [field, ...others] = question.fields;
  if (!field) return {};
  if (others.length > 0) return undefined;
  if (field.kind === "yes-no") return { [field.name]: nth === 0 };
  const option = field.kind === "one" ? field.options[nth] : undefined;
  return option && { [field.name]: option.value };
}

function buttonsOf({ id, question, filled }: Shown, pages: number, words: Words["elicitation"]): Button[] {
  const pick = (text: string, nth = 0, style?: "primary"): Button => ({
    id: "elicit-pick",
    value: `${id}.${nth}`,
    text,
    ...(style ? { style } : {}),
  });
  const decline: Button = { id: "elicit-decline", value: id, text: words.decline };
  if (question.kind === "link") return [pick(words.opened, 0, "primary"), decline];
  const [field, ...others] = question.fields;
  if (!field) return [pick(words.goOn, 0, "primary"), decline];
  if (others.length === 0 && field.kind === "yes-no")
    return [pick(words.yes, 0, field.preset ? "primary" : undefined), pick(words.no, 1), decline];
  if (others.length === 0 && field.kind === "one") {
    const { options, preset } = field;
    if (options.length <= mostChoices && options.every(({ text }) => [...text].length <= longestChoice))
      return [
        ...options.map(({ text, value }, n) => pick(optionText(text, n), n, value === preset ? "primary" : undefined)),
        decline,
      ];
  }
  const text = pages > 1 ? words.goOnWith(filled + 1, pages) : words.answer;
  return [{ id: "elicit-answer", value: id, text, style: "primary", opens: true }, decline];
}

/** Who asks is said by the name that the team gave it. */
function headOf({ run, question }: Shown, words: Words["elicitation"]): string {
  const says = question.kind === "link" ? words.opens : words.asks;
  return says(run.asker.name, plainLine(question.from, longestChoice));
}

/** Somebody else's words: no links, no pings, no marks, not without end. */
function quoted(message: string): string {
  const lines = message.split(/\r\n|[\r\n\u2028\u2029]/).flatMap((line) => plainLine(line, longestMessageLine) || []);
  const shown = lines.length > mostLines ? [...lines.slice(0, mostLines - 1), "…"] : lines;
  return shown.map((line) => `> ${line}`).join("\n");
}

/** With empty lines between, so that what follows a quote is not taken for more of it. */
function paragraphs(...parts: string[]): string {
  return parts.filter((part) => part !== "").join("\n\n");
}

/** As machines read it: letters that only look alike are seen to be others. */
function hostOf(url: string): string {
  return new URL(url).host;
}

/** The same address without signs that could end it, or mean something, where it is drawn. */
function plainUrl(url: string): string {
  const { origin, href } = new URL(url);
  const plain = href.slice(origin.length).replace(/[[\]()*~|`\\]/g, (sign) => {
    return `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
  });
  return `${origin}${plain}`;
}

function askedPerson({ asker: { id, name } }: Run): { people: Mentioned[]; rings: true } {
  return { people: [{ id, name }], rings: true };
}
