import type { types } from "@slack/bolt";
import { type Address, DeliveryError, type Form, type FormInput, type Whisper } from "../../src/chat.ts";
import { textIn } from "./fields.ts";
import { addressOf } from "./messages.ts";
import { mrkdwnBlocks } from "./mrkdwn.ts";
import { deliveryError, refusalOf } from "./refusals.ts";
import { shortened, toMrkdwn } from "./text.ts";
import { parsed, readVia } from "./via.ts";
import type { Wire } from "./wire.ts";

/** What a view of ours carries unseen, so that what is done in it can be placed. */
export type Kept = { at?: Address; value?: string; respond?: string };

/** The action id of every input of a form; which input it is tells its block. */
export const formAction = "input";

/** The block id of a form's preview. */
export const previewId = "preview";

const titleLimit = 24;
const optionLimit = 75;
const hintLimit = 150;
const mostCharacters = 3_000;

/** A form as one of Slack's modals. */
export function modalOf(form: Form, kept: Kept): types.ModalView {
  return {
    type: "modal",
    callback_id: form.id,
    title: plain(form.title, titleLimit),
    submit: plain(form.submit, titleLimit),
    private_metadata: packKept({ ...kept, ...(form.value !== undefined && { value: form.value }) }),
    blocks: [...mrkdwnBlocks(form.text ?? ""), ...inputBlocks(form)],
  };
}

/** The inputs, with the preview after the last of those that it follows. */
function inputBlocks({ inputs, preview }: Form): types.KnownBlock[] {
  const last = inputs.findLastIndex(({ live }) => live);
  const shown = preview === undefined ? [] : [previewBlock(preview)];
  return [...inputs.slice(0, last + 1).map(inputBlock), ...shown, ...inputs.slice(last + 1).map(inputBlock)];
}

/** What a form would come to. */
export function previewBlock(text: string): types.SectionBlock {
  const mrkdwn = shortened(toMrkdwn(text), mostCharacters);
  return { type: "section", block_id: previewId, text: { type: "mrkdwn", text: mrkdwn } };
}

/** What a view carries, written and read. */
export function packKept({ at, value, respond }: Kept): string {
  return JSON.stringify({
    ...(at && { channel: at.channel, ...(at.thread && { thread: at.thread }) }),
    ...(value !== undefined && { value }),
    ...(respond && { respond }),
  });
}

/** What a view of ours carried; nothing when it was not one. */
export function readKept(metadata: string | undefined): Kept {
  const fields = parsed(metadata ?? "");
  const [channel, value, respond] = ["channel", "value", "respond"].map((key) => textIn(fields, key));
  return {
    ...(channel && { at: addressOf(channel, textIn(fields, "thread")) }),
    ...(value !== undefined && { value }),
    ...(respond && { respond }),
  };
}

/** Opens forms over what people look at. */
export function createForms(wire: Wire) {
  return async function open(whisper: Whisper, form: Form): Promise<void> {
    const { trigger, respond, at } = readVia(whisper.via);
    if (!trigger)
      throw new DeliveryError("Slack opens a form only in answer to a press or a shortcut.", { final: true });
    if (wire.room("views.open") === 0) throw tooLate();
    const view = modalOf(form, { ...(at && { at }), ...(respond && { respond }) });
    for (let tries = 1; ; tries++) {
      try {
        await wire.call("views.open", () => wire.client.views.open({ trigger_id: trigger, view }));
        return;
      } catch (error) {
        const refusal = refusalOf(error);
        // The first answer was lost, but not the form.
        if (tries > 1 && refusal === "exchanged_trigger_id") return;
        if (refusal !== undefined || tries > 1) throw deliveryError(error, "open the form");
      }
    }
  };
}

function tooLate(): DeliveryError {
  return new DeliveryError("Slack could not open the form: it takes no more at this moment.", { final: true });
}

function inputBlock(input: FormInput): types.InputBlock {
  return {
    type: "input",
    block_id: input.id,
    label: plain(input.label, 2_000),
    element: elementOf(input),
    ...(input.optional && { optional: true }),
    ...(input.live && { dispatch_action: true }),
  };
}

function elementOf(input: FormInput): types.PlainTextInput | types.StaticSelect | types.MultiStaticSelect {
  const hint = input.hint ? { placeholder: plain(input.hint, hintLimit) } : {};
  if (input.kind === "text") {
    return {
      type: "plain_text_input",
      action_id: formAction,
      multiline: input.lines === "many",
      max_length: mostCharacters,
      ...(input.value && { initial_value: shortened(input.value, mostCharacters) }),
      ...(input.live && { dispatch_action_config: { trigger_actions_on: ["on_character_entered"] } }),
      ...hint,
    };
  }
  const options = input.options.map(({ value, text }) => ({ text: plain(text, optionLimit), value }));
  if (input.kind === "choices") {
    const preset = input.value?.split("\n") ?? [];
    const chosen = options.filter(({ value }) => preset.includes(value)).slice(0, input.most);
    return {
      type: "multi_static_select",
      action_id: formAction,
      options,
      max_selected_items: input.most,
      ...(chosen.length > 0 && { initial_options: chosen }),
      ...hint,
    };
  }
  const chosen = options.find(({ value }) => value === input.value);
  return {
    type: "static_select",
    action_id: formAction,
    options,
    ...(chosen && { initial_option: chosen }),
    ...hint,
  };
}

function plain(text: string, limit: number): types.PlainTextElement {
  return { type: "plain_text", text: shortened(text || "…", limit), emoji: true };
}
