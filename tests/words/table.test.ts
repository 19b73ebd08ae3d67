import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { piecesOf } from "../../src/words/pieces.ts";
import { drawTable } from "../../src/words/table.ts";
import { widthOf } from "../../src/words/width.ts";

function drawn(markdown: string, limit?: number): string {
  const [table] = piecesOf(markdown).filter((piece) => piece.kind === "table");
  if (!table) throw new Error(`no table in ${markdown}`);
  return drawTable(table, limit);
}

describe("the pieces of a text", () => {
  const kinds = (markdown: string) => piecesOf(markdown).map(({ kind }) => kind);

  it("are its tables and what stands between them", () => {
    const text = "Before.\n\n| a | b |\n|:--|--:|\n| 1 | 2 |\n\nAfter.\n";
    expect(piecesOf(text)).toEqual([
      { kind: "text", text: "Before.\n\n" },
      {
        kind: "table",
        text: "| a | b |\n|:--|--:|\n| 1 | 2 |",
        rows: [
          ["a", "b"],
          ["1", "2"],
        ],
        align: ["left", "right"],
      },
      { kind: "text", text: "\n\nAfter.\n" },
    ]);
  });

  it("see a table right under a line of text, without outer bars, and of one column", () => {
    expect(kinds("Here:\n| a | b |\n|---|---|\n| 1 | 2 |")).toEqual(["text", "table"]);
    expect(kinds("a | b\n--|--\n1 | 2")).toEqual(["table"]);
    expect(kinds("| a |\n|---|\n| 1 |")).toEqual(["table"]);
  });

  it("see a table that is a part of a list's item", () => {
    const table = "  | a | b |\n  |---|---|\n  | 1 | 2 |";
    expect(piecesOf(`- item:\n\n${table}\n- next`)).toMatchObject([
      { text: "- item:\n\n" },
      {
        rows: [
          ["a", "b"],
          ["1", "2"],
        ],
        text: table,
      },
      { text: "\n- next" },
    ]);
  });

  it("end a table where something else begins", () => {
    for (const next of ["> quote", "# head", "- item", "```\ncode\n```", "---", "<div>", ""])
      expect(piecesOf(`| a | b |\n|---|---|\n| 1 | 2 |\n${next}`)).toMatchObject([
        { kind: "table" },
        { text: `\n${next}` },
      ]);
  });

  it("take strange texts without trouble", () => {
    const table = "| a | b |\n|---|---|\n| 1 | 2 |\n";
    for (const bit of [">", "- ", "1. ", "--\n", "|", " |\n", "|-", "a|b\n-|-\n", "~~~\n"]) {
      const text = `${table}${bit.repeat(100_000 / bit.length)}`;
      const before = process.cpuUsage().user;
      expect(
        piecesOf(text)
          .map((piece) => piece.text)
          .join(""),
      ).toBe(text);
      expect(process.cpuUsage().user - before).toBeLessThan(2_000_000);
    }
  });

  it("leave tables in code and quotes to the text around them, and lines that only look like one", () => {
    const table = "| a | b |\n|---|---|\n| 1 | 2 |";
    const indented = (by: string) => table.replace(/^/gm, by);
    for (const text of [
      `\`\`\`\n${table}\n\`\`\``,
      indented("> "),
      `text\n\n${indented("    ")}`,
      `- item\n\n  \`\`\`\n${indented("  ")}\n  \`\`\``,
      "a | b\nc | d",
      "yes or | no\n\n---\n",
    ])
      expect(piecesOf(text)).toEqual([{ kind: "text", text }]);
  });

  it("know escaped bars, code with bars, short rows and long ones", () => {
    const [table] = piecesOf("| a | b |\n|---|---|\n| x \\| y | `p \\| q` |\n| 1 |\n| 1 | 2 | 3 |");
    expect(table).toMatchObject({
      rows: [
        ["a", "b"],
        ["x | y", "`p | q`"],
        ["1", ""],
        ["1", "2"],
      ],
    });
  });

  it("joined are the text, whatever it is", () => {
    const line = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 30 }),
      fc.constantFrom(
        "| a | b |",
        "|---|:-:|",
        "| 1 | 二 |",
        "",
        "```",
        "- item",
        "  | a | b |",
        "> | a |",
        "[a]: b",
        "\t",
      ),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const text = lines.join("\n").replace(/\r\n?/g, "\n");
        expect(
          piecesOf(text)
            .map((piece) => piece.text)
            .join(""),
        ).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("a drawn table", () => {
  it("stands in columns, each on its side", () => {
    expect(drawn("| Name | Count | Mood |\n|---|--:|:-:|\n| ana | 3 | ok |\n| tom | 120 | fine |")).toBe(
      [
        "Name  Count  Mood", //
        "────  ─────  ────",
        "ana       3   ok",
        "tom     120  fine",
      ].join("\n"),
    );
  });

  it("counts East Asian characters and emoji twice, marks not at all", () => {
    expect(
      ["abc", "中文", "ｆｕ", "👍🏽", "🇹🇼", "👩‍👩‍👧", "e\u0301", "한글", "❤️", "\u200b", "、。"].map(widthOf),
    ).toEqual([3, 4, 4, 2, 2, 2, 1, 4, 2, 0, 4]);
    expect(drawn("| 服務 | 狀態 |\n|---|---|\n| checkout | 🟢 正常 |\n| 付款 | 變慢 |")).toBe(
      ["服務      狀態", "────────  ───────", "checkout  🟢 正常", "付款      變慢"].join("\n"),
    );
  });

  it("tells the cells' Markdown in plain words, and where links lead", () => {
    const text = drawn(
      "| What | Where |\n|---|---|\n| **bold** _and_ `code` | [docs](https://docs.example) |\n| a<br>b \\* &amp; c | <https://x.example> |",
      100,
    );
    expect(text).toContain("bold and code");
    expect(text).toContain("docs (https://docs.example)");
    expect(text).toMatch(/^a {2,}https:\/\/x\.example$/m);
    expect(text).toMatch(/^b \* & c$/m);
  });

  it("wraps what is too wide within its column", () => {
    const text = drawn(
      "| Id | Why |\n|---|---|\n| 1 | the database was slow after the deploy of four |\n| 2 | 資料庫在部署之後變得很慢 |",
      24,
    );
    expect(text).toBe(
      [
        "Id  Why",
        "──  ────────────────────",
        "1   the database was",
        "    slow after the",
        "    deploy of four",
        "",
        "2   資料庫在部署之後變得",
        "    很慢",
      ].join("\n"),
    );
  });

  it("is told row by row when it has too many columns", () => {
    const columns = Array.from({ length: 12 }, (_, n) => `column ${n}`);
    const row = (cells: string[]) => `| ${cells.join(" | ")} |`;
    const text = drawn(
      [row(columns), row(columns.map(() => "---")), row(columns.map((_, n) => `value number ${n}`))].join("\n"),
      40,
    );
    expect(text.split("\n")).toHaveLength(12);
    expect(text).toContain("column 11: value number 11");
  });

  it("cannot end the code block it stands in", () => {
    expect(drawn("| a |\n|---|\n| x ```` y ``` z |")).not.toContain("```");
  });

  it("keeps to its limit and loses no word, whatever the cells", () => {
    const cell = fc.array(fc.constantFrom("word", "longer-than-that", "資料庫", "👍", "x", "e\u0301", "42"), {
      minLength: 1,
      maxLength: 12,
    });
    const table = fc
      .integer({ min: 1, max: 6 })
      .chain((columns) =>
        fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 6 }),
      );
    fc.assert(
      fc.property(table, fc.integer({ min: 50, max: 100 }), (words, limit) => {
        const rows = words.map((row) => row.map((cell) => cell.join(" ")));
        const text = drawTable({ rows, align: [] }, limit);
        for (const line of text.split("\n")) expect(widthOf(line)).toBeLessThanOrEqual(limit);
        const letters = (from: string) => [...from.replace(/[\s─]/g, "")].sort().join("");
        expect(letters(text)).toBe(letters(rows.flat().join("")));
      }),
      { numRuns: 300 },
    );
  });
});
