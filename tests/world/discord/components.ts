import { completedComponents } from "./completed-components.ts";
import { componentTypes as t } from "./component-types.ts";
import type { Attachment } from "./entities.ts";
import type { Form, JsonObject } from "./form.ts";

const selects: readonly number[] = [t.stringSelect, t.userSelect, t.roleSelect, t.mentionableSelect, t.channelSelect];
const inContainer: readonly number[] = [t.row, t.section, t.textDisplay, t.gallery, t.file, t.separator];
const topOfV2: readonly number[] = [...inContainer, t.container];

/** What is counted over a whole message while its components are read. */
class Tally {
  readonly customIds = new Set<string>();
  readonly files: string[];
  components = 0;
  characters = 0;

  constructor(files: string[] = []) {
    this.files = files;
  }
}

/** Reads and checks a message's components; complaints go to the form. */
export function readComponents(body: Form, v2: boolean, attachments: Attachment[]): JsonObject[] {
  const tally = new Tally(attachments.map(({ filename }) => filename));
  const items = body.list("components", { max: v2 ? 40 : 5 });
  for (const item of items) {
    const type = item.choice("type", v2 ? topOfV2 : [t.row], { required: true });
    if (type !== undefined) readBlock(item, type, tally);
  }
  if (v2 && tally.components > 40)
    body.complain(
      "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
      "The maximum number of total components allowed on a message is 40",
      "components",
    );
  if (v2 && tally.characters > 4000)
    body.complain(
      "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
      "The total displayable text size cannot be greater than 4000",
      "components",
    );
  return completedComponents(
    items.map((item) => item.json()),
    attachments,
  );
}

/** Reads and checks a modal as sent in an interaction callback. */
export function readModal(data: Form): JsonObject {
  data.text("title", { min: 1, max: 45, required: true });
  data.text("custom_id", { min: 1, max: 100, required: true });
  const tally = new Tally();
  for (const item of data.list("components", { min: 1, max: 5, required: true })) {
    const type = item.choice("type", [t.row, t.textDisplay, t.label], { required: true });
    if (type === t.textDisplay) item.text("content", { min: 1, max: 4000, required: true });
    if (type === t.label) readLabel(item, tally);
    if (type === t.row)
      for (const input of item.list("components", { min: 1, max: 1, required: true }))
        if (input.choice("type", [t.textInput], { required: true })) {
          readTextInput(input, tally);
          input.text("label", { min: 1, max: 45, required: true });
        }
  }
  return data.json();
}

function readLabel(label: Form, tally: Tally): void {
  label.text("label", { min: 1, max: 45, required: true });
  label.text("description", { max: 100 });
  const inner = label.child("component", { required: true });
  const kinds = [...selects, t.textInput, t.fileUpload, t.radioGroup, t.checkboxGroup, t.checkbox];
  const type = inner?.choice("type", kinds, { required: true });
  if (!inner || type === undefined) return;
  if (type === t.textInput) readTextInput(inner, tally);
  else if (selects.includes(type)) readSelect(inner, type, tally);
  else {
    customId(inner, tally);
    if (type === t.radioGroup) readOptions(inner, { min: 2, max: 10 });
    if (type === t.checkboxGroup) {
      const options = readOptions(inner, { min: 1, max: 10 });
      inner.integer("min_values", { min: 0, max: options });
      inner.integer("max_values", { min: 1, max: options });
    }
    if (type === t.fileUpload) {
      inner.integer("min_values", { min: 0, max: 10 });
      inner.integer("max_values", { min: 1, max: 10 });
    }
  }
}

function readTextInput(input: Form, tally: Tally): void {
  customId(input, tally);
  input.choice("style", [1, 2], { required: true });
  input.integer("min_length", { min: 0, max: 4000 });
  const max = input.integer("max_length", { min: 1, max: 4000 });
  input.text("value", { max: max ?? 4000 });
  input.text("placeholder", { max: 100 });
}

function readBlock(block: Form, type: number, tally: Tally): void {
  tally.components += 1;
  if (type === t.row) readRow(block, tally);
  if (type === t.textDisplay) countText(block, tally);
  if (type === t.section) readSection(block, tally);
  if (type === t.gallery)
    for (const item of block.list("items", { min: 1, max: 10, required: true })) readMedia(item, "media", tally);
  if (type === t.file) readMedia(block, "file", tally);
  if (type === t.separator) block.choice("spacing", [1, 2]);
  if (type !== t.container) return;
  block.integer("accent_color", { min: 0, max: 0xffffff });
  for (const inner of block.list("components", { min: 1, max: 40, required: true })) {
    const kind = inner.choice("type", inContainer, { required: true });
    if (kind !== undefined) readBlock(inner, kind, tally);
  }
}

