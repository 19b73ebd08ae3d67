import { expect, it } from "vitest";
import { drawDiff } from "../../../src/bot/servers/tool-diff.ts";
import type { HeldTool, PinnedTool } from "../../../src/tools/pins.ts";
import { wordsOf } from "../../../src/words/words.ts";

const held = (is: PinnedTool): HeldTool => ({
  tool: { name: is.name, inputSchema: { type: "object" } },
  hash: "0",
  is,
  was: { name: is.name, inputSchema: { type: "object", properties: {} } },
});

it("what hides in the name of a tool or of a parameter is seen before it is accepted, and no name looks like a line", () => {
  const properties = { "pa\u200bge\n+ all is well": { type: "string" }, "\u202eyek": { type: "string" } };
  const is = { name: "re\u00adad", inputSchema: { type: "object", properties } };
  const { text } = drawDiff("wiki", [held(is)], wordsOf("en"), { whole: true });
  expect(text).toContain("`wiki.re⟨U+00AD⟩ad`");
  expect(text).toContain('"pa⟨U+200B⟩ge\\n+ all is well"');
  expect(text).toContain('"⟨U+202E⟩yek"');
  expect(text).not.toMatch(/[\u00ad\u200b\u202e]|^\+ all is well/m);
});
