import type { Form, FormInput } from "../../src/chat.ts";
import { Refusal } from "./requests.ts";

/** As much as every platform lets people write into one input. */
const longestValue = 3_000;

/** What a form sent off says, empty inputs left out. Contract: throws `Refusal`, naming the input by its label, when it will not do. */
export function checkedValues(form: Form, values: Record<string, string>): Record<string, string> {
  for (const id of Object.keys(values)) {
    if (!form.inputs.some((input) => input.id === id))
      throw new Refusal(400, "no_such_input", `This form has no input "${id}".`, { input: id });
  }
  return Object.fromEntries(
    form.inputs.flatMap((input) => {
      const value = values[input.id] ?? "";
      const wrong = wrongWith(input, value);
      if (wrong) throw new Refusal(400, wrong.code, `"${input.label}" ${wrong.why}.`, { input: input.id });
      return value.trim() === "" ? [] : [[input.id, value]];
    }),
  );
}

function wrongWith(input: FormInput, value: string): { code: string; why: string } | undefined {
  if (value.trim() === "") return input.optional ? undefined : { code: "missing", why: "must be filled in" };
  if (input.kind === "choice")
    return input.options.some((option) => option.value === value)
      ? undefined
      : { code: "no_such_choice", why: `has no choice "${value}"` };
  if (input.kind === "choices") {
    const chosen = value.split("\n");
    const odd = chosen.find((one) => !input.options.some((option) => option.value === one));
    if (odd !== undefined) return { code: "no_such_choice", why: `has no choice "${odd}"` };
    return chosen.length < input.least || chosen.length > input.most || new Set(chosen).size < chosen.length
      ? { code: "how_many", why: `takes ${input.least} to ${input.most} of its choices` }
      : undefined;
  }
  if (value.length > longestValue) return { code: "too_long", why: "may have at most 3,000 characters" };
  return input.lines === "one" && /[\r\n]/.test(value)
    ? { code: "one_line", why: "has room for one line only" }
    : undefined;
}
