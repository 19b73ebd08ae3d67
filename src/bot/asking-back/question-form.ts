import type { Field, Given } from "../../agent/question.ts";
import { type Form, type FormInput, formRoom } from "../../chat.ts";
import { plainLine } from "../../words/plain-line.ts";
import type { Words } from "../../words/words.ts";
import { countsOf, isListed, mayBeNone, optionText, readField, wantedOf, writtenChoice } from "./read-field.ts";

/** What was typed in one form, by the ids of its inputs. */
export type Typed = Record<string, string>;

const [longestHint, longestList] = [100, 1500];
const manyLetters = 200;

/** Fields as forms of up to five inputs; one whose choices are written out above it leaves room for them. */
export function pagesOf(fields: readonly Field[]): Field[][] {
  const pages: Field[][] = [];
  for (const field of fields) {
    const page = pages.at(-1) ?? [];
    const most = formRoom.inputs - ([...page, field].some(isListed) ? 1 : 0);
    if (page.length > 0 && page.length < most) page.push(field);
    else pages.push([field]);
  }
  return pages;
}

/** One of the forms of a question, with what was typed in it before, else with what its server supposes. */
export function formOf(
  about: { id: string; value: string; from: string; fields: readonly Field[]; typed: Typed | undefined },
  words: Words,
): Form {
  const { elicitation } = words;
  const lists = about.fields.flatMap((field) =>
    "options" in field && isListed(field) ? [elicitation.form.choices(labelOf(field), listOf(field, words))] : [],
  );
  return {
    id: about.id,
    value: about.value,
    title: cut(elicitation.form.title(about.from), formRoom.title),
    ...(lists.length > 0 ? { text: lists.join("\n\n") } : {}),
    inputs: about.fields.map((field, n) => inputOf(field, n, about.typed, elicitation)),
    submit: elicitation.form.send,
  };
}

/** What a form sent off gives, or what was wanted of its inputs instead, by their ids. */
export function readForm(
  fields: readonly Field[],
  typed: Typed,
  words: Words,
  zone: string,
): { values: Given } | { wrong: Record<string, string> } {
  const values: [string, Given[string]][] = [];
  const wrong: Record<string, string> = {};
  for (const [n, field] of fields.entries()) {
    const read = readField(field, typed[inputId(n)], words, zone);
    if ("wanted" in read) wrong[inputId(n)] = read.wanted;
    else if (read.value !== undefined) values.push([field.name, read.value]);
  }
  return Object.keys(wrong).length > 0 ? { wrong } : { values: Object.fromEntries(values) };
}

/** What people read of a field. */
export function labelOf({ title, name }: Field): string {
  return plainLine(title?.trim() || name, formRoom.label) || "…";
}

/** The number of the field that an input is for. */
export function inputId(n: number): string {
  return `field-${n}`;
}

function inputOf(field: Field, n: number, typed: Typed | undefined, words: Words["elicitation"]): FormInput {
  const id = inputId(n);
  const value = typed ? typed[id] : presetOf(field);
  const about = field.about ? plainLine(field.about, longestHint) : "";
  const wanted = wantedOf(field, words) ?? "";
  // What is wanted is worth more than what it is for, where there is not room for both.
  const hint = about.length + wanted.length < longestHint ? [about, wanted].filter(Boolean).join(" ") : wanted || about;
  const input = {
    id,
    label: labelOf(field),
    ...(hint ? { hint } : {}),
    ...(value ? { value } : {}),
    ...(field.optional || mayBeNone(field) ? { optional: true as const } : {}),
  };
  if (field.kind === "yes-no")
    return {
      ...input,
      kind: "choice",
      options: [
        { value: "yes", text: words.yes },
        { value: "no", text: words.no },
      ],
    };
  if (field.kind === "one" && !isListed(field)) return { ...input, kind: "choice", options: optionsOf(field) };
  if (field.kind === "some" && !isListed(field))
    return { ...input, kind: "choices", ...countsOf(field), options: optionsOf(field) };
  const isLong = field.kind === "some" || (field.kind === "text" && !field.format && (field.most ?? 0) > manyLetters);
  return { ...input, kind: "text", lines: isLong ? "many" : "one" };
}

function presetOf(field: Field): string | undefined {
  switch (field.kind) {
    case "text":
      return field.preset;
    case "number":
      return field.preset === undefined ? undefined : String(field.preset);
    case "yes-no":
      return field.preset === undefined ? undefined : field.preset ? "yes" : "no";
    case "one": {
      const at = field.options.findIndex(({ value }) => value === field.preset);
      if (at < 0) return undefined;
      return isListed(field) ? writtenChoice(field.options, at) : String(at);
    }
    case "some":
      return field.options
        .flatMap(({ value }, at) => {
          if (!field.preset?.includes(value)) return [];
          return isListed(field) ? writtenChoice(field.options, at) : String(at);
        })
        .slice(0, countsOf(field).most)
        .join("\n");
  }
}

function optionsOf({ options }: Extract<Field, { kind: "one" | "some" }>): { value: string; text: string }[] {
  return options.map(({ text }, at) => ({ value: String(at), text: optionText(text, at) }));
}

function listOf({ options }: Extract<Field, { kind: "one" | "some" }>, { elicitation }: Words): string {
  const lines: string[] = [];
  let room = longestList;
  for (const [at, { text }] of options.entries()) {
    const line = `${at + 1}. ${optionText(text, at)}`;
    room -= line.length + 1;
    if (room < 0) return [...lines, elicitation.form.moreChoices(options.length - at)].join("\n");
    lines.push(line);
  }
  return lines.join("\n");
}

function cut(text: string, most: number): string {
  const signs = [...text];
  return signs.length > most ? `${signs.slice(0, most - 1).join("")}…` : text;
}
