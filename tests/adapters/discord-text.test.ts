import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawable, readable } from "../../adapters/discord/text.ts";
import { byAge, idAt, timeOfId } from "../../adapters/discord/time.ts";

const names = {
  person: (id: string) => ({ "2": "tom" })[id],
  role: (id: string) => ({ "7": "oncall" })[id],
  channel: (id: string) => ({ "9": "support" })[id],
};
const read = (text: string) => readable(text, names, new Set(["@1", "@&5"]));

describe("reading Discord's text", () => {
  it("takes out what calls the bot, wherever it stands", () => {
    expect(read("<@1> ops: why?")).toBe("ops: why?");
    expect(read("hey <@!1> why?")).toBe("hey why?");
    expect(read("why? <@&5>")).toBe("why?");
  });

  it("names people, roles, channels and emoji, also those it does not know", () => {
    expect(read("<@2> <@!3> <@&7> <@&8> <#9> <#10> <:party:11> <a:dance:12> </ask:13>")).toBe(
      "@tom @someone @oncall @role #support #channel :party: :dance: /ask",
    );
  });

  it("tells times in words, and leaves what is no time", () => {
    expect(read("at <t:1795255200:R>")).toBe("at 2026-11-21 10:00 UTC");
    expect(read("<t:99999999999999>")).toBe("<t:99999999999999>");
    expect(read("<t:999999999999>")).toBe("<t:999999999999>");
  });

  it("leaves everything else as it was written", () => {
    expect(read("a < b && c > d <https://example.com> `<p>`")).toBe("a < b && c > d <https://example.com> `<p>`");
  });
});

describe("Markdown for Discord", () => {
  it("shows a table in columns, Chinese ones too", () => {
    expect(drawable("Here:\n| name | 數量 |\n|---|--:|\n| **apples** | 12 |\n| 橘子 | 3 |\n\nDone.")).toBe(
      ["Here:", "```", "name    數量", "──────  ────", "apples    12", "橘子       3", "```", "", "Done."].join("\n"),
    );
  });

  it("leaves rows that are no table, and what stands in a code block", () => {
    for (const text of ["| a | b |\n| c | d |", "```\n| a |\n|---|\n#### no heading\n```", "a | b"]) {
      expect(drawable(text)).toBe(text);
    }
  });

  it("brings deep headings, images and tilde fences to what Discord knows", () => {
    expect(drawable("##### Deep\n![chart](https://x.test/c.png) ![](https://x.test/d.png)")).toEqual(
      expect.stringMatching(/^### Deep\n\[chart\]\(https:\/\/x.test\/c.png\) <?https:\/\/x.test\/d.png>?$/),
    );
    expect(drawable("~~~js\nlet a\n```\n~~~\nafter")).toBe("```js\nlet a\n```\n```\nafter");
  });

  it("never fails, and keeps every word of a text without such things", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => drawable(text) !== undefined));
    fc.assert(fc.property(fc.stringMatching(/^[a-z *_`\n-]*$/), (text) => drawable(text) === text));
  });
});

describe("Discord's ids", () => {
  it("carry the time they were given at, and sort by age", () => {
    const time = Date.UTC(2026, 10, 21, 10, 0, 0, 123);
    expect(timeOfId(idAt(time))).toBe(time);
    expect(idAt(0)).toBe("0");
    expect(["100", "99", "9", "101"].sort(byAge)).toEqual(["9", "99", "100", "101"]);
  });
});
