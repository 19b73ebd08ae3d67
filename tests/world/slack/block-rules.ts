import { elementRules, type Fault, type Rule, textObject } from "./block-elements.ts";
import { type Fields, isFields } from "./workspace.ts";

const cardTexts: readonly [string, number][] = [
  ["title", 150],
  ["subtitle", 150],
  ["body", 200],
];
const inContainers = "actions context divider file header image input rich_text section table video".split(" ");

/** What a task of a plan, a task card or a stream can be in. */
export const taskStates = ["pending", "in_progress", "complete", "error"];

function elementsOf(most: number, allowed?: readonly string[]): Rule {
  return (block, pointer, fault) => {
    const elements = block.elements;
    if (!Array.isArray(elements) || elements.length === 0) return fault("missing required field: elements", pointer);
    if (elements.length > most) fault(`no more than ${most} items allowed`, `${pointer}/elements`);
    for (const [at, element] of elements.entries()) {
      const type = isFields(element) ? String(element.type) : "";
      const rule = elementRules[type];
      if (!isFields(element) || (allowed ? !allowed.includes(type) : !rule)) {
        fault(`unsupported type: ${type}`, `${pointer}/elements/${at}/type`);
      } else if (rule) rule(element, `${pointer}/elements/${at}`, fault);
      else if (type === "mrkdwn" || type === "plain_text")
        textObject(element, 3000, `${pointer}/elements/${at}`, fault);
    }
  };
}

/** The blocks, each with its rule. */
export const blockRules: Readonly<Record<string, Rule>> = {
  section(block, pointer, fault) {
    const { text, fields, accessory } = block;
    if (text === undefined && fields === undefined) fault("must define either `text` or `fields`", pointer);
    if (text !== undefined) textObject(text, 3000, `${pointer}/text`, fault);
    if (Array.isArray(fields)) {
      if (fields.length > 10) fault("no more than 10 items allowed", `${pointer}/fields`);
      for (const [at, field] of fields.entries()) textObject(field, 2000, `${pointer}/fields/${at}`, fault);
    }
    if (isFields(accessory) && accessory.type !== "image") {
      const rule = elementRules[String(accessory.type)];
      if (rule) rule(accessory, `${pointer}/accessory`, fault);
      else fault(`unsupported type: ${accessory.type}`, `${pointer}/accessory/type`);
    }
  },
  header: (block, pointer, fault) => textObject(block.text, 150, `${pointer}/text`, fault, "plain_text"),
  actions: elementsOf(25),
  context: elementsOf(10, ["image", "mrkdwn", "plain_text"]),
  context_actions: elementsOf(5, ["feedback_buttons", "icon_button"]),
  markdown(block, pointer, fault) {
    const text = block.text;
    if (typeof text !== "string" || text === "") fault("missing required field: text", pointer);
    else if (text.length > 12_000) fault("must be less than 12001 characters", `${pointer}/text`);
  },
  image(block, pointer, fault) {
    const { alt_text: alt, image_url: url, slack_file: file } = block;
    if (typeof alt !== "string") fault("missing required field: alt_text", pointer);
    if (typeof alt === "string" && alt.length > 2000) fault("must be less than 2001 characters", `${pointer}/alt_text`);
    if (typeof url !== "string" && !isFields(file)) fault("must define either `image_url` or `slack_file`", pointer);
  },
  table(block, pointer, fault) {
    tableRows(block.rows, pointer, fault);
    const settings = block.column_settings;
    if (settings === undefined) return;
    if (!Array.isArray(settings)) return fault("must be an array", `${pointer}/column_settings`);
    if (settings.length > 20) fault("no more than 20 items allowed", `${pointer}/column_settings`);
    for (const setting of settings) {
      const { align, is_wrapped: wrapped, ...more } = isFields(setting) ? setting : { unknown: true };
      const known = align === undefined || ["left", "center", "right"].includes(String(align));
      if (!known || (wrapped !== undefined && typeof wrapped !== "boolean") || Object.keys(more).length > 0)
        fault("must be a valid column setting", `${pointer}/column_settings`);
    }
  },
  data_table: (block, pointer, fault) => tableRows(block.rows, pointer, fault),
  input(block, pointer, fault) {
    textObject(block.label, 2000, `${pointer}/label`, fault, "plain_text");
    if (block.hint !== undefined) textObject(block.hint, 2000, `${pointer}/hint`, fault, "plain_text");
    const { element, dispatch_action: dispatches } = block;
    if (dispatches !== undefined && typeof dispatches !== "boolean")
      fault("must be a boolean", `${pointer}/dispatch_action`);
    const rule = isFields(element) ? elementRules[String(element.type)] : undefined;
    if (!isFields(element) || !rule || element.type === "button") fault("unsupported element", `${pointer}/element`);
    else rule(element, `${pointer}/element`, fault);
  },
  rich_text(block, pointer, fault) {
    richText(block, pointer, fault);
  },
  alert: (block, pointer, fault) => textObject(block.text, 3000, `${pointer}/text`, fault),
  data_visualization(block, pointer, fault) {
    const series = isFields(block.chart) ? block.chart.series : block.series;
    if (!Array.isArray(series)) return;
    if (series.length > 12) fault("no more than 12 items allowed", `${pointer}/series`);
    for (const one of series) {
      const points = isFields(one) ? one.data : undefined;
      if (Array.isArray(points) && points.length > 20) fault("no more than 20 items allowed", `${pointer}/series`);
    }
  },
  card(block, pointer, fault) {
    const shows = ["hero_image", "title", "actions", "body"].some((key) => block[key] !== undefined);
    if (!shows) fault("must define at least one of `hero_image`, `title`, `actions` or `body`", pointer);
    for (const [key, most] of cardTexts) {
      if (block[key] !== undefined) textObject(block[key], most, `${pointer}/${key}`, fault);
    }
  },
  carousel(block, pointer, fault) {
    const cards = Array.isArray(block.elements) ? block.elements : [];
    if (cards.length < 1) fault("no less than 1 items allowed", `${pointer}/elements`);
    if (cards.length > 10) fault("no more than 10 items allowed", `${pointer}/elements`);
    for (const [at, card] of cards.entries()) {
      if (isFields(card) && card.type === "card") blockRules.card?.(card, `${pointer}/elements/${at}`, fault);
      else fault("unsupported type", `${pointer}/elements/${at}/type`);
    }
  },
  container(block, pointer, fault) {
    const children = Array.isArray(block.child_blocks) ? block.child_blocks.filter(isFields) : [];
    if (children.length < 1) fault("missing required field: child_blocks", pointer);
    if (children.length > 10) fault("no more than 10 items allowed", `${pointer}/child_blocks`);
    if (block.title !== undefined) textObject(block.title, 150, `${pointer}/title`, fault, "plain_text");
    if (block.subtitle !== undefined) textObject(block.subtitle, 150, `${pointer}/subtitle`, fault);
    for (const [at, child] of children.entries()) {
      const type = String(child.type);
      if (inContainers.includes(type)) blockRules[type]?.(child, `${pointer}/child_blocks/${at}`, fault);
      else fault(`unsupported type: ${type}`, `${pointer}/child_blocks/${at}/type`);
    }
  },
  task_card(block, pointer, fault) {
    for (const key of ["task_id", "title"]) {
      if (typeof block[key] !== "string" || block[key] === "") fault(`missing required field: ${key}`, pointer);
    }
    if (!taskStates.includes(String(block.status))) fault("must be a valid enum value", `${pointer}/status`);
  },
  plan(block, pointer, fault) {
    if (typeof block.title !== "string" || block.title === "") fault("missing required field: title", pointer);
  },
};

