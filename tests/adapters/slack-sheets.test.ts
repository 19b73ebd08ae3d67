import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mrkdwnBlocks } from "../../adapters/slack/mrkdwn.ts";
import { paperOf, sheetOfDraft, sheetsOf } from "../../adapters/slack/sheets.ts";
import type { Post } from "../../src/chat.ts";
import { checkBlocks } from "../world/slack/block-kit.ts";

const cell = fc.constantFrom(
  ...["a", "", " ", "**b**", "`c`", "[d](https://example.com/d)", "[](https://e.example)", "<@U0TOM>", "@tom", "~~x~~"],
  ...[
    "![i](https://example.com/i.png)",
    "&amp;",
    "\\|",
    "<br>",
    "豆腐",
    "_",
    "**",
    "x".repeat(300),
    "https://f.example",
  ],
);
const table = fc
  .tuple(fc.integer({ min: 1, max: 23 }), fc.integer({ min: 0, max: 104 }))
  .chain(([columns, rows]) =>
    fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: rows + 1, maxLength: rows + 1 }),
  )
  .map(([head = [], ...body]) =>
    [head, head.map(() => ":-:"), ...body].map((cells) => `| ${cells.join(" | ")} |`).join("\n"),
  );
const words = fc.constantFrom(
  ...[
    "word ".repeat(300),
    "# Title",
    "- a\n- b",
    "```ts\nlet x = 1;\n",
    "```",
    "> said",
    "x".repeat(4_000),
    "豆".repeat(3_000),
  ],
  ...["<!channel> hi", "[bank.example](https://evil.example)", "@tom", "***", "|", "| a |", "<b>&</b>"],
);
const text = fc
  .array(fc.oneof({ weight: 3, arbitrary: words }, table), { maxLength: 9 })
  .map((parts) => parts.join("\n\n"));
const post = fc.record({
  text,
  footer: fc.constantFrom("", "ops · 1 s", "&".repeat(500)),
  rated: fc.boolean(),
  lines: fc.integer({ min: 0, max: 40 }),
});

function postOf({ text, footer, rated, lines }: { text: string; footer: string; rated: boolean; lines: number }): Post {
  return {
    text,
    footer,
    people: [{ id: "slack:U0TOM", name: "tom" }],
    lines: Array.from({ length: lines }, (_, n) => ({ id: `${n}`, title: `tool ${n}`, state: "done" as const })),
    ...(rated && { rating: { value: "r".repeat(30), good: "Good answer", bad: "Bad answer" } }),
  };
}

describe("whatever a post says", () => {
  it("Slack takes it on a page, tables that grow when they are drawn too", () => {
    const row = (...cells: string[]) => `| ${cells.join(" | ")} |`;
    const names = Array.from({ length: 9 }, (_, n) => `column ${n} `);
    const last = [...names.slice(1).map(() => ""), "§".repeat(330)];
    const blocks = mrkdwnBlocks([row(...names), row(...names.map(() => "--")), row(...last)].join("\n"));
    expect(checkBlocks(blocks, "home")).toBeUndefined();
    expect(JSON.stringify(blocks).match(/§/g)?.length).toBe(330);
  });

  it("Slack takes it, in four messages at most and a file", () => {
    fc.assert(
      fc.property(post, (given) => {
        const { sheets, files } = paperOf(postOf(given));
        expect(sheets.length).toBeGreaterThan(0);
        expect(sheets.length).toBeLessThanOrEqual(4);
        for (const { blocks, text } of sheets) {
          expect(checkBlocks(blocks, "message")).toBeUndefined();
          expect(text).not.toMatch(/<[@!]/);
        }
        expect(files.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 60 },
    );
  });

  it("Slack takes it for one person, in as many messages as it needs, and while it grows", () => {
    fc.assert(
      fc.property(post, fc.nat(20_000), (given, at) => {
        const whole = postOf(given);
        for (const { blocks } of sheetsOf(whole)) expect(checkBlocks(blocks, "message")).toBeUndefined();
        const draft = sheetOfDraft({ text: given.text.slice(0, at), lines: whole.lines ?? [] });
        expect(checkBlocks(draft.blocks, "message")).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });

  it("Slack takes it on a page", () => {
    fc.assert(
      fc.property(text, (given) => {
        const blocks = mrkdwnBlocks(given);
        expect(checkBlocks(blocks.slice(0, 100), "home")).toBeUndefined();
        expect(JSON.stringify(blocks)).not.toMatch(/<[@!]|<https?:\/\/evil\.example[^>]*\|bank\.example>/);
      }),
      { numRuns: 60 },
    );
  });
});
