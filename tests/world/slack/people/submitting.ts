import type { Outcome } from "../deliveries.ts";
import { Refusal } from "../web-api/method.ts";
import { readView, redraw, show, stackOf, viewJson } from "../web-api/views.ts";
import { type Fields, isFields, type View } from "../workspace.ts";
import type { World } from "../world.ts";
import { type Choice, setChoice, untouched } from "./choices.ts";
import { appFields, personFields } from "./payloads.ts";
import { idOf, type Ref } from "./talking.ts";

/** What became of a submitted modal; `errors` are shown below their inputs and keep it open. */
export interface Submitted {
  readonly outcome: Outcome;
  readonly errors?: Readonly<Record<string, string>>;
}

/** What people do with modals. */
export function createSubmitting(world: World) {
  const { workspace, deliveries, triggers } = world;
  /** What people have written into modals that are open, by their names for the inputs. */
  const written = new Map<string, Record<string, Choice>>();

  const modal = (person: string, ref: { readonly id: string } | undefined): View => {
    const open = stackOf(world, person);
    const view = ref ? open.find(({ id }) => id === ref.id) : open.at(-1);
    if (!view) throw new Error(`${person} has no such modal open`);
    return view;
  };

  const close = (views: readonly View[]) => {
    for (const view of views) workspace.views.splice(workspace.views.indexOf(view), 1);
    world.changed();
  };

  const obey = (person: string, view: View, answer: unknown): Submitted["errors"] => {
    if (!isFields(answer) || Object.keys(answer).length === 0) {
      close([view]);
      return undefined;
    }
    const { response_action: action, errors } = answer;
    try {
      if (action === "clear") close(stackOf(world, person));
      else if (action === "update") redraw(world, view, readView(world, answer.view, "modal"));
      else if (action === "push") show(world, person, readView(world, answer.view, "modal"));
      else if (action === "errors" && isFields(errors)) return readErrors(view, errors);
      else throw new Refusal(`response_action ${String(action)}`);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // People then see "We had some trouble connecting" and the modal stays.
      world.violate(`the answer to a submission was refused: ${error.message} ${JSON.stringify(error.fields)}`);
    }
    return undefined;
  };

  const readErrors = (view: View, errors: Fields): Record<string, string> => {
    const inputs = inputsOf(view).map(({ blockId }) => blockId);
    for (const id of Object.keys(errors))
      if (!inputs.includes(id)) world.violate(`an error for ${id}, which is no input block`);
    return Object.fromEntries(Object.entries(errors).map(([id, text]) => [id, String(text)]));
  };

  return {
    /** Writes into the modal without submitting it; inputs with `dispatch_action` tell the app at each change. */
    async write(person: Ref, values: Readonly<Record<string, Choice>>, ref?: { readonly id: string }): Promise<void> {
      const user = idOf(person);
      const view = modal(user, ref);
      for (const [name, value] of Object.entries(values)) {
        const now = { ...written.get(view.id), [name]: value };
        written.set(view.id, now);
        const input = inputsOf(view).find((one) => namesOf(one).includes(name));
        if (!input) throw new Error(`no input named ${name}`);
        if (!input.tells) continue;
        const state = stateOf(view, now);
        const { action_id: action, type } = input.element;
        await deliveries.interaction("interactive", {
          type: "block_actions",
          user: personFields(world, user),
          ...appFields(world),
          container: { type: "view", view_id: view.id },
          trigger_id: triggers.issue(user),
          view: { ...viewJson(world, view), state: { values: state } },
          actions: [
            {
              action_id: action,
              block_id: input.blockId,
              type,
              ...setChoice(input.element, value),
              action_ts: workspace.nextTs(),
            },
          ],
        });
      }
    },

    /** Fills in the modal (by label, block_id or action_id) and submits it; the uppermost one if none is named. */
    async submit(
      person: Ref,
      values: Readonly<Record<string, Choice>> = {},
      ref?: { readonly id: string },
    ): Promise<Submitted> {
      const user = idOf(person);
      const view = modal(user, ref);
      const state = fillIn(view, { ...written.get(view.id), ...values });
      const outcome = await deliveries.interaction("interactive", {
        type: "view_submission",
        user: personFields(world, user),
        ...appFields(world),
        trigger_id: triggers.issue(user),
        view: { ...viewJson(world, view), state: { values: state } },
        response_urls: [],
      });
      if (!outcome.acked) return { outcome };
      const errors = obey(user, view, outcome.answer);
      return { outcome, ...(errors ? { errors } : {}) };
    },

    /** Closes the modal; the app hears of it if it asked to. */
    async close(person: Ref, ref?: { readonly id: string }): Promise<void> {
      const user = idOf(person);
      const view = modal(user, ref);
      close([view]);
      if (view.body.notify_on_close !== true) return;
      await deliveries.interaction("interactive", {
        type: "view_closed",
        user: personFields(world, user),
        ...appFields(world),
        view: viewJson(world, view),
        is_cleared: false,
      });
    },
  };
}

