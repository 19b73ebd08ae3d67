import { expect, test } from "vitest";
import { checkBlocks, type Surface } from "./slack/block-kit.ts";

const plain = (text: string) => ({ type: "plain_text", text });
const mrkdwn = (text: string) => ({ type: "mrkdwn", text });
const long = (length: number) => "x".repeat(length);
const button = (more: object = {}) => ({ type: "button", text: plain("Go"), ...more });
const options = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ text: plain(`o${at}`), value: `v${at}` }));
const select = (count: number) => ({ type: "static_select", options: options(count) });
const section = (accessory: object) => ({ type: "section", text: mrkdwn("x"), accessory });
const actions = (...elements: object[]) => ({ type: "actions", elements });
const many = (count: number, make: (at: number) => object) => Array.from({ length: count }, (_, at) => make(at));
const cell = { type: "raw_text", text: "x" };
const input = (element: object) => ({ type: "input", label: plain("Name"), element });

const fine: [string, object[]][] = [
  ["a section of 3,000 characters", [{ type: "section", text: mrkdwn(long(3000)) }]],
  ["ten fields of 1,000 characters", [{ type: "section", fields: many(10, () => mrkdwn(long(1000))) }]],
  ["a header of 150", [{ type: "header", text: plain(long(150)) }]],
  ["25 buttons", [actions(...many(25, (at) => button({ action_id: `a${at}` })))]],
  ["a button with a label of 75 and a value of 2,000", [actions(button({ text: plain(long(75)), value: long(2000) }))]],
  ["a select of 100", [section(select(100))]],
  ["markdown of 12,000", [{ type: "markdown", text: long(12_000) }]],
  ["a table of 100 × 20", [{ type: "table", rows: many(100, () => many(20, () => cell)) }]],
  ["50 blocks", many(50, () => ({ type: "divider" }))],
  ["the same action_id in two blocks", [actions(button({ action_id: "a" })), actions(button({ action_id: "a" }))]],
];

test.each(fine)("a message may have %s", (_, blocks) => {
  expect(checkBlocks(blocks, "message")).toBeUndefined();
});

