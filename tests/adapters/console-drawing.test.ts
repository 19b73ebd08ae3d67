import { describe, expect, it } from "vitest";
import { drawMarkdown } from "../../adapters/console/terminal/draw-markdown.ts";
import { harmless } from "../../adapters/console/terminal/harmless.ts";
import { styleOf, wrapLine } from "../../adapters/console/terminal/style.ts";
import { widthOf } from "../../src/words/width.ts";

const plain = styleOf(false);
const colored = styleOf(true);
const drawn = (text: string, columns = 80) => drawMarkdown(text, plain, columns).join("\n");

describe("Markdown in a terminal", () => {
  it.each([
    ["**bold**, *leaning*, ~~gone~~ and `code`", "bold, leaning, gone and code"],
    ["# Head\n\nText", "Head\n\nText"],
    ["a\\\nb", "a\nb"],
    ["- [ ] open\n- [x] done", "☐ open\n☑ done"],
    ["3. three\n4. four", "3. three\n4. four"],
    ["- one\n\n- two", "• one\n\n• two"],
    ["- one\n  ```\n  code\n  ```", "• one\n      code"],
    ["> a\n>\n> b", "│ a\n│ \n│ b"],
    ["<b>not bold</b> &amp; &lt;", "<b>not bold</b> & <"],
    ["<https://example.com>", "https://example.com"],
    ["[docs](https://evil.example)", "docs (https://evil.example)"],
    ["![cat](https://example.com/cat.png)", "cat (https://example.com/cat.png)"],
    ["a\n\n---\n\nb", `a\n\n${"─".repeat(40)}\n\nb`],
    ["2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"],
    ["", ""],
  ])("%j is %j", (text, lines) => {
    expect(drawn(text)).toBe(lines);
  });

  it("has its looks only where there are colours", () => {
    expect(drawMarkdown("**a** `b`", colored, 80)).toEqual(["\x1b[1ma\x1b[0m \x1b[36mb\x1b[0m"]);
  });

  it("draws a table within the columns there are", () => {
    const table = `| Name | What it is for |\n|---|---|\n| ops | ${"looks after production ".repeat(5)}|`;
    for (const line of drawn(table, 40).split("\n")) expect(widthOf(line)).toBeLessThanOrEqual(40);
    expect(drawn(table, 40)).toMatch(/^Name {2,}What it is for\n─+/);
  });
});

describe("a line", () => {
  it.each([
    ["one two three", 8, ["one two", "three"]],
    ["abcdefghij", 4, ["abcd", "efgh", "ij"]],
    ["ab abcdefgh", 4, ["ab", "abcd", "efgh"]],
    ["  in a bit", 6, ["  in a", "  bit"]],
    ["台北現在中午", 5, ["台北", "現在", "中午"]],
    ["👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 4, ["👩‍👩‍👧👩‍👩‍👧", "👩‍👩‍👧"]],
    ["", 4, [""]],
  ])("%j in %i columns is %j", (line, columns, rows) => {
    expect(wrapLine(line, columns)).toEqual(rows);
  });

  it("keeps its looks from row to row, and ends them at the end of each", () => {
    expect(wrapLine("a \x1b[1mbold word\x1b[0m b", 7)).toEqual(["a \x1b[1mbold\x1b[0m", "\x1b[1mword\x1b[0m b"]);
  });

  it("is never wider than it may be, nor loses a word", () => {
    const words = "The quick 棕色狐狸 jumps over the lazy 懶狗 while🐕🐕 nobody\u0301 looks ".repeat(5).trim();
    for (let columns = 2; columns < 60; columns++) {
      const rows = wrapLine(words, columns);
      for (const row of rows) expect(widthOf(row)).toBeLessThanOrEqual(columns);
      expect(rows.join("").replace(/ /g, "")).toBe(words.replace(/ /g, ""));
    }
  });
});

describe("what would steer a terminal", () => {
  it.each([
    ["\x1b[2J", "␛[2J"],
    ["a\x07\x08b", "a␇␈b"],
    ["\u009b2J\u0090x", "2Jx"],
    ["\x7f", "␡"],
    ["a\r\nb\rc\td", "a\nb\nc    d"],
    ["\u202egnp.exe\u2066\u200f", "gnp.exe"],
    ["👩‍👩‍👧 e\u0301 中文", "👩‍👩‍👧 e\u0301 中文"],
  ])("%j stands as %j", (text, shown) => {
    expect(harmless(text)).toBe(shown);
  });
});
