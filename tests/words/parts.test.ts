import { describe, expect, it } from "vitest";
import { partsOf } from "../../src/words/parts.ts";

const paragraph = (n: number) => `Paragraph ${n}: ${"some words in a row ".repeat(4).trim()}.`;
const text = (paragraphs: number) => Array.from({ length: paragraphs }, (_, n) => paragraph(n)).join("\n\n");

describe("a long text in messages", () => {
  const note = "*The whole answer is in `answer.md`.*";

  it("is one message when it fits, and an empty one is one too", () => {
    expect(partsOf("Short.", { limit: 200, most: 4 })).toEqual({ parts: ["Short."] });
    expect(partsOf("", { limit: 200, most: 4 })).toEqual({ parts: [""] });
  });

  it("is at most as many as there may be, with nothing left over", () => {
    const { parts, rest } = partsOf(text(7), { limit: 200, most: 4, note });
    expect(parts).toHaveLength(4);
    expect(parts.join("")).toBe(text(7));
    expect(rest).toBeUndefined();
  });

  it("is begun in the messages and given whole when it needs more", () => {
    const { parts, rest } = partsOf(text(40), { limit: 200, most: 4, note });
    expect(parts).toHaveLength(4);
    for (const part of parts) expect(part.length).toBeLessThanOrEqual(200);
    expect(parts.at(-1)).toMatch(/\.\n\n\*The whole answer is in `answer\.md`\.\*$/);
    expect(parts.slice(0, 3).every((part) => text(40).includes(part))).toBe(true);
    expect(rest).toBe(text(40));
  });

  it("ends its last message's code block before it says where the rest is", () => {
    const code = `\`\`\`js\n${"const value = 1;\n".repeat(80)}\`\`\``;
    const { parts } = partsOf(code, { limit: 200, most: 3, note });
    expect(parts.at(-1)).toMatch(/\n```\n\n\*The whole/);
    for (const part of parts) expect(part.match(/```/g)).toHaveLength(2);
  });

  it("has no message of nothing but line ends", () => {
    const { parts } = partsOf(`${paragraph(1)}${"\n".repeat(400)}${paragraph(2)}`, { limit: 120, most: 4 });
    for (const part of parts) expect(part.trim()).not.toBe("");
    expect(parts.join("").replace(/\n+/g, " ")).toBe(`${paragraph(1)} ${paragraph(2)}`);
  });
});