const broken: [string, object[], string][] = [
  ["a section of 3,001 characters", [{ type: "section", text: mrkdwn(long(3001)) }], "less than 3001"],
  ["an empty text", [{ type: "section", text: mrkdwn("") }], "more than 0 characters"],
  ["a section without text", [{ type: "section" }], "must define either"],
  ["eleven fields", [{ type: "section", fields: many(11, () => mrkdwn("x")) }], "no more than 10"],
  ["a field of 2,001", [{ type: "section", fields: [mrkdwn(long(2001))] }], "less than 2001"],
  ["a header of 151", [{ type: "header", text: plain(long(151)) }], "less than 151"],
  ["a header in mrkdwn", [{ type: "header", text: mrkdwn("x") }], "failed to match"],
  ["26 buttons", [actions(...many(26, () => button()))], "no more than 25"],
  ["no buttons", [actions()], "missing required field: elements"],
  ["a button label of 76", [actions(button({ text: plain(long(76)) }))], "less than 76"],
  ["a button label in mrkdwn", [actions(button({ text: mrkdwn("Go") }))], "failed to match"],
  ["a button value of 2,001", [actions(button({ value: long(2001) }))], "less than 2001"],
  ["a button in a style of its own", [actions(button({ style: "loud" }))], "enum"],
  ["a select of 101", [section(select(101))], "no more than 100"],
  ["an empty select", [section(select(0))], "no less than 1"],
  ["an overflow of six", [section({ type: "overflow", options: options(6) })], "no more than 5"],
  ["eleven context elements", [{ type: "context", elements: many(11, () => mrkdwn("x")) }], "no more than 10"],
  ["a button in a context", [{ type: "context", elements: [button()] }], "unsupported type"],
  ["markdown of 12,001", [{ type: "markdown", text: long(12_001) }], "less than 12001"],
  ["a table of 101 rows", [{ type: "table", rows: many(101, () => [cell]) }], "no more than 100"],
  ["a table of 21 columns", [{ type: "table", rows: [many(21, () => cell)] }], "no more than 20"],
  ["an empty cell", [{ type: "table", rows: [[{ type: "raw_text", text: "" }]] }], "more than 0"],
  ["two tables", many(2, () => ({ type: "table", rows: [[cell]] })), "only_one_table_allowed"],
  [
    "a column aligned to nowhere",
    [{ type: "table", rows: [[cell]], column_settings: [{ align: "middle" }] }],
    "valid column setting",
  ],
  [
    "a rich cell that says nothing",
    [{ type: "table", rows: [[{ type: "rich_text", elements: [] }]] }],
    "missing required field: elements",
  ],
  [
    "a rich cell with an empty text",
    [
      {
        type: "table",
        rows: [
          [
            {
              type: "rich_text",
              elements: [{ type: "rich_text_section", elements: [{ type: "text", text: "" }] }],
            },
          ],
        ],
      },
    ],
    "more than 0",
  ],
  [
    "feedback without a value",
    [
      {
        type: "context_actions",
        elements: [
          {
            type: "feedback_buttons",
            positive_button: { text: plain("good"), value: "" },
            negative_button: { text: plain("bad"), value: "b" },
          },
        ],
      },
    ],
    "missing required field: value",
  ],
  [
    "a choice made beforehand that is none of the options",
    [section({ ...select(2), initial_option: { text: plain("o0"), value: "other" } })],
    "one of the options",
  ],
  ["51 blocks", many(51, () => ({ type: "divider" })), "no more than 50"],
  ["a block_id of 256", [{ type: "divider", block_id: long(256) }], "less than 256"],
  ["the same block_id twice", many(2, () => ({ type: "divider", block_id: "b" })), "already exists"],
  [
    "the same action_id twice in a block",
    [actions(button({ action_id: "a" }), button({ action_id: "a" }))],
    "already exists",
  ],
  ["an action_id of 256", [actions(button({ action_id: long(256) }))], "less than 256"],
  ["an image without alt_text", [{ type: "image", image_url: "https://example.com/a.png" }], "alt_text"],
  ["a block of no known type", [{ type: "shout" }], "unsupported type"],
  ["a card that shows nothing", [{ type: "card", subtitle: mrkdwn("x") }], "at least one"],
  ["a card body of 201", [{ type: "card", body: mrkdwn(long(201)) }], "less than 201"],
  [
    "a carousel of eleven",
    [{ type: "carousel", elements: many(11, () => ({ type: "card", body: mrkdwn("x") })) }],
    "10",
  ],
  ["a container in a container", [{ type: "container", child_blocks: [{ type: "container" }] }], "unsupported type"],
  ["a task that is done", [{ type: "task_card", task_id: "1", title: "x", status: "done" }], "enum"],
  ["mrkdwn with emoji", [{ type: "section", text: { ...mrkdwn("x"), emoji: true } }], "additional property"],
];

test.each(broken)("a message with %s is refused, and the place is named", (_, blocks, words) => {
  const fault = checkBlocks(blocks, "message");
  expect(fault?.error).toBe("invalid_blocks");
  expect(fault?.messages.join("\n")).toContain(words);
  expect(fault?.messages[0]).toMatch(/\[json-pointer:\/blocks/);
});

test("over 13,200 characters in all is too long for a message", () => {
  const blocks = many(5, () => ({ type: "section", text: mrkdwn(long(2700)) }));
  expect(checkBlocks(blocks, "message")).toEqual({ error: "msg_blocks_too_long", messages: [] });
});

test("what is no list of objects is no blocks", () => {
  expect(checkBlocks("[]", "message")?.error).toBe("invalid_blocks_format");
  expect(checkBlocks([1], "message")?.error).toBe("invalid_blocks_format");
});

test.each<[Surface, number]>([
  ["modal", 100],
  ["home", 100],
])("a %s takes %i blocks and inputs", (surface, most) => {
  const blocks = many(most, () => ({ type: "divider" }));
  expect(checkBlocks(blocks, surface)).toBeUndefined();
  expect(checkBlocks([...blocks, { type: "divider" }], surface)?.messages[0]).toContain(`no more than ${most}`);
  expect(checkBlocks([input({ type: "plain_text_input", action_id: "a" })], surface)).toBeUndefined();
  expect(checkBlocks([{ type: "markdown", text: "x" }], surface)?.messages[0]).toContain("unsupported type");
  expect(checkBlocks([input(button())], surface)?.messages[0]).toContain("unsupported element");
  expect(checkBlocks([input({ type: "plain_text_input", max_length: 3001 })], surface)?.messages[0]).toContain("3000");
});
