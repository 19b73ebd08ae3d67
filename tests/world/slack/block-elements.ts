import { type Fields, isFields } from "./workspace.ts";

/** Reports one broken rule, with a JSON pointer to the place. */
export type Fault = (text: string, pointer: string) => void;

/** What Block Kit asks of one block or element. */
export type Rule = (thing: Fields, pointer: string, fault: Fault) => void;

/** Checks a text object: its type, that it says something, and its length. */
export function textObject(value: unknown, most: number, pointer: string, fault: Fault, only?: "plain_text"): void {
  const type = isFields(value) ? value.type : undefined;
  const text = isFields(value) ? value.text : undefined;
  if (!isFields(value)) fault("must provide an object", pointer);
  else if (type !== "plain_text" && (only || type !== "mrkdwn")) fault("failed to match all allowed schemas", pointer);
  else if (typeof text !== "string" || text === "") fault("must be more than 0 characters", `${pointer}/text`);
  else if (text.length > most) {
    fault("failed to match all allowed schemas", pointer);
    fault(`must be less than ${most + 1} characters`, `${pointer}/text`);
  } else if (type === "mrkdwn" && "emoji" in value) fault("additional property: emoji", pointer);
}

function actionId(element: Fields, pointer: string, fault: Fault): void {
  const id = element.action_id;
  if (typeof id === "string" && id.length > 255) fault("must be less than 256 characters", `${pointer}/action_id`);
  const confirm = element.confirm;
  if (!isFields(confirm)) return;
  textObject(confirm.title, 100, `${pointer}/confirm/title`, fault, "plain_text");
  textObject(confirm.text, 300, `${pointer}/confirm/text`, fault);
  for (const key of ["confirm", "deny"]) {
    if (confirm[key] !== undefined) textObject(confirm[key], 30, `${pointer}/confirm/${key}`, fault, "plain_text");
  }
}

function placeholder(element: Fields, pointer: string, fault: Fault): void {
  const given = element.placeholder;
  if (given !== undefined) textObject(given, 150, `${pointer}/placeholder`, fault, "plain_text");
}

function options(most: number, valueLimit: number): Rule {
  return (element, pointer, fault) => {
    const { options: flat, option_groups: groups } = element;
    if (flat === undefined && groups === undefined) return fault("missing required field: options", pointer);
    if (Array.isArray(groups)) {
      if (groups.length > 100) fault("no more than 100 items allowed", `${pointer}/option_groups`);
      for (const group of groups)
        if (isFields(group)) options(most, valueLimit)(group, `${pointer}/option_groups`, fault);
      return;
    }
    if (!Array.isArray(flat) || flat.length === 0) return fault("no less than 1 items allowed", `${pointer}/options`);
    if (flat.length > most) fault(`no more than ${most} items allowed`, `${pointer}/options`);
    const values = new Set<unknown>();
    for (const [at, option] of flat.entries()) {
      const where = `${pointer}/options/${at}`;
      if (!isFields(option)) return fault("must provide an object", where);
      textObject(option.text, 75, `${where}/text`, fault);
      if (option.description !== undefined) textObject(option.description, 75, `${where}/description`, fault);
      const value = option.value;
      if (typeof value !== "string" || value === "") fault("must be more than 0 characters", `${where}/value`);
      else if (value.length > valueLimit) fault(`must be less than ${valueLimit + 1} characters`, `${where}/value`);
      if (values.has(value)) fault("value must be unique", `${where}/value`);
      values.add(value);
    }
    const initial = element.initial_option;
    if (initial !== undefined && !flat.some((option) => JSON.stringify(option) === JSON.stringify(initial)))
      fault("initial_option must be one of the options", `${pointer}/initial_option`);
  };
}

function all(...rules: Rule[]): Rule {
  return (thing, pointer, fault) => {
    for (const rule of rules) rule(thing, pointer, fault);
  };
}

function button(element: Fields, pointer: string, fault: Fault): void {
  textObject(element.text, 75, `${pointer}/text`, fault, "plain_text");
  const { value, url, style, accessibility_label: label } = element;
  if (typeof value === "string" && value.length > 2000) fault("must be less than 2001 characters", `${pointer}/value`);
  if (value !== undefined && typeof value !== "string") fault("must be a string", `${pointer}/value`);
  if (typeof url === "string" && url.length > 3000) fault("must be less than 3001 characters", `${pointer}/url`);
  if (style !== undefined && style !== "primary" && style !== "danger")
    fault("must be a valid enum value", `${pointer}/style`);
  if (typeof label === "string" && label.length > 75)
    fault("must be less than 76 characters", `${pointer}/accessibility_label`);
}

