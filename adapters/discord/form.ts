import { type APIModalSubmitInteraction, ComponentType, TextInputStyle } from "discord.js";
import type { Form, FormInput } from "../../src/chat.ts";
import { customIdOf } from "./buttons.ts";

const [mostParts, longestHint, longestText, longestOption] = [5, 100, 4_000, 100];

/** A form as Discord's modal. Discord names the button that sends it off by itself. */
export function modalOf({ id, value, title, text, inputs, submit: _ }: Form): unknown {
  const intro = text ? [{ type: ComponentType.TextDisplay, content: cut(text, longestText) }] : [];
  // A modal has five parts: beside five inputs there is no room for words of their own.
  const [first, ...others] = inputs;
  const full = intro.length + inputs.length > mostParts && first !== undefined;
  const shown = full ? [{ ...first, hint: [text, first.hint].filter(Boolean).join(" ") }, ...others] : inputs;
  return {
    custom_id: customIdOf(id, value),
    title: cut(title, 45),
    components: [...(full ? [] : intro), ...shown.map(labelled)],
  };
}

function labelled(input: FormInput): unknown {
  return {
    type: ComponentType.Label,
    label: cut(input.label, 45),
    ...(input.hint && { description: cut(input.hint, longestHint) }),
    component: fieldOf(input),
  };
}

function fieldOf(input: FormInput): unknown {
  const { id, value } = input;
  const required = input.optional !== true;
  if (input.kind !== "text") {
    const preset = value?.split("\n") ?? [];
    const options = input.options.map((option) => ({
      label: cut(option.text, longestOption),
      value: option.value,
      ...(preset.includes(option.value) && { default: true }),
    }));
    // Where nothing need be chosen, anything may stay empty.
    const least = input.kind === "choices" && required ? Math.max(1, input.least) : 0;
    const bounds = input.kind === "choices" && { min_values: least, max_values: input.most };
    return { type: ComponentType.StringSelect, custom_id: id, required, options, ...bounds };
  }
  return {
    type: ComponentType.TextInput,
    custom_id: id,
    style: input.lines === "many" ? TextInputStyle.Paragraph : TextInputStyle.Short,
    required,
    max_length: longestText,
    ...(value && { value: cut(value, longestText) }),
  };
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = text.charCodeAt(most - 2);
  // Never through the middle of a character.
  return `${text.slice(0, end >= 0xd800 && end < 0xdc00 ? most - 2 : most - 1)}…`;
}

/** What was filled in, by the ids of the inputs; empty ones are left out. */
export function valuesIn({ data }: APIModalSubmitInteraction): Record<string, string> {
  const values: Record<string, string> = {};
  for (const part of data.components) {
    const fields = "component" in part ? [part.component] : "components" in part ? part.components : [];
    for (const field of fields) {
      const given = "value" in field ? field.value : "values" in field ? field.values.join("\n") : undefined;
      if (typeof given === "string" && given !== "" && "custom_id" in field) values[field.custom_id] = given;
    }
  }
  return values;
}
