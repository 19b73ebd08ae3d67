import { type Fields, isFields } from "../workspace.ts";

/** What somebody gives an input: typed, chosen, ticked. */
export type Choice = string | readonly string[];

/** A choice in Slack's words, for the element it was made in. */
export function setChoice(element: Fields, choice: Choice): Fields {
  const type = String(element.type);
  const first = typeof choice === "string" ? choice : (choice[0] ?? "");
  const many = typeof choice === "string" ? [choice] : [...choice];
  switch (type) {
    case "static_select":
    case "radio_buttons":
    case "overflow":
      return { selected_option: option(element, first) };
    case "multi_static_select":
    case "checkboxes":
      return { selected_options: many.map((one) => option(element, one)) };
    case "external_select":
      return { selected_option: { text: { type: "plain_text", text: first, emoji: true }, value: first } };
    case "users_select":
      return { selected_user: first };
    case "multi_users_select":
      return { selected_users: many };
    case "conversations_select":
      return { selected_conversation: first };
    case "multi_conversations_select":
      return { selected_conversations: many };
    case "channels_select":
      return { selected_channel: first };
    case "multi_channels_select":
      return { selected_channels: many };
    case "datepicker":
      return { selected_date: first };
    case "timepicker":
      return { selected_time: first };
    case "datetimepicker":
      return { selected_date_time: Number(first) };
    default:
      return { value: first };
  }
}

function option(element: Fields, wanted: string): Fields {
  const groups = Array.isArray(element.option_groups) ? element.option_groups.filter(isFields) : [element];
  const options = groups.flatMap((group) => (Array.isArray(group.options) ? group.options.filter(isFields) : []));
  const text = (one: Fields) => (isFields(one.text) ? one.text.text : undefined);
  const found = options.find((one) => one.value === wanted) ?? options.find((one) => text(one) === wanted);
  if (found) return found;
  throw new Error(`no option ${wanted}; there is: ${options.map(text).join(", ")}`);
}

const initialFields: Record<string, string> = {
  initial_value: "value",
  initial_option: "selected_option",
  initial_options: "selected_options",
  initial_user: "selected_user",
  initial_users: "selected_users",
  initial_conversation: "selected_conversation",
  initial_conversations: "selected_conversations",
  initial_channel: "selected_channel",
  initial_channels: "selected_channels",
  initial_date: "selected_date",
  initial_time: "selected_time",
  initial_date_time: "selected_date_time",
};

/** What an untouched input holds. */
export function untouched(element: Fields): Fields {
  const preset = Object.entries(initialFields).filter(([from]) => element[from] !== undefined);
  if (preset.length > 0) return Object.fromEntries(preset.map(([from, to]) => [to, element[from]]));
  const type = String(element.type);
  if (type === "checkboxes" || type === "multi_static_select") return { selected_options: [] };
  if (type === "static_select" || type === "radio_buttons" || type === "external_select")
    return { selected_option: null };
  if (type === "users_select") return { selected_user: null };
  if (type === "conversations_select") return { selected_conversation: null };
  if (type === "channels_select") return { selected_channel: null };
  if (type === "datepicker") return { selected_date: null };
  if (type === "timepicker") return { selected_time: null };
  if (type === "datetimepicker") return { selected_date_time: null };
  return { value: null };
}