function textInput(element: Fields, pointer: string, fault: Fault): void {
  const { max_length: max, min_length: min } = element;
  if (typeof max === "number" && (max < 1 || max > 3000)) fault("must be between 1 and 3000", `${pointer}/max_length`);
  if (typeof min === "number" && (min < 0 || min > 3000)) fault("must be between 0 and 3000", `${pointer}/min_length`);
  const { dispatch_action_config: config, initial_value: initial } = element;
  const moments = isFields(config) ? config.trigger_actions_on : [];
  const known = ["on_enter_pressed", "on_character_entered"];
  if (
    config !== undefined &&
    !(Array.isArray(moments) && moments.length > 0 && moments.every((one) => known.includes(one)))
  )
    fault("must be a valid enum value", `${pointer}/dispatch_action_config/trigger_actions_on`);
  const most = typeof max === "number" ? max : 3000;
  if (typeof initial === "string" && initial.length > most)
    fault(`must be less than ${most + 1} characters`, `${pointer}/initial_value`);
}

function feedback(element: Fields, pointer: string, fault: Fault): void {
  for (const key of ["positive_button", "negative_button"]) {
    const half = element[key];
    if (!isFields(half)) fault(`missing required field: ${key}`, pointer);
    else {
      textObject(half.text, 75, `${pointer}/${key}/text`, fault, "plain_text");
      if (typeof half.value !== "string" || !half.value) fault("missing required field: value", `${pointer}/${key}`);
      else if (half.value.length > 2000) fault("must be less than 2001 characters", `${pointer}/${key}/value`);
      const label = half.accessibility_label;
      if (typeof label === "string" && label.length > 75)
        fault("must be less than 76 characters", `${pointer}/${key}/accessibility_label`);
    }
  }
}

const several: Rule = (element, pointer, fault) => {
  const { max_selected_items: most, initial_options: initial, options: offered } = element;
  if (most !== undefined && !(Number.isInteger(most) && Number(most) >= 1))
    fault("must be greater than 0", `${pointer}/max_selected_items`);
  if (initial === undefined) return;
  const where = `${pointer}/initial_options`;
  if (!Array.isArray(initial) || initial.length === 0) return fault("no less than 1 items allowed", where);
  const known = new Set(Array.isArray(offered) ? offered.map((option) => JSON.stringify(option)) : []);
  if (!initial.every((option) => known.has(JSON.stringify(option))))
    fault("initial_options must be among the options", where);
  if (typeof most === "number" && initial.length > most) fault(`no more than ${most} items allowed`, where);
};

const select = all(actionId, placeholder);

/** The interactive elements, each with its rule. */
export const elementRules: Readonly<Record<string, Rule>> = {
  button: all(actionId, button),
  static_select: all(select, options(100, 150)),
  multi_static_select: all(select, options(100, 150), several),
  external_select: select,
  multi_external_select: select,
  users_select: select,
  multi_users_select: select,
  channels_select: select,
  multi_channels_select: select,
  conversations_select: select,
  multi_conversations_select: select,
  overflow: all(actionId, options(5, 150)),
  checkboxes: all(actionId, options(10, 150)),
  radio_buttons: all(actionId, options(10, 150)),
  datepicker: select,
  timepicker: select,
  datetimepicker: actionId,
  plain_text_input: all(select, textInput),
  rich_text_input: select,
  email_text_input: select,
  url_text_input: select,
  number_input: all(select, (element, pointer, fault) => {
    if (typeof element.is_decimal_allowed !== "boolean") fault("missing required field: is_decimal_allowed", pointer);
  }),
  file_input: actionId,
  feedback_buttons: all(actionId, feedback),
  icon_button: all(actionId, (element, pointer, fault) => {
    if (element.icon !== "trash") fault("must be a valid enum value", `${pointer}/icon`);
    textObject(element.text, 75, `${pointer}/text`, fault, "plain_text");
  }),
  workflow_button: all(actionId, button),
};
