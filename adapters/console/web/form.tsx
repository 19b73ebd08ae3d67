import { computed, signal, useSignal } from "@preact/signals";
import { Fragment } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import type { FormInput } from "../../../src/chat.ts";
import type { OpenForm } from "../wire.ts";
import { Dialog } from "./dialog.tsx";
import { you } from "./live.ts";
import { Markdown } from "./markdown.tsx";
import { send } from "./request.ts";
import { words } from "./words.ts";

/** So long nobody types before a preview is asked for. */
const previewAfterMs = 250;

type Wrong = { input?: string; problem: string };

/** The form that was sent off or dismissed last; the workspace hears of it a moment later. */
const done = signal<string | undefined>(undefined);

/** The form that waits for whoever acts. */
export const waitingForm = computed(() => (you.value?.form?.id === done.value ? undefined : you.value?.form));

/** A form of the bot's: it stays open until it is sent off or dismissed, and says which input will not do. */
export function FormDialog({ id, form }: OpenForm) {
  const values = useSignal<Record<string, string>>(
    Object.fromEntries(form.inputs.map((input) => [input.id, input.value ?? ""])),
  );
  const wrong = useSignal<Wrong | undefined>(undefined);
  const busy = useSignal(false);
  const body = useRef<HTMLFormElement>(null);

  const dismiss = () => {
    done.value = id;
    void send("dismissals", { form: id });
  };
  const complain = (complaint: Wrong) => {
    wrong.value = complaint;
    const named = body.current?.elements.namedItem(complaint.input ?? "");
    const field = named instanceof RadioNodeList ? named[0] : named;
    if (field instanceof HTMLElement) field.focus();
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    const missing = form.inputs.find((input) => !input.optional && !values.value[input.id]?.trim());
    if (missing) {
      const { pleaseChoose, pleaseFill } = words.value;
      const please = missing.kind === "text" ? pleaseFill : pleaseChoose;
      return complain({ input: missing.id, problem: please(missing.label) });
    }
    busy.value = true;
    const outcome = await send("submissions", { form: id, values: values.value });
    busy.value = false;
    if (outcome.problem === undefined) done.value = id;
    else complain(outcome);
  };
  const preview = useSignal(form.preview);
  const asking = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(asking.current), []);
  const askPreview = async () => {
    const asked = values.value;
    const outcome = await send("previews", { form: id, values: asked });
    // What was typed meanwhile is asked about by itself.
    if (outcome.problem === undefined && asked === values.value) preview.value = outcome.gives.preview;
  };
  const change = (input: string, value: string) => {
    values.value = { ...values.value, [input]: value };
    if (wrong.value?.input === input) wrong.value = undefined;
    if (!form.inputs.some(({ id, live }) => live && id === input)) return;
    clearTimeout(asking.current);
    asking.current = setTimeout(() => void askPreview(), previewAfterMs);
  };
  const lastLive = form.inputs.findLastIndex(({ live }) => live);
  const general = wrong.value && wrong.value.input === undefined ? wrong.value.problem : undefined;
  return (
    <Dialog title={form.title} kind="form" close={dismiss}>
      <form ref={body} noValidate onSubmit={submit}>
        {form.text && <Markdown text={form.text} names={[]} />}
        {form.inputs.map((input, n) => (
          <Fragment key={input.id}>
            <Input
              input={input}
              first={n === 0}
              value={values.value[input.id] ?? ""}
              problem={wrong.value?.input === input.id ? wrong.value.problem : undefined}
              change={(value) => change(input.id, value)}
            />
            {n === lastLive && preview.value !== undefined && (
              <div class="form-preview" aria-live="polite">
                <Markdown text={preview.value} names={[]} />
              </div>
            )}
          </Fragment>
        ))}
        {general && (
          <p class="problem" role="alert">
            {general}
          </p>
        )}
        <div class="buttons end">
          <button type="button" class="plain" onClick={dismiss}>
            {words.value.cancel}
          </button>
          <button type="submit" class={`primary${busy.value ? " busy" : ""}`} aria-disabled={busy.value}>
            <span>{form.submit}</span>
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Input({ input, first, value, problem, change }: InputProps) {
  const { id, label, hint, optional } = input;
  const unique = useId();
  const about = [hint && `${unique}-hint`, problem && `${unique}-problem`].filter(Boolean).join(" ");
  const common = {
    id: unique,
    name: id,
    value,
    autofocus: first,
    "aria-required": !optional,
    "aria-invalid": problem !== undefined,
    "aria-describedby": about || undefined,
  };
  const name = (
    <>
      <span dir="auto">{label}</span> {optional && <span class="soft">({words.value.optional})</span>}
    </>
  );
  return (
    <div class="input">
      {input.kind !== "choices" && <label for={unique}>{name}</label>}
      {input.kind === "choices" ? (
        <fieldset class="choices" aria-describedby={about || undefined}>
          <legend>{name}</legend>
          {input.options.map((option, n) => (
            <label key={option.value}>
              <input
                type="checkbox"
                name={id}
                autofocus={first && n === 0}
                aria-invalid={problem !== undefined}
                checked={value.split("\n").includes(option.value)}
                onChange={({ currentTarget }) =>
                  change(ticked(input.options, value, option.value, currentTarget.checked))
                }
              />
              <span dir="auto">{option.text}</span>
            </label>
          ))}
        </fieldset>
      ) : input.kind === "choice" ? (
        <select {...common} onChange={({ currentTarget }) => change(currentTarget.value)}>
          <option value="">{words.value.choose}</option>
          {input.options.map(({ value, text }) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      ) : input.lines === "many" ? (
        <textarea
          {...common}
          dir="auto"
          rows={4}
          maxLength={3_000}
          onInput={({ currentTarget }) => change(currentTarget.value)}
        />
      ) : (
        <input
          {...common}
          type="text"
          dir="auto"
          maxLength={3_000}
          onInput={({ currentTarget }) => change(currentTarget.value)}
        />
      )}
      {hint && (
        <p class="soft" id={`${unique}-hint`} dir="auto">
          {hint}
        </p>
      )}
      {problem && (
        <p class="problem" id={`${unique}-problem`} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

/** What is ticked, in the order of the options, one to a line. */
function ticked(options: readonly { value: string }[], before: string, value: string, is: boolean): string {
  const all = new Set(before.split("\n"));
  if (is) all.add(value);
  else all.delete(value);
  return options.flatMap((option) => (all.has(option.value) ? [option.value] : [])).join("\n");
}

type InputProps = {
  input: FormInput;
  first: boolean;
  value: string;
  problem: string | undefined;
  change: (value: string) => void;
};
