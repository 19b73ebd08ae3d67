import { describe, expect, it } from "vitest";
import type { Mentioned } from "../../src/chat.ts";
import { withMentions } from "../../src/words/mentions.ts";

const people: Mentioned[] = [
  { id: "slack:U1", name: "ana" },
  { id: "slack:U2", name: "Ana Maria" },
  { id: "slack:U3", name: "王小明" },
  { id: "slack:U4", name: "j.doe" },
  { id: "slack:U5", name: "c++ (guru)" },
];
const written = (text: string, known = people) => withMentions(text, known, (id) => `<${id.slice(6)}>`);

describe("people called by name", () => {
  it("become what the platform writes, in any case, the longest name first", () => {
    expect(written("@ana, ask @ana maria and @ANA.")).toBe("<U1>, ask <U2> and <U1>.");
    expect(written("thanks @j.doe! (@c++ (guru))")).toBe("thanks <U4>! (<U5>)");
    expect(written("@ana's idea")).toBe("<U1>'s idea");
  });

  it("are called by whole names only", () => {
    for (const text of ["@anabel", "@ana_b", "@ana-lena", "@ana.b", "@anä", "@王小明們", "@ana@example.com"])
      expect(written(text)).toBe(text);
  });

  it("are called in Chinese, where no space stands around", () => {
    expect(written("請問@王小明，和＠ana看看")).toBe("請問<U3>，和<U1>看看");
  });

  it("are not called by addresses, code, links and links' words", () => {
    for (const text of [
      "mail bob@ana or x.y+z@ana",
      "`@ana` and ``a ` @ana``",
      "```\n@ana\n```",
      "```ts\n@ana()\nclass X {}",
      "[@ana](https://example.com/@ana)",
      "https://example.com/@ana <https://x.example/@ana>",
      "see example.com/@ana",
    ])
      expect(written(text)).toBe(text);
    expect(written("```\n@ana\n```\n@ana")).toBe("```\n@ana\n```\n<U1>");
  });

  it("are never called when nobody is known", () => {
    expect(written("@ana", [])).toBe("@ana");
    expect(written("@everyone and @", [{ id: "slack:U9", name: " " }])).toBe("@everyone and @");
  });

  it("call the first who has the name, and what is written is not read again", () => {
    expect(
      written("@kim", [
        { id: "slack:@kim", name: "kim" },
        { id: "slack:U8", name: "Kim" },
      ]),
    ).toBe("<@kim>");
  });
});
