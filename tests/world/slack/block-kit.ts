import { elementRules } from "./block-elements.ts";
import { blockRules } from "./block-rules.ts";
import { type Fields, isFields } from "./workspace.ts";

/** Where blocks are shown; each surface has its own allowance. */
export type Surface = "message" | "modal" | "home";

const mostBlocks: Record<Surface, number> = { message: 50, modal: 100, home: 100 };
const mostCharacters = 13_200;

const everywhere = "section divider image actions context header input rich_text video alert".split(" ");
const inMessages =
  "markdown table data_table data_visualization file context_actions plan task_card card carousel container";
const allowedTypes: Record<Surface, readonly string[]> = {
  message: [...everywhere, ...inMessages.split(" ")],
  modal: everywhere,
  home: everywhere,
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
  if (blocks.length > mostBlocks[surface]) fault(`no more than ${mostBlocks[surface]} items allowed`, root);
  const blockIds = new Set<string>();
  for (const [at, block] of blocks.entries()) {
    const pointer = `${root}/${at}`;
    const type = String(block.type);
    if (!allowedTypes[surface].includes(type)) fault(`unsupported type: ${type}`, `${pointer}/type`);
    const id = block.block_id;
    if (typeof id === "string") {
      if (id.length > 255) fault("must be less than 256 characters", `${pointer}/block_id`);
      if (blockIds.has(id)) fault(`\`block_id\` ${id} already exists`, `${pointer}/block_id`);
      blockIds.add(id);
    }
    blockRules[type]?.(block, pointer, fault);
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
  if (surface === "message" && characters(blocks) > mostCharacters)
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
        isFields(element) && elementRules[String(element.type)] ? { action_id: makeId(), ...element } : element;
      if (value !== undefined) named[key] = Array.isArray(value) ? value.map(name) : name(value);
    }
    return named;
  });
}

/** The buttons, selects and inputs of one block. */
export function interactiveElements(block: Fields): Fields[] {
  const places = [block.accessory, block.element, ...(Array.isArray(block.elements) ? block.elements : [])];
  return places.filter(isFields).filter((element) => String(element.type) in elementRules);
}

function characters(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + characters(item), 0);
  if (!isFields(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [key, inner]) => sum + (key === "text" && typeof inner === "string" ? inner.length : characters(inner)),
    0,
  );
}