interface Input {
  readonly blockId: string;
  readonly label: string;
  readonly optional: boolean;
  /** The app is told of every change. */
  readonly tells: boolean;
  readonly element: Fields;
}

function inputsOf(view: View): Input[] {
  const blocks = Array.isArray(view.body.blocks) ? view.body.blocks.filter(isFields) : [];
  return blocks.flatMap((block) => {
    const { type, element, label, optional, dispatch_action: dispatches } = block;
    if (type !== "input" || !isFields(element)) return [];
    const text = isFields(label) ? String(label.text) : "";
    return [
      {
        blockId: String(block.block_id),
        label: text,
        optional: optional === true,
        tells: dispatches === true && speaksUp(element),
        element,
      },
    ];
  });
}

/** A text input tells at each character only where it says so; everything else at each choice. */
function speaksUp({ type, dispatch_action_config: config }: Fields): boolean {
  if (type !== "plain_text_input") return true;
  const moments = isFields(config) ? config.trigger_actions_on : undefined;
  return Array.isArray(moments) && moments.includes("on_character_entered");
}

const namesOf = ({ label, blockId, element }: Input) => [label, blockId, String(element.action_id)];

/** What stands in all inputs now. */
function stateOf(view: View, values: Readonly<Record<string, Choice>>): Fields {
  const inputs = inputsOf(view);
  const unknown = Object.keys(values).filter((name) => !inputs.some((input) => namesOf(input).includes(name)));
  if (unknown.length > 0) {
    throw new Error(`no input named ${unknown.join(", ")}; there is: ${inputs.map(({ label }) => label).join(", ")}`);
  }
  const held = inputs.map((input) => {
    const { blockId, element } = input;
    const given = values[namesOf(input).find((name) => name in values) ?? ""];
    const choice = given === undefined || given === "" ? untouched(element) : setChoice(element, given);
    return [blockId, { [String(element.action_id)]: { type: element.type, ...choice } }];
  });
  return Object.fromEntries(held);
}

/** The state of all inputs, with what Slack's own form would not let through refused here. */
function fillIn(view: View, values: Readonly<Record<string, Choice>>): Fields {
  const state = stateOf(view, values);
  for (const { blockId, label, optional, element } of inputsOf(view)) {
    const inBlock = state[blockId];
    const { type: _, ...held } = isFields(inBlock) ? Object(inBlock[String(element.action_id)]) : {};
    const empty = (one: unknown) => one === null || one === "" || (Array.isArray(one) && one.length === 0);
    if (!optional && Object.values(held).every(empty))
      throw new Error(`the form does not submit: "${label}" is required`);
    checkLength(label, element, held.value);
    checkCount(label, element, held.selected_options);
  }
  return state;
}

function checkCount(label: string, { max_selected_items: most }: Fields, chosen: unknown): void {
  if (Array.isArray(chosen) && typeof most === "number" && chosen.length > most)
    throw new Error(`"${label}" takes at most ${most}`);
}

function checkLength(label: string, element: Fields, value: unknown): void {
  if (typeof value !== "string") return;
  const { min_length: min, max_length: max } = element;
  const most = typeof max === "number" ? max : 3000;
  if (value.length > most) throw new Error(`the form does not submit: "${label}" takes at most ${most} characters`);
  if (typeof min === "number" && value.length < min)
    throw new Error(`the form does not submit: "${label}" wants ${min} characters`);
}