function tableRows(rows: unknown, pointer: string, fault: (text: string, pointer: string) => void): void {
  if (!Array.isArray(rows) || rows.length === 0) {
    fault("missing required field: rows", pointer);
    return;
  }
  if (rows.length > 100) fault("no more than 100 items allowed", `${pointer}/rows`);
  for (const [at, row] of rows.entries()) {
    const where = `${pointer}/rows/${at}`;
    if (!Array.isArray(row)) fault("must be an array", where);
    else if (row.length > 20) fault("no more than 20 items allowed", where);
    else if (
      !row.every((cell) => isFields(cell) && ["raw_text", "raw_number", "rich_text"].includes(String(cell.type)))
    ) {
      fault("unsupported cell type", where);
    } else if (row.some((cell) => isFields(cell) && cell.type === "raw_text" && !cell.text)) {
      fault("must be more than 0 characters", where);
    } else {
      for (const cell of row) if (isFields(cell) && cell.type === "rich_text") richText(cell, where, fault);
    }
  }
}

const richGroups = ["rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"];

/** Rich text: groups of pieces, each of which says something. */
function richText(block: Fields, pointer: string, fault: Fault): void {
  if (!Array.isArray(block.elements) || block.elements.length === 0) {
    fault("missing required field: elements", pointer);
    return;
  }
  for (const group of block.elements) {
    if (!isFields(group) || !richGroups.includes(String(group.type)) || !Array.isArray(group.elements)) {
      fault("unsupported type", `${pointer}/elements`);
      continue;
    }
    if (group.type === "rich_text_list") continue;
    for (const piece of group.elements) {
      if (!isFields(piece)) fault("must provide an object", `${pointer}/elements`);
      else if (piece.type === "text" && (typeof piece.text !== "string" || piece.text === ""))
        fault("must be more than 0 characters", `${pointer}/elements/text`);
      else if (piece.type === "link" && (typeof piece.url !== "string" || piece.text === ""))
        fault("missing required field: url", `${pointer}/elements/url`);
      else if (piece.type === "user" && typeof piece.user_id !== "string")
        fault("missing required field: user_id", `${pointer}/elements/user_id`);
    }
  }
}
