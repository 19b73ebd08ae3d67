import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitMarkdown } from "../../src/words/split.ts";

const word = (n: number) => `word${n}`;
const sentence = (words: number) => Array.from({ length: words }, (_, n) => word(n)).join(" ");

/** Are these the text, cut in parts, with nothing but fences added at the cuts? */
function isWhole(parts: string[], text: string): boolean {
  const [part, ...rest] = parts;
  if (part === undefined) return text === "";
  return [part, part.replace(/^[^\n]*\n/, "")]
    .flatMap((start) => [start, start.replace(/(?:`{3,}|~{3,})$/, ""), start.replace(/\n(?:`{3,}|~{3,})$/, "")])
    .some((slice) => text.startsWith(slice) && isWhole(rest, text.slice(slice.length)));
}

describe("splitting Markdown", () => {
  it("leaves a short text alone", () => {
    expect(splitMarkdown("hello\n\nworld", 100)).toEqual(["hello\n\nworld"]);
    expect(splitMarkdown("", 100)).toEqual([""]);
  });

  it("cuts between paragraphs", () => {
    const text = `${sentence(10)}\n\n${sentence(8)}\n\n${sentence(12)}`;
    expect(splitMarkdown(text, 140)).toEqual([`${sentence(10)}\n\n${sentence(8)}\n\n`, sentence(12)]);
  });

  it("closes a code block that it cuts, and opens it again with its language", () => {
    const code = Array.from({ length: 20 }, (_, n) => `const value${n} = ${n};`).join("\n");
    const parts = splitMarkdown(`\`\`\`ts\n${code}\n\`\`\``, 200);
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) {
      expect(part.startsWith("```ts\n")).toBe(true);
      expect(part.endsWith("\n```")).toBe(true);
    }
  });

  it("closes a code block of one line that is cut in that line", () => {
    for (let words = 40; words < 60; words++) {
      for (const part of splitMarkdown(`\`\`\`\n${"y ".repeat(words)}\n\`\`\``, 100))
        expect(part).toMatch(/^```\n[^`]+\n```$/);
    }
  });

  it("moves a code block that fits to the next part whole", () => {
    const code = "```js\nlet a = 1;\nlet b = 2;\n```\n";
    const parts = splitMarkdown(`${sentence(14)}\n${code}${sentence(10)}`, 110);
    expect(parts[1]?.startsWith(code)).toBe(true);
  });

  it("never leaves an empty code block at a cut", () => {
    for (let words = 8; words < 20; words++) {
      const parts = splitMarkdown(`${sentence(words)}\n\`\`\`\n${"x".repeat(60)}\n\`\`\`\n${sentence(14)}`, 120);
      for (const part of parts) expect(part).not.toMatch(/```\n+```/);
    }
  });

  it("keeps a list item with its continuation", () => {
    const list = Array.from({ length: 9 }, (_, n) => `- item ${n} says\n  a little more`).join("\n");
    for (const part of splitMarkdown(list, 120)) expect(part).toMatch(/^- item/);
  });

  it("keeps a heading with what it heads", () => {
    const text = `${sentence(13)}\n\n## Next\n${sentence(10)}`;
    expect(splitMarkdown(text, 120)).toEqual([`${sentence(13)}\n\n`, `## Next\n${sentence(10)}`]);
  });

  it("cuts a long line after a word, and Chinese after its punctuation", () => {
    for (const part of splitMarkdown(sentence(60), 100).slice(0, -1)) expect(part).toMatch(/ $/);
    for (const part of splitMarkdown("結帳變慢了,原因在資料庫。".repeat(20), 100).slice(0, -1))
      expect(part).toMatch(/[,。]$/);
  });

  it("never cuts within a character that people see as one", () => {
    for (const character of ["👩‍👩‍👧‍👦", "𠮷", "é", "🇹🇼"]) {
      for (let before = 0; before < 12; before++) {
        const parts = splitMarkdown("x".repeat(before) + character.repeat(40), 100);
        for (const part of parts) {
          expect(part.replace(/^x*/, "").split(character).join("")).toBe("");
        }
      }
    }
  });

  it("never cuts within a link, an address or a code span that fits", () => {
    const links = ["[the docs of it](https://docs.example/a)", "https://docs.example/a ", "`let a = 1`", "``a ` b``"];
    for (const link of links) {
      for (let before = 0; before < link.length; before++) {
        for (const between of [" ", ",", "，"]) {
          const parts = splitMarkdown("x".repeat(before) + between + (link + between).repeat(20), 100);
          for (const part of parts.slice(1)) expect(part.split(link).join("").replaceAll(between, "")).toBe("");
        }
      }
    }
  });

  it("loses nothing and keeps to the limit, whatever the text", () => {
    const line = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 300 }),
      fc.string({ unit: "binary", maxLength: 80 }),
      fc.constantFrom(
        "",
        "",
        "```",
        "```ts",
        "~~~",
        "````md",
        "  ```",
        "## head",
        "- item",
        "  more",
        "| a | b |",
        "\r",
      ),
      fc.constantFrom("`".repeat(60), `\`\`\`${"i".repeat(90)}`),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), fc.integer({ min: 100, max: 400 }), (lines, limit) => {
        const text = lines.join("\n");
        const parts = splitMarkdown(text, limit);
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(limit);
        }
        expect(isWhole(parts, text)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it("takes a megabyte without a line end in linear time", () => {
    const text = "x".repeat(1_000_000);
    const before = process.cpuUsage().user;
    expect(splitMarkdown(text, 2_000)).toHaveLength(500);
    expect(process.cpuUsage().user - before).toBeLessThan(1_000_000);
  });
});
