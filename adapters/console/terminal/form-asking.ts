import type { Form, FormInput } from "../../../src/chat.ts";
import { harmless } from "./harmless.ts";
import type { Style } from "./style.ts";
import type { TerminalWords } from "./words.ts";

/** A form asked input by input, as lines typed one after the other. */
export class FormAsking {
  readonly id: string;
  readonly #form: Form;
  readonly #style: Style;
  readonly #words: TerminalWords;
  readonly #values = new Map<string, string>();
  #left: FormInput[];
  #begun: string[] = [];

  constructor(id: string, form: Form, style: Style, words: TerminalWords) {
    this.id = id;
    this.#form = form;
    this.#left = [...form.inputs];
    this.#style = style;
    this.#words = words;
  }

  /** What the form is about. */
  opening(): string[] {
    const { title, text } = this.#form;
    return [
      this.#style.bold(harmless(title)),
      ...(text ? harmless(text).split("\n") : []),
      this.#style.dim(this.#words.formHow),
    ];
  }

  /** What is asked for now; nothing once all is there. */
  question(): string[] {
    const [input] = this.#left;
    if (!input) return [];
    const preset = this.#preset(input);
    const notes = [
      ...(input.optional ? [this.#words.optional] : []),
      ...(input.kind === "text" && input.lines === "many" ? [this.#words.formLines] : []),
      ...(input.kind === "choices" ? [this.#words.formChoices(input.least, input.most)] : []),
    ];
    const standing = preset === undefined ? "" : ` [${harmless(this.#shown(input, preset))}]`;
    const head = `${this.#style.bold(harmless(input.label))}${standing}${notes.length ? this.#style.dim(` (${notes.join(" · ")})`) : ""}`;
    const options = input.kind === "text" ? [] : input.options.map(({ text }, n) => `  ${n + 1}. ${harmless(text)}`);
    return [head, ...(input.hint ? [this.#style.dim(harmless(input.hint))] : []), ...options];
  }

  /** Takes a line as an answer; gives what is wrong with it. */
  take(line: string): string | undefined {
    const [input] = this.#left;
    if (!input) return undefined;
    if (input.kind === "text" && input.lines === "many" && line.endsWith("\\")) {
      this.#begun.push(line.slice(0, -1));
      return undefined;
    }
    const typed = [...this.#begun, line].join("\n").trim();
    this.#begun = [];
    const value = typed === "" ? (this.#preset(input) ?? "") : meant(input, typed);
    if (value === undefined && input.kind === "choices") return this.#words.formChoices(input.least, input.most);
    if (value === undefined) return this.#words.formChoice(input.kind === "choice" ? input.options.length : 0);
    if (value === "" && !input.optional) return this.#words.formMissing;
    this.#values.set(input.id, value);
    this.#left.shift();
    return undefined;
  }

  /** All that was answered, once nothing is left to ask. */
  values(): Record<string, string> | undefined {
    return this.#left.length > 0 ? undefined : Object.fromEntries(this.#values);
  }

  /** In the middle of an answer of several lines. */
  get open(): boolean {
    return this.#begun.length > 0;
  }

  /** Asks for one input again, or for all when none is named. */
  again(input: string | undefined): void {
    const named = this.#form.inputs.filter(({ id }) => id === input);
    this.#left = named.length > 0 ? named : [...this.#form.inputs];
  }

  #preset(input: FormInput): string | undefined {
    return this.#values.get(input.id) ?? input.value;
  }

  #shown(input: FormInput, value: string): string {
    if (input.kind === "text") return value;
    const textOf = (one: string) => input.options.find((option) => option.value === one)?.text ?? one;
    return value.split("\n").map(textOf).join(", ");
  }
}

/** What a line comes to as the value of an input; undefined where it is none of the choices, or not as many. */
function meant(input: FormInput, typed: string): string | undefined {
  if (input.kind === "text") return typed;
  if (input.kind === "choice") return chosen(input, typed);
  const whole = chosen(input, typed);
  const parts = whole === undefined ? typed.split(/[,，、;；]/).map((part) => chosen(input, part.trim())) : [whole];
  const values = new Set(parts);
  return values.has(undefined) || values.size < input.least || values.size > input.most
    ? undefined
    : [...values].join("\n");
}

/** The option that a number, its value or its words name. */
function chosen(input: Exclude<FormInput, { kind: "text" }>, typed: string): string | undefined {
  const word = typed.toLowerCase();
  return (
    input.options[Number(typed) - 1] ??
    input.options.find(({ value, text }) => value.toLowerCase() === word || text.toLowerCase() === word)
  )?.value;
}