function readSection(section: Form, tally: Tally): void {
  for (const text of section.list("components", { min: 1, max: 3, required: true }))
    if (text.choice("type", [t.textDisplay], { required: true })) {
      tally.components += 1;
      countText(text, tally);
    }
  const accessory = section.child("accessory", { required: true });
  const type = accessory?.choice("type", [t.button, t.thumbnail], { required: true });
  if (!accessory || type === undefined) return;
  tally.components += 1;
  if (type === t.button) readButton(accessory, tally);
  else readMedia(accessory, "media", tally);
}

function countText(block: Form, tally: Tally): void {
  tally.characters += block.text("content", { min: 1, max: 4000, required: true })?.length ?? 0;
}

function readMedia(item: Form, key: string, tally: Tally): void {
  item.text("description", { max: 1024 });
  const url = item.child(key, { required: true })?.text("url", { min: 1, max: 2048, required: true });
  if (url === undefined) return;
  const file = /^attachment:\/\/(.*)$/.exec(url)?.[1];
  const elsewhere = key === "media" && /^https?:\/\/\S+$/.test(url);
  if (file === undefined ? !elsewhere : !tally.files.includes(file))
    item.complain("URL_TYPE_INVALID_URL", `Not a well formed URL, or no such file: ${url}`, key, "url");
}

function readRow(row: Form, tally: Tally): void {
  const items = row.list("components", { min: 1, max: 5, required: true });
  const types = items.map((item) => item.choice("type", [t.button, ...selects], { required: true }));
  const choosers = types.filter((type) => type !== undefined && type !== t.button).length;
  if (choosers > 0 && items.length > 1)
    row.complain("COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width", "components");
  for (const [index, item] of items.entries()) {
    const type = types[index];
    tally.components += 1;
    if (type === t.button) readButton(item, tally);
    else if (type !== undefined) readSelect(item, type, tally);
  }
}

function readButton(button: Form, tally: Tally): void {
  const style = button.choice("style", [1, 2, 3, 4, 5], { required: true });
  button.text("label", { max: 80 });
  button.flag("disabled");
  if (!button.has("label") && !button.has("emoji"))
    button.complain("BUTTON_COMPONENT_REQUIRES_LABEL_OR_EMOJI", "A button must have a label or an emoji");
  const emoji = button.child("emoji");
  const name = emoji?.text("name", { max: 32 });
  if (emoji && !emoji.has("id") && !isEmoji(name ?? ""))
    button.complain("BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji", "emoji", "name");
  if (style !== 5) {
    customId(button, tally);
    if (button.has("url"))
      button.complain("BUTTON_COMPONENT_URL_AND_CUSTOM_ID", "A custom id and url cannot both be specified");
    return;
  }
  const url = button.text("url", { min: 1, max: 512, required: true });
  if (url !== undefined && !/^(https?|discord):\/\/\S+$/.test(url))
    button.complain("URL_TYPE_INVALID_URL", "Not a well formed URL.", "url");
  if (button.has("custom_id"))
    button.complain("BUTTON_COMPONENT_CUSTOM_ID_NOT_ALLOWED", "A link button cannot have a custom id", "custom_id");
}

function readSelect(select: Form, type: number, tally: Tally): void {
  customId(select, tally);
  select.text("placeholder", { max: 150 });
  const most = type === t.stringSelect ? readOptions(select, { min: 1, max: 25 }) : 25;
  select.integer("min_values", { min: 0, max: most });
  select.integer("max_values", { min: 1, max: most });
}

function readOptions(select: Form, bounds: { min: number; max: number }): number {
  const seen = new Set<string>();
  const options = select.list("options", { ...bounds, required: true });
  for (const option of options) {
    option.text("label", { min: 1, max: 100, required: true });
    option.text("description", { max: 100 });
    const value = option.text("value", { min: 1, max: 100, required: true });
    if (value !== undefined && seen.has(value))
      option.complain(
        "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
        "The specified option value is already used",
        "value",
      );
    if (value !== undefined) seen.add(value);
  }
  return options.length;
}

function customId(item: Form, tally: Tally): void {
  const id = item.text("custom_id", { min: 1, max: 100, required: true });
  if (id === undefined) return;
  if (tally.customIds.has(id))
    item.complain("COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated", "custom_id");
  tally.customIds.add(id);
}

/** Is this one emoji character, and nothing else? */
function isEmoji(name: string): boolean {
  const [first, ...more] = new Intl.Segmenter().segment(name);
  return (
    more.length === 0 &&
    /^(\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|.\ufe0f?\u20e3)/u.test(first?.segment ?? "")
  );
}
