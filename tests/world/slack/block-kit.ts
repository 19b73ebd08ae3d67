import { ELEMENT_RULES, type Rule, textObject } from "./block-elements.ts";
import { type Fields, isFields } from "./workspace.ts";

/** Where blocks are shown; each surface has its own allowance. */
export type Surface = "message" | "modal" | "home";

const MOST_BLOCKS: Record<Surface, number> = { message: 50, modal: 100, home: 100 };
const MOST_CHARACTERS = 13_200;

const EVERYWHERE = [
  "section",
  "divider",
  "image",
  "actions",
  "context",
  "header",
  "rich_text",
  "video",
  "markdown",
  "alert",
];
const ALLOWED: Record<Surface, readonly string[]> = {
  message: [
    ...EVERYWHERE,
    ...["file", "table", "data_table", "context_actions", "plan", "task_card", "card", "carousel", "container"],
    ...["input", "data_visualization"],
  ],
  modal: [...EVERYWHERE, "input", "table", "data_table"],
  home: [...EVERYWHERE, "input", "table", "data_table"],
};

/** The verdict on blocks: each fault as Slack words it, with a pointer to the place. */
export interface BlockFault {
  readonly error: "invalid_blocks" | "invalid_blocks_format" | "msg_blocks_too_long";
  readonly messages: string[];
}

/** Checks blocks against Block Kit's rules; undefined when Slack would show them. */
export function checkBlocks(blocks: unknown, surface: Surface, root = "/blocks"): BlockFault | undefined {
  if (!Array.isArray(blocks) || !blocks.every(isFields)) return { error: "invalid_blocks_format", messages: [] };
  const messages: string[] = [];
  const fault = (text: string, pointer: string) => void messages.push(`${text} [json-pointer:${pointer}]`);
  if (blocks.length > MOST_BLOCKS[surface]) fault(`no more than ${MOST_BLOCKS[surface]} items allowed`, root);
  const blockIds = new Set<string>();
  for (const [at, block] of blocks.entries()) {
    const pointer = `${root}/${at}`;
    const type = String(block.type);
    if (!ALLOWED[surface].includes(type)) fault(`unsupported type: ${type}`, `${pointer}/type`);
    const id = block.block_id;
    if (typeof id === "string") {
      if (id.length > 255) fault("must be less than 256 characters", `${pointer}/block_id`);
      if (blockIds.has(id)) fault(`\`block_id\` ${id} already exists`, `${pointer}/block_id`);
      blockIds.add(id);
    }
    BLOCK_RULES[type]?.(block, pointer, fault);
    const actionIds = new Set<string>();
    for (const element of interactiveElements(block)) {
      const actionId = element.action_id;
      if (typeof actionId !== "string") continue;
      if (actionIds.has(actionId)) fault(`\`action_id\` ${actionId} already exists`, pointer);
      actionIds.add(actionId);
    }
  }
  const tables = blocks.filter((block) => block.type === "table");
  if (tables.length > 1) fault("only_one_table_allowed", root);
  const charts = blocks.filter((block) => block.type === "data_visualization");
  if (charts.length > 2) fault("no more than 2 data_visualization blocks allowed", root);
  if (messages.length > 0) return { error: "invalid_blocks", messages };
  if (surface === "message" && characters(blocks) > MOST_CHARACTERS)
    return { error: "msg_blocks_too_long", messages: [] };
  return undefined;
}

/** Blocks as Slack keeps them: each with a block_id, each interactive element with an action_id. */
export function withIds(blocks: readonly unknown[], makeId: () => string): unknown[] {
  return blocks.map((block) => {
    if (!isFields(block)) return block;
    const named: Fields = { block_id: makeId(), ...block };
    for (const key of ["elements", "accessory", "element"]) {
      const value = named[key];
      const name = (element: unknown) =>
        isFields(element) && ELEMENT_RULES[String(element.type)] ? { action_id: makeId(), ...element } : element;
      if (value !== undefined) named[key] = Array.isArray(value) ? value.map(name) : name(value);
    }
    return named;
  });
}

/** The buttons, selects and inputs of one block. */
export function interactiveElements(block: Fields): Fields[] {
  const places = [block.accessory, block.element, ...(Array.isArray(block.elements) ? block.elements : [])];
  return places.filter(isFields).filter((element) => String(element.type) in ELEMENT_RULES);
}

function characters(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + characters(item), 0);
  if (!isFields(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [key, inner]) => sum + (key === "text" && typeof inner === "string" ? inner.length : characters(inner)),
    0,
  );
}

function elementsOf(most: number, allowed?: readonly string[]): Rule {
  return (block, pointer, fault) => {
    const elements = block.elements;
    if (!Array.isArray(elements) || elements.length === 0) return fault("missing required field: elements", pointer);
    if (elements.length > most) fault(`no more than ${most} items allowed`, `${pointer}/elements`);
    for (const [at, element] of elements.entries()) {
      const type = isFields(element) ? String(element.type) : "";
      const rule = ELEMENT_RULES[type];
      if (!isFields(element) || (allowed ? !allowed.includes(type) : !rule)) {
        fault(`unsupported type: ${type}`, `${pointer}/elements/${at}/type`);
      } else if (rule) rule(element, `${pointer}/elements/${at}`, fault);
      else if (type === "mrkdwn" || type === "plain_text")
        textObject(element, 3000, `${pointer}/elements/${at}`, fault);
    }
  };
}

const BLOCK_RULES: Record<string, Rule> = {
  section(block, pointer, fault) {
    const { text, fields, accessory } = block;
    if (text === undefined && fields === undefined) fault("must define either `text` or `fields`", pointer);
    if (text !== undefined) textObject(text, 3000, `${pointer}/text`, fault);
    if (Array.isArray(fields)) {
      if (fields.length > 10) fault("no more than 10 items allowed", `${pointer}/fields`);
      for (const [at, field] of fields.entries()) textObject(field, 2000, `${pointer}/fields/${at}`, fault);
    }
    if (isFields(accessory) && accessory.type !== "image") {
      const rule = ELEMENT_RULES[String(accessory.type)];
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
  table: (block, pointer, fault) => tableRows(block.rows, pointer, fault),
  data_table: (block, pointer, fault) => tableRows(block.rows, pointer, fault),
  input(block, pointer, fault) {
    textObject(block.label, 2000, `${pointer}/label`, fault, "plain_text");
    if (block.hint !== undefined) textObject(block.hint, 2000, `${pointer}/hint`, fault, "plain_text");
    const element = block.element;
    const rule = isFields(element) ? ELEMENT_RULES[String(element.type)] : undefined;
    if (!isFields(element) || !rule || element.type === "button") fault("unsupported element", `${pointer}/element`);
    else rule(element, `${pointer}/element`, fault);
  },
  rich_text(block, pointer, fault) {
    if (!Array.isArray(block.elements)) fault("missing required field: elements", pointer);
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
    }
  }
}
