import type { Field, Given, Option } from "../../agent/question.ts";
import { formRoom } from "../../chat.ts";
import { instantOf } from "../../schedules/when/wall-clock.ts";
import { plainLine } from "../../words/plain-line.ts";
import type { Words } from "../../words/words.ts";

/** What was typed for a field: its value, nothing, or what was wanted instead. Never what came: that is told to nobody. */
export type Read = { value?: Given[string] } | { wanted: string };

const longestOption = 75;

type Of<Kind extends Field["kind"]> = Extract<Field, { kind: Kind }>;

/** Reads what was typed for a field. `zone` is where times without one are meant. */
export function readField(field: Field, typed: string | undefined, { elicitation }: Words, zone: string): Read {
  const { wanted } = elicitation;
  if (!typed?.trim()) {
    if (field.optional) return {};
    return mayBeNone(field) ? { value: [] } : { wanted: wanted.something };
  }
  const no: Read = { wanted: wantedOf(field, elicitation) ?? wanted.something };
  switch (field.kind) {
    case "yes-no":
      return typed === "yes" || typed === "no" ? { value: typed === "yes" } : no;
    case "number":
      return numberIn(field, typed) ?? no;
    case "text":
      return textIn(field, typed, zone) ?? no;
    case "one": {
      const found = isListed(field) ? chosen(field.options, typed) : field.options[Number(typed)];
      return found ? { value: found.value } : no;
    }
    case "some":
      return someIn(field, typed) ?? no;
  }
}

/** What may be filled in, in a few words; undefined where anything may. */
export function wantedOf(field: Field, { wanted, form }: Words["elicitation"]): string | undefined {
  switch (field.kind) {
    case "number":
      return [field.whole ? wanted.whole : wanted.number, boundsOf(field, wanted)].filter(Boolean).join(" ");
    case "text": {
      const { least = 0, most } = field;
      const format = field.format && wanted[field.format];
      if (format) return format;
      if (least > 0 && most !== undefined) return wanted.lettersBetween(least, most);
      if (least > 0) return wanted.lettersAtLeast(least);
      return most === undefined ? undefined : wanted.lettersAtMost(most);
    }
    case "some": {
      const { least, most } = countsOf(field);
      return [form.howMany(least, most), isListed(field) ? form.oneToALine : ""].filter(Boolean).join(" ");
    }
    case "one":
      return isListed(field) ? form.oneOf : undefined;
    default:
      return undefined;
  }
}

function boundsOf({ least, most }: Of<"number">, wanted: Words["elicitation"]["wanted"]): string | undefined {
  if (least !== undefined && most !== undefined) return wanted.between(least, most);
  if (least !== undefined) return wanted.atLeast(least);
  return most === undefined ? undefined : wanted.atMost(most);
}

/** How many may be chosen, as far as there are so many: no form can be shown that asks for more, or for none at most. */
export function countsOf({ options, least, most, optional }: Of<"some">): { least: number; most: number } {
  const atMost = Math.max(1, Math.min(most ?? options.length, options.length));
  return { least: Math.min(least ?? (optional ? 0 : 1), atMost), most: atMost };
}

function numberIn({ whole, least, most }: Of<"number">, typed: string): Read | undefined {
  const plain = typed.normalize("NFKC").trim().replace("−", "-");
  const value = Number(plain);
  if (!/^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/i.test(plain) || !Number.isFinite(value)) return undefined;
  if (whole && !Number.isSafeInteger(value)) return undefined;
  return value < (least ?? value) || value > (most ?? value) ? undefined : { value };
}

function textIn({ format, least, most }: Of<"text">, typed: string, zone: string): Read | undefined {
  const value = format ? formatted(format, typed.normalize("NFKC").trim(), zone) : typed;
  if (value === undefined) return undefined;
  const length = [...value].length;
  return length < (least ?? 0) || length > (most ?? length) ? undefined : { value };
}

function formatted(format: "email" | "uri" | "date" | "date-time", typed: string, zone: string): string | undefined {
  switch (format) {
    case "email":
      return /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/.test(typed) ? typed : undefined;
    case "uri":
      return /^[a-z][a-z\d+.-]*:\S+$/i.test(typed) && URL.canParse(typed) ? typed : undefined;
    case "date":
      return dayIn(typed) === undefined ? undefined : typed;
    case "date-time": {
      const [, day = "", time = "", offset = ""] =
        /^(\d{4}-\d\d-\d\d)[T ]+(\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?) *(Z|[+-]\d\d:\d\d)?$/i.exec(typed) ?? [];
      const wall = dayIn(day) === undefined ? Number.NaN : Date.parse(`${day}T${time}${offset.toUpperCase() || "Z"}`);
      return Number.isNaN(wall) ? undefined : new Date(offset ? wall : instantOf(zone, wall)).toISOString();
    }
  }
}

/** There are more choices than a form's own control has room for: they are written out above it, and what is meant into it. */
export function isListed(field: Field): boolean {
  return "options" in field && field.options.length > formRoom.options;
}

/** To choose none is an answer too. */
export function mayBeNone(field: Field): boolean {
  return field.kind === "some" && field.least === 0;
}

/** A day that there is. */
function dayIn(typed: string): number | undefined {
  const at = /^\d{4}-\d\d-\d\d$/.test(typed) ? Date.parse(`${typed}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(typed) ? at : undefined;
}

/** One to a line; where the lines say nothing, also parted by commas. A control of the form's own gives their numbers. */
function someIn(field: Of<"some">, typed: string): Read | undefined {
  const lines = typed.split("\n").filter((line) => line.trim() !== "");
  const found = lines.flatMap((line) => {
    if (!isListed(field)) return [field.options[Number(line)]];
    const whole = chosen(field.options, line);
    return whole ? [whole] : line.split(/[,，、;；]/).map((part) => chosen(field.options, part));
  });
  const values = [...new Set(found.map((option) => option?.value))];
  const { least, most } = countsOf(field);
  if (values.length < least || values.length > most) return undefined;
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? { value: known } : undefined;
}

/** The choice that its words, its value or its number name; the words as they are, or as people read them. */
function chosen(options: readonly Option[], typed: string): Option | undefined {
  const word = folded(typed);
  const exact = options.find(({ text, value }) => folded(text) === word || folded(value) === word);
  const [shown, another] = options.filter(({ text }, at) => folded(optionText(text, at)) === word);
  return exact ?? (another ? undefined : shown) ?? (/^\d+$/.test(word) ? options[Number(word) - 1] : undefined);
}

function folded(text: string): string {
  return text.normalize("NFKC").trim().toLowerCase();
}

/** What people read of a choice. */
export function optionText(text: string, at: number): string {
  return plainLine(text, longestOption) || String(at + 1);
}

/** How a choice is written so that it is read back: as people read it, or by its number. */
export function writtenChoice(options: readonly Option[], at: number): string {
  const text = optionText(options[at]?.text ?? "", at);
  return chosen(options, text) === options[at] ? text : String(at + 1);
}
